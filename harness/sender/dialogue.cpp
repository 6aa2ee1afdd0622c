// SPDX-License-Identifier: Apache-2.0
#include "sender/dialogue.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "sender/content.hpp"

namespace smtpspec::sender {

namespace {

/// All lines with their codes, joined by CRLF.
std::string joined(const smtp::Reply& reply) {
  std::string text;
  for (const smtp::ReplyLine& line : reply.lines) {
    if (!text.empty()) text += "\r\n";
    text += line.raw_text;
  }
  return text;
}

}  // namespace

Dialogue::Dialogue(std::shared_ptr<const Settings> settings, std::shared_ptr<const Message> message,
                   std::vector<std::size_t> recipients)
    : settings_(std::move(settings)),
      message_(std::move(message)),
      recipients_(std::move(recipients)),
      outcomes_(recipients_.size()),
      needs_(needs_of(*message_)),
      content_(message_->content) {
  if (behaviour().content.alter != nullptr) content_ = behaviour().content.alter(std::move(content_));
  if (!needs_.binary) content_ = with_last_line_ended(std::move(content_));
}

Turn Dialogue::begin() {
  then_ = Turn::Then::read;
  if (begins_with_tls()) {
    then_ = Turn::Then::start_tls;
  } else {
    await_greeting();
  }
  return finish_turn();
}

void Dialogue::await_greeting() {
  awaited_.push_back({Asked::greeting});
  renews_patience_ = true;
  if (behaviour().session.speaks_before_greeting) say_hello(!behaviour().session.helo_first);
}

Turn Dialogue::feed(std::string_view octets) {
  has_kept_octets_ = false;
  lines_.feed(octets);
  while (then_ == Turn::Then::read) {
    const auto line = lines_.next();
    if (!line) break;
    take_line(*line);
  }
  return finish_turn();
}

void Dialogue::take_line(const smtp::LineView& line) {
  const auto state = parser_.feed(line);
  const bool is_whole = state != smtp::ReplyParser::State::need_more || behaviour().replies.lines_are_replies;
  if (is_whole) take_reply(parser_.take());
}

void Dialogue::take_reply(const smtp::Reply& reply) {
  if (leaving_) return close();  // whatever it says to QUIT
  const Meaning meaning = meaning_of(reply, behaviour().replies);
  if (closes_channel(reply) && !behaviour().session.goes_on_after_421) return give_up(reply, Meaning::later);
  // What came before the command was written can't be its answer.
  const bool is_unasked = awaited_.empty() || (!output_.empty() && !behaviour().replies.lines_are_replies);
  if (is_unasked) return give_up(Outcome::Kind::deferred, "451 4.5.0 the server answered what was not asked");
  const Awaited awaited = awaited_.front();
  awaited_.pop_front();
  renews_patience_ = true;
  if (meaning == Meaning::nonsense && awaited.asked != Asked::greeting) return give_up(reply, meaning);
  dispatch(awaited, reply, meaning);
}

void Dialogue::dispatch(Awaited awaited, const smtp::Reply& reply, Meaning meaning) {
  switch (awaited.asked) {
    case Asked::greeting:
      return on_greeting(reply, meaning);
    case Asked::ehlo:
    case Asked::helo:
      return on_hello(reply, meaning);
    case Asked::starttls:
      return on_starttls(meaning);
    case Asked::auth:
    case Asked::auth_answer:
      return on_auth(reply, meaning);
    case Asked::mail:
      return on_mail(reply, meaning);
    case Asked::rcpt:
      return on_rcpt(awaited.recipient, reply, meaning);
    case Asked::data:
      return on_data(reply, meaning);
    case Asked::content:
      return on_content(reply, meaning);
    case Asked::chunk:
      return on_chunk(false, reply, meaning);
    case Asked::last_chunk:
      return on_chunk(true, reply, meaning);
    case Asked::nothing:
    case Asked::rset:
      return on_cleared();
    case Asked::quit:
      return close();
  }
}

void Dialogue::say(Asked asked, std::string_view line, std::size_t recipient) {
  output_ += line;
  output_ += behaviour().commands.line_end;
  awaited_.push_back({asked, recipient});
}

void Dialogue::write(Asked asked, std::string octets) {
  output_ += octets;
  awaited_.push_back({asked});
}

Outcome Dialogue::outcome_of(Outcome::Kind kind, const smtp::Reply& reply) const {
  return {kind, joined(reply), true, peer_name_, offered_.has("DSN")};
}

void Dialogue::decide(std::size_t recipient, Outcome::Kind kind, const smtp::Reply& reply) {
  if (outcomes_[recipient].kind == Outcome::Kind::undecided) outcomes_[recipient] = outcome_of(kind, reply);
}

void Dialogue::decide_undecided(const Outcome& outcome) {
  for (Outcome& each : outcomes_) {
    if (each.kind == Outcome::Kind::undecided) each = outcome;
  }
}

void Dialogue::give_up(const smtp::Reply& reply, Meaning meaning) {
  decide_undecided(outcome_of(without_success(meaning), reply));
  quit();
}

void Dialogue::give_up(Outcome::Kind kind, std::string_view reply) {
  decide_undecided({kind, std::string(reply)});
  quit();
}

void Dialogue::quit() {
  awaited_.clear();
  output_.clear();
  if (!behaviour().session.quits) return close();
  say(Asked::quit, "QUIT");
  leaving_ = true;
  if (!behaviour().session.waits_for_goodbye) close();
}

void Dialogue::close() {
  then_ = Turn::Then::close;
}

Turn Dialogue::tls_established(bool verified) {
  then_ = Turn::Then::read;
  protection_ = {true, verified};
  renews_patience_ = true;
  if (begins_with_tls()) {
    await_greeting();
  } else if (behaviour().security.keeps_capabilities) {
    after_hello();
  } else {
    offered_ = {};  // RFC 3207 4.2
    say_hello(true);
  }
  return finish_turn();
}

Turn Dialogue::tls_failed(std::string_view reason) {
  const bool at_once = begins_with_tls();
  if (behaviour().security.clear_after_failure) {
    then_ = Turn::Then::read;
    tls_given_up_ = true;
    renews_patience_ = true;
    if (at_once) {
      say_hello(true);  // a greeting went into the handshake
    } else {
      after_hello();
    }
    return finish_turn();
  }
  if (at_once && behaviour().security.falls_back) {
    then_ = Turn::Then::reconnect;
    tls_given_up_ = true;
    return finish_turn();
  }
  return connection_lost(reason);
}

Turn Dialogue::timed_out() {
  decide_undecided({Outcome::Kind::deferred, "451 4.4.2 the server did not answer in time"});
  if (leaving_) {
    output_.clear();
  } else {
    quit();
  }
  close();
  return finish_turn();
}

Turn Dialogue::connection_lost(std::string_view how) {
  Outcome lost{Outcome::Kind::deferred, fmt::format("451 4.4.2 {}", how)};
  const bool content_is_out = !awaited_.empty() && (awaited_.front().asked == Asked::content ||
                                                    awaited_.front().asked == Asked::last_chunk);
  if (behaviour().queue.lost_is_delivered && content_is_out) lost.kind = Outcome::Kind::delivered;
  if (behaviour().queue.lost_is_failed) lost.kind = Outcome::Kind::failed;
  decide_undecided(lost);
  output_.clear();
  close();
  return finish_turn();
}

Turn Dialogue::finish_turn() {
  Turn turn{std::exchange(output_, {}), then_, std::nullopt};
  const bool begins_to_wait = renews_patience_ || !turn.output.empty();
  if (begins_to_wait && !awaited_.empty()) {
    const std::chrono::nanoseconds longest = behaviour().session.longest_wait;
    turn.patience = std::min(patience_for(awaited_.front().asked), longest);
  }
  renews_patience_ = false;
  return turn;
}

std::chrono::nanoseconds Dialogue::patience_for(Asked asked) const {
  const Timeouts& timeouts = settings_->timeouts;
  switch (asked) {
    case Asked::greeting:
      return timeouts.greeting;
    case Asked::mail:
      return timeouts.mail;
    case Asked::rcpt:
      return timeouts.rcpt;
    case Asked::data:
      return timeouts.data;
    case Asked::chunk:
      return timeouts.block;
    case Asked::content:
    case Asked::nothing:
    case Asked::last_chunk:
      return timeouts.end_of_data;
    case Asked::quit:
      return timeouts.quit;
    default:
      return timeouts.command;
  }
}

}  // namespace smtpspec::sender
