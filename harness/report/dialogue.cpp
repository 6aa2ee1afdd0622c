// SPDX-License-Identifier: Apache-2.0
#include "report/dialogue.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using Kind = base::TranscriptEvent::Kind;

constexpr std::size_t lines_before = 12;
constexpr std::size_t lines_after = 3;
constexpr std::size_t widest_of_tail = 200;
constexpr std::size_t widest_of_whole = 4096;
constexpr std::size_t most_of_whole = 2000;  // a server that never stops talking must not fill a report

/// Which of the lines are shown, and before which of them stands the mark of the judgement.
struct Window {
  std::size_t first;
  std::size_t last;  ///< one past
  std::size_t mark;
};

Window choose_window(const std::vector<DialogueLine>& lines, const DialogueOptions& options) {
  auto mark = lines.size();
  if (options.judged_at) {
    const auto later = [&](const DialogueLine& line) { return line.event >= *options.judged_at; };
    mark = static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), later) - lines.begin());
  }
  if (options.whole) return {0, lines.size(), mark};
  return {mark - std::min(mark, lines_before), std::min(mark + lines_after, lines.size()), mark};
}

// Where we are the target's next hop, it is the client.
bool we_are_the_server(const result::Session& session) {
  return session.endpoint.starts_with("next hop ");
}

std::string session_heading(const result::Session& session, const Window& window, std::size_t lines) {
  std::string text = we_are_the_server(session) ? "the target's dialogue" : "dialogue";
  if (!session.name.empty()) text += " of session '" + shown(session.name, widest_of_tail) + "'";
  text += fmt::format(" with {}", shown(session.endpoint, widest_of_tail));
  if (!session.client.empty()) text += " as " + shown(session.client, widest_of_tail);
  if (window.last - window.first < lines) {
    text += fmt::format(", lines {} to {} of {}", window.first + 1, window.last, lines);
  }
  return text + ":\n";
}

const char* speaker(Kind kind, bool as_server) {
  if (kind == Kind::note) return "--";
  return (kind == Kind::sent) != as_server ? "C:" : "S:";
}

Colour colour_of_line(Kind kind) {
  return kind == Kind::sent ? Colour::cyan : kind == Kind::received ? Colour::bold : Colour::dim;
}

std::string format_line(const DialogueLine& line, bool show_tls, bool as_server, const Paint& paint) {
  const auto seconds = std::chrono::duration<double>(line.at).count();
  const char* tls = !show_tls ? "" : line.encrypted ? "tls " : "    ";
  return fmt::format("{} {}{} {}\n", paint(Colour::dim, fmt::format("{:8.3f}", seconds)), tls,
                     paint(colour_of_line(line.kind), speaker(line.kind, as_server)), line.text);
}

std::string format_steps(const result::Session& session, std::size_t first_event, std::size_t end_event,
                         const Paint& paint) {
  std::string text;
  for (const auto& step : session.steps) {
    if (step.event < first_event || step.event >= end_event) continue;
    const auto place = step.line == 0 ? std::string() : fmt::format("line {}: ", step.line);
    text +=
        paint(Colour::dim, fmt::format("         ~~ {}{}", place, shown(step.title, widest_of_tail))) + "\n";
  }
  return text;
}

bool any_encrypted(const result::Session& session) {
  return std::any_of(session.events.begin(), session.events.end(),
                     [](const auto& event) { return event.encrypted; });
}

std::string dropped_text(const result::Session& session) {
  if (session.dropped_bytes == 0) return {};
  return fmt::format("         ~~ {} further octets were counted, not kept\n", session.dropped_bytes);
}

}  // namespace

std::vector<DialogueLine> dialogue_lines(const result::Session& session, std::size_t widest) {
  std::vector<DialogueLine> lines;
  for (std::size_t i = 0; i < session.events.size(); ++i) {
    const auto& event = session.events[i];
    std::string_view rest = event.bytes;
    do {
      const auto end =
          event.kind == Kind::note ? rest.size() : std::min(rest.find('\n'), rest.size() - 1) + 1;
      lines.push_back({event.kind, event.at, shown(rest.substr(0, end), widest), event.encrypted, i});
      rest.remove_prefix(std::min(end, rest.size()));
    } while (!rest.empty());
  }
  return lines;
}

std::string dialogue_text(const result::Session& session, const DialogueOptions& options,
                          const Paint& paint) {
  const auto lines = dialogue_lines(session, options.whole ? widest_of_whole : widest_of_tail);
  const auto window = choose_window(lines, options);
  const bool show_tls = any_encrypted(session);
  std::string text = session_heading(session, window, lines.size());
  const auto left_out = lines.size() - std::min(lines.size(), most_of_whole);
  std::size_t next_event = 0;  // whose steps were not yet shown
  for (auto i = window.first; i < window.last; ++i) {
    if (options.whole && left_out > 0 && i == most_of_whole / 2) {
      text += fmt::format("         ~~ {} lines are only in results.json\n", left_out);
      i += left_out;
    }
    if (i == window.mark) text += paint(Colour::red, "         ^^ judged here") + "\n";
    if (options.whole) text += format_steps(session, next_event, lines[i].event + 1, paint);
    next_event = lines[i].event + 1;
    text += format_line(lines[i], show_tls, we_are_the_server(session), paint);
  }
  if (options.whole) text += format_steps(session, next_event, static_cast<std::size_t>(-1), paint);
  return text + dropped_text(session);
}

}  // namespace smtpspec::report
