// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/next_hop.hpp"
#include "engine/schedule.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"
#include "target/target.hpp"

namespace smtpspec::engine {

/// What a person is asked to do with his client, now.
struct Errand {
  enum class Kind {
    send,      ///< `submission`
    try_again  ///< what is queued, if anything is; who has given up does nothing
  };
  Kind kind = Kind::send;
  const scenario::Case* scenario_case = nullptr;
  Submission submission;
  wire::Endpoint at;
  std::chrono::milliseconds within{0};  ///< of try_again
};

struct ServingOptions {
  wire::Endpoint at;
  Timeouts timeouts;                              ///< how long a client may take over each step
  std::optional<std::chrono::milliseconds> wait;  ///< for its connection; unset: for ever
  bool keeps_a_queue = false;                     ///< of the client: it can be made to try again
  std::filesystem::path messages;
  std::function<void(const Errand&)> tell;
};

/// Plays the server's side of cases for a client that a person runs by hand: `submit` asks him for it and
/// waits. Runs on the loop of its owner, which must outlive it.
///
/// The normal path: listen() once, then play() as often as wanted. Between two rounds connections wait.
class Serving {
 public:
  Serving(wire::EventLoop& loop, const scenario::Catalogue& catalogue, ServingOptions options);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  /// "" or why it can't.
  std::string listen();
  const wire::Endpoint& endpoint() const;

  /// One round of one case. A case is the same in every round, with its token. After `stop` has said so the
  /// loop is only good to be destroyed. `asked()` then tells whether there was anything to send.
  result::Run play(const scenario::Case& scenario_case, StopRequest stop);

  /// Somebody was asked for something in the last round.
  bool asked() const;

 private:
  struct Round;
  static wire::Task<void> play_round(std::shared_ptr<Round> round);
  wire::Task<std::string> until_over(std::shared_ptr<Round> round, StopRequest stop);
  TargetHands hands(std::shared_ptr<Round> round);
  static wire::Task<Submitted> ask_to_send(Round& round, Submission submission);
  static wire::Task<std::string> ask_to_try_again(Round& round);

  wire::EventLoop& loop_;
  const scenario::Catalogue& catalogue_;
  const ServingOptions options_;
  const target::Target client_;
  const std::uint64_t seed_;
  NextHop next_hop_;
  std::size_t seen_ = 0;  // connections of earlier rounds
  std::shared_ptr<Round> round_;
};

/// Why a round accuses nobody: the client speaks no SMTP, or sent to others than it was asked to. Nothing
/// when that is not so.
std::optional<std::string> sent_something_else(const result::CaseResult& result, const Submission& asked_for);

}  // namespace smtpspec::engine
