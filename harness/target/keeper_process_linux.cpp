// SPDX-License-Identifier: Apache-2.0

// The keeper's side. It is forked, not executed, possibly out of a program with many threads (see
// keeper_nursery_linux.hpp), so that all it does is system calls over fixed buffers: no allocation, no locks,
// no exceptions.
//
// Its life: make the folder, say `ready`, then answer requests and watch its children until it is told to
// finish or its socket closes, which means that we are gone; then end every process and remove the folder.
//
// How it can know every process: it is a "child subreaper", so a process whose parent dies becomes the
// keeper's child, and its own children are listed in /proc. Killing children until there are none leaves
// none.

#include <errno.h>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "target/keeper_program_linux.hpp"
#include "target/keeper_protocol.hpp"
#include "target/keeper_records_linux.hpp"

namespace smtpspec::target {
namespace {

constexpr int kill_patience_ms =
    5000;  // a process that can't be killed (another user's) doesn't hold us for ever

constexpr int niceness = 5;
constexpr char niceness_text[] = "5";

struct Keeping {
  int socket = -1;
  int child_signals = -1;
  KeeperRecords records;
  const char* folder = nullptr;
  pid_t main_pid = -1;
  pid_t main_group = -1;
  pid_t beside_pid = -1;
  bool any_left = false;  ///< some process of the server may still be there, and its end has to be told
};

char request_buffer[max_request_bytes];

long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void say(const Keeping& keeping, KeeperEvent::Kind kind, std::int32_t value) {
  const KeeperEvent event{kind, value};
  // Nobody may be listening any more; that is found out by the next poll.
  (void)!send(keeping.socket, &event, sizeof event, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Where the processor is scarce those who are measured stand back behind us, who measure: our own delays
/// would be taken for theirs. Without the right to it, or without /proc, it is as it was.
void stand_back() {
  (void)!nice(niceness);  // on top of our own
  // Where Linux shares the processor out among sessions first (autogroup), the session's own figure counts.
  const int session = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
  if (session < 0) return;
  (void)!write(session, niceness_text, sizeof niceness_text - 1);
  close(session);
}

void be_alone(int socket) {
  setsid();
  stand_back();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NAME, "smtpspec-keeper");
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) signal(number, SIG_IGN);
  close_all_but(socket);
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  if (null > 2) close(null);
}

int open_child_signals() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

void copy_records(Keeping& keeping) {
  copy_output(keeping.records);
  copy_syslog(keeping.records);
}

void run(Keeping& keeping, const KeeperRequest& request, std::size_t size) {
  const StartedProgram program = start_program(request, request_buffer + sizeof request,
                                               size - sizeof request, keeping.records.output_write);
  if (program.error != 0) {
    say(keeping, KeeperEvent::Kind::could_not_start, program.error);
    return;
  }
  keeping.any_left = true;
  if (request.kind == KeeperRequest::Kind::run_beside) {
    keeping.beside_pid = program.pid;
    say(keeping, KeeperEvent::Kind::beside_started, program.pid);
    return;
  }
  keeping.main_pid = program.pid;
  keeping.main_group = program.group;
  say(keeping, KeeperEvent::Kind::started, program.pid);
}

/// Takes note of every child that has ended. True when none is left.
bool reap(Keeping& keeping) {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended < 0) return errno == ECHILD;
    if (ended == 0) return false;
    if (ended == keeping.beside_pid) {
      keeping.beside_pid = -1;
      copy_records(keeping);
      say(keeping, KeeperEvent::Kind::beside_ended, status);
    }
    if (ended != keeping.main_pid) continue;
    keeping.main_pid = -1;
    copy_records(keeping);
    say(keeping, KeeperEvent::Kind::main_ended, status);
  }
}

void signal_children(int number) {
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  static char buffer[4096];
  pid_t child = 0;
  for (ssize_t got = 0; (got = read(list, buffer, sizeof buffer)) > 0;) {
    for (ssize_t i = 0; i < got; ++i) {
      if (buffer[i] >= '0' && buffer[i] <= '9') {
        child = child * 10 + (buffer[i] - '0');
      } else {
        if (child > 1) kill(child, number);
        child = 0;
      }
    }
  }
  close(list);
}

void wait_for_child(const Keeping& keeping, int timeout_ms) {
  pollfd waiting[3] = {{keeping.child_signals, POLLIN, 0},
                       {keeping.records.output_read, POLLIN, 0},
                       {keeping.records.syslog, POLLIN, 0}};
  poll(waiting, 3, timeout_ms);
  signalfd_siginfo ignored;
  while (read(keeping.child_signals, &ignored, sizeof ignored) > 0) {
  }
}

