// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "result/model.hpp"

namespace smtpspec::report {

/// Whether colours are wanted on a stream: it is a terminal, NO_COLOR is unset or empty, TERM is not "dumb".
bool wants_colour(std::FILE* stream);

/// NO_COLOR is set.
bool refuses_colour();

/// One line that says how far a run is, rewritten in place. Does nothing where the stream is no terminal.
/// Call case_done() as cases end, clear() before anything else is printed there; the destructor clears too.
class Progress {
 public:
  Progress(std::FILE* stream, std::size_t total, bool wanted = true);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void case_done(const result::CaseResult& done);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::FILE* stream_;
  bool shown_;
  bool dirty_ = false;  ///< a line of ours stands in the terminal
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t bad_ = 0;
  Clock::time_point last_drawn_{};
};

/// The text of the line, at most `columns` wide: `[ 12/251] 2 not green  rfc5321/...`.
std::string progress_line(std::size_t done, std::size_t total, std::size_t bad, std::string_view id,
                          std::size_t columns);

}  // namespace smtpspec::report
