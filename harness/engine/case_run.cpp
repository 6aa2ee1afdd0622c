// SPDX-License-Identifier: Apache-2.0
#include "engine/case_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/case_description.hpp"
#include "engine/excerpt.hpp"
#include "engine/invariants.hpp"
#include "engine/queue_watch.hpp"
#include "engine/submission.hpp"
#include "scenario/visit_steps.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::engine {
namespace {

// RFC 5321 4.2, second paragraph: each command gets exactly one reply.
const std::vector<std::string> one_reply_per_command{"R5321-4.2-a"};

bool may_pass_with_time(PreludeFailure::Kind kind) {
  using Kind = PreludeFailure::Kind;
  return kind == Kind::temporary || kind == Kind::no_connection || kind == Kind::closed ||
         kind == Kind::silence;
}

// A case that starts TLS or authenticates by itself, or whose subject these are, wants a session in which
// nobody has done so before.
bool is_about_security(const scenario::Case& one) {
  const auto is_rule = [](const std::string& id) {
    return id.starts_with("R4954-") || id.starts_with("R3207-");
  };
  bool found = std::any_of(one.covers.begin(), one.covers.end(), is_rule);
  scenario::visit_steps(one.steps, [&](const scenario::Step& step) {
    found = found || std::holds_alternative<scenario::Auth>(step.action) ||
            std::holds_alternative<scenario::StartTls>(step.action) ||
            std::holds_alternative<scenario::Handshake>(step.action) ||
            std::any_of(step.covers.begin(), step.covers.end(), is_rule);
  });
  return found;
}

// RFC 4954 6: no policy answers these with 530. Where it comes nevertheless it answers something else, and
// what the case has found stands.
bool needs_no_auth(std::string_view command) {
  constexpr std::string_view verbs[] = {"AUTH", "EHLO", "LHLO", "HELO", "NOOP", "RSET", "QUIT", "STARTTLS"};
  return std::any_of(std::begin(verbs), std::end(verbs),
                     [&](std::string_view verb) { return smtp::starts_with_ignoring_case(command, verb); });
}

// A step that asks the target's queue, or what became of a submission, and no session.
bool speaks_with_nobody(const scenario::Step& step) {
  if (std::holds_alternative<scenario::Pause>(step.action)) return true;
  if (!std::holds_alternative<std::monostate>(step.action)) return false;
  bool asks_a_session = false;
  scenario::visit_conditions(step, [&](const scenario::Condition& condition) {
    asks_a_session = asks_a_session || !asks_no_session(condition);
  });
  return !asks_a_session;
}

}  // namespace

CaseRun::CaseRun(RunContext& context, const scenario::Case& scenario_case, CaseToken token, Try this_try)
    : context_(context),
      case_(scenario_case),
      scope_(context.target, std::move(token), context.messages),
      judge_(context.requirements, context.target.ours, scenario_case),
      mail_(context, scope_, scenario_case,
            scenario_case.client.empty() ? context.default_client : scenario_case.client),
      client_(scenario_case.client.empty() ? context.default_client : scenario_case.client),
      try_(this_try),
      has_script_(scenario::plays_our_server(scenario_case)),
      hands_(context.hands),
      queue_(context.queue) {}

CaseRun::~CaseRun() = default;

wire::Task<result::CaseResult> CaseRun::run() {
  const auto began = std::chrono::steady_clock::now();
  co_await play();
  auto result = take_result();
  result.duration = std::chrono::steady_clock::now() - began;
  co_return result;
}

wire::Task<void> CaseRun::play() {
  if (case_.role == scenario::Role::client) {
    co_await play_steps();
    co_return;
  }
  const Flow entered = co_await enter_next_hop();
  if (entered == Flow::stop) co_return;
  co_await play_steps();
  co_await leave_next_hop();
}

wire::Task<void> CaseRun::play_steps() {
  if (case_.role != scenario::Role::server) {
    std::string unnamed;
    const Flow opened = co_await open_session(std::move(unnamed), case_.prelude, case_.on, client_);
    if (opened == Flow::stop) co_return;
  }
  const Flow played = co_await run_steps(case_.steps);
  co_await free_target();
  end_script();
  if (played == Flow::go_on) co_await close_sessions();
  for (auto& dialogue : dialogues_) {
    if (dialogue.session && dialogue.session->connection().is_open()) dialogue.session->close();
  }
  if (blocked_.empty() && error_.empty() && unsupported_.empty()) co_await judge_mail();
}

