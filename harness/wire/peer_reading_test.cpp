// SPDX-License-Identifier: Apache-2.0
#include "wire/peer_reading.hpp"

#include <filesystem>
#include <unistd.h>

#include "wire/socket_pair_test.hpp"

namespace smtpspec::wire {
namespace {

#ifdef __linux__

/// Over each kind of socket that a target may listen at.
class PeersReading : public SocketPairTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    const std::string kind = GetParam();
    if (kind == "unix") {
      connect_over(UnixEndpoint{std::filesystem::temp_directory_path() /
                                ("smtpspec-" + std::to_string(getpid()) + "-peer")});
    } else {
      ListenOutcome probe = listen(loop, TcpEndpoint{kind, 0});
      if (!std::holds_alternative<Listener>(probe)) GTEST_SKIP() << "this machine has no " << kind;
      connect_over(TcpEndpoint{kind, 0});
    }
    if (of_the_client() == PeerReading::unseen) GTEST_SKIP() << "this system doesn't tell";
  }

  PeerReading of_the_client() { return peer_reading(pair->client.native_handle()); }

  void run_until_it_is(PeerReading expected) {
    run_until([&] { return of_the_client() == expected; });
  }
};

TEST_P(PeersReading, IsBehindUntilEveryByteIsRead) {
  run_until_it_is(PeerReading::all_read);
  for (int round = 0; round < 3; ++round) {
    write(pair->client, "NOOP\r\n");
    EXPECT_EQ(of_the_client(), PeerReading::behind);
    EXPECT_EQ(read_bytes(pair->server, 6), "NOOP\r\n");
    EXPECT_EQ(of_the_client(), PeerReading::all_read);
  }
}

TEST_P(PeersReading, HasReadAllThoughWeHaveClosedOurSide) {
  write(pair->client, "QUIT\r\n");
  pair->client.half_close();
  EXPECT_EQ(read_bytes(pair->server, 6), "QUIT\r\n");
  read(pair->server);
  run_until_it_is(PeerReading::all_read);
}

TEST_P(PeersReading, IsNoLongerBehindWhenItIsGone) {
  write(pair->client, "NOOP\r\n");
  pair->server.close();
  run_until([&] { return of_the_client() != PeerReading::behind; });
}

INSTANTIATE_TEST_SUITE_P(Each, PeersReading, testing::Values("127.0.0.1", "::1", "unix"));

#endif

TEST(PeerReadingOfNothing, IsUnseen) {
  EXPECT_EQ(peer_reading(-1), PeerReading::unseen);
}

}  // namespace
}  // namespace smtpspec::wire
