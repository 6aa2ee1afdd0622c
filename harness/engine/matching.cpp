// SPDX-License-Identifier: Apache-2.0
#include "engine/matching.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "engine/excerpt.hpp"
#include "smtp/capabilities.hpp"
#include "smtp/enhanced_status.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Condition;
using scenario::ReplyPattern;

Match no(std::string why) {
  return {Match::Grade::no, std::move(why)};
}

bool is_reply(const Event* event) {
  return event && event->kind == Event::Kind::reply && event->reply.usable();
}

// A 4yz is a refusal like a 5yz; that it should have been a permanent one is a matter of degree.
bool is_temporary_refusal_for(const ReplyPattern& pattern, int code) {
  return code / 100 == 4 && pattern.same_class(500 + code % 100);
}

Match match_code(const ReplyPattern& pattern, int code) {
  if (pattern.matches(code)) return {};
  auto why = fmt::format("the code is {}, not {}", code, pattern.text);
  if (pattern.exact) return no(std::move(why));
  if (pattern.same_class(code) || is_temporary_refusal_for(pattern, code))
    return {Match::Grade::near, std::move(why)};
  return no(std::move(why));
}

Match match_enhanced(const scenario::EnhancedPattern& pattern, const smtp::Reply& reply) {
  const auto status = smtp::parse_enhanced_status(reply.lines.back().text());
  if (pattern.none) return status ? no("the reply has enhanced code " + smtp::to_string(*status)) : Match{};
  if (!status) return no("the reply has no enhanced code");
  if (pattern.matches(status->status_class, status->subject, status->detail)) return {};
  return no(fmt::format("the enhanced code is {}, not {}", smtp::to_string(*status), pattern.text));
}

Match match_keywords(const Condition& condition, const smtp::Reply& reply) {
  const auto capabilities = smtp::parse_capabilities(reply);
  if (condition.no_keyword && capabilities.has(*condition.no_keyword)) {
    return no(fmt::format("the keyword {} is listed", *condition.no_keyword));
  }
  if (!condition.keyword) return {};
  const auto fits = [&](const smtp::Capability& one) { return condition.keyword->matches(one.line); };
  if (std::any_of(capabilities.keywords.begin(), capabilities.keywords.end(), fits)) return {};
  return no(fmt::format("no line matches '{}'", condition.keyword->text));
}

std::optional<std::int64_t> milliseconds(const scenario::Template& text,
                                         const scenario::Variables& variables) {
  const auto value = text.evaluate_number(variables);
  const auto* number = std::get_if<std::int64_t>(&value);
  return number ? std::optional(*number) : std::nullopt;
}

Match match_time(const Condition& condition, const Observation& seen, const scenario::Variables& variables) {
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(seen.event->at - seen.sent_at).count();
  if (condition.within) {
    const auto limit = milliseconds(*condition.within, variables);
    if (limit && took > *limit) return no(fmt::format("it came after {} ms, later than {} ms", took, *limit));
  }
  if (condition.not_before) {
    const auto limit = milliseconds(*condition.not_before, variables);
    if (limit && took < *limit)
      return no(fmt::format("it came after {} ms, earlier than {} ms", took, *limit));
  }
  return {};
}

Match match_endings(smtp::Ending wanted, const smtp::Reply& reply) {
  for (const auto& line : reply.lines) {
    if (line.ending != wanted) return no(fmt::format("a line ends with {}", smtp::to_string(line.ending)));
  }
  return {};
}

Match match_same_as(const std::string& label, int code, const LabelledCodes& labelled) {
  const auto other = labelled.find(label);
  if (other == labelled.end()) return no(fmt::format("no answer was labelled '{}'", label));
  if (other->second == code) return {};
  return no(fmt::format("the code is {}, but {} as the answer labelled '{}'", code, other->second, label));
}

bool asks_for_reply(const Condition& c) {
  return c.reply || c.enhanced || c.keyword || c.no_keyword || c.lines || c.text || c.ending || c.same_as;
}

bool asks_what_was_heard(const Condition& c) {
  return c.command || c.wire || c.wire_lacks;
}

bool asks_for_reply_or_ending(const Condition& c, const Event* event) {
  const bool of_command = c.ending && event && event->heard;
  return c.reply || c.enhanced || c.keyword || c.no_keyword || c.lines || c.text || c.same_as ||
         (c.ending && !of_command);
}

// What the target said as a client.
Match match_heard(const Condition& condition, const Event* event) {
  if (!event || !event->heard) return no(event ? describe(*event) : "nothing was heard");
  const auto& heard = *event->heard;
  if (condition.command && !condition.command->matches(heard.line.text))
    return no(fmt::format("the command does not match '{}'", condition.command->text));
  if (condition.wire && !condition.wire->matches(heard.wire))
    return no(fmt::format("the octets do not match '{}'", condition.wire->text));
  if (condition.wire_lacks && condition.wire_lacks->matches(heard.wire))
    return no(fmt::format("the octets match '{}'", condition.wire_lacks->text));
  if (condition.ending && heard.line.ending != *condition.ending)
    return no(fmt::format("the command ends with {}", smtp::to_string(heard.line.ending)));
  return {};
}

