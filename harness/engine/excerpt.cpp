// SPDX-License-Identifier: Apache-2.0
#include "engine/excerpt.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace smtpspec::engine {
namespace {

using Kind = base::TranscriptEvent::Kind;

// What a transcript event costs besides its octets.
constexpr std::size_t event_octets = sizeof(base::TranscriptEvent);

std::size_t octets_of(const result::Session& session) {
  std::size_t octets = 0;
  for (const auto& event : session.events) octets += event.bytes.size() + event_octets;
  return octets;
}

// What is kept is a beginning without holes, and the notes after it, as in a transcript.
void keep_beginning(result::Session& session, std::size_t octets) {
  std::vector<base::TranscriptEvent> kept;
  for (auto& event : session.events) {
    const bool is_note = event.kind == Kind::note;
    if (!is_note && octets == 0) {
      session.dropped_bytes += event.bytes.size();
      continue;
    }
    if (!is_note && event.bytes.size() > octets) {
      session.dropped_bytes += event.bytes.size() - octets;
      event.bytes.resize(octets);
      event.bytes.shrink_to_fit();
    }
    if (!is_note) octets -= std::min(octets, event.bytes.size() + event_octets);
    if (kept.size() < base::Transcript::max_late_notes || !is_note) kept.push_back(std::move(event));
  }
  session.events = std::move(kept);
}

}  // namespace

std::string excerpt(std::string_view octets) {
  if (octets.size() <= max_excerpt_octets) return std::string(octets);
  return fmt::format("{} ... ({} more octets)", octets.substr(0, max_excerpt_octets),
                     octets.size() - max_excerpt_octets);
}

void DialogueRoom::take(result::Session& session) {
  const auto octets = octets_of(session);
  if (used_ + octets > all_octets && octets > octets_when_full) keep_beginning(session, octets_when_full);
  used_ += octets_of(session);
}

}  // namespace smtpspec::engine
