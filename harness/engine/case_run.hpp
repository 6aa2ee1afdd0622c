// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/dialogue.hpp"
#include "engine/judge.hpp"
#include "engine/mail_watch.hpp"
#include "engine/matching.hpp"
#include "engine/next_hop.hpp"
#include "engine/run_context.hpp"
#include "result/model.hpp"

namespace smtpspec::engine {

/// A message that is being handed to the target.
struct Submitting {
  explicit Submitting(wire::EventLoop& loop) : done(loop) {}
  std::optional<Submitted> outcome;
  wire::Event done;
};

/// Which of several tries of a case this is.
struct Try {
  std::uint32_t number = 1;
  bool is_last = true;  ///< what is seen now stands
};

/// Plays one case once: prelude, steps, closing, delivered mail. Needs were looked at before.
///
/// The normal path: run() opens the first session, walks the steps (each acts, then judges its answer),
/// closes what is still open, and looks at the mail. A judgement of `fail` stops the steps, since nobody
/// knows the dialogue's state any more; a prelude that fails blocks the case.
class CaseRun {
 public:
  CaseRun(RunContext& context, const scenario::Case& scenario_case, CaseToken token, Try this_try = {});
  ~CaseRun();

  wire::Task<result::CaseResult> run();

  /// True when the target could not be reached or broke a session off: the scheduler then looks whether it
  /// still lives.
  bool target_seems_dead() const { return target_seems_dead_ || mail_.lost_target(); }

  /// True when the case was blocked by something that may be gone at another try (4yz, 421, no connection,
  /// mail that did not come to rest in time).
  bool worth_another_try() const { return worth_another_try_; }

  /// How the way to the first step ended, and that to the mailbox where the case went on to it.
  const PreludeOutcome& prelude_outcome() const { return prelude_outcome_; }

  /// True when the case went on to a mailbox, and waited until nothing more could come to it.
  bool waited_for_mail() const { return waited_for_mail_; }

 private:
  enum class Flow { go_on, stop };

  // case_run.cpp: the whole story.
  wire::Task<void> play();
  wire::Task<void> play_steps();
  wire::Task<Flow> run_steps(const std::vector<scenario::Step>& steps);
  wire::Task<Flow> run_step(const scenario::Step& step);
  wire::Task<void> close_sessions();
  void note_reply(const Dialogue& dialogue, const smtp::Reply& reply, bool answers_ehlo);
  void judge_closing(Dialogue& dialogue, const Closing& closing);
  wire::Task<Flow> open_session(std::string name, const scenario::Prelude& prelude, std::string on,
                                std::string client);
  Dialogue* dialogue_of(const scenario::Step& step);
  void block(std::string reason);
  void block_for_now(std::string reason);
  void fault(const scenario::SourcePosition& at, std::string message);

  // actions.cpp: what a step does.
  wire::Task<Flow> act(const scenario::Step& step, Dialogue& dialogue);
  wire::Task<Flow> do_nothing();
  wire::Task<Flow> send_command(const scenario::Step& step, Dialogue& dialogue, const scenario::Cut& cut);
  wire::Task<Flow> send_cut_up(const scenario::Step& step, Dialogue& dialogue, const std::string& bytes,
                               const scenario::Cut& cut);
  void note_command(Dialogue& dialogue, std::string_view bytes);
  wire::Task<Flow> send_parts(Dialogue& dialogue, std::vector<std::string> parts,
                              std::chrono::milliseconds gap);
  wire::Task<Flow> send_segments(const scenario::Step& step, Dialogue& dialogue,
                                 const scenario::Segments& segments);
  wire::Task<Flow> run_group(Dialogue& dialogue, const scenario::Group& group);
  wire::Task<Flow> run_handshake(Dialogue& dialogue);
  wire::Task<Flow> run_starttls(const scenario::Step& step, Dialogue& dialogue);
  wire::Task<Flow> run_auth(const scenario::Step& step, Dialogue& dialogue, const scenario::Auth& auth);
  wire::Task<Flow> run_collect(const scenario::Step& step, Dialogue& dialogue,
                               const scenario::Collect& collect);
  wire::Task<Flow> run_repeat(const scenario::Step& step, Dialogue& dialogue, const scenario::Repeat& repeat);
  wire::Task<Flow> run_close(Dialogue& dialogue, scenario::Close::Kind kind);
  wire::Task<Flow> run_pause(const scenario::Step& step, const scenario::Pause& pause);
  static std::vector<std::string> cut_up(const std::string& bytes, const scenario::Cut& cut);
  std::optional<std::chrono::milliseconds> evaluate_gap(const scenario::Step& step, const scenario::Cut& cut);
  wire::Deadline deadline_for(std::size_t parts, std::chrono::milliseconds gap) const;
  wire::Task<void> say(Dialogue& dialogue, const std::string& bytes, std::chrono::milliseconds longest);
  bool block_if_not_all_was_said(const Dialogue& dialogue, const Event& event);
  std::optional<std::string> bytes_of(const scenario::Step& step, Session& session);
  std::optional<std::string> evaluate(const scenario::Template& text, const scenario::SourcePosition& at);
  std::optional<std::int64_t> evaluate_ms(const std::optional<scenario::Template>& text,
                                          const scenario::SourcePosition& at, std::int64_t otherwise);

