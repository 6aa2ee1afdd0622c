// SPDX-License-Identifier: Apache-2.0
// Console, JSON, CSV and Markdown of a comparison.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/display.hpp"
#include "report/approved.hpp"
#include "report/example_run.hpp"
#include "report/matrix_cell.hpp"
#include "report/matrix_console.hpp"
#include "report/matrix_csv.hpp"
#include "report/matrix_format.hpp"
#include "report/matrix_html.hpp"
#include "report/matrix_json.hpp"
#include "report/matrix_markdown.hpp"
#include "report/time_table.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using compare::make_matrix;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Runs = std::vector<result::Run>;

/// Another server that fails nowhere, does one thing more, and has a name that would act on any reader.
result::Run other_run() {
  auto run = example_run();
  run.target.name = hostile_bytes();
  for (auto& one : run.cases) {
    if (one.verdict != Verdict::fail) continue;
    one.verdict = Verdict::pass;
    one.outcome = "refused " + hostile_bytes();
    one.findings.clear();
    for (auto& requirement : one.requirement_verdicts) requirement.verdict = Verdict::pass;
  }
  run.cases.pop_back();
  return run;
}

result::Run missing_run() {
  auto run = example_run();
  run.target = {};
  run.target.name = "missing";
  for (auto& one : run.cases) {
    auto unplayed = one;
    unplayed.verdict = Verdict::blocked;
    unplayed.reason = "not run: the target could not be started: " + hostile_bytes();
    unplayed.unreachable = true;
    unplayed.findings.clear();
    unplayed.sessions.clear();
    one = unplayed;
  }
  return run;
}

Runs three_runs() {
  return {example_run(), other_run(), missing_run()};
}

Runs old_and_new() {
  auto runs = Runs{example_run(), other_run()};
  runs[1].target.name = runs[0].target.name;
  return runs;
}

bool is_safe_text(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

// What a terminal, a page or an eye would act on, were it not escaped.
void expect_harmless(const std::string& text) {
  EXPECT_TRUE(is_safe_text(text));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));  // right-to-left override
}

TEST(MatrixReports, Approved) {
  const auto runs = three_runs();
  const auto matrix = make_matrix(runs);
  MatrixConsoleOptions options;
  expect_approved("matrix.txt", matrix_console(matrix, options));
  options.plain = true;
  options.rows = MatrixConsoleOptions::Rows::all;
  expect_approved("matrix-plain.txt", matrix_console(matrix, options));
  expect_approved("matrix.json", matrix_json(matrix));
  expect_approved("matrix.csv", matrix_csv(matrix));
  expect_approved("matrix.md", matrix_markdown(matrix));
}

TEST(MatrixReports, ApprovedOfOldAndNew) {
  const auto runs = old_and_new();
  const auto matrix = make_matrix(runs, {"old", "new"});
  expect_approved("matrix-changes.txt", matrix_console(matrix, {}));
  expect_approved("matrix-changes.json", matrix_json(matrix));
  expect_approved("matrix-changes.md", matrix_markdown(matrix));
}

TEST(MatrixReports, NothingOfATargetActsOnAReader) {
  for (const auto& runs : {three_runs(), old_and_new()}) {
    const auto matrix = make_matrix(runs);
    expect_harmless(matrix_console(matrix, {}));
    expect_harmless(matrix_json(matrix));
    const auto markdown = matrix_markdown(matrix);
    expect_harmless(markdown);
    EXPECT_THAT(markdown, Not(HasSubstr("<script")));
    auto csv = matrix_csv(matrix);
    csv.erase(std::remove(csv.begin(), csv.end(), '\r'), csv.end());
    expect_harmless(csv);
  }
}

TEST(MatrixConsole, LastLineKeepsItsShape) {
  const auto runs = three_runs();
  EXPECT_THAT(matrix_console(make_matrix(runs), {}),
              EndsWith("\nsmtpspec: compared 3 targets: 12 cases, 2 differ, 2 in verdict, 1 targets missing: "
                       "different\n"));
  const auto two = old_and_new();
  EXPECT_EQ(matrix_summary_line(make_matrix(two)),
            "smtpspec: compared postfix default old and new: 0 broken, 0 changed, 2 fixed, 1 gone, 0 new: "
            "different");
}

TEST(MatrixConsole, LastLineSaysWhichVersionIsTheOldOne) {
  auto two = old_and_new();
  two[0].target.name = "mta@<b>";
  two[1].target.name = "mta";
  const auto matrix = make_matrix(two);
  EXPECT_THAT(matrix_summary_line(matrix), StartsWith("smtpspec: compared mta@<b> (old) and mta (new): 0 b"));
  EXPECT_THAT(matrix_html(matrix), HasSubstr("<title>mta@&lt;b&gt; (old) and mta (new)</title>"));
}