Match match_reply(const Condition& condition, const Observation& seen, const LabelledCodes& labelled) {
  if (!is_reply(seen.event)) return no(seen.event ? describe(*seen.event) : "no reply was read");
  const auto& reply = seen.event->reply;
  Match grade;
  if (condition.reply) grade = match_code(*condition.reply, reply.code);
  if (grade.grade == Match::Grade::no) return grade;
  Match part;
  const auto holds = [&](Match next) {
    part = std::move(next);
    return part.grade == Match::Grade::holds;
  };
  if (condition.enhanced && !holds(match_enhanced(*condition.enhanced, reply))) return part;
  if ((condition.keyword || condition.no_keyword) && !holds(match_keywords(condition, reply))) return part;
  if (condition.lines && !condition.lines->contains(static_cast<std::int64_t>(reply.lines.size()))) {
    return no(fmt::format("the reply has {} lines, not {}", reply.lines.size(), condition.lines->text));
  }
  if (condition.text && !condition.text->matches(reply.text())) {
    return no(fmt::format("the text does not match '{}'", condition.text->text));
  }
  if (condition.ending && !holds(match_endings(*condition.ending, reply))) return part;
  if (condition.same_as && !holds(match_same_as(*condition.same_as, reply.code, labelled))) return part;
  return grade;
}

std::size_t count_replies(const std::vector<Event>& collection) {
  return static_cast<std::size_t>(std::count_if(collection.begin(), collection.end(), [](const Event& event) {
    return event.kind == Event::Kind::reply;
  }));
}

bool ended_by_close(const std::vector<Event>& collection) {
  return !collection.empty() && collection.back().kind == Event::Kind::closed;
}

Match match_sequence(const std::vector<ReplyPattern>& wanted, const std::vector<Event>& collection) {
  const auto count = count_replies(collection);
  if (count != wanted.size()) return no(fmt::format("{} replies came, not {}", count, wanted.size()));
  Match worst;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!collection[i].reply.usable()) return no(fmt::format("reply {} is malformed", i + 1));
    auto one = match_code(wanted[i], collection[i].reply.code);
    if (one.grade == Match::Grade::no) return one;
    if (one.grade == Match::Grade::near) worst = std::move(one);
  }
  return worst;
}

Match match_collection(const Condition& condition, const std::vector<Event>& collection) {
  if (condition.reply_count &&
      !condition.reply_count->contains(static_cast<std::int64_t>(count_replies(collection)))) {
    return no(fmt::format("{} replies came, not {}", count_replies(collection), condition.reply_count->text));
  }
  if (condition.closed && *condition.closed != ended_by_close(collection)) {
    return no(*condition.closed ? "the stream did not end" : "the stream ended");
  }
  if (condition.silence && (count_replies(collection) > 0 || ended_by_close(collection)))
    return no("there was no silence");
  return condition.replies ? match_sequence(*condition.replies, collection) : Match{};
}

// The reply that a condition on a single reply means within a collection: the last one.
const Event* last_reply(const std::vector<Event>& collection) {
  for (auto event = collection.rbegin(); event != collection.rend(); ++event) {
    if (event->kind == Event::Kind::reply) return &*event;
  }
  return nullptr;
}

Match match_end(const Condition& condition, const Observation& seen) {
  const bool closed = seen.event && (seen.event->kind == Event::Kind::closed || seen.closed_after);
  if (condition.closed && *condition.closed != closed) {
    return no(*condition.closed ? (seen.event ? describe(*seen.event) : "the stream did not end")
                                : "the stream ended");
  }
  if (condition.gone && (!closed || *condition.gone != seen.event->gone)) {
    return no(*condition.gone ? "the client took what was said after it had ended the stream"
                              : "the client had closed altogether");
  }
  if (condition.silence && (!seen.event || seen.event->kind != Event::Kind::silence)) {
    return no(seen.event ? describe(*seen.event) : "nothing was awaited");
  }
  return {};
}

}  // namespace