wire::Task<CaseRun::Flow> CaseRun::run_steps(const std::vector<scenario::Step>& steps) {
  for (const auto& step : steps) {
    const Flow flow = co_await run_step(step);
    if (flow == Flow::stop) co_return Flow::stop;
  }
  co_return Flow::go_on;
}

wire::Task<CaseRun::Flow> CaseRun::run_step(const scenario::Step& step) {
  if (const auto* open = std::get_if<scenario::Open>(&step.action)) {
    auto on = open->on.empty() ? case_.on : open->on;
    auto client = open->client.empty() ? client_ : open->client;
    const Flow opened = co_await open_session(open->name, open->prelude, std::move(on), std::move(client));
    if (opened == Flow::stop) co_return Flow::stop;
    auto& dialogue = dialogues_.back();
    co_return co_await judge_answer(step, dialogue);
  }
  if (const auto* accept = std::get_if<scenario::Accept>(&step.action)) {
    const Flow accepted = co_await run_accept(step, *accept);
    if (accepted == Flow::stop) co_return Flow::stop;
    co_return co_await judge_answer(step, dialogues_.back());
  }
  if (const auto* submit = std::get_if<scenario::Submit>(&step.action)) {
    const Flow submitted = co_await run_submit(step, *submit);
    if (submitted == Flow::stop) co_return Flow::stop;
    co_return co_await judge_answer(step, nobody_);
  }
  if (const auto* action = std::get_if<scenario::TargetAction>(&step.action))
    co_return co_await run_target_action(*action);
  auto* dialogue = dialogue_of(step);
  if (!dialogue) co_return Flow::stop;
  if (!step.word.empty()) dialogue->mark(step.position.line, step.word);
  const Flow acted = co_await act(step, *dialogue);
  if (acted == Flow::stop) co_return Flow::stop;
  co_return co_await judge_answer(step, *dialogue);
}

Dialogue* CaseRun::dialogue_of(const scenario::Step& step) {
  for (auto dialogue = dialogues_.rbegin(); dialogue != dialogues_.rend(); ++dialogue) {
    if (dialogue->name == step.session && dialogue->connection()) return &*dialogue;
  }
  if (speaks_with_nobody(step)) return &nobody_;
  fault(step.position, fmt::format("no session '{}' was opened", step.session));
  return nullptr;
}

wire::Task<CaseRun::Flow> CaseRun::open_session(std::string name, const scenario::Prelude& prelude,
                                                std::string on, std::string client) {
  auto& dialogue = dialogues_.emplace_back();
  dialogue.name = std::move(name);
  dialogue.client = std::move(client);
  dialogue.authenticates = !is_about_security(case_);
  dialogue.on_reply = [this, &dialogue](const smtp::Reply& reply, bool answers_ehlo) {
    note_reply(dialogue, reply, answers_ehlo);
  };
  auto way = prelude;
  if (case_.role == scenario::Role::relay && dialogue.client == "trusted")
    go_where_it_relays(context_.target.relay, way, on);
  const auto failure = co_await open_dialogue(context_, scope_, way, std::move(on), dialogue);
  if (!failure) co_return Flow::go_on;
  if (dialogues_.size() == 1) prelude_outcome_ = failure;
  target_seems_dead_ = looks_like_death(failure->kind);
  worth_another_try_ = may_pass_with_time(failure->kind);
  unreachable_ = failure->kind == PreludeFailure::Kind::no_connection ||
                 (failure->kind == PreludeFailure::Kind::silence && failure->stage == "the greeting");
  if (failure->kind == PreludeFailure::Kind::ours)
    error_ = describe(*failure);
  else
    block(describe(*failure));
  if (dialogue.session) dialogue.session->close();
  co_return Flow::stop;
}

wire::Task<void> CaseRun::close_sessions() {
  for (auto& dialogue : dialogues_) {
    if (!dialogue.session || !dialogue.session->connection().is_open()) continue;
    auto& session = *dialogue.session;
    // In the middle of content QUIT would be content.
    if (session.expects_content()) {
      session.close();
      continue;
    }
    const Closing closing = co_await close_dialogue(context_, dialogue);
    if (closing.closed && closing.quit_code == 0) target_seems_dead_ = true;
    if (came_late(dialogue, closing)) continue;
    judge_closing(dialogue, closing);
  }
}

