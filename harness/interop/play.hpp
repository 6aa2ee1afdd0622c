// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/schedule.hpp"
#include "interop/message.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"
#include "target/host.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::interop {

/// A server in one of its two roles.
struct Seat {
  std::string name;
  target::Host* host = nullptr;  ///< null: `why` says why it is not there
  std::string why;
  bool is_unable = false;  ///< it has not failed to start: it can't have this role at all
};

struct PlayOptions {
  std::filesystem::path messages;  ///< folder of {file("name")}
  double timeout_multiplier = 1.0;
  std::size_t sessions_at_once = 6;  ///< with each server that sends
};

/// How far it is: told of every message when nothing more is awaited of it.
using MessageDone = std::function<void(const result::CaseResult&)>;

/// Sends every message through every pair: the sender takes it from us and relays it to the receiver, over a
/// middleman of ours who reads along. All senders work at the same time, each towards another receiver, round
/// by round. Gives a run with one case for each pair and message, `interop/SENDER/RECEIVER/MESSAGE`. Blocks
/// until done or `stop` says so; the loop is only good to be destroyed then.
result::Run play(wire::EventLoop& loop, const std::vector<Seat>& senders, const std::vector<Seat>& receivers,
                 const std::vector<const Message*>& messages, const scenario::Catalogue& catalogue,
                 const PlayOptions& options, engine::StopRequest stop, MessageDone done);

}  // namespace smtpspec::interop
