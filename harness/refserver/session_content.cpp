// SPDX-License-Identifier: Apache-2.0
// DATA and the end of a message (RFC 5321 4.1.1.4, RFC 2033 4.2).
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "refserver/session.hpp"

namespace smtpspec::refserver {

namespace {

// What content as it came may have beyond the limit on messages: its end, and dots that were doubled.
constexpr std::size_t most_end_octets = 64 * 1024;

}  // namespace

void Session::data(const smtp::Command& command) {
  if (refuse_argument(command)) return;
  if (!transaction_ && behaviour().transaction.data_without_recipients) transaction_.emplace();
  if (!transaction_) return say({503, "5.5.1", "MAIL comes first"});
  if (transaction_->has_chunks && !behaviour().chunks.data_may_follow) {
    return say({503, "5.5.1", "BDAT was used before"});  // RFC 3030 section 2
  }
  if (transaction_->parameters.body == Body::binary_mime && !behaviour().chunks.binary_by_data) {
    return say({503, "5.5.1", "BINARYMIME needs BDAT"});  // RFC 3030 section 3
  }
  if (transaction_->recipients.empty() && !behaviour().transaction.data_without_recipients) {
    return say({503, "5.5.1", "No recipient was accepted"});
  }
  begin_content({});
  say({354, "", "Go ahead; end with CRLF . CRLF"});
}

/// `before` is content that came already (a defect).
void Session::begin_content(std::string before) {
  const ContentBehaviour& knobs = behaviour().content;
  content_before_ = std::move(before);
  content_octets_taken_ = 0;
  wire_.clear();
  smtp::UnstuffRules rules;
  rules.ends.insert(rules.ends.end(), knobs.false_ends.begin(), knobs.false_ends.end());
  rules.mode = knobs.unstuff;
  rules.lf_starts_line = knobs.lf_starts_line;
  if (!behaviour().parsing.ignores_actual_size) rules.max_kept_octets = policy().limits.message_octets;
  content_.emplace(std::move(rules));
  mode_ = Mode::content;
}

bool Session::take_content() {
  std::string_view pending = lines_.pending();
  if (pending.empty()) return false;
  const auto& declared = transaction_->parameters.size;
  const bool counts_down = behaviour().content.declared_size_ends_data && declared && *declared > 0;
  if (counts_down) pending = pending.substr(0, *declared - content_octets_taken_);

  if (behaviour().content.executes_quit && pending.find("\r\nQUIT\r\n") != std::string_view::npos) {
    return quit(smtp::parse_command(smtp::LineView{"QUIT", smtp::Ending::crlf})), false;
  }
  const smtp::Unstuffer::Fed fed = content_->feed(pending);
  const bool has_room = wire_.size() < policy().limits.message_octets + most_end_octets;
  if (keeps_wire_ && has_room) wire_ += pending.substr(0, fed.consumed);
  lines_.consume(fed.consumed);
  content_octets_taken_ += fed.consumed;
  if (fed.state == smtp::Unstuffer::State::complete && fed.consumed < 3 &&
      behaviour().content.split_end_missed) {
    begin_content(content_->take_content() + ".\r\n");
    return true;
  }
  if (fed.state == smtp::Unstuffer::State::need_more && is_endless(content_octets_taken_)) return false;
  const bool counted_out = counts_down && content_octets_taken_ >= *declared;
  const bool is_complete = fed.state == smtp::Unstuffer::State::complete || counted_out;
  if (is_complete && !hold_content()) end_content();
  return true;
}

/// A message whose end nobody will live to see: what is kept of it goes, and so does the client. RFC 5321 3.8
/// allows a server that must to end the session with 421.
bool Session::is_endless(std::uint64_t octets) {
  const Limits& limits = policy().limits;
  if (octets <= limits.message_octets + limits.surplus_octets) return false;
  give_up_message();
  give_up("a message", limits.message_octets + limits.surplus_octets);
  return true;
}

void Session::give_up(std::string_view what, std::uint64_t octets) {
  gave_up_ = fmt::format("no more than {} octets of {} are read", octets, what);
  verb_ = ".";
  say({421, "4.3.0", fmt::format("{} No more of it is read", policy().host_name)});
  then_ = Turn::Then::close;
}

void Session::end_content() {
  const ContentBehaviour& knobs = behaviour().content;
  const std::string& end = content_->ended_by();
  const bool is_true_end = end.empty() || end == smtp::true_data_end().sequence;
  std::optional<ServerReply> refusal = refuse_content(content_->counts());
  if (!is_true_end && knobs.refuses_at_false_end) refusal = ServerReply(451, "4.3.0", "Try again");
  mode_ = Mode::commands;
  verb_ = ".";
  if (knobs.flushes_input_after_end) lines_.clear();
  skips_lf_ = !is_true_end && end.back() == '\r';
  std::string content = std::exchange(content_before_, {}) + content_->take_content();
  content_.reset();
  end_message(std::move(content), refusal ? &*refusal : nullptr);
}

std::optional<ServerReply> Session::refuse_content(const smtp::Unstuffer::Counts& counts) const {
  const ContentBehaviour& knobs = behaviour().content;
  const bool has_bare_ends = counts.lone_cr + counts.lone_lf > 0;
  if (counts.octets > policy().limits.message_octets && !behaviour().parsing.ignores_actual_size) {
    return ServerReply(552, "5.3.4", "Message too big");
  }
  // RFC 5321 2.3.8 forbids them and leaves open what a server does; refusing keeps them from every later hop.
  if (has_bare_ends && !knobs.takes_bare_line_ends) {
    return ServerReply(554, "5.6.0", "A CR or LF stands alone");
  }
  if (knobs.text_line_octets > 0 && counts.longest_line + 2 > knobs.text_line_octets) {
    return ServerReply(554, "5.6.0", "Text line too long");
  }
  return std::nullopt;
}

/// Delivers and answers, or answers alone. Either way the transaction is over.
void Session::end_message(std::string content, const ServerReply* refusal) {
  const ContentBehaviour& knobs = behaviour().content;
  static const ServerReply prejudice(554, "5.6.0", "Such a message is not taken");
  static const ServerReply full(452, "4.3.1", "No room for more mail");
  if (knobs.refuses != nullptr && knobs.refuses(content)) refusal = &prejudice;
  const bool is_lost = store_.is_full() && behaviour().delivery.loses_without_room;
  if (refusal == nullptr && store_.is_full() && !is_lost) refusal = &full;
  const bool is_kept = refusal == nullptr && !is_lost;
  if (is_kept || behaviour().delivery.despite_refusal) {
    deliver(knobs.alter == nullptr ? std::move(content) : knobs.alter(std::move(content)));
  }
  const ServerReply accepted(250, "2.0.0", fmt::format("Message {} is delivered", store_.last_id()));
  answer_message(refusal == nullptr ? accepted : *refusal);
  if (!behaviour().transaction.end_of_data_keeps) transaction_.reset();
}

/// One reply; in LMTP one for each accepted recipient (RFC 2033 4.2).
void Session::answer_message(const ServerReply& reply) {
  const std::size_t recipients = transaction_->recipients.size();
  const bool is_lmtp = service_ == Service::lmtp && !behaviour().replies.lmtp_one_reply;
  const std::size_t replies = is_lmtp ? std::max<std::size_t>(recipients, 1) : 1;
  for (std::size_t i = 0; i < replies; ++i) say(reply);
}

}  // namespace smtpspec::refserver
