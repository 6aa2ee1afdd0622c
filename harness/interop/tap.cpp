// SPDX-License-Identifier: Apache-2.0
#include "interop/tap.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "smtp/capabilities.hpp"
#include "smtp/command.hpp"

namespace smtpspec::interop {
namespace {

using Kind = base::TranscriptEvent::Kind;

// Of a run of octets in one direction this much is kept of either end.
constexpr std::size_t kept_head = 3 * 1024;
constexpr std::size_t kept_tail = 1024;

// A message is kept up to here for comparing.
constexpr std::size_t most_content = 16 * 1024 * 1024;
constexpr std::size_t longest_command = 64 * 1024;

std::string one_line(const smtp::Reply& reply) {
  std::string text = reply.raw();
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.pop_back();
  return text;
}

}  // namespace

bool Transfer::names(std::string_view word) const {
  return std::any_of(recipients.begin(), recipients.end(), [&](const TransferRecipient& one) {
    return one.command.find(word) != std::string::npos;
  });
}

bool Transfer::was_answered(int reply_class) const {
  const auto is_such = [&](int one) { return one / 100 == reply_class; };
  return is_such(mail_code) || is_such(code) || reply.starts_with(static_cast<char>('0' + reply_class)) ||
         std::any_of(recipients.begin(), recipients.end(),
                     [&](const auto& one) { return is_such(one.code); });
}

// Octets of one direction that follow each other are one event. Of a long one the middle is forgotten.
void Tap::record(Kind kind, std::string_view octets) {
  const auto at = base::Transcript::Clock::now() - began_;
  const bool begins_transfer = !transfers_.empty() && transfers_.back().first_event == events_.size();
  const bool goes_on =
      kind != Kind::note && !events_.empty() && events_.back().kind == kind && !begins_transfer;
  if (!goes_on) {
    events_.push_back({kind, at, {}});
    left_out_.push_back(0);
  }
  auto& run = events_.back().bytes;
  run += octets;
  if (run.size() <= kept_head + kept_tail) return;
  const auto too_much = run.size() - kept_head - kept_tail;
  run.erase(kept_head, too_much);
  left_out_.back() += too_much;
}

void Tap::note(std::string_view what) {
  record(Kind::note, what);
}

void Tap::hear_sender(std::string_view octets) {
  from_sender_ += octets;
  read_sender();
  record(Kind::sent, octets);
}

void Tap::read_sender() {
  bool goes_on = true;
  while (goes_on && !from_sender_.empty()) {
    switch (mode_) {
      case Mode::waiting_for_354:
        return;
      case Mode::content:
        goes_on = read_content();
        break;
      case Mode::chunk:
        goes_on = read_chunk();
        break;
      case Mode::commands: {
        const auto end = from_sender_.find('\n');
        if (end == std::string::npos && from_sender_.size() < longest_command) return;
        std::string line = from_sender_.substr(0, end);
        from_sender_.erase(0, end == std::string::npos ? end : end + 1);
        if (line.ends_with('\r')) line.pop_back();
        read_command(line);
        break;
      }
    }
  }
}

void Tap::read_command(std::string_view line) {
  const auto command = smtp::parse_command(smtp::LineView{line, smtp::Ending::crlf});
  const auto& verb = command.verb;
  Asked asked{Verb::other, transfers_.empty() ? 0 : transfers_.size() - 1, 0};
  if (verb == "EHLO" || verb == "HELO") {
    asked.verb = Verb::hello;
    in_transaction_ = false;
  } else if (verb == "MAIL") {
    transfers_.emplace_back();
    transfers_.back().mail = line;
    transfers_.back().offer = offer_;
    transfers_.back().first_event = transfers_.back().past_event = events_.size();
    in_transaction_ = true;
    asked = {Verb::mail, transfers_.size() - 1, 0};
  } else if (verb == "RCPT" && current()) {
    asked.verb = Verb::recipient;
    asked.recipient = current()->recipients.size();
    current()->recipients.push_back({std::string(line)});
  } else if (verb == "DATA" && current()) {
    asked.verb = Verb::data;
    mode_ = Mode::waiting_for_354;
  } else if (verb == "BDAT" && current()) {
    begin_chunk(command.argument());
    asked.verb = last_chunk_ ? Verb::last_chunk : Verb::chunk;
  } else if (verb == "RSET") {
    in_transaction_ = false;
  }
  asked_.push_back(asked);
}

void Tap::begin_chunk(std::string_view argument) {
  std::size_t octets = 0;
  std::from_chars(argument.data(), argument.data() + argument.size(), octets);
  chunk_left_ = octets;
  last_chunk_ = argument.find(' ') != std::string_view::npos;
  mode_ = Mode::chunk;
  read_chunk();
}

bool Tap::read_content() {
  const auto fed = unstuffer_->feed(from_sender_);
  from_sender_.erase(0, fed.consumed);
  if (fed.state != smtp::Unstuffer::State::complete) return false;
  if (auto* transfer = current()) {
    transfer->content = unstuffer_->take_content();
    transfer->has_content = true;
    asked_.push_back({Verb::content, transfers_.size() - 1, 0});
  }
  in_transaction_ = false;
  mode_ = Mode::commands;
  return true;
}

bool Tap::read_chunk() {
  const auto taken = std::min(chunk_left_, from_sender_.size());
  if (auto* transfer = current(); transfer && transfer->content.size() < most_content)
    transfer->content += from_sender_.substr(0, taken);
  from_sender_.erase(0, taken);
  chunk_left_ -= taken;
  if (chunk_left_ > 0) return false;
  if (last_chunk_ && current()) {
    current()->has_content = true;
    in_transaction_ = false;
  }
  mode_ = Mode::commands;
  return true;
}

std::string Tap::hear_receiver(std::string_view octets) {
  record(Kind::received, octets);
  replies_.feed(octets);
  std::string passed_on;
  while (const auto line = replies_.next()) {
    if (parser_.feed(*line) == smtp::ReplyParser::State::need_more) continue;
    const auto reply = parser_.take();
    const bool to_hello = !asked_.empty() && asked_.front().verb == Verb::hello && reply.code == 250;
    passed_on += to_hello ? without_starttls(reply) : reply.raw();
    answer(reply);
  }
  for (auto& transfer : transfers_) {
    if (&transfer == &transfers_.back()) transfer.past_event = events_.size();
  }
  read_sender();
  return passed_on;
}

std::string Tap::without_starttls(const smtp::Reply& reply) {
  offer_.clear();
  for (const auto& capability : smtp::parse_capabilities(reply).keywords) {
    if (capability.keyword != "STARTTLS") offer_.push_back(capability.keyword);
  }
  std::vector<const smtp::ReplyLine*> kept;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const auto rest = reply.lines[i].text();
    const std::string text = smtp::parse_command(smtp::LineView{rest, smtp::Ending::crlf}).verb;
    if (i == 0 || text != "STARTTLS") kept.push_back(&reply.lines[i]);
  }
  std::string raw;
  for (const auto* line : kept) {
    auto text = line->raw_text;
    if (text.size() > 3) text[3] = line == kept.back() ? ' ' : '-';
    raw += text + std::string(smtp::bytes_of(line->ending));
  }
  return raw;
}

