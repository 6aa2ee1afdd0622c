// SPDX-License-Identifier: Apache-2.0
#include "result/results_json.hpp"

#include <random>

#include <gmock/gmock.h>

#include "base/display.hpp"

namespace smtpspec::result {
namespace {

using ::testing::HasSubstr;

/// Makes runs of random shape whose texts are random octets, the awkward ones often.
class RandomRun {
 public:
  explicit RandomRun(unsigned seed) : engine_(seed) {}

  Run run() {
    Run run{text(), text(), text(), time(), target(), {}, {}, {}, text(), {}, text(), texts()};
    if (below(2) == 0) run.expectations = {text(), text()};
    for (std::size_t i = below(4); i > 0; --i) run.options[text()] = text();
    run.requirements = several<base::Requirement>([this] { return requirement(); });
    run.cases = several<CaseResult>([this] { return case_result(); });
    return run;
  }

 private:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  std::uint32_t number() { return static_cast<std::uint32_t>(engine_()); }
  std::chrono::nanoseconds time() { return std::chrono::nanoseconds(engine_()); }
  Verdict verdict() { return static_cast<Verdict>(below(8)); }

  std::string text() {
    static const std::string awkward[] = {"\\",      "\r\n",         std::string(1, '\0'),
                                          "\x1b[2J", "\xE2\x80\xAE", "\xC0\xAF",
                                          "\"",      "]]>",          "\\x41",
                                          "\xFF",    "\xED\xA0\x80", "gr\xC3\xBC\xC3\x9F",
                                          "\x7F",    "\xC2\x9B"};
    std::string made;
    for (std::size_t i = below(6); i > 0; --i) {
      if (below(2) == 0)
        made += awkward[below(std::size(awkward))];
      else
        made += static_cast<char>(below(256));
    }
    return made;
  }

  template <typename T, typename Make>
  std::vector<T> several(Make make) {
    std::vector<T> list;
    for (std::size_t i = below(4); i > 0; --i) list.push_back(make());
    return list;
  }

  std::vector<std::string> texts() {
    return several<std::string>([this] { return text(); });
  }

  TargetFacts target() {
    return {text(), text(), text(), text(), texts(), text(), text(), {{text(), texts()}, {text(), {}}}};
  }

  base::Requirement requirement() {
    return {text(), text(), text(), text(), text(), text(), verdict(), text(), text()};
  }

  Finding finding() {
    return {verdict(), texts(), text(), text(), text(), text(), number(), number(), text(), number()};
  }

  Session session() {
    using Kind = base::TranscriptEvent::Kind;
    Session made{text(), text(), text(), {}, {}, number()};
    made.events = several<base::TranscriptEvent>([this] {
      return base::TranscriptEvent{static_cast<Kind>(below(3)), time(), text(), below(2) == 0};
    });
    made.steps = several<StepMark>([this] { return StepMark{number(), text(), number()}; });
    return made;
  }

  CaseResult case_result() {
    CaseResult made;
    for (auto* member : {&made.id, &made.title, &made.why, &made.spec, &made.section, &made.on, &made.client,
                         &made.outcome, &made.reason, &made.server_log, &made.token}) {
      *member = text();
    }
    for (auto* member : {&made.source_lines, &made.covers, &made.tags, &made.delivered}) *member = texts();
    made.position = {text(), number(), number()};
    made.verdict = verdict();
    made.findings = several<Finding>([this] { return finding(); });
    made.requirement_verdicts = several<RequirementVerdict>([this] {
      return RequirementVerdict{text(), verdict()};
    });
    made.sessions = several<Session>([this] { return session(); });
    made.duration = time();
    made.attempts = number();
    made.looked_at = below(2) * number();
    made.broken = below(2) * number();
    made.unreachable = below(2) == 0;
    return made;
  }

  std::mt19937 engine_;
};

TEST(ResultsJson, ReadingGivesBackWhatWasWritten) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto run = RandomRun(seed).run();
    const auto text = to_json(run);
    const auto back = parse_results(text, "r.json");
    ASSERT_TRUE(back) << base::format(back.problems());
    ASSERT_EQ(*back, run) << "seed " << seed;
    ASSERT_EQ(to_json(*back), text);
  }
}

