// SPDX-License-Identifier: Apache-2.0
#include "target/keeper.hpp"

#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "target/command.hpp"
#include "target/keeper_nursery_linux.hpp"
#include "target/keeper_protocol.hpp"
#include "wire/deadline.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using wire::FairClock;

constexpr int answer_patience_ms = 10'000;

std::string packed(KeeperRequest::Kind kind, const Program& program) {
  KeeperRequest request;
  request.kind = kind;
  request.arguments = static_cast<std::uint32_t>(program.argv.size());
  request.variables = static_cast<std::uint32_t>(program.environment.size());
  std::string bytes(reinterpret_cast<const char*>(&request), sizeof request);
  bytes += program.working_folder;
  bytes += '\0';
  (bytes += program.input) += '\0';
  for (const std::string& word : program.argv) (bytes += word) += '\0';
  for (const auto& [name, value] : program.environment) ((bytes += name) += '=') += value + '\0';
  return bytes;
}

/// Waits for the next event; false when the keeper has ended.
bool receive(int socket, KeeperEvent& event) {
  ssize_t got = 0;
  do got = recv(socket, &event, sizeof event, 0);
  while (got < 0 && errno == EINTR);
  return got == sizeof event;
}

bool tell(int socket, KeeperRequest::Kind kind, int number = 0, milliseconds grace = {}) {
  KeeperRequest request;
  request.kind = kind;
  request.number = number;
  request.grace_ms = static_cast<std::uint32_t>(grace.count());
  return send(socket, &request, sizeof request, MSG_NOSIGNAL) == sizeof request;
}

}  // namespace

Program program_of(const Setup& setup, const Command& command) {
  Program program;
  program.argv = command;
  program.environment = environment_with(setup.environment);
  program.working_folder = setup.working_folder;
  if (!command.empty()) {
    const std::string found = find_program(command.front(), program.environment);
    if (!found.empty()) program.argv.front() = std::filesystem::absolute(found).string();
  }
  return program;
}

std::variant<Keeper, std::string> Keeper::launch(const std::string& folder, bool syslog) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fmt::format("no socket pair: {}", strerror(errno));
  }
  const std::string output = folder + "/server.output";
  const std::string older_output = output + ".1";
  const std::string log = folder + "/log";
  const std::string older_log = log + ".1";
  KeeperPlaces places{folder.c_str(), output.c_str(), older_output.c_str()};
  if (syslog) {
    places.log = log.c_str();
    places.older_log = older_log.c_str();
  }
  const auto failure = fork_keeper(ends[1], places);
  close(ends[1]);
  if (failure) {
    close(ends[0]);
    return *failure;
  }
  Keeper keeper(ends[0], folder);
  KeeperEvent event;
  if (!receive(ends[0], event)) return "the keeper process is gone";
  if (event.value == 0) return keeper;
  return fmt::format("can't make the folder {}: {}", folder, strerror(event.value));
}

Keeper::Keeper(Keeper&& other) noexcept {
  *this = std::move(other);
}

Keeper& Keeper::operator=(Keeper&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(folder_, other.folder_);
  std::swap(main_pid_, other.main_pid_);
  std::swap(beside_pid_, other.beside_pid_);
  std::swap(start_error_, other.start_error_);
  std::swap(ending_, other.ending_);
  std::swap(beside_ending_, other.beside_ending_);
  std::swap(anything_left_, other.anything_left_);
  std::swap(lost_, other.lost_);
  return *this;
}

Keeper::~Keeper() {
  finish(SIGKILL, milliseconds(0));
}

void Keeper::read_events(int timeout_ms) {
  for (bool first = true; !lost_; first = false) {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, first ? timeout_ms : 0) <= 0) return;
    KeeperEvent event;
    if (recv(socket_, &event, sizeof event, MSG_DONTWAIT) != sizeof event) {
      lost_ = true;
      return;
    }
    switch (event.kind) {
      case KeeperEvent::Kind::ready:
        break;
      case KeeperEvent::Kind::started:
        main_pid_ = event.value;
        ending_.reset();  // an earlier program's, read only now
        anything_left_ = true;
        break;
      case KeeperEvent::Kind::beside_started:
        beside_pid_ = event.value;
        beside_ending_.reset();
        break;
      case KeeperEvent::Kind::could_not_start:
        start_error_ = event.value;
        break;
      case KeeperEvent::Kind::main_ended:
        ending_ = event.value;
        break;
      case KeeperEvent::Kind::beside_ended:
        beside_ending_ = event.value;
        break;
      case KeeperEvent::Kind::all_ended:
        anything_left_ = false;
        break;
    }
  }
}

/// Sends the request and waits until `pid` is known.
std::optional<std::string> Keeper::begin(const Program& program, const std::string& request,
                                         const pid_t& pid) {
  start_error_.reset();
  if (request.size() > max_request_bytes || program.argv.size() >= max_words ||
      program.environment.size() >= max_words) {
    return "the command line and the environment together are too long";
  }
  if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return fmt::format("the keeper process is gone: {}", strerror(errno));
  }
  while (pid < 0 && !start_error_ && !lost_) read_events(answer_patience_ms);
  if (start_error_)
    return fmt::format("can't execute '{}': {}", program.argv.front(), strerror(*start_error_));
  if (lost_) return "the keeper process is gone";
  return std::nullopt;
}

std::optional<std::string> Keeper::run(const Program& program) {
  main_pid_ = -1;
  ending_.reset();
  return begin(program, packed(KeeperRequest::Kind::run, program), main_pid_);
}

std::optional<std::string> Keeper::run_beside(const Program& program) {
  beside_pid_ = -1;
  beside_ending_.reset();
  return begin(program, packed(KeeperRequest::Kind::run_beside, program), beside_pid_);
}

bool Keeper::alive() {
  read_events(0);
  if (main_pid_ < 0 || lost_) return false;
  return !ending_ || (*ending_ == 0 && anything_left_);
}

std::optional<int> Keeper::ending() {
  read_events(0);
  return ending_;
}

template <typename Claim>
void Keeper::wait_until(Claim claim, milliseconds at_most) {
  const auto deadline = wire::deadline_after(at_most);
  while (!claim() && !lost_) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - FairClock::now());
    if (left.count() <= 0) break;
    read_events(static_cast<int>(left.count()));
  }
}

std::optional<int> Keeper::wait_until_ended(milliseconds at_most) {
  wait_until([this] { return ending_.has_value(); }, at_most);
  return ending_;
}

std::optional<int> Keeper::wait_until_beside_ended(milliseconds at_most) {
  wait_until([this] { return beside_pid_ < 0 || beside_ending_.has_value(); }, at_most);
  return beside_ending_;
}

bool Keeper::wait_until_all_ended(milliseconds at_most) {
  wait_until([this] { return !anything_left_; }, at_most);
  return !anything_left_;
}

void Keeper::signal(int number) {
  tell(socket_, KeeperRequest::Kind::signal, number);
}

void Keeper::kill_all() {
  read_events(0);
  anything_left_ = tell(socket_, KeeperRequest::Kind::kill_all);
  while (anything_left_ && !lost_) read_events(answer_patience_ms);
}

void Keeper::finish(int stop_signal, milliseconds grace) {
  if (socket_ < 0) return;
  tell(socket_, KeeperRequest::Kind::finish, stop_signal, grace);
  for (KeeperEvent event; receive(socket_, event);) {
  }
  close(socket_);
  socket_ = -1;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);  // should the keeper have been killed, that falls to us
}

std::string Keeper::output_file() const {
  return folder_ + "/server.output";
}

}  // namespace smtpspec::target
