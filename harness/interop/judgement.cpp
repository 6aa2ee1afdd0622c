// SPDX-License-Identifier: Apache-2.0
#include "interop/judgement.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/display.hpp"
#include "interop/content_comparison.hpp"
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

/// One judgement after the other; the case shows the worst, its outcome is the first that was named.
class PairJudge {
 public:
  PairJudge(const Evidence& evidence, const Requirements& requirements)
      : evidence_(evidence), requirements_(requirements), message_(*evidence.message) {}

  void judge();
  void write_to(result::CaseResult& result) const;

 private:
  enum class Who { sender, receiver };

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

  void record(Who who, Verdict worth, const std::vector<std::string>& ids, std::string words,
              const std::string& outcome, const std::string& expected = {}, const std::string& actual = {});
  void note(std::string outcome, std::string words);
  void end_with(Verdict verdict, std::string reason);
  const std::string& name(Who who) const {
    return who == Who::sender ? evidence_.sender.name : evidence_.receiver.name;
  }
  Verdict capped(Who who, Verdict verdict, const std::string& id) const;

  const Evidence& evidence_;
  const Requirements& requirements_;
  const Message& message_;
  Verdict verdict_ = Verdict::pass;
  std::string outcome_;
  std::string reason_;
  std::vector<result::Finding> findings_;
  std::map<std::string, Verdict> by_requirement_;
};

Verdict PairJudge::capped(Who who, Verdict verdict, const std::string& id) const {
  const auto& ours = who == Who::sender ? evidence_.sender.ours : evidence_.receiver.ours;
  if (std::find(ours.begin(), ours.end(), id) != ours.end()) return std::min(verdict, Verdict::info);
  const auto known = requirements_.find(id);
  if (known == requirements_.end()) return verdict;
  const auto role = who == Who::sender ? scenario::Role::relay : scenario::Role::client;
  return std::min(verdict, scenario::worst_for(known->second, role));
}

void PairJudge::record(Who who, Verdict worth, const std::vector<std::string>& ids, std::string words,
                       const std::string& outcome, const std::string& expected, const std::string& actual) {
  result::Finding finding;
  finding.verdict = ids.empty() ? std::min(worth, Verdict::warn) : Verdict::info;
  for (const auto& id : ids) {
    const auto one = capped(who, worth, id);
    auto& known = by_requirement_.try_emplace(id, Verdict::pass).first->second;
    known = std::max(known, one);
    finding.verdict = std::max(finding.verdict, one);
  }
  finding.requirements = ids;
  finding.message = std::move(words);
  finding.outcome = outcome;
  finding.expected = expected;
  finding.actual = actual;
  finding.line = message_.position.line;
  finding.column = message_.position.column;
  finding.session = who == Who::sender ? "" : "next";
  if (finding.verdict > verdict_ || outcome_.empty()) outcome_ = outcome;
  verdict_ = std::max(verdict_, finding.verdict);
  findings_.push_back(std::move(finding));
}

void PairJudge::note(std::string outcome, std::string words) {
  result::Finding finding;
  finding.verdict = Verdict::info;
  finding.message = std::move(words);
  finding.outcome = outcome;
  if (verdict_ < Verdict::info || outcome_.empty()) outcome_ = std::move(outcome);
  verdict_ = std::max(verdict_, Verdict::info);
  findings_.push_back(std::move(finding));
}

void PairJudge::end_with(Verdict verdict, std::string reason) {
  if (verdict < verdict_) return;
  verdict_ = verdict;
  reason_ = std::move(reason);
}

// True when the message is on its way.
bool PairJudge::judge_handing_over() {
  using Kind = engine::Submitted::Kind;
  const auto kind = evidence_.handed_over.kind;
  const auto why = without_line_end(evidence_.handed_over.why);
  switch (kind) {
    case Kind::taken:
      return true;
    case Kind::unable:
      end_with(Verdict::unsupported, fmt::format("{}: {}", evidence_.sender.name, why));
      return false;
    case Kind::failed:
      end_with(Verdict::blocked, fmt::format("it could not be handed to {}: {}", evidence_.sender.name, why));
      return false;
    case Kind::refused:
    case Kind::deferred:
      break;
  }
  if (message_.must_be_taken) {
    end_with(Verdict::blocked, fmt::format("{} takes no mail for the other: {}", evidence_.sender.name, why));
    return false;
  }
  note(fmt::format("not taken by {}", evidence_.sender.name),
       fmt::format("{} does not take the message: {}", evidence_.sender.name, why));
  return false;
}