  // answers.cpp: what came back.
  wire::Task<Flow> judge_answer(const scenario::Step& step, Dialogue& dialogue);
  wire::Task<Flow> judge_expectation(const scenario::Step& step, Dialogue& dialogue,
                                     const scenario::Expectation& expectation);
  wire::Task<Flow> judge_one_of(const scenario::Step& step, Dialogue& dialogue,
                                const scenario::OneOf& alternatives);
  wire::Task<Flow> take_alternative(const scenario::Alternative& alternative, result::Finding finding);
  void note_event(Dialogue& dialogue, const Event& event);
  wire::Task<void> observe(const scenario::Step& step, Dialogue& dialogue,
                           const scenario::Condition& condition, Observation& seen, Event& event);
  void note_answer(const scenario::Step& step, Dialogue& dialogue, const Observation& seen);
  result::Finding finding_at(const scenario::Step& step, Dialogue& dialogue) const;
  bool block_if_service_closes(const Observation& seen);

  // late_reply.cpp: a target that is slower than the wait for its silence.
  std::chrono::milliseconds wait_for_silence(std::chrono::milliseconds within) const;
  wire::Task<bool> came_late(Dialogue& dialogue, const Observation& seen);
  bool came_late(const Dialogue& dialogue, const Closing& closing);

  // other_role.cpp: the target as the client.
  wire::Task<Flow> enter_next_hop();
  std::string make_own_next_hop();
  void end_script();
  wire::Task<void> leave_next_hop();
  wire::Task<void> clear_queue();
  void tell_of_served_sessions();
  // Nobody but this case's sender comes to our server.
  bool is_alone_with_us() const { return own_next_hop_ || hands_.sends_by_hand; }
  wire::Task<std::string> act_on_target(std::string action);
  wire::Task<void> free_target();
  wire::Task<Flow> run_target_action(const scenario::TargetAction& action);
  std::optional<Submission> evaluate_submission(const scenario::Step& step, const scenario::Submit& submit);
  wire::Task<Flow> run_submit(const scenario::Step& step, const scenario::Submit& submit);
  wire::Task<void> hand_over(Submission submission, bool by_command);
  Flow note_refused_submission();
  wire::Task<void> wait_until_sent();
  bool is_refused_unsent() const;
  wire::Task<std::optional<bool>> was_taken(std::chrono::milliseconds within);
  wire::Task<bool> queue_is_so(bool queued, std::chrono::milliseconds within);
  wire::Task<Flow> run_accept(const scenario::Step& step, const scenario::Accept& accept);
  wire::Task<Flow> run_serve(const scenario::Step& step, Dialogue& dialogue, const scenario::Serve& serve);
  std::string why_not_to_judge(const scenario::Step& step, const Dialogue& dialogue) const;
  Flow note_heard(const scenario::Step& step, Dialogue& dialogue, bool reached, const std::string& awaited);
  wire::Task<Flow> run_respond(const scenario::Step& step, Dialogue& dialogue,
                               const scenario::Respond& respond);
  wire::Task<Event> hear(Dialogue& dialogue, std::chrono::milliseconds within);

  // mail_judgement.cpp: what was delivered.
  wire::Task<void> judge_mail();
  wire::Task<Flow> judge_mail_check(const scenario::DeliveredCheck& check);
  wire::Task<bool> mail_condition_holds(const scenario::DeliveredCheck& check);
  MailEvidence own_evidence() const;
  MailEvidence evidence_for(CaseMailbox mailbox) const;
  void block_for_mail(std::string problem);
  bool content_holds(const scenario::DeliveredCheck& check, const Event& event, std::string& why);
  void keep_delivered_mail();

  result::CaseResult take_result();

  RunContext& context_;
  const scenario::Case& case_;
  Scope scope_;
  Judge judge_;
  MailWatch mail_;
  std::string client_;
  std::deque<Dialogue> dialogues_;  // a deque: references stay good when another is opened
  LabelledCodes labelled_;
  std::string last_bytes_;           // of the last command sent, to know which recipients were accepted
  std::string blocked_;              // why the case could not be judged; empty while it can
  std::string error_;                // what is wrong on our side
  std::string closed_to_strangers_;  // the 530 of a target that takes no mail before AUTH
  std::string unsupported_;          // the target has shown that it does not do what the case needs
  result::Lack lacks_;               // the same for programs, where it is something that is offered or not
  bool waited_for_mail_ = false;
  bool mail_unread_ = false;  // a check on mail was passed over: there is no mailbox
  PreludeOutcome prelude_outcome_;
  bool target_seems_dead_ = false;
  const Try try_;
  bool worth_another_try_ = false;
  bool unreachable_ = false;
  std::vector<std::string> delivered_;

  const bool has_script_;  // the scenario says itself what our server answers
  bool script_ended_ = false;
  NextHop* next_hop_ = nullptr;
  std::unique_ptr<NextHop> own_next_hop_;  // of a client or a sender that works for this case alone
  std::unique_ptr<sender::Queue> own_sender_;
  std::unique_ptr<QueueWatch> own_queue_;
  TargetHands hands_;
  QueueWatch* queue_;
  std::shared_ptr<Submitting> submitting_;
  std::vector<std::string> submitted_contents_;
  bool target_is_down_ = false;    // by our own hand
  bool target_is_filled_ = false;  // the same
  Dialogue nobody_;                // where a step speaks with no session
};

}  // namespace smtpspec::engine