TEST(ResultsJson, HoldsNothingThatMisleadsAReader) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto text = to_json(RandomRun(seed).run());
    std::erase(text, '\n');
    ASSERT_EQ(base::unescape(base::escape_for_display(text)).bytes, text);
    std::string plain;  // what display leaves alone but for the backslash
    for (const char c : text) plain += c == '\\' ? std::string("\\\\") : std::string(1, c);
    ASSERT_EQ(base::escape_for_display(text), plain);
  }
}

TEST(ResultsJson, CutShortSaysWhere) {
  const auto text = to_json(RandomRun(7).run());
  for (std::size_t length = 0; length + 1 < text.size(); length += 7) {
    const auto back = parse_results(text.substr(0, length), "r.json");
    ASSERT_FALSE(back);
    ASSERT_EQ(back.problems().size(), 1u);
    EXPECT_THAT(back.problems()[0].message, HasSubstr("not JSON"));
    EXPECT_GT(back.problems()[0].position.line, 0u);
  }
}

struct BadFile {
  const char* name;
  std::string from;  ///< in a good file
  std::string to;
  std::string message;
};

TEST(ResultsJson, MalformedIsADiagnostic) {
  result::Run run;
  run.tool_version = "1";
  run.cases.resize(1);
  run.cases[0].sessions.resize(1);
  run.cases[0].sessions[0].events.resize(1);
  const auto good = to_json(run);
  const BadFile files[] = {
      {"no format", "\"format\": 1", "\"form\": 1", "no results.json"},
      {"newer format", "\"format\": 1", "\"format\": 2", "format 2"},
      {"text as format", "\"format\": 1", "\"format\": \"1\"", "no results.json"},
      {"number as text", "\"tool_version\": \"1\"", "\"tool_version\": 1", "'tool_version' must be a string"},
      {"bad escape", "\"tool_version\": \"1\"", "\"tool_version\": \"\\\\q\"", "unknown escape"},
      {"missing", "\"aborted\"", "\"aborted2\"", "'aborted' is missing"},
      {"verdict", "\"verdict\": \"blocked\"", "\"verdict\": \"blockd\"",
       "'cases[0].verdict' must be a verdict"},
      {"kind", "\"kind\": \"sent\"", "\"kind\": 7", "'cases[0].sessions[0].events[0].kind' must be"},
      {"negative", "\"attempts\": 1", "\"attempts\": -1", "'cases[0].attempts' must be an integer"},
      {"too large", "\"attempts\": 1", "\"attempts\": 4294967296", "'cases[0].attempts' must be an integer"},
      {"past every range", "\"attempts\": 1", "\"attempts\": 1e999", "too large"},
      {"fraction", "\"attempts\": 1", "\"attempts\": 1.5", "'cases[0].attempts' must be an integer"},
      {"object as array", "\"findings\": []", "\"findings\": {}", "'cases[0].findings' must be an array"},
      {"times missing", "\"sessions_ns\":[[0]]", "\"sessions_ns\":[[]]", "array of 1 times"},
      {"sessions missing", "\"sessions_ns\":[[0]]", "\"sessions_ns\":[]", "one a session"},
  };
  for (const auto& file : files) {
    auto text = good;
    const auto at = text.find(file.from);
    ASSERT_NE(at, std::string::npos) << file.name << "\n" << text;
    text.replace(at, file.from.size(), file.to);
    const auto back = parse_results(text, "r.json");
    ASSERT_FALSE(back) << file.name;
    EXPECT_THAT(base::format(back.problems()), HasSubstr(file.message)) << file.name;
    EXPECT_THAT(base::format(back.problems()), HasSubstr("= help: ")) << file.name;
  }
}

TEST(ResultsJson, AnyJsonAtAllIsADiagnostic) {
  for (const std::string text :
       {"null", "[]", "1", "{}", "\"x\"", "{\"format\":1}", "{\"format\":1,\"cases\":null}"}) {
    EXPECT_FALSE(parse_results(text, "r.json")) << text;
  }
  EXPECT_FALSE(parse_results(std::string(1'000'000, '['), "r.json"));
}

TEST(ResultsJson, UnreadableFileIsADiagnostic) {
  EXPECT_THAT(base::format(read_results("/no/such/file").problems()), HasSubstr("can't be opened"));
  EXPECT_THAT(base::format(read_results("/").problems()), HasSubstr("folder"));
}

}  // namespace
}  // namespace smtpspec::result
