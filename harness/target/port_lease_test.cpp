// SPDX-License-Identifier: Apache-2.0
#include "target/port_lease.hpp"

#include <set>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

TEST(PortLease, GivesDifferentPortsToEach) {
  std::vector<PortLease> leases;
  std::set<int> ports;
  for (int i = 0; i < 50; ++i) {
    auto lease = PortLease::take();
    ASSERT_TRUE(lease);
    for (int index = 0; index < PortLease::ports_in_block - 1; ++index) ports.insert(lease->port(index));
    leases.push_back(std::move(*lease));
  }
  EXPECT_EQ(ports.size(), 50u * (PortLease::ports_in_block - 1));
}

/// Takes leases in a process of its own, tells their first ports, and keeps them until it is told to end.
class OtherProgram {
 public:
  OtherProgram() {
    int told[2];
    int hold[2];
    if (pipe(told) != 0 || pipe(hold) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      close(hold[1]);
      std::vector<PortLease> leases;
      for (int i = 0; i < 20; ++i) leases.push_back(std::move(*PortLease::take()));
      for (const PortLease& lease : leases) {
        const int port = lease.port(0);
        (void)!write(told[1], &port, sizeof port);
      }
      char until_closed = 0;
      (void)!read(hold[0], &until_closed, 1);
      _exit(0);
    }
    close(told[1]);
    close(hold[0]);
    told_ = told[0];
    hold_ = hold[1];
  }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;
  ~OtherProgram() {
    close(told_);
    close(hold_);
    waitpid(pid_, nullptr, 0);
  }

  int next_port() {
    int port = 0;
    return read(told_, &port, sizeof port) == sizeof port ? port : 0;
  }

 private:
  pid_t pid_ = -1;
  int told_ = -1;
  int hold_ = -1;
};

TEST(PortLease, SeveralProgramsAtOnceDontGetTheSame) {
  // All are forked from one program, so that they begin to look at the same place.
  OtherProgram programs[4];
  std::set<int> ports;
  for (OtherProgram& program : programs) {
    for (int i = 0; i < 20; ++i) {
      const int port = program.next_port();
      ASSERT_NE(port, 0);
      EXPECT_TRUE(ports.insert(port).second) << port;
    }
  }
}

}  // namespace
}  // namespace smtpspec::target
