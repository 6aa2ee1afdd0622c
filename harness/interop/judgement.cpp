// SPDX-License-Identifier: Apache-2.0
#include "interop/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/display.hpp"
#include "interop/content_comparison.hpp"
#include "interop/ruling.hpp"
#include "target/store_effects.hpp"

namespace smtpspec::interop {
namespace {

using base::Verdict;
using Requirements = scenario::Catalogue::Map;

// RFC 5321 2.1 and 4.2.5: a 250 to the end of the content takes the message over, to be delivered or
// reported.
const std::vector<std::string> of_losing = {"R5321-2.1-b"};
// RFC 5321 3.6.3: a relay that can't deliver tells the sender.
const std::vector<std::string> of_not_telling = {"R5321-3.6.3-a"};

constexpr std::size_t longest_reply_shown = 160;

std::string shown(const std::string& reply) {
  return base::escape_for_display(reply.substr(0, longest_reply_shown));
}

// A reply that whoever handed the message over has made fit to be shown.
std::string without_line_end(std::string reply) {
  constexpr std::string_view line_end = "\\r\\n";
  if (reply.ends_with(line_end)) reply.resize(reply.size() - line_end.size());
  return reply;
}

/// Looks at one thing after the other, and rules.
class PairJudge {
 public:
  PairJudge(const Evidence& evidence, const Requirements& requirements)
      : evidence_(evidence), message_(*evidence.message), ruling_(evidence, requirements) {}

  const Ruling& judge();

 private:
  using Who = Ruling::Who;

  bool judge_handing_over();
  void judge_smuggling();
  void judge_recipient(const Arrived& arrived);
  void judge_unconfirmed(const SeenTransfer& seen);
  void judge_absence(const Arrived& arrived);
  void judge_content();
  void judge_on_the_wire(const Transfer& transfer);
  void judge_delivered(const Transfer& transfer);
  void judge_carried(const Transfer& transfer);

  std::vector<const SeenTransfer*> transfers_to(const std::string& token) const;
  const SeenTransfer* taken_transfer() const;
  bool was_converted(const Transfer& transfer) const;

