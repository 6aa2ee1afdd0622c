// SPDX-License-Identifier: Apache-2.0

#include "target/keeper_program_linux.hpp"

#include <errno.h>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace smtpspec::target {
namespace {

char* argv_buffer[max_words];
char* environment_buffer[max_words];

/// What a request says besides words and settings.
struct Places {
  const char* working_folder = nullptr;
  const char* input = nullptr;  ///< the file that the program reads; empty: nothing
};

bool enter(const Places& places) {
  if (*places.working_folder != '\0' && chdir(places.working_folder) != 0) return false;
  if (*places.input == '\0') return true;
  const int input = open(places.input, O_RDONLY | O_CLOEXEC);
  return input >= 0 && dup2(input, 0) == 0;
}

/// The program between fork and exec. Tells its pid, and then, only if it can't be executed, why.
[[noreturn]] void become_program(const Places& places, pid_t keeper, int output, int news) {
  while (getppid() != keeper)
    poll(nullptr, 0, 1);             // until we are adopted, for the next line means the parent
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // should even the keeper be killed
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  umask(022);
  dup2(output, 1);
  dup2(output, 2);
  const int pid = getpid();
  (void)!write(news, &pid, sizeof pid);
  if (enter(places)) execve(argv_buffer[0], argv_buffer, environment_buffer);
  const int error = errno;
  (void)!write(news, &error, sizeof error);
  _exit(127);
}

/// Makes a process group for the program, so that what it does to its group doesn't reach the keeper, and the
/// program in it. It must not lead the group itself, or its own setsid() would fail, which Postfix takes for
/// fatal. So a process in between leads the group, ends at once, and the keeper adopts the program.
pid_t fork_program(const Places& places, int output, int news) {
  const pid_t keeper = getpid();
  const pid_t leader = fork();
  if (leader != 0) return leader;
  setpgid(0, 0);
  if (fork() == 0) become_program(places, keeper, output, news);
  _exit(0);
}

/// Cuts the strings of a request apart; no working folder when they are not as many as it says.
Places take_strings(const KeeperRequest& request, char* strings, std::size_t size) {
  char* at = strings;
  char* const end = strings + size;
  const auto next = [&]() -> char* {
    char* const text = at;
    char* const stop = static_cast<char*>(memchr(at, '\0', static_cast<std::size_t>(end - at)));
    if (!stop) return nullptr;
    at = stop + 1;
    return text;
  };
  if (request.arguments == 0 || request.arguments >= max_words || request.variables >= max_words) return {};
  Places places;
  places.working_folder = next();
  places.input = next();
  for (std::size_t i = 0; i < request.arguments; ++i) argv_buffer[i] = next();
  for (std::size_t i = 0; i < request.variables; ++i) environment_buffer[i] = next();
  argv_buffer[request.arguments] = nullptr;
  environment_buffer[request.variables] = nullptr;
  return places;
}

}  // namespace

StartedProgram start_program(const KeeperRequest& request, char* strings, std::size_t size, int output) {
  const Places places = take_strings(request, strings, size);
  int news[2];
  if (!places.working_folder || !places.input || pipe2(news, O_CLOEXEC) != 0) return {-1, -1, EINVAL};
  StartedProgram program;
  program.group = fork_program(places, output, news[1]);
  program.error = program.group < 0 ? errno : 0;
  close(news[1]);
  const bool began = read(news[0], &program.pid, sizeof program.pid) == sizeof program.pid;
  const bool failed = !began || read(news[0], &program.error, sizeof program.error) ==
                                    sizeof program.error;  // else EOF: it was executed
  close(news[0]);
  if (program.group > 0) waitpid(program.group, nullptr, 0);
  if (!failed) return program;
  if (began) waitpid(program.pid, nullptr, 0);
  return {-1, -1, program.error == 0 ? EAGAIN : program.error};
}

}  // namespace smtpspec::target
