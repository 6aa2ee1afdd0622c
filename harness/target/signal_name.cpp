// SPDX-License-Identifier: Apache-2.0
#include "target/signal_name.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <fmt/format.h>

namespace smtpspec::target {
namespace {

struct Signal {
  std::string_view name;
  int number;
};

constexpr Signal signals[] = {
    {"TERM", SIGTERM}, {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"HUP", SIGHUP},   {"KILL", SIGKILL},
    {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"ABRT", SIGABRT}, {"SEGV", SIGSEGV}, {"BUS", SIGBUS},
    {"FPE", SIGFPE},   {"ILL", SIGILL},   {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"XFSZ", SIGXFSZ},
    {"XCPU", SIGXCPU}, {"SYS", SIGSYS},
};

}  // namespace

std::vector<std::string> signal_names() {
  return {"TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2"};
}

int signal_number(std::string_view name) {
  for (const Signal& signal : signals) {
    if (signal.name == name) return signal.number;
  }
  return 0;
}

std::string describe_ending(int wait_status) {
  if (WIFEXITED(wait_status)) return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
  const int number = WTERMSIG(wait_status);
  for (const Signal& signal : signals) {
    if (signal.number == number) return fmt::format("killed by signal {} ({})", number, signal.name);
  }
  return fmt::format("killed by signal {}", number);
}

}  // namespace smtpspec::target