void CaseRun::note_reply(const Dialogue& dialogue, const smtp::Reply& reply, bool answers_ehlo) {
  const auto& credentials = context_.target.credentials;
  const bool wants_auth = reply.code == 530 && credentials && credentials->required;
  if (wants_auth && !needs_no_auth(last_bytes_) && closed_to_strangers_.empty())
    closed_to_strangers_ = excerpt(reply.raw());
  if (!context_.invariants) return;
  const auto& capabilities = dialogue.session->capabilities;
  Invariants::Context context;
  context.answers_ehlo = answers_ehlo;
  context.offers_enhanced_codes = capabilities && capabilities->has("ENHANCEDSTATUSCODES");
  context.allows_utf8 = capabilities && capabilities->has("SMTPUTF8");
  context_.invariants->note_reply(reply, context, case_.id);
}

void CaseRun::judge_closing(Dialogue& dialogue, const Closing& closing) {
  // After our FIN no QUIT could be said any more, and what came answers something else.
  if (context_.invariants && closing.quit_code != 0 && !dialogue.session->half_closed())
    context_.invariants->note_closing(closing.quit_code, closing.closed, case_.id);
  if (closing.surplus_replies == 0 && !closing.silent) return;
  result::Finding finding;
  finding.verdict = Verdict::fail;
  finding.requirements = one_reply_per_command;
  finding.session = dialogue.recorded_name();
  finding.event = dialogue.session->connection().transcript().events().size();
  finding.expected = "one reply to QUIT, then the end of the stream";
  if (closing.silent) {
    finding.message = "QUIT at the end of the dialogue got no reply";
    finding.actual = fmt::format("silence for {} ms", context_.timeouts.reply.count());
  } else {
    finding.message = "a reply came that no command had asked for";
    finding.actual = fmt::format("{} more: {}", closing.surplus_replies, closing.surplus);
  }
  judge_.record(std::move(finding));
}

void CaseRun::block(std::string reason) {
  if (blocked_.empty()) blocked_ = std::move(reason);
}

// What may be gone at another try.
void CaseRun::block_for_now(std::string reason) {
  worth_another_try_ = true;
  block(std::move(reason));
}

void CaseRun::fault(const scenario::SourcePosition& at, std::string message) {
  if (error_.empty()) error_ = fmt::format("{}:{}: {}", at.file, at.line, message);
}

result::CaseResult CaseRun::take_result() {
  result::CaseResult result = describe_case(case_);
  result.client = client_;
  result.unreachable = unreachable_;
  result.token = scope_.token().stem();
  result.verdict = judge_.verdict();
  result.outcome = judge_.outcome();
  result.requirement_verdicts = judge_.requirement_verdicts();
  result.findings = judge_.take_findings();
  result.delivered = std::move(delivered_);
  for (auto& dialogue : dialogues_) result.sessions.push_back(dialogue.take_record());
  for (auto& record : mail_.take_records()) result.sessions.push_back(std::move(record));
  if (!error_.empty()) {
    result.verdict = Verdict::error;
    result.reason = error_;
  } else if (!closed_to_strangers_.empty() && (result.verdict != Verdict::pass || !blocked_.empty())) {
    // RFC 6409 4.3 asks for that answer; what the case is about never came to pass.
    result.verdict = Verdict::unsupported;
    result.outcome.clear();
    result.findings.clear();
    result.requirement_verdicts.clear();
    result.reason = "the target takes no mail before AUTH: " + closed_to_strangers_;
  } else if (!blocked_.empty()) {
    // A broken requirement that was seen before the way was blocked stays seen.
    if (result.verdict != Verdict::fail) result.verdict = Verdict::blocked;
    result.reason = blocked_;
  } else if (!unsupported_.empty() && result.verdict != Verdict::fail) {
    result.verdict = Verdict::unsupported;
    result.reason = unsupported_;
    result.lacks = lacks_;
  } else if (mail_unread_ && result.verdict != Verdict::fail) {
    result.verdict = Verdict::unsupported;
    result.reason = "no mailbox of the target can be read, and this case is judged by the mail that arrives";
    result.lacks = {result::of_target_file, "mailbox"};
  }
  return result;
}

}  // namespace smtpspec::engine
