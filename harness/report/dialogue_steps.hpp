// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "result/model.hpp"

namespace smtpspec::report {

/// One thing of a dialogue, as a reader sees it: what was written or read at once, shown line by line with
/// its line endings escaped and LF between the lines; or a word of ours between.
struct DialogueEntry {
  enum class Kind { sent, received, note, pause, judged, left_out };

  Kind kind;
  std::string text;  ///< pause: "1.2 s"; judged: the verdict; left_out: how many entries
  bool encrypted = false;
};

/// What was said while one step of the scenario ran.
struct DialogueStep {
  std::uint32_t line = 0;  ///< in the scenario's file; 0 for prelude and closing
  std::string title;       ///< "prelude", "closing", the action's word, or empty before the first step
  std::vector<DialogueEntry> entries;
};

/// How much of a dialogue is kept. What is left out is counted in its place.
struct DialogueBounds {
  std::size_t widest = 400;         ///< octets of a line
  std::size_t lines_at_once = 40;   ///< of one entry
  std::size_t entries_around = 60;  ///< at the beginning, at the end, and either side of a judgement
};

/// The dialogue cut into the steps of the scenario, so that two of them can be laid side by side. The
/// judgements of `findings` on this session that are worth at least `warn` are marked where they were made.
std::vector<DialogueStep> dialogue_steps(const result::Session& session,
                                         const std::vector<result::Finding>& findings,
                                         const DialogueBounds& bounds);

}  // namespace smtpspec::report