Match match(const Condition& condition, const Observation& seen, const LabelledCodes& labelled,
            const scenario::Variables& variables) {
  if (condition.tls && condition.tls != seen.tls) {
    return no(*condition.tls ? "the TLS handshake did not succeed" : "the TLS handshake succeeded");
  }
  if (condition.taken && condition.taken != seen.taken) {
    return no(!seen.taken   ? "it is not known whether the target took the message"
              : *seen.taken ? "the target took the message"
                            : "the target refused the message");
  }
  if (condition.queued && condition.queued != seen.queued) {
    return no(*condition.queued ? "no mail of this case is in the target's queue"
                                : "mail of this case is still in the target's queue");
  }
  const bool of_command = condition.ending && seen.event && seen.event->heard;
  if (asks_what_was_heard(condition) || of_command) {
    auto heard = match_heard(condition, seen.event);
    if (heard.grade != Match::Grade::holds) return heard;
  }
  Observation one = seen;
  Match grade;
  if (seen.collection) {
    grade = match_collection(condition, *seen.collection);
    one.event = last_reply(*seen.collection);
  } else {
    if (condition.replies || condition.reply_count) return no("no replies were collected");
    grade = match_end(condition, seen);
  }
  if (grade.grade == Match::Grade::no) return grade;
  if (asks_for_reply_or_ending(condition, one.event)) {
    auto reply = match_reply(condition, one, labelled);
    if (reply.grade != Match::Grade::holds) grade = std::move(reply);
  }
  if (grade.grade == Match::Grade::no) return grade;
  const bool has_come = is_reply(one.event) || (one.event && one.event->heard);
  if ((condition.within || condition.not_before) && has_come) {
    auto time = match_time(condition, one, variables);
    if (time.grade != Match::Grade::holds) return time;
  }
  return grade;
}

std::string describe(const Condition& c) {
  std::vector<std::string> parts;
  if (c.reply) parts.push_back("reply " + c.reply->text);
  if (c.enhanced) parts.push_back("enhanced code " + c.enhanced->text);
  if (c.keyword) parts.push_back(fmt::format("an EHLO line like '{}'", c.keyword->text));
  if (c.no_keyword) parts.push_back("no EHLO keyword " + *c.no_keyword);
  if (c.lines) parts.push_back(c.lines->text + " lines");
  if (c.text) parts.push_back(fmt::format("text like '{}'", c.text->text));
  if (c.ending) parts.push_back(fmt::format("lines ending with {}", smtp::to_string(*c.ending)));
  if (c.same_as) parts.push_back(fmt::format("the same code as '{}'", *c.same_as));
  if (c.replies) {
    std::vector<std::string> codes;
    for (const auto& one : *c.replies) codes.push_back(one.text);
    parts.push_back(fmt::format("replies {}", fmt::join(codes, ", ")));
  }
  if (c.reply_count) parts.push_back(c.reply_count->text + " replies");
  if (c.closed) parts.push_back(*c.closed ? "the end of the stream" : "an open stream");
  if (c.gone) parts.push_back(*c.gone ? "nobody who still listens" : "somebody who still listens");
  if (c.silence) parts.push_back("silence");
  if (c.tls) parts.push_back(*c.tls ? "a TLS handshake that succeeds" : "a TLS handshake that fails");
  if (c.command) parts.push_back(fmt::format("a command like '{}'", c.command->text));
  if (c.wire) parts.push_back(fmt::format("octets like '{}'", c.wire->text));
  if (c.wire_lacks) parts.push_back(fmt::format("no octets like '{}'", c.wire_lacks->text));
  if (c.content) parts.push_back("a message as described");
  if (c.taken) parts.push_back(*c.taken ? "the message taken" : "the message refused");
  if (c.queued) parts.push_back(*c.queued ? "mail in the target's queue" : "nothing in the target's queue");
  if (c.delivered) parts.push_back(describe_mail(*c.delivered));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string describe_mail(const scenario::DeliveredCheck& check) {
  return fmt::format("{} mail in the {}mailbox", check.count ? check.count->text : "1",
                     check.to.empty() ? "" : check.to + " ");
}

std::string describe(const Event& event) {
  switch (event.kind) {
    case Event::Kind::closed:
      return "the stream ended: " + event.detail;
    case Event::Kind::silence:
      return event.detail.empty() ? "silence" : "silence, " + excerpt(event.detail);
    case Event::Kind::command:
      return excerpt(event.heard->wire);
    case Event::Kind::content:
      return "a message: " + excerpt(event.heard->wire);
    case Event::Kind::reply:
      break;
  }
  return (event.reply.usable() ? "" : "a malformed reply: ") + excerpt(event.reply.raw());
}

std::string describe(const std::vector<Event>& collection) {
  std::string text;
  for (const auto& event : collection) {
    if (text.size() > max_excerpt_octets) break;
    if (!text.empty()) text += event.kind == Event::Kind::reply ? ", " : ", then ";
    text += event.kind == Event::Kind::reply && event.reply.usable() ? std::to_string(event.reply.code)
                                                                     : describe(event);
  }
  return text.empty() ? "nothing" : excerpt(text);
}

bool asks_no_session(const Condition& c) {
  const bool asks_elsewhere = c.delivered || c.taken || c.queued;
  return asks_elsewhere && !asks_for_reply(c) && !asks_what_was_heard(c) && !c.content && !c.replies &&
         !c.reply_count && !c.closed && !c.gone && !c.silence && !c.tls;
}

}  // namespace smtpspec::engine
