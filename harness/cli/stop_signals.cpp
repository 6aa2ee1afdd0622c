// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signals.hpp"

#include <csignal>

namespace smtpspec::cli {
namespace {

volatile std::sig_atomic_t noted = 0;
std::atomic<bool> any_noted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

extern "C" void note(int signal) {
  if (noted != 0) std::signal(signal, SIG_DFL);
  noted = signal;
  any_noted = true;
}

void handle(int signal) {
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void note_stop_signals() {
  handle(SIGINT);
  handle(SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& stop_was_asked_for() {
  return any_noted;
}

std::string stop_signal_word() {
  if (noted == SIGINT) return "interrupted";
  return noted == SIGTERM ? "terminated" : "";
}

}  // namespace smtpspec::cli
