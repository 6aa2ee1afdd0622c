// SPDX-License-Identifier: Apache-2.0
#include "report/junit.hpp"

#include <set>

#include <gmock/gmock.h>
#include <pugixml.hpp>

#include "report/example_run.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using ::testing::HasSubstr;
using ::testing::StartsWith;

pugi::xml_document parse(const std::string& text) {
  pugi::xml_document document;
  const auto outcome =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  EXPECT_TRUE(outcome) << outcome.description();
  return document;
}

result::Run one_case(Verdict verdict) {
  result::Run run;
  run.target.name = "t";
  result::CaseResult result;
  result.id = "rfc5321/4.1/x";
  result.spec = "RFC 5321";
  result.section = "4.1";
  result.verdict = verdict;
  result.reason = "proof";
  run.cases = {result};
  return run;
}

gate::Decision decided(bool red, gate::Delta delta, std::string reason = {}) {
  gate::Decision decision;
  decision.cases.resize(1);
  decision.cases[0].red = red;
  decision.cases[0].delta = delta;
  decision.cases[0].reason = std::move(reason);
  return decision;
}

struct ElementCase {
  Verdict verdict;
  bool red;
  gate::Delta delta;
  std::string element;  ///< "" for none
  std::string type;
};

TEST(Junit, ElementFollowsVerdictAndGate) {
  using gate::Delta;
  const ElementCase cases[] = {
      {Verdict::pass, false, Delta::none, "", ""},
      {Verdict::info, false, Delta::none, "", ""},
      {Verdict::warn, false, Delta::none, "", ""},
      {Verdict::warn, true, Delta::none, "failure", "SHOULD"},
      {Verdict::fail, true, Delta::none, "failure", "MUST"},
      {Verdict::fail, true, Delta::regression, "failure", "MUST"},
      {Verdict::unsupported, false, Delta::none, "skipped", "unsupported"},
      {Verdict::unsupported, true, Delta::none, "failure", "required"},
      {Verdict::blocked, true, Delta::none, "error", "blocked"},
      {Verdict::crash, true, Delta::none, "error", "crash"},
      {Verdict::error, true, Delta::none, "error", "error"},
      {Verdict::fail, false, Delta::as_expected, "skipped", "known-deviation"},
      {Verdict::pass, true, Delta::unexpected_pass, "failure", "unexpected-pass"},
      {Verdict::info, true, Delta::changed, "failure", "changed"},
  };
  for (const auto& c : cases) {
    const auto run = one_case(c.verdict);
    const auto document = parse(junit(run, decided(c.red, c.delta)));
    const auto test = document.child("testsuites").child("testsuite").child("testcase");
    int elements = 0;
    for (const auto* name : {"failure", "error", "skipped"}) {
      for (const auto& element : test.children(name)) {
        ++elements;
        EXPECT_EQ(c.element, element.name());
        EXPECT_EQ(c.type, element.attribute("type").value());
      }
    }
    EXPECT_EQ(elements, c.element.empty() ? 0 : 1);
  }
}

TEST(Junit, TextRepeatsTheMessageThenNamesThePlace) {
  const auto run = example_run();
  const auto document = parse(junit(run, gate::decide(run, {})));
  int seen = 0;
  for (const auto& found : document.select_nodes("//failure | //error")) {
    const std::string message = found.node().attribute("message").value();
    const std::string text = found.node().child_value();
    EXPECT_THAT(text, StartsWith(message + "\n"));
    const auto second =
        text.substr(message.size() + 1, text.find('\n', message.size() + 1) - message.size() - 1);
    EXPECT_THAT(second, HasSubstr(".toml"));
    EXPECT_THAT(text, HasSubstr("run again smtpspec run --target postfix --client stranger"));
    ++seen;
  }
  EXPECT_EQ(seen, 7);
}

TEST(Junit, KnownDeviationTellsItsReason) {
  const auto text = junit(one_case(Verdict::fail), decided(false, gate::Delta::as_expected, "bug 12"));
  EXPECT_THAT(text, HasSubstr("message=\"bug 12: proof\""));
}

TEST(Junit, ClassnameIsTargetSpecSection) {
  const auto run = example_run();
  EXPECT_EQ(junit_classname(run.target, run.cases[0]), "postfix_default.rfc5321.s4_5_2");
  EXPECT_EQ(junit_classname(run.target, run.cases[10]), "postfix_default.ourrfc_1__.s1_2_3");
  EXPECT_EQ(junit_classname({}, {}), "_._");
}

TEST(Junit, ClassnameAndNameAreUnique) {
  auto run = example_run();
  run.cases.insert(run.cases.end(), run.cases.begin(), run.cases.end());
  run.cases.push_back(run.cases[0]);
  const auto document = parse(junit(run, gate::decide(run, {})));
  std::set<std::pair<std::string, std::string>> names;
  for (const auto& found : document.select_nodes("//testcase")) {
    names.insert({found.node().attribute("classname").value(), found.node().attribute("name").value()});
  }
  EXPECT_EQ(names.size(), run.cases.size());
}

TEST(Junit, HasFailureOrErrorExactlyWhenTheGateIsRed) {
  for (const bool strict : {false, true}) {
    for (int verdict = 0; verdict < 8; ++verdict) {
      const auto run = one_case(static_cast<Verdict>(verdict));
      const auto decision = gate::decide(run, {strict, {}});
      const auto document = parse(junit(run, decision));
      EXPECT_EQ(!document.select_nodes("//failure | //error").empty(), decision.red()) << verdict << strict;
    }
  }
}

TEST(Junit, CountsAgreeWithTheElements) {
  const auto run = example_run();
  const auto document = parse(junit(run, gate::decide(run, {true, {}})));
  const auto root = document.child("testsuites");
  const auto count = [&](const char* query) { return document.select_nodes(query).size(); };
  EXPECT_EQ(root.attribute("tests").as_ullong(), count("//testcase"));
  EXPECT_EQ(root.attribute("failures").as_ullong(), count("//failure"));
  EXPECT_EQ(root.attribute("errors").as_ullong(), count("//error"));
  std::size_t skipped = 0;
  for (const auto& suite : root.children("testsuite")) skipped += suite.attribute("skipped").as_ullong();
  EXPECT_EQ(skipped, count("//skipped"));
}

TEST(Junit, FileAndLineOnlyWhenAskedFor) {
  const auto run = example_run();
  const auto count = [&](bool wanted) {
    return parse(junit(run, gate::decide(run, {}), {wanted})).select_nodes("//testcase[@file]").size();
  };
  EXPECT_EQ(count(false), 0u);
  EXPECT_EQ(count(true), run.cases.size());
}

}  // namespace
}  // namespace smtpspec::report
