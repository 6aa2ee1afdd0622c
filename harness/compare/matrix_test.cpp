// SPDX-License-Identifier: Apache-2.0
#include "compare/matrix.hpp"

#include <gmock/gmock.h>

namespace smtpspec::compare {
namespace {

using result::CaseResult;
using Runs = std::vector<result::Run>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Short {
  std::string id;
  Verdict verdict;
  std::string outcome;
};

// "5.1/a" is a case of section 5.1.
result::Run run_of(const std::string& name, const std::vector<Short>& cases) {
  result::Run run;
  run.target.name = name;
  for (const auto& one : cases) {
    CaseResult result;
    result.id = one.id;
    result.spec = "RFC 5321";
    result.section = one.id.substr(0, one.id.find('/'));
    result.verdict = one.verdict;
    result.outcome = one.outcome;
    if (one.verdict == Verdict::blocked) result.reason = one.outcome;
    run.cases.push_back(std::move(result));
  }
  return run;
}

std::vector<std::string> ids(const Matrix& matrix) {
  std::vector<std::string> all;
  for (const auto& row : matrix.rows) all.push_back(row.about->id);
  return all;
}

std::vector<std::string> names(const Matrix& matrix) {
  std::vector<std::string> all;
  for (const auto& column : matrix.columns) all.push_back(column.name);
  return all;
}

TEST(Matrix, SaysWhoIsAlone) {
  const Runs runs = {
      run_of("a",
             {{"1/x", Verdict::pass, "refused"}, {"1/y", Verdict::pass, "p"}, {"1/z", Verdict::pass, ""}}),
      run_of("b",
             {{"1/x", Verdict::pass, "refused"}, {"1/y", Verdict::pass, "q"}, {"1/z", Verdict::pass, ""}}),
      run_of("c",
             {{"1/x", Verdict::fail, "accepted"}, {"1/y", Verdict::pass, "r"}, {"1/z", Verdict::pass, ""}}),
  };
  const auto matrix = make_matrix(runs);
  ASSERT_EQ(matrix.rows.size(), 3);
  EXPECT_TRUE(matrix.rows[0].differs());
  EXPECT_TRUE(matrix.rows[0].verdicts_differ);
  EXPECT_THAT(matrix.rows[0].alone, ElementsAre(2));
  EXPECT_EQ(matrix.rows[0].odd_one_out, 2);
  EXPECT_EQ(matrix.rows[0].cells[2].group, 1);
  EXPECT_FALSE(matrix.rows[1].verdicts_differ);
  EXPECT_THAT(matrix.rows[1].alone, ElementsAre(0, 1, 2));
  EXPECT_FALSE(matrix.rows[1].odd_one_out);
  EXPECT_FALSE(matrix.rows[2].differs());
  EXPECT_THAT(matrix.rows[2].alone, IsEmpty());
  EXPECT_EQ(matrix.differing_rows(), 2);
  EXPECT_EQ(matrix.columns[2].count(Verdict::fail), 1);
}

TEST(Matrix, OfTwoThatDifferEachIsAloneAndNoneIsTheOddOneOut) {
  const Runs runs = {run_of("a", {{"1/x", Verdict::pass, "p"}}), run_of("b", {{"1/x", Verdict::pass, "q"}})};
  const auto matrix = make_matrix(runs);
  EXPECT_THAT(matrix.rows[0].alone, ElementsAre(0, 1));
  EXPECT_FALSE(matrix.rows[0].odd_one_out);
}

TEST(Matrix, CasesOfDifferentSuitesStandInOrderBySection) {
  const Runs runs = {
      run_of("a",
             {{"1/x", Verdict::pass, ""}, {"3/x", Verdict::pass, ""}, {"invariants/i", Verdict::pass, ""}}),
      run_of("b", {{"1/w", Verdict::pass, ""},
                   {"1/x", Verdict::pass, ""},
                   {"1/y", Verdict::pass, ""},
                   {"2/x", Verdict::pass, ""},
                   {"invariants/h", Verdict::pass, ""}}),
      run_of("c", {{"3/z", Verdict::pass, ""}}),
  };
  const auto matrix = make_matrix(runs);
  EXPECT_THAT(ids(matrix),
              ElementsAre("1/w", "1/x", "1/y", "2/x", "3/x", "3/z", "invariants/h", "invariants/i"));
  ASSERT_EQ(matrix.sections.size(), 4);
  EXPECT_EQ(matrix.sections[2].section, "3");
  EXPECT_EQ(matrix.sections[2].first_row, 4);
  EXPECT_EQ(matrix.sections[2].row_count, 2);
  EXPECT_TRUE(matrix.sections[3].invariants);
  EXPECT_EQ(matrix.rows[4].cells[1].result, nullptr);
  EXPECT_FALSE(matrix.rows[4].differs());
}

TEST(Matrix, ATargetThatWasNotReachedTakesNoPart) {
  Runs runs = {run_of("a", {{"1/x", Verdict::pass, ""}}),
               run_of("b", {{"1/x", Verdict::blocked, "not run: the target could not be started: x"}})};
  runs[1].cases[0].unreachable = true;
  const auto matrix = make_matrix(runs);
  EXPECT_EQ(matrix.columns[1].problem, "not run: the target could not be started: x");
  EXPECT_EQ(matrix.columns[0].problem, "");
  EXPECT_FALSE(matrix.rows[0].cells[1].compared);
  EXPECT_FALSE(matrix.rows[0].differs());
}

TEST(Matrix, ATargetWithoutTheEndpointTakesNoPartInTheCase) {
  Runs runs = {run_of("a", {{"1/x", Verdict::pass, ""}, {"1/y", Verdict::pass, ""}}),
               run_of("b", {{"1/x", Verdict::unsupported, ""}, {"1/y", Verdict::unsupported, ""}})};
  runs[1].cases[0].reason = "the target b has no endpoint 'smtp'";
  runs[1].cases[1].reason = "the answer to EHLO does not list STARTTLS: 250 b";
  const auto matrix = make_matrix(runs);
  EXPECT_FALSE(matrix.rows[0].cells[1].compared);
  EXPECT_FALSE(matrix.rows[0].differs());
  EXPECT_TRUE(matrix.rows[1].differs());
  EXPECT_EQ(matrix.compared_rows(), 1);
}

TEST(Matrix, InvariantsAloneAreNoComparison) {
  const Runs runs = {run_of("a", {{"1/x", Verdict::pass, ""}, {"invariants/i", Verdict::pass, ""}}),
                     run_of("b", {{"1/y", Verdict::pass, ""}, {"invariants/i", Verdict::pass, ""}})};
  EXPECT_EQ(make_matrix(runs).compared_rows(), 0);
}

TEST(Matrix, ColumnsHaveNamesOfTheirOwn) {
  Runs runs = {run_of("a", {}), run_of("a", {}), run_of("a", {}), run_of("", {}), run_of("x", {})};
  runs[0].target.version = "1.0";
  runs[1].target.version = "2.0";
  runs[2].target.version = "2.0";
  EXPECT_THAT(names(make_matrix(runs)), ElementsAre("a 1.0", "a 2.0", "a 2.0 (2)", "target", "x"));
  EXPECT_THAT(names(make_matrix(runs, {"p", "p"})), ElementsAre("p", "p (2)", "a 2.0", "target", "x"));
}

TEST(Matrix, OfNothing) {
  const Runs none;
  EXPECT_THAT(make_matrix(none).rows, IsEmpty());
  const Runs empty(1);
  EXPECT_EQ(make_matrix(empty).columns[0].problem, "the run holds no case");
}

}  // namespace
}  // namespace smtpspec::compare