  const Evidence& evidence_;
  const Message& message_;
  Ruling ruling_;
};

// True when the message is on its way.
bool PairJudge::judge_handing_over() {
  using Kind = engine::Submitted::Kind;
  const auto kind = evidence_.handed_over.kind;
  const auto why = without_line_end(evidence_.handed_over.why);
  switch (kind) {
    case Kind::taken:
      return true;
    case Kind::unable:
      ruling_.end_with(Verdict::unsupported, fmt::format("{}: {}", evidence_.sender.name, why));
      return false;
    case Kind::failed:
      ruling_.end_with(Verdict::blocked,
                       fmt::format("it could not be handed to {}: {}", evidence_.sender.name, why));
      return false;
    case Kind::refused:
    case Kind::deferred:
      break;
  }
  if (message_.must_be_taken) {
    ruling_.end_with(Verdict::blocked,
                     fmt::format("{} takes no mail for the other: {}", evidence_.sender.name, why));
    return false;
  }
  ruling_.note(fmt::format("not taken by {}", evidence_.sender.name),
               fmt::format("{} does not take the message: {}", evidence_.sender.name, why));
  return false;
}

void PairJudge::judge_smuggling() {
  if (evidence_.smuggled.empty() && !evidence_.smuggled_on_the_wire) return;
  const auto who = evidence_.smuggled_on_the_wire ? Who::sender : Who::receiver;
  const auto& ids = who == Who::sender ? message_.of_sender : message_.of_receiver;
  ruling_.record(
      who, Verdict::fail, ids,
      fmt::format("{} made two messages of one: what stands in its content as commands was executed",
                  ruling_.name(who)),
      fmt::format("two messages, by {}", ruling_.name(who)));
}

std::vector<const SeenTransfer*> PairJudge::transfers_to(const std::string& token) const {
  std::vector<const SeenTransfer*> found;
  for (const auto& seen : evidence_.transfers) {
    if (seen.transfer.names(token)) found.push_back(&seen);
  }
  return found;
}

const SeenTransfer* PairJudge::taken_transfer() const {
  for (const auto& seen : evidence_.transfers) {
    if (seen.transfer.was_taken()) return &seen;
  }
  return nullptr;
}

bool recipient_was_taken(const Transfer& transfer, const std::string& token) {
  return transfer.was_taken() &&
         std::any_of(transfer.recipients.begin(), transfer.recipients.end(), [&](const auto& one) {
           return one.code / 100 == 2 && one.command.find(token) != std::string::npos;
         });
}

void PairJudge::judge_recipient(const Arrived& arrived) {
  const auto transfers = transfers_to(arrived.token);
  const auto taken = std::count_if(transfers.begin(), transfers.end(), [&](const SeenTransfer* seen) {
    return recipient_was_taken(seen->transfer, arrived.token);
  });
  if (taken > 1) {
    ruling_.record(Who::sender, Verdict::fail, of_losing,
                   fmt::format("{} sent the message {} times, although it was taken each time",
                               evidence_.sender.name, taken),
                   fmt::format("sent {} times by {}", taken, evidence_.sender.name));
    return;
  }
  const auto contents = std::count_if(transfers.begin(), transfers.end(),
                                      [](const SeenTransfer* seen) { return seen->transfer.has_content; });
  // What is not answered is sent again, and nobody can help that (RFC 1047).
  if (arrived.messages.size() > 1 && contents > 1) {
    return ruling_.note(
        fmt::format("arrived {} times, unanswered by {}", arrived.messages.size(), evidence_.receiver.name),
        fmt::format("{} had taken the message without saying so, and {} sent it again",
                    evidence_.receiver.name, evidence_.sender.name));
  }
  if (arrived.messages.size() > 1) {
    ruling_.record(Who::receiver, Verdict::fail, of_losing,
                   fmt::format("{} delivered the message {} times; it had come once", evidence_.receiver.name,
                               arrived.messages.size()),
                   fmt::format("delivered {} times by {}", arrived.messages.size(), evidence_.receiver.name));
    return;
  }
  if (!arrived.messages.empty() && transfers.empty()) {
    return ruling_.note(fmt::format("arrived too late, by {}", evidence_.sender.name),
                        fmt::format("{} sent the message when its time was over, and nobody read along",
                                    evidence_.sender.name));
  }
  if (!arrived.messages.empty() && taken == 0) return judge_unconfirmed(*transfers.back());
  if (!arrived.messages.empty() || !evidence_.receiver_has_mailbox) return;
  if (taken == 0) return judge_absence(arrived);
  if (evidence_.kept_by_receiver == InQueue::yes) {
    ruling_.note(fmt::format("still with {}", evidence_.receiver.name),
                 fmt::format("{} took the message and still has it in its queue", evidence_.receiver.name));
  } else if (evidence_.kept_by_receiver == InQueue::unknown) {
    ruling_.end_with(Verdict::blocked,
                     fmt::format("{} took the message, it isn't in the mailbox, and its queue can't be seen",
                                 evidence_.receiver.name));
  } else {
    ruling_.record(Who::receiver, Verdict::fail, of_losing,
                   fmt::format("{} took the message and did not deliver it; it is not in its queue either",
                               evidence_.receiver.name),
                   fmt::format("lost by {}", evidence_.receiver.name));
  }
}

// The message is in the mailbox, and the receiver has not said so.
void PairJudge::judge_unconfirmed(const SeenTransfer& seen) {
  const auto& receiver = evidence_.receiver.name;
  if (!seen.transfer.reply.empty()) {
    return ruling_.record(
        Who::receiver, Verdict::warn, {},
        fmt::format("{} delivered the message, although it said: {}", receiver, shown(seen.transfer.reply)),
        fmt::format("delivered and refused by {}", receiver));
  }
  ruling_.note(
      fmt::format("arrived, unanswered by {}", receiver),
      fmt::format(
          "{} delivered the message, but the connection ended without an answer to the end of the content: "
          "{} has to send it again",
          receiver, evidence_.sender.name));
}

// The message is not in the mailbox, and the receiver never took it.
void PairJudge::judge_absence(const Arrived& arrived) {
  const auto transfers = transfers_to(arrived.token);
  const SeenTransfer* last = transfers.empty() ? nullptr : transfers.back();
  std::string said = "it was never sent on";
  if (last) {
    const auto& reply = last->transfer.reply;
    said = reply.empty()
               ? fmt::format("the connection to {} ended in the middle of it", evidence_.receiver.name)
               : fmt::format("{} said: {}", evidence_.receiver.name, shown(reply));
    for (const auto& one : last->transfer.recipients) {
      if (one.command.find(arrived.token) != std::string::npos && one.code / 100 != 2)
        said = fmt::format("{} said: {}", evidence_.receiver.name, shown(one.reply));
    }
  }
  const auto by_whom = last ? fmt::format("refused by {}", evidence_.receiver.name)
                            : fmt::format("not sent on by {}", evidence_.sender.name);
  if (message_.must_be_taken)
    return ruling_.end_with(Verdict::blocked, fmt::format("even a plain message does not arrive; {}", said));
  if (!evidence_.reports.empty())
    return ruling_.note(by_whom + ", and reported",
                        fmt::format("{}; {} told its sender", said, evidence_.sender.name));
  if (evidence_.kept_by_sender == InQueue::yes || evidence_.was_purged)
    return ruling_.note(by_whom + ", and kept",
                        fmt::format("{}; {} keeps it in its queue", said, evidence_.sender.name));
  if (message_.has_null_sender())
    return ruling_.note(by_whom, fmt::format("{}; of a notice nobody is told", said));
  if (evidence_.kept_by_sender == InQueue::unknown)
    return ruling_.note(by_whom,
                        fmt::format("{}; whether {} keeps it can't be seen", said, evidence_.sender.name));
  ruling_.record(
      Who::sender, Verdict::fail, of_not_telling,
      fmt::format(
          "{} lost the message without a word: {}, and neither is it in the queue nor was its sender told",
          evidence_.sender.name, said),
      fmt::format("lost by {}", evidence_.sender.name));
}

// RFC 6152 3: to a server without 8BITMIME eight bits may, and must, be converted.
bool PairJudge::was_converted(const Transfer& transfer) const {
  const auto& offer = transfer.offer;
  const bool takes_eight_bits = std::find(offer.begin(), offer.end(), "8BITMIME") != offer.end();
  return !takes_eight_bits && has_eight_bits(evidence_.submitted) && !has_eight_bits(transfer.content);
}

void PairJudge::judge_on_the_wire(const Transfer& transfer) {
  const auto comparison = compare_content(evidence_.submitted, transfer.content);
  if (comparison.change == Change::none) return;
  const auto outcome = fmt::format("changed by {}", evidence_.sender.name);
  if (was_converted(transfer)) {
    return ruling_.note(fmt::format("converted to seven bits by {}", evidence_.sender.name),
                        fmt::format("{} does not offer 8BITMIME, and {} converted the message",
                                    evidence_.receiver.name, evidence_.sender.name));
  }
  // Where to add fields a relay is free as long as those that are there keep their place.
  const auto worth = !message_.judged                     ? Verdict::info
                     : comparison.change == Change::added ? Verdict::warn
                                                          : Verdict::fail;
  ruling_.record(Who::sender, worth, message_.of_sender,
                 fmt::format("{} did not send on what it was given: {}", evidence_.sender.name,
                             base::escape_for_display(comparison.words)),
                 outcome, comparison.before, comparison.after);
}

void PairJudge::judge_delivered(const Transfer& transfer) {
  const auto found = std::find_if(evidence_.mailboxes.begin(), evidence_.mailboxes.end(),
                                  [](const Arrived& one) { return !one.messages.empty(); });
  if (found == evidence_.mailboxes.end() || found->messages.front().truncated) return;
  const auto sent = target::as_stored(transfer.content, evidence_.effects);
  // What lies there has gone through the store already; only folding is undone on both sides.
  target::StoreEffects folding;
  folding.refolds_headers = evidence_.effects.refolds_headers;
  const auto stored = target::as_stored(found->messages.front().bytes, folding);
  const auto comparison = compare_content(sent, stored);
  if (comparison.change == Change::none) return;
  // What a server that delivers does to a header it may have reasons for (RFC 5321 4.4 knows one).
  const auto worth = !message_.judged                    ? Verdict::info
                     : comparison.change == Change::body ? Verdict::fail
                                                         : Verdict::warn;
  ruling_.record(Who::receiver, worth, message_.of_receiver,
                 fmt::format("{} did not deliver what came over the wire: {}", evidence_.receiver.name,
                             base::escape_for_display(comparison.words)),
                 fmt::format("changed by {}", evidence_.receiver.name), comparison.before, comparison.after);
}

void PairJudge::judge_carried(const Transfer& transfer) {
  if (!message_.carried) return;
  const auto& [keyword, text, ids] = *message_.carried;
  if (std::find(transfer.offer.begin(), transfer.offer.end(), keyword) == transfer.offer.end()) return;
  std::string commands = transfer.mail + "\n";
  for (const auto& one : transfer.recipients) commands += one.command + "\n";
  if (commands.find(text) != std::string::npos) return;
  ruling_.record(Who::sender, Verdict::fail, ids,
                 fmt::format("{} offers {}, and {} did not pass {} on", evidence_.receiver.name, keyword,
                             evidence_.sender.name, text),
                 fmt::format("parameter lost by {}", evidence_.sender.name), text, commands);
}

// Also what the receiver refused is looked at: it may have been damaged on its way there.
void PairJudge::judge_content() {
  const auto* taken = taken_transfer();
  const SeenTransfer* seen = taken;
  for (const auto& one : evidence_.transfers) {
    if (!taken && one.transfer.has_content) seen = &one;
  }
  if (!seen) return;
  judge_on_the_wire(seen->transfer);
  judge_delivered(seen->transfer);
  judge_carried(seen->transfer);
}

const Ruling& PairJudge::judge() {
  judge_smuggling();
  if (!judge_handing_over()) return ruling_;
  for (const auto& one : evidence_.mailboxes) {
    const auto before = ruling_.findings();
    judge_recipient(one);
    // What happened to the first of fifty recipients mostly happened to all.
    if (ruling_.findings() > before) break;
  }
  judge_content();
  if (!evidence_.receiver_has_mailbox && ruling_.verdict() < Verdict::warn)
    ruling_.end_with(Verdict::unsupported,
                     fmt::format("no mailbox of {} can be read", evidence_.receiver.name));
  ruling_.name_if_passed("arrived as it was");
  return ruling_;
}

}  // namespace

void judge(const Evidence& evidence, const Requirements& requirements, result::CaseResult& result) {
  PairJudge(evidence, requirements).judge().write_to(result);
}

}  // namespace smtpspec::interop
