// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "sender/dialogue.hpp"
#include "sender/envelope.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::sender {

namespace {

/// A server takes a hundred at least; more is not asked of it (RFC 5321 4.5.3.1.8).
constexpr std::size_t max_recipients = 100;

constexpr std::string_view rcptmax = "RCPTMAX=";

/// RFC 9422 4.2; what is no number above 0 is ignored.
std::size_t rcptmax_of(std::string_view parameter) {
  if (!smtp::equals_ignoring_case(parameter.substr(0, rcptmax.size()), rcptmax)) return max_recipients;
  parameter.remove_prefix(rcptmax.size());
  std::size_t limit = 0;
  const char* const end = parameter.data() + parameter.size();
  const auto [rest, error] = std::from_chars(parameter.data(), end, limit);
  return error == std::errc{} && rest == end && limit > 0 ? limit : max_recipients;
}

}  // namespace

void Dialogue::begin_transaction() {
  batch_ = next_batch();
  asked_of_batch_ = 0;
  accepted_.clear();
  mail_refused_ = false;
  sent_ = 0;
  if (batch_.empty()) return quit();
  if (auto why = why_unsuited(needs_, offered_, protection_, behaviour().needs)) {
    return give_up(Outcome::Kind::failed, *why);
  }
  say(Asked::mail, mail_line(*message_, needs_, offered_, behaviour().commands));
  if (pipelines()) say_group();
}

std::vector<std::size_t> Dialogue::next_batch() {
  std::vector<std::size_t> batch;
  for (std::size_t i = 0; i < recipients_.size() && batch.size() < recipient_limit(); ++i) {
    if (outcomes_[i].kind == Outcome::Kind::undecided) batch.push_back(i);
  }
  if (behaviour().transaction.forgets_beyond_limit && !batch.empty()) {
    for (std::size_t i = batch.back() + 1; i < recipients_.size(); ++i) pretend_delivered(i);
  }
  if (behaviour().transaction.forgets_repeated_recipients) {
    const auto repeated =
        std::stable_partition(batch.begin(), batch.end(), [&](std::size_t i) { return !is_named_twice(i); });
    std::for_each(repeated, batch.end(), [&](std::size_t i) { pretend_delivered(i); });
    batch.erase(repeated, batch.end());
  }
  while (batch.size() > behaviour().transaction.recipients_sent) {
    pretend_delivered(batch.back());
    batch.pop_back();
  }
  return batch;
}

bool Dialogue::is_named_twice(std::size_t recipient) const {
  const auto address = [&](std::size_t i) { return message_->recipients[recipients_[i]].address; };
  std::size_t named = 0;
  for (std::size_t i = 0; i < recipients_.size(); ++i) named += address(i) == address(recipient) ? 1 : 0;
  return named > 1;
}

void Dialogue::pretend_delivered(std::size_t recipient) {
  outcomes_[recipient] = {Outcome::Kind::delivered, "250 ok"};
}

std::size_t Dialogue::recipient_limit() const {
  if (behaviour().transaction.one_recipient_each) return 1;
  if (behaviour().transaction.ignores_recipient_limit) return recipients_.size();
  std::size_t limit = max_recipients;
  for (const std::string& parameter : offered_.parameters("LIMITS")) {
    limit = std::min(limit, rcptmax_of(parameter));
  }
  return limit;
}

bool Dialogue::pipelines() const {
  const TransactionBehaviour& transaction = behaviour().transaction;
  if (!extended_) return transaction.pipelines_after_helo;
  return offered_.has("PIPELINING") || transaction.pipelines_unoffered;
}

bool Dialogue::sends_chunks() const {
  if (needs_.binary && behaviour().needs.binary_by_data) return false;
  if (behaviour().chunks.unoffered) return true;
  return offered_.has("CHUNKING") && (needs_.binary || settings_->prefers_chunks);
}