void Tap::answer(const smtp::Reply& reply) {
  if (asked_.empty()) return;  // unasked: a 421 before the end
  const auto asked = asked_.front();
  asked_.pop_front();
  if (asked.verb == Verb::data) {
    mode_ = reply.code == 354 ? Mode::content : Mode::commands;
    smtp::UnstuffRules rules;
    rules.max_kept_octets = most_content;
    if (reply.code == 354) unstuffer_.emplace(rules);
  }
  if (asked.transfer < transfers_.size()) settle(transfers_[asked.transfer], reply, asked);
}

void Tap::settle(Transfer& transfer, const smtp::Reply& reply, const Asked& asked) {
  switch (asked.verb) {
    case Verb::mail:
      transfer.mail_code = reply.code;
      transfer.mail_reply = one_line(reply);
      if (reply.code / 100 != 2) transfer.reply = transfer.mail_reply;
      break;
    case Verb::recipient:
      transfer.recipients[asked.recipient].code = reply.code;
      transfer.recipients[asked.recipient].reply = one_line(reply);
      break;
    case Verb::data:
    case Verb::chunk:
      if (reply.code / 100 == 4 || reply.code / 100 == 5) transfer.reply = one_line(reply);
      break;
    case Verb::content:
    case Verb::last_chunk:
      transfer.code = reply.code;
      transfer.reply = one_line(reply);
      break;
    case Verb::greeting:
    case Verb::hello:
    case Verb::other:
      break;
  }
}

result::Session Tap::dialogue_of(const Transfer& transfer) const {
  result::Session session;
  const std::size_t opening = transfers_.empty() ? events_.size() : transfers_.front().first_event;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const bool is_opening = i < opening && i < transfer.first_event;
    const bool is_its_own = i >= transfer.first_event && i < transfer.past_event;
    const bool follows_last = i >= transfer.past_event && &transfer == &transfers_.back();
    if (is_opening || is_its_own || follows_last) add_event(i, session.events);
  }
  return session;
}

void Tap::add_event(std::size_t index, std::vector<base::TranscriptEvent>& events) const {
  const auto& event = events_[index];
  if (left_out_[index] == 0) {
    events.push_back(event);
    return;
  }
  events.push_back({event.kind, event.at, event.bytes.substr(0, kept_head)});
  events.push_back({Kind::note, event.at, fmt::format("{} octets are not shown here", left_out_[index])});
  events.push_back({event.kind, event.at, event.bytes.substr(kept_head)});
}

}  // namespace smtpspec::interop
