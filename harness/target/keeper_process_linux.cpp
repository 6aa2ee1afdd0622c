// SPDX-License-Identifier: Apache-2.0

// The keeper's side. It is forked, not executed, possibly out of a program with many threads, so that all it
// does is system calls over fixed buffers: no allocation, no locks, no exceptions.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "target/keeper_protocol.hpp"

namespace smtpspec::target {
namespace {

constexpr int kill_patience_ms =
    5000;  // a process that can't be killed (another user's) doesn't hold us for ever

constexpr int niceness = 5;
constexpr char niceness_text[] = "5";

/// A file that starts anew when it has grown too long.
struct Record {
  const char* name = nullptr;
  const char* older = nullptr;
  int file = -1;
  std::size_t size = 0;
};

struct Keeping {
  int socket = -1;
  int child_signals = -1;
  int output_read = -1;
  int output_write = -1;
  int syslog = -1;  ///< stays so when nobody asked for it; poll() then ignores it
  const char* folder = nullptr;
  Record output;
  Record log;
  pid_t main_pid = -1;
  pid_t main_group = -1;
  pid_t beside_pid = -1;
  bool any_left = false;  ///< some process of the server may still be there, and its end has to be told
};

char request_buffer[max_request_bytes];
char* argv_buffer[max_words];
char* environment_buffer[max_words];

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

/// Closes everything but one descriptor, above all the other keepers' sockets, which would keep those from
/// seeing that we are gone.
void close_all_but(int keep) {
  if (keep > 3) syscall(SYS_close_range, 3u, static_cast<unsigned>(keep - 1), 0u);
  if (syscall(SYS_close_range, static_cast<unsigned>(keep + 1), ~0u, 0u) == 0) return;
  for (int fd = 3; fd < 65536; ++fd) {
    if (fd != keep) close(fd);
  }
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

void open_record(Record& record) {
  record.file = open(record.name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  record.size = 0;
}

void append(Record& record, const char* bytes, std::size_t size) {
  if (record.size > max_output_bytes) {
    close(record.file);
    rename(record.name, record.older);
    open_record(record);
  }
  (void)!write(record.file, bytes, size);
  record.size += size;
}

/// Moves what the programs have written into the output file.
void copy_output(Keeping& keeping) {
  static char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = read(keeping.output_read, buffer, sizeof buffer);
    if (got <= 0) return;
    append(keeping.output, buffer, static_cast<std::size_t>(got));
  }
}

/// Binds the socket to which programs that know only syslog write. By its short name, for the whole path may
/// be longer than an address of a socket can be. 0 or errno.
int open_syslog(Keeping& keeping) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path, syslog_socket_name);
  const int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  keeping.syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool is_bound = keeping.syslog >= 0 && chdir(keeping.folder) == 0 &&
                        bind(keeping.syslog, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                        chmod(syslog_socket_name, 0666) == 0;
  const int error = is_bound ? 0 : errno;
  if (before >= 0) {
    (void)!fchdir(before);
    close(before);
  }
  if (is_bound) open_record(keeping.log);
  return error;
}

/// How long a syslog message's priority is: `<30>`; 0 when it begins otherwise.
std::size_t priority_length(const char* message, std::size_t size) {
  if (size < 3 || message[0] != '<') return 0;
  std::size_t at = 1;
  while (at < size && at < 4 && message[at] >= '0' && message[at] <= '9') ++at;
  return at > 1 && at < size && message[at] == '>' ? at + 1 : 0;
}

/// Writes what came by syslog as lines: without priority, one line a message.
void copy_syslog(Keeping& keeping) {
  static char buffer[16 * 1024 + 1];
  if (keeping.syslog < 0) return;
  for (;;) {
    const ssize_t got = recv(keeping.syslog, buffer, sizeof buffer - 1, 0);
    if (got < 0) return;
    std::size_t end = static_cast<std::size_t>(got);
    const std::size_t begin = priority_length(buffer, end);
    while (end > begin && (buffer[end - 1] == '\0' || buffer[end - 1] == '\n')) --end;
    if (end == begin) continue;
    for (std::size_t i = begin; i < end; ++i) {
      if (buffer[i] == '\n') buffer[i] = ' ';
    }
    buffer[end] = '\n';
    append(keeping.log, buffer + begin, end + 1 - begin);
  }
}

void copy_records(Keeping& keeping) {
  copy_output(keeping);
  copy_syslog(keeping);
}

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
[[noreturn]] void become_program(const Keeping& keeping, const Places& places, pid_t keeper, int news) {
  while (getppid() != keeper)
    poll(nullptr, 0, 1);             // until we are adopted, for the next line means the parent
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // should even the keeper be killed
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  umask(022);
  dup2(keeping.output_write, 1);
  dup2(keeping.output_write, 2);
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
pid_t fork_program(const Keeping& keeping, const Places& places, int news) {
  const pid_t keeper = getpid();
  const pid_t leader = fork();
  if (leader != 0) return leader;
  setpgid(0, 0);
  if (fork() == 0) become_program(keeping, places, keeper, news);
  _exit(0);
}

/// Cuts the strings of a request apart; no working folder when they are not as many as it says.
Places take_strings(const KeeperRequest& request, std::size_t size) {
  char* at = request_buffer + sizeof(KeeperRequest);
  char* const end = request_buffer + size;
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

void run(Keeping& keeping, const KeeperRequest& request, std::size_t size) {
  const Places places = take_strings(request, size);
  int news[2];
  if (!places.working_folder || !places.input || pipe2(news, O_CLOEXEC) != 0) {
    say(keeping, KeeperEvent::Kind::could_not_start, EINVAL);
    return;
  }
  const pid_t leader = fork_program(keeping, places, news[1]);
  const int fork_error = leader < 0 ? errno : 0;
  close(news[1]);
  int pid = -1;
  int error = fork_error;
  const bool began = read(news[0], &pid, sizeof pid) == sizeof pid;
  const bool failed =
      !began || read(news[0], &error, sizeof error) == sizeof error;  // else EOF: it was executed
  close(news[0]);
  if (leader > 0) waitpid(leader, nullptr, 0);
  if (failed) {
    if (began) waitpid(pid, nullptr, 0);
    say(keeping, KeeperEvent::Kind::could_not_start, error == 0 ? EAGAIN : error);
    return;
  }
  keeping.any_left = true;
  if (request.kind == KeeperRequest::Kind::run_beside) {
    keeping.beside_pid = pid;
    say(keeping, KeeperEvent::Kind::beside_started, pid);
    return;
  }
  keeping.main_pid = pid;
  keeping.main_group = leader;
  say(keeping, KeeperEvent::Kind::started, pid);
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
  pollfd waiting[3] = {
      {keeping.child_signals, POLLIN, 0}, {keeping.output_read, POLLIN, 0}, {keeping.syslog, POLLIN, 0}};
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
                         {keeping.output_read, POLLIN, 0},
                         {keeping.syslog, POLLIN, 0}};
    poll(waiting, 4, -1);
    if (waiting[2].revents) copy_output(keeping);
    if (waiting[3].revents) copy_syslog(keeping);
    if (waiting[1].revents) wait_for_child(keeping, 0);
    if (reap(keeping) && keeping.any_left) {
      say(keeping, KeeperEvent::Kind::all_ended, 0);
      keeping.any_left = false;
    }
    if (waiting[0].revents) answer(keeping);
  }
}

}  // namespace

void be_keeper(int socket, const KeeperPlaces& places) {
  be_alone(socket);
  Keeping keeping;
  keeping.socket = socket;
  keeping.folder = places.folder;
  keeping.output = {places.output, places.older_output};
  keeping.log = {places.log, places.older_log};
  keeping.child_signals = open_child_signals();
  int output_pipe[2];
  if (pipe2(output_pipe, O_CLOEXEC) != 0) _exit(1);
  keeping.output_read = output_pipe[0];
  keeping.output_write = output_pipe[1];
  fcntl(keeping.output_read, F_SETFL, O_NONBLOCK);
  if (mkdir(places.folder, 0700) != 0) {
    say(keeping, KeeperEvent::Kind::ready, errno);
    _exit(1);  // without removing a folder that is not ours
  }
  open_record(keeping.output);
  if (const int error = places.log ? open_syslog(keeping) : 0; error != 0) {
    say(keeping, KeeperEvent::Kind::ready, error);
    finish(keeping);
  }
  say(keeping, KeeperEvent::Kind::ready, 0);
  keep(keeping);
}

}  // namespace smtpspec::target
