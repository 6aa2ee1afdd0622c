// SPDX-License-Identifier: Apache-2.0
// A busy target may answer after the time in which a scenario looked for its silence. Its late reply then
// stands where the reply to the next command should, and every judgement behind it would be untrue.
#include <algorithm>

#include "engine/case_run.hpp"

namespace smtpspec::engine {
namespace {

constexpr int longer_each_try = 4;
constexpr std::chrono::milliseconds until_the_next_reply{2000};
constexpr auto explanation = "a reply came after the time in which silence was looked for";

}  // namespace

// A silence that turned out to be slowness is waited for longer in the next try.
std::chrono::milliseconds CaseRun::wait_for_silence(std::chrono::milliseconds within) const {
  auto wait = within;
  for (std::uint32_t i = 1; i < try_.number; ++i) wait *= longer_each_try;
  return std::max(within, std::min(wait, context_.timeouts.reply));
}

// One reply more than commands are left to be answered: the case is played again. In the last try, after a
// wait that no slowness explains, what is seen is what the target does.
wire::Task<bool> CaseRun::came_late(Dialogue& dialogue, const Observation& seen) {
  if (try_.is_last || !dialogue.session || !dialogue.silence_stood) co_return false;
  if (!seen.event || seen.event->kind != Event::Kind::reply) co_return false;
  const auto deadline = wire::deadline_after(until_the_next_reply);
  const Event next = co_await dialogue.session->next_event(deadline);
  if (next.kind != Event::Kind::reply) co_return false;
  worth_another_try_ = true;
  block(explanation);
  co_return true;
}

bool CaseRun::came_late(const Dialogue& dialogue, const Closing& closing) {
  if (try_.is_last || !dialogue.silence_stood || closing.surplus_replies == 0) return false;
  worth_another_try_ = true;
  block(explanation);
  return true;
}

}  // namespace smtpspec::engine
