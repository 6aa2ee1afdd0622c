// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::base {

/// One thing that happened on a connection.
struct TranscriptEvent {
  enum class Kind {
    sent,
    received,
    note
  };  ///< a note is not bytes: "connected", "TLS 1.3", "peer closed (FIN)"

  Kind kind;
  std::chrono::nanoseconds at;  ///< since the transcript began, by the monotonic clock
  std::string bytes;            ///< exactly as they went over the wire (before TLS); a note's text for a note
  bool encrypted = false;       ///< inside TLS

  bool operator==(const TranscriptEvent&) const = default;
};

/// Everything said on one connection, either way, with its time. Written by `wire`, read by reports. Bounded:
/// once max_bytes of payload or max_events are reached, bytes are counted, not kept, so what is kept is
/// always a beginning without holes. A few notes still find room after that: how it ended matters most.
class Transcript {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t max_bytes = 4 * 1024 * 1024;
  static constexpr std::size_t max_events = 64 * 1024;
  static constexpr std::size_t max_late_notes = 64;

  Transcript() : began_(Clock::now()) {}

  void add(TranscriptEvent::Kind kind, std::string_view bytes, bool encrypted = false) {
    if (kind == TranscriptEvent::Kind::note) return add_note(bytes, encrypted);
    const std::size_t fits =
        dropped_ == 0 && events_.size() < max_events ? std::min(bytes.size(), max_bytes - kept_) : 0;
    dropped_ += bytes.size() - fits;
    if (fits == 0) return;
    kept_ += fits;
    events_.push_back({kind, Clock::now() - began_, std::string(bytes.substr(0, fits)), encrypted});
  }

  const std::vector<TranscriptEvent>& events() const { return events_; }
  std::vector<TranscriptEvent> take_events() { return std::move(events_); }
  Clock::time_point began() const { return began_; }

  /// How many bytes were not kept. Not zero: the dialogue shown is only its beginning.
  std::size_t dropped_bytes() const { return dropped_; }

 private:
  void add_note(std::string_view text, bool encrypted) {
    if (events_.size() >= max_events + max_late_notes) return;
    events_.push_back({TranscriptEvent::Kind::note, Clock::now() - began_, std::string(text), encrypted});
  }

  Clock::time_point began_;
  std::vector<TranscriptEvent> events_;
  std::size_t kept_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace smtpspec::base
