// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/paint.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// One line of a dialogue as a reader sees it: what was written or read at once is split after each LF, and
/// shown with its line ending escaped, so that a bare LF can be seen.
struct DialogueLine {
  base::TranscriptEvent::Kind kind;
  std::chrono::nanoseconds at;
  std::string text;
  bool encrypted;
  std::size_t event;  ///< index of the transcript event it comes from
};

std::vector<DialogueLine> dialogue_lines(const result::Session& session, std::size_t widest);

struct DialogueOptions {
  bool whole = false;  ///< every line and every step of the scenario; otherwise the lines around judged_at
  std::optional<std::size_t>
      judged_at;  ///< the number of events when the finding was made; the end when not known
};

/// "C:" what we sent, "S:" what the target sent, "--" what happened, each with its seconds since the
/// connection began; "tls" where it was encrypted. Begins with a line that names the session.
std::string dialogue_text(const result::Session& session, const DialogueOptions& options, const Paint& paint);

}  // namespace smtpspec::report