void kill_all(Keeping& keeping) {
  const long patience = now_ms() + kill_patience_ms;
  if (keeping.main_pid > 0) kill(-keeping.main_group, SIGKILL);
  while (!reap(keeping) && now_ms() < patience) {
    signal_children(SIGKILL);
    copy_records(keeping);
    wait_for_child(keeping, 10);
  }
}

void end_gently(Keeping& keeping, int stop_signal, std::uint32_t grace_ms) {
  if (keeping.main_pid > 0)
    kill(keeping.main_pid, stop_signal);
  else
    signal_children(stop_signal);
  if (keeping.beside_pid > 0) kill(keeping.beside_pid, SIGTERM);
  const long patience = now_ms() + static_cast<long>(grace_ms);
  while (!reap(keeping) && now_ms() < patience) {
    copy_records(keeping);
    wait_for_child(keeping, 10);
  }
}

void remove_folder(const Keeping& keeping) {
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/rm", "rm", "-rf", "--", keeping.folder, static_cast<char*>(nullptr));
    _exit(127);
  }
  if (child > 0) waitpid(child, nullptr, 0);
}

[[noreturn]] void finish(Keeping& keeping) {
  kill_all(keeping);
  remove_folder(keeping);
  _exit(0);
}

void answer(Keeping& keeping) {
  const ssize_t got = recv(keeping.socket, request_buffer, sizeof request_buffer, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got < static_cast<ssize_t>(sizeof(KeeperRequest))) finish(keeping);  // we are gone
  KeeperRequest request;
  memcpy(&request, request_buffer, sizeof request);
  switch (request.kind) {
    case KeeperRequest::Kind::run:
    case KeeperRequest::Kind::run_beside:
      run(keeping, request, static_cast<std::size_t>(got));
      break;
    case KeeperRequest::Kind::signal:
      if (keeping.main_pid > 0)
        kill(keeping.main_pid, request.number);
      else
        signal_children(request.number);
      break;
    case KeeperRequest::Kind::kill_all:
      kill_all(keeping);
      say(keeping, KeeperEvent::Kind::all_ended, 0);
      keeping.any_left = false;
      break;
    case KeeperRequest::Kind::finish:
      end_gently(keeping, request.number, request.grace_ms);
      finish(keeping);
  }
}

[[noreturn]] void keep(Keeping& keeping) {
  for (;;) {
    pollfd waiting[4] = {{keeping.socket, POLLIN, 0},
                         {keeping.child_signals, POLLIN, 0},
                         {keeping.records.output_read, POLLIN, 0},
                         {keeping.records.syslog, POLLIN, 0}};
    poll(waiting, 4, -1);
    if (waiting[2].revents) copy_output(keeping.records);
    if (waiting[3].revents) copy_syslog(keeping.records);
    if (waiting[1].revents) wait_for_child(keeping, 0);
    if (reap(keeping) && keeping.any_left) {
      say(keeping, KeeperEvent::Kind::all_ended, 0);
      keeping.any_left = false;
    }
    if (waiting[0].revents) answer(keeping);
  }
}

}  // namespace

void close_all_but(int keep) {
  if (keep > 3) syscall(SYS_close_range, 3u, static_cast<unsigned>(keep - 1), 0u);
  if (syscall(SYS_close_range, static_cast<unsigned>(keep + 1), ~0u, 0u) == 0) return;
  for (int fd = 3; fd < 65536; ++fd) {
    if (fd != keep) close(fd);
  }
}

void be_keeper(int socket, const KeeperPlaces& places) {
  be_alone(socket);
  Keeping keeping;
  keeping.socket = socket;
  keeping.folder = places.folder;
  keeping.records.output = {places.output, places.older_output};
  keeping.records.log = {places.log, places.older_log};
  keeping.child_signals = open_child_signals();
  if (open_output_pipe(keeping.records) != 0) _exit(1);
  if (mkdir(places.folder, 0700) != 0) {
    say(keeping, KeeperEvent::Kind::ready, errno);
    _exit(1);  // without removing a folder that is not ours
  }
  open_output_file(keeping.records);
  if (const int error = places.log ? open_syslog(keeping.records, keeping.folder) : 0; error != 0) {
    say(keeping, KeeperEvent::Kind::ready, error);
    finish(keeping);
  }
  say(keeping, KeeperEvent::Kind::ready, 0);
  keep(keeping);
}

}  // namespace smtpspec::target
