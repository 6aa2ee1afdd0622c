// SPDX-License-Identifier: Apache-2.0
#include "target/port_lease.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace smtpspec::target {
namespace {

constexpr int lowest = 20'000;
constexpr int highest = 32'000;
constexpr int blocks = (highest - lowest) / PortLease::ports_in_block;

/// A socket bound to a port, or -1. To every address, so that a server on any of them is noticed.
int bound_socket(int port, bool reuse) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  // As servers do it, so that connections of the past don't count.
  if (reuse) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

bool is_free(int port) {
  const int fd = bound_socket(port, true);
  if (fd < 0) return false;
  close(fd);
  return true;
}

/// The guard of a block whose ports are all free, or -1.
int take_block(int first) {
  const int guard = bound_socket(first, false);
  if (guard < 0) return -1;
  for (int port = first + 1; port < first + PortLease::ports_in_block; ++port) {
    if (!is_free(port)) {
      close(guard);
      return -1;
    }
  }
  return guard;
}

}  // namespace

std::optional<PortLease> PortLease::take() {
  // Begin somewhere of our own, so that several programs don't all walk over each other's blocks.
  static std::atomic<int> next = static_cast<int>(getpid()) * 7;
  for (int tried = 0; tried < blocks; ++tried) {
    const int first = lowest + (next++ % blocks) * ports_in_block;
    const int guard = take_block(first);
    if (guard >= 0) return PortLease(guard, static_cast<std::uint16_t>(first));
  }
  return std::nullopt;
}

PortLease::PortLease(PortLease&& other) noexcept
    : guard_(std::exchange(other.guard_, -1)), first_(other.first_) {}

PortLease& PortLease::operator=(PortLease&& other) noexcept {
  std::swap(guard_, other.guard_);
  std::swap(first_, other.first_);
  return *this;
}

PortLease::~PortLease() {
  if (guard_ >= 0) close(guard_);
}

}  // namespace smtpspec::target
