// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/case_run.hpp"
#include "engine/invariants.hpp"
#include "engine/scripted_server_test.hpp"
#include "scenario/loader.hpp"

namespace smtpspec::engine {

/// Cases out of the text of a scenario file without its head.
inline std::vector<scenario::Case> cases_of(const std::string& text) {
  auto file = scenario::load_text(
      "spec = \"RFC 5321\"\nsection = \"4\"\ntitle = \"T\"\nsince = \"0.1\"\n" + text, "t.toml", "t");
  if (!file) {
    ADD_FAILURE() << base::format(file.problems());
    return {};
  }
  return std::move(file->cases);
}

/// One case from the lines that follow its head.
inline scenario::Case one_case(const std::string& lines) {
  auto cases = cases_of("[[scenario]]\nid = \"x\"\ntitle = \"X\"\ncovers = [\"MUST-1\"]\n" + lines);
  return cases.empty() ? scenario::Case{} : std::move(cases.front());
}

inline base::Requirement requirement(std::string id, Verdict worst) {
  base::Requirement one;
  one.id = std::move(id);
  one.worst = worst;
  return one;
}

/// A scripted server and all that a case needs to be played against it.
class PlayedCaseTest : public testing::Test {
 protected:
  PlayedCaseTest() {
    target.name = "scripted";
    target.recipient = "user+{token}@example.test";
    target.refused = "nobody@example.test";
    target.endpoints[target::EndpointKind::smtp] = server.address();
    target.limits.retry_after = std::chrono::milliseconds(1);
    context.invariants = &invariants;
    context.mail = &server.mailbox();
    auto tls = wire::make_tls_client_context([] {
      wire::TlsClientSettings settings;
      settings.verify = false;
      return settings;
    }());
    context.tls = std::get<wire::TlsClientContext>(std::move(tls));
  }

  /// For tests in which something is awaited in vain.
  void be_impatient() {
    context.timeouts.reply = std::chrono::milliseconds(400);
    context.timeouts.delivery = std::chrono::milliseconds(200);
  }

  result::CaseResult play(const std::string& lines) {
    one = one_case(lines);
    CaseRun run(context, one, CaseToken(1, ++token));
    auto result = loop.run(run.run());
    seems_dead = run.target_seems_dead();
    worth_another_try = run.worth_another_try();
    return result;
  }

  wire::EventLoop loop;
  ScriptedServer server{loop};
  target::Target target;
  Requirements requirements{{"MUST-1", requirement("MUST-1", Verdict::fail)},
                            {"SHOULD-1", requirement("SHOULD-1", Verdict::warn)},
                            {"R5321-4.2-a", requirement("R5321-4.2-a", Verdict::fail)}};
  Invariants invariants;
  RunContext context{loop, target, requirements};
  scenario::Case one;
  std::uint64_t token = 0;
  bool seems_dead = false;
  bool worth_another_try = false;
};

}  // namespace smtpspec::engine
