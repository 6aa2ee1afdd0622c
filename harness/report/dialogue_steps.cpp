// SPDX-License-Identifier: Apache-2.0
#include "report/dialogue_steps.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using base::TranscriptEvent;
using Kind = DialogueEntry::Kind;
using std::chrono::nanoseconds;

constexpr nanoseconds shortest_pause = std::chrono::milliseconds(500);
constexpr std::size_t widest_title = 60;

Kind kind_of(const TranscriptEvent& event) {
  switch (event.kind) {
    case TranscriptEvent::Kind::sent:
      return Kind::sent;
    case TranscriptEvent::Kind::received:
      return Kind::received;
    case TranscriptEvent::Kind::note:
      break;
  }
  return Kind::note;
}

// Line by line; of a long one, the first and the last lines.
std::string shown_by_lines(std::string_view bytes, const DialogueBounds& bounds) {
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    lines.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end);
  }
  std::string text;
  const auto left_out = lines.size() - std::min(lines.size(), bounds.lines_at_once);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += '\n';
    if (left_out > 0 && i == bounds.lines_at_once / 2) {
      text += fmt::format("... ({} more lines)\n", left_out);
      i += left_out;
    }
    text += shown(lines[i], bounds.widest);
  }
  return text;
}

DialogueEntry entry_of(const TranscriptEvent& event, const DialogueBounds& bounds) {
  auto text = event.kind == TranscriptEvent::Kind::note ? shown(event.bytes, bounds.widest)
                                                        : shown_by_lines(event.bytes, bounds);
  return {kind_of(event), std::move(text), event.encrypted};
}

// What is read in several pieces is one to the reader; pieces that we sent apart are the point of a case.
bool goes_on(const std::vector<TranscriptEvent>& events, std::size_t i) {
  return i > 0 && events[i].kind == TranscriptEvent::Kind::received && events[i - 1].kind == events[i].kind &&
         events[i].encrypted == events[i - 1].encrypted && events[i].at - events[i - 1].at < shortest_pause;
}

// The worst judgement made after so many events of the session.
const result::Finding* judged_after(const result::Session& session,
                                    const std::vector<result::Finding>& findings, std::size_t events) {
  const result::Finding* worst = nullptr;
  for (const auto& finding : findings) {
    if (finding.session != session.name || finding.event == 0 || finding.verdict < base::Verdict::warn)
      continue;
    if (std::min(finding.event, session.events.size()) != events) continue;
    if (worst == nullptr || finding.verdict > worst->verdict) worst = &finding;
  }
  return worst;
}

/// Walks through the events and deals them out to their steps.
class Cutter {
 public:
  Cutter(const result::Session& session, const std::vector<result::Finding>& findings,
         const DialogueBounds& bounds)
      : session_(session), findings_(findings), bounds_(bounds) {
    choose_events();
  }

  std::vector<DialogueStep> cut() {
    steps_.push_back({});
    for (std::size_t i = 0; i < session_.events.size(); ++i) {
      begin_steps(i);
      if (is_kept_[i]) {
        tell_what_was_left_out();
        add_event(i);
      } else {
        ++left_out_;
      }
    }
    tell_what_was_left_out();
    const auto is_empty = [](const DialogueStep& step) { return step.entries.empty(); };
    steps_.erase(std::remove_if(steps_.begin(), steps_.end(), is_empty), steps_.end());
    return std::move(steps_);
  }

 private:
  void keep_around(std::size_t middle) {
    const auto first = middle - std::min(middle, bounds_.entries_around);
    const auto end = std::min(is_kept_.size(), middle + bounds_.entries_around);
    std::fill(is_kept_.begin() + static_cast<std::ptrdiff_t>(first),
              is_kept_.begin() + static_cast<std::ptrdiff_t>(end), true);
  }

  void choose_events() {
    is_kept_.assign(session_.events.size(), false);
    if (is_kept_.empty()) return;
    keep_around(0);
    keep_around(is_kept_.size());
    for (const auto& finding : findings_) {
      if (finding.session == session_.name && finding.verdict >= base::Verdict::warn && finding.event > 0)
        keep_around(std::min(finding.event, is_kept_.size()));
    }
  }

  void begin_steps(std::size_t event) {
    for (; next_step_ < session_.steps.size() && session_.steps[next_step_].event <= event; ++next_step_) {
      tell_what_was_left_out();
      const auto& mark = session_.steps[next_step_];
      steps_.push_back({mark.line, shown(mark.title, widest_title), {}});
    }
  }

  void tell_what_was_left_out() {
    if (left_out_ == 0) return;
    steps_.back().entries.push_back({Kind::left_out, fmt::format("{}", left_out_)});
    left_out_ = 0;
  }

  void add_event(std::size_t i) {
    const auto& events = session_.events;
    auto& entries = steps_.back().entries;
    const auto waited = events[i].at - (i > 0 ? events[i - 1].at : nanoseconds(0));
    if (waited >= shortest_pause) {
      const auto seconds = std::chrono::duration<double>(waited).count();
      entries.push_back({Kind::pause, fmt::format("{:.1f} s", seconds)});
    }
    const auto entry = entry_of(events[i], bounds_);
    if (goes_on(events, i) && !entries.empty() && entries.back().kind == Kind::received)
      entries.back().text += (events[i - 1].bytes.ends_with('\n') ? "\n" : "") + entry.text;
    else
      entries.push_back(entry);
    if (const auto* finding = judged_after(session_, findings_, i + 1))
      entries.push_back({Kind::judged, std::string(base::to_string(finding->verdict))});
  }

  const result::Session& session_;
  const std::vector<result::Finding>& findings_;
  const DialogueBounds& bounds_;
  std::vector<bool> is_kept_;
  std::vector<DialogueStep> steps_;
  std::size_t next_step_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace

std::vector<DialogueStep> dialogue_steps(const result::Session& session,
                                         const std::vector<result::Finding>& findings,
                                         const DialogueBounds& bounds) {
  return Cutter(session, findings, bounds).cut();
}

}  // namespace smtpspec::report