TEST(MatrixConsole, RowsAreBoundedAndTheRestIsCounted) {
  const auto runs = three_runs();
  const auto matrix = make_matrix(runs);
  MatrixConsoleOptions options;
  options.rows = MatrixConsoleOptions::Rows::all;
  options.most_rows = 2;
  const auto text = matrix_console(matrix, options);
  EXPECT_THAT(text, HasSubstr("10 more rows are not shown"));
}

TEST(MatrixConsole, OnlyWhatOneColumnDoesAlone) {
  Runs runs{example_run(), example_run(), other_run()};
  const auto matrix = make_matrix(runs, {"a", "b", "c"});
  MatrixConsoleOptions options;
  options.only_column = 0;
  EXPECT_THAT(matrix_console(matrix, options), Not(HasSubstr("rfc5321/")));
  options.only_column = 2;
  EXPECT_THAT(matrix_console(matrix, options), HasSubstr(": a, b\n"));
}

// As RFC 4180 has it: fields between commas, quoted where they must be, each line ended by CRLF.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> lines(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && text[i + 1] == '"')
      lines.back().back() += text[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && c == ',')
      lines.back().emplace_back();
    else if (!quoted && c == '\r' && text[i + 1] == '\n')
      ++i, lines.push_back({""});
    else
      lines.back().back() += c;
  }
  lines.pop_back();
  return lines;
}

TEST(MatrixCsv, EveryLineHasEveryField) {
  const auto runs = three_runs();
  const auto matrix = make_matrix(runs);
  const auto lines = parse_csv(matrix_csv(matrix));
  ASSERT_EQ(lines.size(), matrix.rows.size() + 1);
  for (const auto& line : lines) EXPECT_EQ(line.size(), 6u + 2 * 3);
}

TEST(MatrixCsv, NoFieldIsAFormula) {
  auto run = example_run();
  run.target.name = "=HYPERLINK(\"http://x.test\",\"a\")";
  for (const auto* evil : {"=1+1", "+1", "-1", "@SUM(A1)"}) {
    run.cases[0].outcome = evil;
    const Runs runs{run, run};
    const auto lines = parse_csv(matrix_csv(make_matrix(runs)));
    EXPECT_EQ(lines[1][7], std::string("'") + evil);
    EXPECT_THAT(lines[0][6], StartsWith("'=HYPERLINK(\"http"));
  }
}

TEST(MatrixJson, IsJsonWithACellForEveryColumn) {
  const auto runs = three_runs();
  const auto json = nlohmann::json::parse(matrix_json(make_matrix(runs)));
  EXPECT_EQ(json["columns"].size(), 3u);
  for (const auto& row : json["rows"]) EXPECT_EQ(row["cells"].size(), 3u);
  EXPECT_FALSE(json.contains("changes"));
  EXPECT_FALSE(json["rows"][0]["cells"][2]["compared"]);
  EXPECT_TRUE(json["rows"].back()["cells"][1].is_null());
}

TEST(MatrixMarkdown, IsBounded) {
  Runs runs{example_run(), other_run()};
  for (auto& run : runs) {
    const auto one = run.cases[2];
    for (int i = 0; i < 3000; ++i) {
      run.cases.push_back(one);
      run.cases.back().id = "rfc5321/x/" + std::to_string(i);
    }
  }
  const auto text = matrix_markdown(make_matrix(runs));
  EXPECT_LT(text.size(), 600u * 1024);
  EXPECT_THAT(text, HasSubstr("more rows are not shown here"));
}

TEST(MatrixFormats, KnowsItsOwn) {
  EXPECT_TRUE(parse_matrix_reports({"csv:a.csv", "json:-", "markdown:x"}));
  EXPECT_THAT(base::format(parse_matrix_reports({"cvs:x"}).problems()), HasSubstr("did you mean 'csv'?"));
  EXPECT_THAT(base::format(parse_matrix_reports({"junit:x"}).problems()), HasSubstr("unknown report format"));
}

TEST(TimeTable, SlowestFirstAndWhyNot) {
  auto runs = three_runs();
  runs[0].duration = std::chrono::seconds(2);
  runs[1].duration = std::chrono::seconds(10);
  runs[1].target.name = "slow";
  runs[1].cases[0].duration = std::chrono::seconds(9);
  const auto matrix = make_matrix(runs);
  TimeSpent slow;
  slow.column = 1;
  slow.sessions_at_once = 4;
  slow.banner_delay = std::chrono::milliseconds(300);
  const auto text = time_table(matrix, {{0, std::chrono::seconds(1), 16, {}, {}}, slow, {2, {}, 1, {}, {}}});
  EXPECT_LT(text.find("slow "), text.find("postfix "));
  EXPECT_THAT(text, HasSubstr("9.0 s, "));
  EXPECT_THAT(text, HasSubstr("greets after 300 ms"));
  EXPECT_THAT(text, HasSubstr("not played"));
}

}  // namespace
}  // namespace smtpspec::report
