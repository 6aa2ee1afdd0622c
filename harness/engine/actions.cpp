// SPDX-License-Identifier: Apache-2.0
// What a step does before its answer is looked at.
#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "engine/queue_watch.hpp"
#include "engine/sasl_exchange.hpp"
#include "smtp/dot_stuffing.hpp"

namespace smtpspec::engine {
namespace {

constexpr std::chrono::milliseconds default_gap = wire::Connection::default_gap;

// Each octet has a segment of its own all the same; a whole message octet by octet should not take seconds.
constexpr std::chrono::milliseconds gap_between_octets{2};

// A busy machine may take its time over each segment; that is no matter of the target's.
constexpr std::chrono::milliseconds patience_with_a_segment{1000};

// More iterations than any limit of RFC 5321 asks for; a scenario can't make the harness run for ever.
constexpr std::int64_t max_repetitions = 100'000;

std::string bdat_command(std::size_t size, bool last) {
  return fmt::format("BDAT {}{}\r\n", size, last ? " LAST" : "");
}

}  // namespace

std::vector<std::string> CaseRun::cut_up(const std::string& bytes, const scenario::Cut& cut) {
  std::vector<std::string> parts;
  if (cut.kind == scenario::Cut::Kind::every_byte) {
    for (const char byte : bytes) parts.emplace_back(1, byte);
    return parts;
  }
  std::size_t from = 0;
  for (const auto offset : cut.offsets) {
    const auto at = offset < 0 ? static_cast<std::int64_t>(bytes.size()) + offset : offset;
    if (at <= static_cast<std::int64_t>(from) || at >= static_cast<std::int64_t>(bytes.size())) continue;
    parts.push_back(bytes.substr(from, static_cast<std::size_t>(at) - from));
    from = static_cast<std::size_t>(at);
  }
  parts.push_back(bytes.substr(from));
  return parts;
}

std::optional<std::chrono::milliseconds> CaseRun::evaluate_gap(const scenario::Step& step,
                                                               const scenario::Cut& cut) {
  const bool every_octet = cut.kind == scenario::Cut::Kind::every_byte;
  const auto gap =
      evaluate_ms(cut.gap, step.position, (every_octet ? gap_between_octets : default_gap).count());
  return gap ? std::optional(std::chrono::milliseconds(*gap)) : std::nullopt;
}

wire::Deadline CaseRun::deadline_for(std::size_t parts, std::chrono::milliseconds gap) const {
  const auto time_needed = (gap + patience_with_a_segment) * static_cast<int>(parts);
  return wire::deadline_after(context_.timeouts.reply + time_needed);
}

std::optional<std::string> CaseRun::evaluate(const scenario::Template& text,
                                             const scenario::SourcePosition& at) {
  if (const auto* literal = text.if_literal()) return *literal;
  auto result = text.evaluate(scope_.variables());
  if (result.ok()) return std::move(result.bytes);
  fault(at, result.problem);
  return std::nullopt;
}

std::optional<std::int64_t> CaseRun::evaluate_ms(const std::optional<scenario::Template>& text,
                                                 const scenario::SourcePosition& at, std::int64_t otherwise) {
  if (!text) return otherwise;
  const auto value = text->evaluate_number(scope_.variables());
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  fault(at, std::get<std::string>(value));
  return std::nullopt;
}

/// What a sending step puts on the wire; nothing when it sends nothing or a template is at fault.
std::optional<std::string> CaseRun::bytes_of(const scenario::Step& step, Session& session) {
  if (const auto* send = std::get_if<scenario::Send>(&step.action))
    return evaluate(send->bytes, step.position);
  if (const auto* message = std::get_if<scenario::Message>(&step.action)) {
    const auto content = evaluate(message->content, step.position);
    return content ? std::optional(smtp::stuff(*content)) : std::nullopt;
  }
  const auto* bdat = std::get_if<scenario::Bdat>(&step.action);
  if (!bdat) return std::nullopt;
  auto chunk = evaluate(bdat->chunk, step.position);
  if (!chunk) return std::nullopt;
  std::size_t declared = chunk->size();
  if (bdat->declared) {
    const auto number = evaluate_ms(bdat->declared, step.position, 0);
    if (!number) return std::nullopt;
    declared = static_cast<std::size_t>(*number);
  }
  session.add_content(*chunk);
  return bdat_command(declared, bdat->last) + *chunk;
}

// A plain function, not a coroutine: the way to every command is short.
wire::Task<CaseRun::Flow> CaseRun::act(const scenario::Step& step, Dialogue& dialogue) {
  if (const auto* send = std::get_if<scenario::Send>(&step.action))
    return send_command(step, dialogue, send->cut);
  if (const auto* message = std::get_if<scenario::Message>(&step.action))
    return send_command(step, dialogue, message->cut);
  if (const auto* bdat = std::get_if<scenario::Bdat>(&step.action))
    return send_command(step, dialogue, bdat->cut);
  if (const auto* segments = std::get_if<scenario::Segments>(&step.action))
    return send_segments(step, dialogue, *segments);
  if (const auto* group = std::get_if<scenario::Group>(&step.action)) return run_group(dialogue, *group);
  if (std::holds_alternative<scenario::Handshake>(step.action)) return run_handshake(dialogue);
  if (std::holds_alternative<scenario::StartTls>(step.action)) return run_starttls(step, dialogue);
  if (const auto* auth = std::get_if<scenario::Auth>(&step.action)) return run_auth(step, dialogue, *auth);
  if (const auto* collect = std::get_if<scenario::Collect>(&step.action))
    return run_collect(step, dialogue, *collect);
  if (const auto* repeat = std::get_if<scenario::Repeat>(&step.action))
    return run_repeat(step, dialogue, *repeat);
  if (const auto* mail = std::get_if<scenario::CheckDelivered>(&step.action))
    return judge_mail_check(mail->check);
  if (const auto* close = std::get_if<scenario::Close>(&step.action)) return run_close(dialogue, close->kind);
  if (const auto* pause = std::get_if<scenario::Pause>(&step.action)) return run_pause(step, *pause);
  if (const auto* serve = std::get_if<scenario::Serve>(&step.action))
    return run_serve(step, dialogue, *serve);
  if (const auto* respond = std::get_if<scenario::Respond>(&step.action))
    return run_respond(step, dialogue, *respond);
  return do_nothing();
}

wire::Task<CaseRun::Flow> CaseRun::do_nothing() {
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_close(Dialogue& dialogue, scenario::Close::Kind kind) {
  if (kind == scenario::Close::Kind::fin) dialogue.connection()->close();
  if (kind == scenario::Close::Kind::rst) dialogue.connection()->abort();
  if (kind != scenario::Close::Kind::half && dialogue.hop) dialogue.hop->note_closed_by_us();
  if (kind == scenario::Close::Kind::half && dialogue.session) dialogue.session->half_close();
  if (kind == scenario::Close::Kind::half && dialogue.hop) dialogue.connection()->half_close();
  mail_.note_sent();
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_pause(const scenario::Step& step, const scenario::Pause& pause) {
  const auto ms = evaluate_ms(pause.duration, step.position, 0);
  if (!ms) co_return Flow::stop;
  const std::chrono::milliseconds longest(*ms);
  if (pause.while_queued && queue_) {
    auto stem = scope_.token().stem();
    co_await queue_->wait_until_free_of(std::move(stem), wire::deadline_after(longest));
  } else {
    co_await wire::sleep_for(context_.loop, longest);
  }
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::send_command(const scenario::Step& step, Dialogue& dialogue,
                                                const scenario::Cut& cut) {
  const auto bytes = bytes_of(step, *dialogue.session);
  if (!bytes) co_return Flow::stop;
  if (cut.kind != scenario::Cut::Kind::nowhere) co_return co_await send_cut_up(step, dialogue, *bytes, cut);
  const auto within = evaluate_ms(step.within, step.position, 0);
  if (!within) co_return Flow::stop;
  note_command(dialogue, *bytes);
  co_await say(dialogue, *bytes, std::chrono::milliseconds(*within));
  co_return Flow::go_on;
}

// Who is given long for an answer is given as long for reading what it answers.
wire::Task<void> CaseRun::say(Dialogue& dialogue, const std::string& bytes,
                              std::chrono::milliseconds longest) {
  const auto deadline = wire::deadline_after(std::max(longest, context_.timeouts.reply));
  const wire::WriteOutcome said = co_await dialogue.session->send(bytes, deadline);
  dialogue.said_in_part = std::holds_alternative<wire::TimedOut>(said);
}

// True where it has blocked: the silence of one that has not been told all of it is no answer; a reply may
// be.
bool CaseRun::block_if_not_all_was_said(const Dialogue& dialogue, const Event& event) {
  if (!dialogue.said_in_part || event.kind != Event::Kind::silence) return false;
  block("not all of it could be sent: the target reads too slowly, or not at all");
  return true;
}

void CaseRun::note_command(Dialogue& dialogue, std::string_view bytes) {
  dialogue.collected = false;
  dialogue.said_in_part = false;
  mail_.note_sent();
  last_bytes_ = bytes.substr(0, 512);
}

wire::Task<CaseRun::Flow> CaseRun::send_cut_up(const scenario::Step& step, Dialogue& dialogue,
                                               const std::string& bytes, const scenario::Cut& cut) {
  note_command(dialogue, bytes);
  const auto gap = evaluate_gap(step, cut);
  if (!gap) co_return Flow::stop;
  auto parts = cut_up(bytes, cut);
  co_return co_await send_parts(dialogue, std::move(parts), *gap);
}

wire::Task<CaseRun::Flow> CaseRun::send_parts(Dialogue& dialogue, std::vector<std::string> parts,
                                              std::chrono::milliseconds gap) {
  const auto deadline = deadline_for(parts.size(), gap);
  const bool sent = co_await dialogue.session->send_segments(std::move(parts), gap, deadline);
  if (sent) co_return Flow::go_on;
  block("the segments could not be sent in time: the machine is too busy, or the target does not read");
  co_return Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::send_segments(const scenario::Step& step, Dialogue& dialogue,
                                                 const scenario::Segments& segments) {
  note_command(dialogue, {});
  std::vector<std::string> parts;
  for (const auto& segment : segments.segments) {
    auto bytes = evaluate(segment, step.position);
    if (!bytes) co_return Flow::stop;
    parts.push_back(std::move(*bytes));
  }
  const auto gap = evaluate_ms(segments.gap, step.position, default_gap.count());
  if (!gap) co_return Flow::stop;
  co_return co_await send_parts(dialogue, std::move(parts), std::chrono::milliseconds(*gap));
}

wire::Task<CaseRun::Flow> CaseRun::run_group(Dialogue& dialogue, const scenario::Group& group) {
  std::string all;
  std::vector<std::string> sent;
  for (const auto& item : group.steps) {
    auto bytes = bytes_of(item, *dialogue.session);
    if (!bytes && !error_.empty()) co_return Flow::stop;
    sent.push_back(bytes.value_or(""));
    all += sent.back();
  }
  note_command(dialogue, all);
  co_await say(dialogue, all, context_.timeouts.reply);
  for (std::size_t i = 0; i < group.steps.size(); ++i) {
    last_bytes_ = sent[i].substr(0, 512);
    const Flow judged = co_await judge_answer(group.steps[i], dialogue);
    if (judged == Flow::stop) co_return Flow::stop;
  }
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_handshake(Dialogue& dialogue) {
  dialogue.collected = false;
  if (dialogue.hop) {
    const auto until = wire::deadline_after(context_.timeouts.handshake);
    const wire::TlsOutcome as_server = co_await dialogue.hop->handshake(until);
    dialogue.handshake = std::holds_alternative<wire::TlsUp>(as_server);
    co_return Flow::go_on;
  }
  if (!context_.tls) {
    block("no TLS context could be made");
    co_return Flow::stop;
  }
  const auto deadline = wire::deadline_after(context_.timeouts.handshake);
  const wire::TlsOutcome outcome =
      co_await dialogue.session->start_tls(*context_.tls, context_.target.tls.name, deadline);
  dialogue.handshake = std::holds_alternative<wire::TlsUp>(outcome);
  if (*dialogue.handshake) scope_.set_capabilities(nullptr);
  if (std::holds_alternative<wire::PeerClosed>(outcome) || std::holds_alternative<wire::Failed>(outcome))
    target_seems_dead_ = true;
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_starttls(const scenario::Step& step, Dialogue& dialogue) {
  const std::string command = "STARTTLS\r\n";
  note_command(dialogue, command);
  const auto deadline = wire::deadline_after(context_.timeouts.reply);
  co_await dialogue.session->send(command, deadline);
  Event event = co_await dialogue.session->next_event(deadline);
  if (event.kind == Event::Kind::closed) target_seems_dead_ = true;
  if (event.kind == Event::Kind::reply && event.reply.code / 100 == 4) {
    block_for_now("STARTTLS was put off: " + describe(event));
    co_return Flow::stop;
  }
  if (event.kind != Event::Kind::reply || event.reply.code != 220) {
    auto finding = finding_at(step, dialogue);
    finding.verdict = Verdict::fail;
    finding.message = "STARTTLS was not answered with 220";
    finding.expected = "reply 220";
    finding.actual = describe(event);
    judge_.record(std::move(finding));
    co_return Flow::stop;
  }
  const Flow handshaken = co_await run_handshake(dialogue);
  const bool asked_for = std::holds_alternative<std::monostate>(step.answer);
  if (handshaken == Flow::stop || dialogue.handshake == true || !asked_for) co_return handshaken;
  auto finding = finding_at(step, dialogue);
  finding.verdict = Verdict::fail;
  finding.message = "the TLS handshake after the 220 did not succeed";
  finding.expected = "a TLS handshake";
  finding.actual = "it failed; the dialogue tells how";
  judge_.record(std::move(finding));
  co_return Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::run_auth(const scenario::Step& step, Dialogue& dialogue,
                                            const scenario::Auth& auth) {
  dialogue.collected = false;
  const auto& known = context_.target.credentials;
  const auto user = auth.user ? evaluate(*auth.user, step.position) : std::optional(known ? known->user : "");
  const auto password =
      auth.password ? evaluate(*auth.password, step.position) : std::optional(known ? known->password : "");
  if (!user || !password) co_return Flow::stop;
  SaslExchange exchange(auth.mechanism, *user, *password);
  if (auth.corrupt) exchange.corrupt(*auth.corrupt);
  if (!auth.initial_response) exchange.without_initial_response();
  const auto deadline = wire::deadline_after(context_.timeouts.reply);
  auto problem = co_await exchange.perform(*dialogue.session, deadline);
  if (problem.empty()) co_return Flow::go_on;
  fault(step.position, std::move(problem));
  co_return Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::run_collect(const scenario::Step& step, Dialogue& dialogue,
                                               const scenario::Collect& collect) {
  const auto within = evaluate_ms(step.within, step.position, context_.timeouts.reply.count());
  if (!within) co_return Flow::stop;
  const auto deadline = wire::deadline_after(std::chrono::milliseconds(*within));
  dialogue.collection.clear();
  dialogue.collected = true;
  constexpr std::size_t max_collected = 10'000;
  while (dialogue.collection.size() < max_collected) {
    if (collect.replies && dialogue.collection.size() >= static_cast<std::size_t>(*collect.replies)) break;
    Event event = co_await dialogue.session->next_event(deadline);
    if (block_if_not_all_was_said(dialogue, event)) co_return Flow::stop;
    const bool ended = event.kind != Event::Kind::reply;
    // After a 221 the end of the stream is what was to be expected.
    const bool said_goodbye = !dialogue.collection.empty() && dialogue.collection.back().reply.code == 221;
    if (event.kind == Event::Kind::closed && !said_goodbye) target_seems_dead_ = true;
    dialogue.collection.push_back(std::move(event));
    if (ended) break;
  }
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_repeat(const scenario::Step& step, Dialogue& dialogue,
                                              const scenario::Repeat& repeat) {
  const auto recipients = dialogue.session->accepted_recipients;
  const bool over_recipients = repeat.over == scenario::Repeat::Over::accepted_recipients;
  const auto count = over_recipients ? std::optional(static_cast<std::int64_t>(recipients.size()))
                                     : evaluate_ms(repeat.count, step.position, 0);
  if (!count) co_return Flow::stop;
  for (std::int64_t i = 1; i <= std::min(*count, max_repetitions); ++i) {
    scope_.set("i", i);
    if (over_recipients) scope_.set("recipient", recipients[static_cast<std::size_t>(i - 1)]);
    const Flow flow = co_await run_steps(repeat.steps);
    if (flow == Flow::stop) co_return Flow::stop;
  }
  co_return Flow::go_on;
}

}  // namespace smtpspec::engine
