// SPDX-License-Identifier: Apache-2.0
#include "target/keeper_nursery_linux.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <mutex>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "wire/event_loop.hpp"

namespace smtpspec::target {
namespace {

constexpr std::size_t most_of_names = 32 * 1024;
constexpr std::size_t names_of_places = 5;

union Attached {
  cmsghdr head;
  char room[CMSG_SPACE(sizeof(int))];
};

msghdr message_of(iovec& text, Attached& attached) {
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = attached.room;
  message.msg_controllen = sizeof attached.room;
  return message;
}

std::string packed(const KeeperPlaces& places) {
  std::string names;
  for (const char* name : {places.folder, places.output, places.older_output, places.log, places.older_log})
    (names += name ? name : "") += '\0';
  return names;
}

// The names stay where they are.
KeeperPlaces unpacked(const char* names) {
  const char* each[names_of_places];
  for (const char*& name : each) {
    name = *names ? names : nullptr;
    names += strlen(names) + 1;
  }
  return {each[0], each[1], each[2], each[3], each[4]};
}

constexpr int nobody_asks = -1;  // we are gone
constexpr int asks_for_the_time = -2;

/// Gives the socket of a keeper that is to be, whose names are then there, or one of the above.
int next_request(int requests, char (&names)[most_of_names]) {
  iovec text{names, sizeof names};
  Attached attached;
  msghdr message = message_of(text, attached);
  ssize_t got = 0;
  do got = recvmsg(requests, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return nobody_asks;
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr) return asks_for_the_time;
  int socket = -1;
  memcpy(&socket, CMSG_DATA(head), sizeof socket);
  return socket;
}

// A signal to our group, which is the terminal's, is for us to see.
void be_apart() {
  setsid();
  prctl(PR_SET_NAME, "smtpspec-keeper");
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) signal(number, SIG_IGN);
}

void leave_standard_streams() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int stream = 0; stream < 3 && null >= 0; ++stream) dup2(null, stream);
}

std::int64_t microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

void tell_the_time(int requests) {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  const std::int64_t time = microseconds(used.ru_utime) + microseconds(used.ru_stime);
  (void)!send(requests, &time, sizeof time, MSG_NOSIGNAL);
}

void make_keeper(int socket, const char* names) {
  const pid_t child = fork();
  if (child == 0) be_keeper(socket, unpacked(names));
  const KeeperEvent failure{KeeperEvent::Kind::ready, errno};
  if (child < 0) (void)!send(socket, &failure, sizeof failure, MSG_NOSIGNAL);
  close(socket);
}

[[noreturn]] void be_nursery(int requests) {
  close_all_but(requests);
  be_apart();
  wire::raise_open_file_limit();  // whatever is started may have as many files as we
  leave_standard_streams();
  static char names[most_of_names];
  for (;;) {
    const int socket = next_request(requests, names);
    // Keepers see for themselves that we are gone.
    while (waitpid(-1, nullptr, socket == nobody_asks ? 0 : WNOHANG) > 0) {
    }
    if (socket == nobody_asks) _exit(0);
    if (socket == asks_for_the_time)
      tell_the_time(requests);
    else
      make_keeper(socket, names);
  }
}

/// Our end. Where no process can be made it is closed on the other side, as when the nursery was killed.
class Nursery {
 public:
  Nursery() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
    child_ = fork();
    if (child_ == 0) be_nursery(ends[1]);
    close(ends[1]);
    requests_ = ends[0];
  }
  ~Nursery() {
    close(requests_);
    if (child_ > 0) waitpid(child_, nullptr, 0);
  }
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  int requests() const { return requests_; }

 private:
  pid_t child_ = -1;
  int requests_ = -1;
};

int nursery() {
  static const Nursery one;
  return one.requests();
}

}  // namespace

void begin_keeper_nursery() {
  nursery();
}

std::int64_t processor_time_of_the_kept() {
  static std::mutex one_asks;
  const std::lock_guard lock(one_asks);
  std::int64_t time = 0;
  const bool asked = send(nursery(), "?", 1, MSG_NOSIGNAL) == 1;
  if (asked && recv(nursery(), &time, sizeof time, 0) == sizeof time) return time;
  return 0;
}

std::optional<std::string> fork_keeper(int socket, const KeeperPlaces& places) {
  std::string names = packed(places);
  if (names.size() > most_of_names) return "the name of its folder is too long";
  iovec text{names.data(), names.size()};
  Attached attached{};
  msghdr message = message_of(text, attached);
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof socket);
  memcpy(CMSG_DATA(head), &socket, sizeof socket);
  if (sendmsg(nursery(), &message, MSG_NOSIGNAL) >= 0) return std::nullopt;
  return fmt::format("can't make a process: {}", strerror(errno));
}

}  // namespace smtpspec::target