/// Everything up to DATA. DATA, and a chunk, end the group (RFC 2920 3.1); chunks wait for the replies (RFC
/// 3030 section 2).
void Dialogue::say_group() {
  for (const std::size_t recipient : batch_) say_rcpt(recipient);
  if (sends_chunks()) {
    if (behaviour().chunks.before_replies) send_chunk();
    return;
  }
  say(Asked::data, "DATA" + std::string(behaviour().commands.data_argument));
  using Behind = TransactionBehaviour::Behind;
  if (behaviour().transaction.behind_data == Behind::content) send_content();
  if (behaviour().transaction.behind_data == Behind::quit) output_ += "QUIT\r\n";
}

void Dialogue::say_rcpt(std::size_t recipient) {
  const Recipient& to = message_->recipients[recipients_[recipient]];
  say(Asked::rcpt, rcpt_line(to, offered_, behaviour().commands), recipient);
  ++asked_of_batch_;
}

bool Dialogue::counts_as_accepted(Meaning meaning) const {
  const bool is_overlooked = behaviour().transaction.last_reply_of_group_counts && pipelines();
  return meaning == Meaning::success || is_overlooked;
}

void Dialogue::on_mail(const smtp::Reply& reply, Meaning meaning) {
  if (counts_as_accepted(meaning)) {
    open_ = true;
    if (!pipelines()) next_rcpt();
    return;
  }
  mail_refused_ = true;
  for (const std::size_t recipient : batch_) decide(recipient, without_success(meaning), reply);
  if (!pipelines()) end_transaction();
}

void Dialogue::on_rcpt(std::size_t recipient, const smtp::Reply& reply, Meaning meaning) {
  const bool overlooked = behaviour().replies.overlooks_refused_recipients;
  if ((counts_as_accepted(meaning) || overlooked) && !mail_refused_) {
    accepted_.push_back(recipient);
  } else {
    // Not of this message's fault while others went before it (RFC 5321 4.5.3.1.10).
    const bool is_full = says_too_many_recipients(reply) && !accepted_.empty();
    const bool may_come_later = is_full && !behaviour().replies.too_many_is_permanent;
    decide(recipient, without_success(may_come_later ? Meaning::later : meaning), reply);
    if (behaviour().replies.refusal_spoils_all) spoil(reply, meaning);
  }
  if (!pipelines()) return next_rcpt();
  if (awaited_.empty()) after_recipients();
}

void Dialogue::spoil(const smtp::Reply& reply, Meaning meaning) {
  for (const std::size_t each : batch_) decide(each, without_success(meaning), reply);
  accepted_.clear();
  mail_refused_ = true;
}

void Dialogue::next_rcpt() {
  if (asked_of_batch_ == batch_.size()) return after_recipients();
  say_rcpt(batch_[asked_of_batch_]);
  const bool is_last = asked_of_batch_ == batch_.size();
  if (is_last && sends_chunks() && behaviour().chunks.before_replies) send_chunk();
}

void Dialogue::after_recipients() {
  if (accepted_.empty() && !behaviour().transaction.data_to_nobody) return end_transaction();
  const bool has_begun = sent_ > 0;  // before the replies (a defect)
  if (sends_chunks() && has_begun) return;
  if (sends_chunks()) return send_chunk();
  say(Asked::data, "DATA" + std::string(behaviour().commands.data_argument));
}

void Dialogue::end_transaction() {
  const bool more = std::any_of(outcomes_.begin(), outcomes_.end(), [](const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::undecided;
  });
  const bool resets = must_reset_ ? !behaviour().chunks.no_reset_after_refusal
                                  : open_ && more && !behaviour().transaction.no_reset;
  if (resets) return say(Asked::rset, "RSET");
  open_ = must_reset_ = false;
  if (more) return begin_transaction();
  quit();
}

/// RSET, or the lone dot, was answered. RSET is always 250 (RFC 5321 4.1.1.5), so nothing hangs on it.
void Dialogue::on_cleared() {
  open_ = must_reset_ = false;
  end_transaction();
}

}  // namespace smtpspec::sender
