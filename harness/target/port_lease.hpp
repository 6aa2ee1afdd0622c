// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace smtpspec::target {

/// A few TCP ports of loopback that nobody else gets while this object lives: not another lease of this
/// program, not a lease of another one. The ports lie below the range from which the kernel takes the ports
/// of outgoing connections. How: ports go in blocks, the first of a block is bound for as long as the lease
/// lives and thereby tells other leases to keep off; the others are free for the server to bind.
class PortLease {
 public:
  static constexpr int ports_in_block = 8;

  /// Nothing when no block is free, which takes some thousand servers.
  static std::optional<PortLease> take();

  PortLease(PortLease&& other) noexcept;
  PortLease& operator=(PortLease&& other) noexcept;
  ~PortLease();

  /// The ports to use, 0 <= index < ports_in_block - 1.
  std::uint16_t port(int index) const { return static_cast<std::uint16_t>(first_ + 1 + index); }

 private:
  PortLease(int guard, std::uint16_t first) : guard_(guard), first_(first) {}

  int guard_ = -1;
  std::uint16_t first_ = 0;
};

}  // namespace smtpspec::target
