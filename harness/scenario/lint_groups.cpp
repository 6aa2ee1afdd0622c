// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <fmt/format.h>

#include "scenario/expression.hpp"
#include "scenario/lint_checks.hpp"
#include "smtp/pipelining.hpp"

namespace smtpspec::scenario {
namespace {

using smtp::PipelineItem;

// The octets of a text, with a letter for each hole: enough to see which command it is.
std::string sketch(const Template& text) {
  std::string octets;
  for (const auto& piece : text.pieces()) octets += piece.expression ? "x" : piece.literal;
  return octets;
}

// Follows the dialogue of a case as far as it matters for groups: whether what is sent next on a session is
// content (354 was read) or commands.
class GroupChecker {
 public:
  GroupChecker(const Case& scenario, Remarks& remarks) : remarks_(&remarks) {
    in_content_[""] = scenario.prelude.from == Prelude::From::data;
  }

  void walk(const std::vector<Step>& steps) {
    for (const auto& step : steps) {
      visit(step);
      const auto* alternatives = std::get_if<OneOf>(&step.answer);
      if (!alternatives) continue;
      const auto before = in_content_;
      for (const auto& one : *alternatives) {
        in_content_ = before;
        in_content_[step.session] |=
            one.when.reply && one.when.reply->matches(354) && one.when.reply->text.starts_with('3');
        walk(one.then);
      }
    }
  }

 private:
  void visit(const Step& step) {
    auto& content = in_content_[step.session];
    if (const auto* group = std::get_if<Group>(&step.action)) {
      check(step, *group, content);
      for (const auto& inner : group->steps) add_items(inner, content, nullptr);
      if (!group->steps.empty()) content |= asks_for_content(group->steps.back());
    } else if (const auto* repeat = std::get_if<Repeat>(&step.action)) {
      walk(repeat->steps);
    } else if (const auto* open = std::get_if<Open>(&step.action)) {
      in_content_[open->name] = open->prelude.from == Prelude::From::data;
    } else {
      add_items(step, content, nullptr);
      content |= asks_for_content(step);
    }
  }

  static bool asks_for_content(const Step& step) {
    const auto* expectation = std::get_if<Expectation>(&step.answer);
    return expectation && expectation->condition.reply && expectation->condition.reply->matches(354) &&
           expectation->condition.reply->text.starts_with('3');
  }

  static void add_lines(std::string_view octets, bool& content, std::vector<PipelineItem>* items) {
    while (!octets.empty()) {
      const auto end = octets.find("\r\n");
      const auto line = octets.substr(0, end);
      const bool was_content = content;
      if (was_content) content = line != ".";
      if (items && was_content && !content) items->push_back(PipelineItem::content);
      if (items && !was_content) items->push_back(smtp::pipeline_item(line));
      octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 2);
    }
  }

  // What a step sends; `content` is moved on. Content that a group doesn't end counts when it begins commands
  // anew.
  static void add_items(const Step& step, bool& content, std::vector<PipelineItem>* items) {
    if (const auto* send = std::get_if<Send>(&step.action)) {
      add_lines(sketch(send->bytes), content, items);
    } else if (const auto* segments = std::get_if<Segments>(&step.action)) {
      std::string all;
      for (const auto& segment : segments->segments) all += sketch(segment);
      add_lines(all, content, items);
    } else if (std::holds_alternative<Message>(step.action)) {
      content = false;
      if (items) items->push_back(PipelineItem::content);
    } else if (const auto* bdat = std::get_if<Bdat>(&step.action)) {
      if (items) items->push_back(bdat->last ? PipelineItem::bdat_last : PipelineItem::bdat);
    }
  }

  void check(const Step& step, const Group& group, bool content) {
    std::vector<PipelineItem> items;
    for (const auto& inner : group.steps) add_items(inner, content, &items);
    const auto verdict = smtp::check_pipeline(items);
    if (verdict.legality == smtp::PipelineLegality::illegal && !group.illegal) {
      remarks_->add(step.position,
                    fmt::format("item {} makes this group illegal: {}", verdict.index + 1,
                                smtp::to_string(verdict.fault)),
                    "a server that refuses it is right; write illegal = true, or make two steps of it");
    } else if (verdict.legality == smtp::PipelineLegality::legal && group.illegal) {
      remarks_->add(step.position, "this group is legal", "leave 'illegal' out");
    }
  }

  Remarks* remarks_;
  std::map<std::string, bool> in_content_;
};

}  // namespace

void check_groups(const Case& scenario, Remarks& remarks) {
  GroupChecker(scenario, remarks).walk(scenario.steps);
}

}  // namespace smtpspec::scenario
