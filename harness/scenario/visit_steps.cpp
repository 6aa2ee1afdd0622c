// SPDX-License-Identifier: Apache-2.0
#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {
namespace {

using Seen = std::function<void(const Template&, const base::SourcePosition&)>;

// Hands each text of one part to the visitor, with the place of the part.
class TemplateVisitor {
 public:
  TemplateVisitor(const Seen& seen, const base::SourcePosition& at) : seen_(&seen), at_(&at) {}

  void one(const Template& text) const { (*seen_)(text, *at_); }
  void one(const std::optional<Template>& text) const {
    if (text) one(*text);
  }
  void all(const std::vector<Template>& texts) const {
    for (const auto& text : texts) one(text);
  }

  void operator()(const std::monostate&) const {}
  void operator()(const Send& send) const { one(send.bytes), one(send.cut.gap); }
  void operator()(const Segments& segments) const { all(segments.segments), one(segments.gap); }
  void operator()(const Group&) const {}
  void operator()(const Message& message) const { one(message.content), one(message.cut.gap); }
  void operator()(const Bdat& bdat) const { one(bdat.chunk), one(bdat.declared), one(bdat.cut.gap); }
  void operator()(const Handshake&) const {}
  void operator()(const StartTls&) const {}
  void operator()(const Auth& auth) const { one(auth.user), one(auth.password); }
  void operator()(const Close&) const {}
  void operator()(const Pause& pause) const { one(pause.duration); }
  void operator()(const Collect&) const {}
  void operator()(const Repeat& repeat) const { one(repeat.count); }
  void operator()(const CheckDelivered& delivered) const { (*this)(delivered.check); }
  void operator()(const Open& open) const { (*this)(open.prelude); }
  void operator()(const Submit& submit) const {
    one(submit.content), one(submit.sender), all(submit.recipients);
    one(submit.mail_parameters), one(submit.recipient_parameters);
  }
  void operator()(const Accept&) const {}
  void operator()(const Serve&) const {}
  void operator()(const Respond& respond) const { one(respond.bytes), one(respond.cut.gap); }
  void operator()(const TargetAction&) const {}

  void operator()(const Prelude& prelude) const {
    one(prelude.mail_parameters), one(prelude.sender), all(prelude.recipients);
  }
  void operator()(const DeliveredCheck& check) const {
    const TemplateVisitor here(*seen_, check.position);
    if (check.body) here.all(*check.body);
    here.one(check.bytes), here.all(check.contains), here.all(check.lacks), here.one(check.return_path);
  }
  void operator()(const Condition& condition) const {
    one(condition.within), one(condition.not_before);
    if (condition.delivered) (*this)(*condition.delivered);
    if (condition.content) (*this)(*condition.content);
  }

 private:
  const Seen* seen_;
  const base::SourcePosition* at_;
};

}  // namespace

void visit_steps(const std::vector<Step>& steps, const std::function<void(const Step&)>& seen) {
  for (const auto& step : steps) {
    seen(step);
    if (const auto* group = std::get_if<Group>(&step.action)) visit_steps(group->steps, seen);
    if (const auto* repeat = std::get_if<Repeat>(&step.action)) visit_steps(repeat->steps, seen);
    const auto* alternatives = std::get_if<OneOf>(&step.answer);
    if (!alternatives) continue;
    for (const auto& alternative : *alternatives) visit_steps(alternative.then, seen);
  }
}

void visit_conditions(const Step& step, const std::function<void(const Condition&)>& seen) {
  if (const auto* expectation = std::get_if<Expectation>(&step.answer)) seen(expectation->condition);
  const auto* alternatives = std::get_if<OneOf>(&step.answer);
  if (!alternatives) return;
  for (const auto& alternative : *alternatives) seen(alternative.when);
}

void visit_templates(const Case& scenario, const Seen& seen) {
  TemplateVisitor(seen, scenario.position)(scenario.prelude);
  for (const auto& check : scenario.delivered) TemplateVisitor(seen, check.position)(check);
  visit_steps(scenario.steps, [&seen](const Step& step) {
    const TemplateVisitor here(seen, step.position);
    std::visit(here, step.action);
    here.one(step.within);
    visit_conditions(step, [&here](const Condition& condition) { here(condition); });
  });
}

}  // namespace smtpspec::scenario
