// SPDX-License-Identifier: Apache-2.0
#include "report/progress.hpp"

#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;

bool is_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1;
}

std::size_t terminal_columns(std::FILE* stream) {
  constexpr std::size_t usual = 80;
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

}  // namespace

bool refuses_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return no_colour != nullptr && *no_colour != '\0';
}

bool wants_colour(std::FILE* stream) {
  if (refuses_colour()) return false;
  const char* term = std::getenv("TERM");
  return is_terminal(stream) && term != nullptr && std::strcmp(term, "dumb") != 0;
}

Progress::Progress(std::FILE* stream, std::size_t total, bool wanted)
    : stream_(stream), shown_(wanted && is_terminal(stream)), total_(total) {}

void Progress::case_done(const result::CaseResult& done) {
  constexpr auto between_drawings = std::chrono::milliseconds(50);
  ++done_;
  bad_ += done.verdict >= Verdict::warn;
  const auto now = Clock::now();
  if (!shown_ || (dirty_ && now - last_drawn_ < between_drawings)) return;
  last_drawn_ = now;
  dirty_ = true;
  const auto line = progress_line(done_, total_, bad_, done.id, terminal_columns(stream_) - 1);
  fmt::print(stream_, "\r\x1b[K{}", line);
  std::fflush(stream_);
}

void Progress::clear() {
  if (!dirty_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  dirty_ = false;
}

std::string progress_line(std::size_t done, std::size_t total, std::size_t bad, std::string_view id,
                          std::size_t columns) {
  const auto width = fmt::formatted_size("{}", total);
  auto line = fmt::format("[{:>{}}/{}] {} not green", done, width, total, bad);
  // Ids are ASCII; anything else is escaped into it or cut away whole.
  const auto name = shown(id, id.size());
  if (line.size() + 2 + name.size() <= columns) return line + "  " + name;
  return line.substr(0, columns);
}

}  // namespace smtpspec::report
