// SPDX-License-Identifier: Apache-2.0
#include "target/host.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "target/embedded.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

Target greeter(const std::vector<std::string>& habits = {}) {
  Target target;
  target.kind = Target::Kind::started;
  target.name = "greeter";
  target.endpoints[EndpointKind::smtp] = "127.0.0.1:{port}";
  target.start.emplace();
  target.start->syslog = true;
  target.start->command = {"/usr/bin/python3", SMTPSPEC_SOURCE_DIR "/fixtures/servers/greeter.py", "{port}"};
  target.start->command.insert(target.start->command.end(), habits.begin(), habits.end());
  return target;
}

TEST(Hosts, ManyStartSideBySideAndOneThatFailsHurtsNobody) {
  const TemporaryFolder folder;
  StartOptions options;
  options.temporary = folder.path();
  wire::EventLoop loop;
  std::vector<Target> targets(12, greeter());
  targets[3] = greeter({"exits"});
  targets[7] = embedded_target();

  auto outcomes = make_hosts(loop, targets, options, {});
  std::vector<std::unique_ptr<Host>> hosts;
  std::set<std::string> addresses;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (const auto* failed = std::get_if<StartFailed>(&outcomes[i])) {
      EXPECT_EQ(i, 3U) << failed->why << failed->log_tail;
      EXPECT_EQ(failed->why, "it exited with status 3 before it was ready");
      continue;
    }
    hosts.push_back(std::get<std::unique_ptr<Host>>(std::move(outcomes[i])));
    EXPECT_TRUE(hosts.back()->alive());
    EXPECT_EQ(hosts.back()->target().name, targets[i].name);
    addresses.insert(hosts.back()->target().endpoints.at(EndpointKind::smtp));
  }
  EXPECT_EQ(hosts.size(), 11U);
  EXPECT_EQ(addresses.size(), 11U);
  end_hosts(std::move(hosts));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace smtpspec::target
