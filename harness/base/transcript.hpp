// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::base {

/// One thing that happened on a connection.
struct TranscriptEvent {
  enum class Kind { sent, received, note };  ///< a note is not bytes: "connected", "TLS 1.3", "peer closed (FIN)"

  Kind kind;
  std::chrono::nanoseconds at;  ///< since the transcript began, by the monotonic clock
  std::string bytes;            ///< exactly as they went over the wire (before TLS); a note's text for a note
  bool encrypted = false;       ///< inside TLS
};

/// Everything said on one connection, either way, with its time. Written by `wire`, read by reports. Keeps at most
/// max_bytes of payload; what comes after is counted, not kept.
class Transcript {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t max_bytes = 4 * 1024 * 1024;

  Transcript() : began_(Clock::now()) {}

  void add(TranscriptEvent::Kind kind, std::string_view bytes, bool encrypted = false) {
    if (kept_ + bytes.size() > max_bytes) {
      dropped_ += bytes.size();
      return;
    }
    kept_ += bytes.size();
    events_.push_back({kind, Clock::now() - began_, std::string(bytes), encrypted});
  }

  const std::vector<TranscriptEvent>& events() const { return events_; }
  Clock::time_point began() const { return began_; }
  std::size_t dropped_bytes() const { return dropped_; }

 private:
  Clock::time_point began_;
  std::vector<TranscriptEvent> events_;
  std::size_t kept_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace smtpspec::base