void PairJudge::judge_smuggling() {
  if (evidence_.smuggled.empty() && !evidence_.smuggled_on_the_wire) return;
  const auto who = evidence_.smuggled_on_the_wire ? Who::sender : Who::receiver;
  const auto& ids = who == Who::sender ? message_.of_sender : message_.of_receiver;
  record(who, Verdict::fail, ids,
         fmt::format("{} made two messages of one: what stands in its content as commands was executed",
                     name(who)),
         fmt::format("two messages, by {}", name(who)));
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
    record(Who::sender, Verdict::fail, of_losing,
           fmt::format("{} sent the message {} times, although it was taken each time", evidence_.sender.name,
                       taken),
           fmt::format("sent {} times by {}", taken, evidence_.sender.name));
    return;
  }
  const auto contents = std::count_if(transfers.begin(), transfers.end(),
                                      [](const SeenTransfer* seen) { return seen->transfer.has_content; });
  // What is not answered is sent again, and nobody can help that (RFC 1047).
  if (arrived.messages.size() > 1 && contents > 1) {
    return note(
        fmt::format("arrived {} times, unanswered by {}", arrived.messages.size(), evidence_.receiver.name),
        fmt::format("{} had taken the message without saying so, and {} sent it again",
                    evidence_.receiver.name, evidence_.sender.name));
  }
  if (arrived.messages.size() > 1) {
    record(Who::receiver, Verdict::fail, of_losing,
           fmt::format("{} delivered the message {} times; it had come once", evidence_.receiver.name,
                       arrived.messages.size()),
           fmt::format("delivered {} times by {}", arrived.messages.size(), evidence_.receiver.name));
    return;
  }
  if (!arrived.messages.empty() && transfers.empty()) {
    return note(fmt::format("arrived too late, by {}", evidence_.sender.name),
                fmt::format("{} sent the message when its time was over, and nobody read along",
                            evidence_.sender.name));
  }
  if (!arrived.messages.empty() && taken == 0) return judge_unconfirmed(*transfers.back());
  if (!arrived.messages.empty() || !evidence_.receiver_has_mailbox) return;
  if (taken == 0) return judge_absence(arrived);
  if (evidence_.kept_by_receiver == InQueue::yes) {
    note(fmt::format("still with {}", evidence_.receiver.name),
         fmt::format("{} took the message and still has it in its queue", evidence_.receiver.name));
  } else if (evidence_.kept_by_receiver == InQueue::unknown) {
    end_with(Verdict::blocked,
             fmt::format("{} took the message, it isn't in the mailbox, and its queue can't be seen",
                         evidence_.receiver.name));
  } else {
    record(Who::receiver, Verdict::fail, of_losing,
           fmt::format("{} took the message and did not deliver it; it is not in its queue either",
                       evidence_.receiver.name),
           fmt::format("lost by {}", evidence_.receiver.name));
  }
}

// The message is in the mailbox, and the receiver has not said so.
void PairJudge::judge_unconfirmed(const SeenTransfer& seen) {
  const auto& receiver = evidence_.receiver.name;
  if (!seen.transfer.reply.empty()) {
    return record(
        Who::receiver, Verdict::warn, {},
        fmt::format("{} delivered the message, although it said: {}", receiver, shown(seen.transfer.reply)),
        fmt::format("delivered and refused by {}", receiver));
  }
  note(fmt::format("arrived, unanswered by {}", receiver),
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
    return end_with(Verdict::blocked, fmt::format("even a plain message does not arrive; {}", said));
  if (!evidence_.reports.empty())
    return note(by_whom + ", and reported",
                fmt::format("{}; {} told its sender", said, evidence_.sender.name));
  if (evidence_.kept_by_sender == InQueue::yes || evidence_.was_purged)
    return note(by_whom + ", and kept",
                fmt::format("{}; {} keeps it in its queue", said, evidence_.sender.name));
  if (message_.has_null_sender()) return note(by_whom, fmt::format("{}; of a notice nobody is told", said));
  if (evidence_.kept_by_sender == InQueue::unknown)
    return note(by_whom, fmt::format("{}; whether {} keeps it can't be seen", said, evidence_.sender.name));
  record(Who::sender, Verdict::fail, of_not_telling,
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
    return note(fmt::format("converted to seven bits by {}", evidence_.sender.name),
                fmt::format("{} does not offer 8BITMIME, and {} converted the message",
                            evidence_.receiver.name, evidence_.sender.name));
  }
  // Where to add fields a relay is free as long as those that are there keep their place.
  const auto worth = !message_.judged                     ? Verdict::info
                     : comparison.change == Change::added ? Verdict::warn
                                                          : Verdict::fail;
  record(Who::sender, worth, message_.of_sender,
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
  record(Who::receiver, worth, message_.of_receiver,
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
  record(Who::sender, Verdict::fail, ids,
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

void PairJudge::judge() {
  judge_smuggling();
  if (!judge_handing_over()) return;
  for (const auto& one : evidence_.mailboxes) {
    const auto before = findings_.size();
    judge_recipient(one);
    // What happened to the first of fifty recipients mostly happened to all.
    if (findings_.size() > before) break;
  }
  judge_content();
  if (!evidence_.receiver_has_mailbox && verdict_ < Verdict::warn)
    end_with(Verdict::unsupported, fmt::format("no mailbox of {} can be read", evidence_.receiver.name));
  if (outcome_.empty() && verdict_ == Verdict::pass) outcome_ = "arrived as it was";
}

void PairJudge::write_to(result::CaseResult& result) const {
  result.verdict = verdict_;
  result.outcome = outcome_;
  result.reason = reason_;
  result.findings = findings_;
  auto all = by_requirement_;
  if (verdict_ <= Verdict::info) {
    for (const auto& id : result.covers) all.try_emplace(id, Verdict::pass);
  }
  for (const auto& [id, verdict] : all) result.requirement_verdicts.push_back({id, verdict});
}

}  // namespace

void judge(const Evidence& evidence, const Requirements& requirements, result::CaseResult& result) {
  PairJudge judge(evidence, requirements);
  judge.judge();
  judge.write_to(result);
}

}  // namespace smtpspec::interop
