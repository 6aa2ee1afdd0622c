// SPDX-License-Identifier: Apache-2.0
// The page of a comparison: what it says without scripts, what is packed in it, and that nothing gets out.
#include "report/matrix_html.hpp"

#include <zlib.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "base/display.hpp"
#include "base/utf8.hpp"
#include "report/dialogue_steps.hpp"
#include "report/example_run.hpp"
#include "report/matrix_data.hpp"
#include "report/matrix_findings.hpp"
#include "report/matrix_table.hpp"
#include "report/packed.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = DialogueEntry::Kind;

std::string unpacked(const std::string& text) {
  std::string bytes(text.size(), '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                  reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  std::string out(1000 * 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::size_t times(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::vector<result::Run> two_runs() {
  auto other = example_run();
  other.target.name = hostile_bytes();
  other.cases[1].verdict = Verdict::pass;
  other.cases[1].findings.clear();
  other.cases.pop_back();
  return {example_run(), other};
}

TEST(MatrixHtml, NothingThatATargetSaidGetsOut) {
  const auto runs = two_runs();
  const auto page = matrix_html(compare::make_matrix(runs));
  EXPECT_TRUE(base::is_valid_utf8(page));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  const auto early_and_page = std::size_t{2};
  EXPECT_EQ(times(page, "<script"), early_and_page + times(page, "<script type=text/plain"));
  EXPECT_EQ(times(page, "<script"), times(page, "</script>"));
  EXPECT_EQ(times(page, "-->"), 0);
  EXPECT_EQ(times(page, "</noscript>"), 1);
  for (const char* misleading : {"\x1b", "\xE2\x80\xAE", "\xC2\x9B", "\xEF\xBF\xBE", "\x7F"})
    EXPECT_EQ(times(page, misleading), 0) << base::escape_for_display(misleading);
}

TEST(MatrixHtml, ThePolicyNamesWhatTheFileHolds) {
  const auto runs = two_runs();
  const auto page = matrix_html(compare::make_matrix(runs));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const auto* tag : {"<style>", "<script>"}) {
    auto end_tag = std::string(tag).insert(1, "/");
    for (auto at = page.find(tag); at != std::string::npos; at = page.find(tag, at + 1)) {
      const auto begin = at + std::string_view(tag).size();
      const auto text = page.substr(begin, page.find(end_tag, begin) - begin);
      EXPECT_THAT(page, HasSubstr("'" + policy_hash(text) + "'")) << tag;
    }
  }
}

TEST(MatrixHtml, WithoutScriptsEveryFailAndWarnIsTold) {
  const auto runs = two_runs();
  const auto matrix = compare::make_matrix(runs);
  const auto page = matrix_findings(matrix, 1'000'000);
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    for (std::size_t column = 0; column < matrix.columns.size(); ++column) {
      const auto& cell = matrix.rows[row].cells[column];
      const bool told = page.find(fmt::format("id=c{}-{}>", row, column)) != std::string::npos;
      EXPECT_EQ(told, has_more_to_tell(cell)) << row << " " << column;
    }
  }
  EXPECT_THAT(page, HasSubstr("C: QUIT\\r\\n\nS: 221 2.0.0 Bye\\r\\n"));
  EXPECT_THAT(page, HasSubstr("the EHLO answer does not offer CHUNKING"));
  EXPECT_LT(matrix_findings(matrix, 1000).size(), page.size());
}

TEST(MatrixHtml, TheTableSaysWhoDidTheSame) {
  const auto runs = two_runs();
  const auto table = matrix_table(compare::make_matrix(runs));
  EXPECT_THAT(table, HasSubstr("lf-dot-lf\" data-groups=01 "));
  EXPECT_THAT(table, HasSubstr("<td class=n>"));  // the invariant that the second run does not have
  EXPECT_THAT(table, HasSubstr("<td class=i>○ accepted again"));
  EXPECT_THAT(table, HasSubstr("<b>RFC 5321 §4.5.2</b> transparency"));
}

TEST(MatrixHtml, OfNothing) {
  const std::vector<result::Run> none;
  EXPECT_THAT(matrix_html(compare::make_matrix(none)), HasSubstr("0 cases"));
}

TEST(MatrixData, HoldsEachRepeatedTextOnce) {
  const auto runs = two_runs();
  const auto data = matrix_data(compare::make_matrix(runs));
  ASSERT_EQ(data.chunks.size(), 1);
  const auto common = nlohmann::json::parse(unpacked(data.common));
  const auto rows = nlohmann::json::parse(unpacked(data.chunks[0]));
  const auto text = [&](const nlohmann::json& one) {
    return one.is_number() ? common["phrases"][one.get<std::size_t>()].get<std::string>()
                           : one.get<std::string>();
  };
  const auto& cell = rows[0]["cells"][0];
  EXPECT_EQ(text(cell["verdict"]), "pass");
  EXPECT_EQ(text(cell["token"]), "a1b2c3d4");
  const auto& entries = cell["sessions"][0]["steps"][0]["entries"];
  EXPECT_EQ(text(entries[0]), "-");
  EXPECT_TRUE(entries[3].is_number());
  EXPECT_EQ(text(entries[13]), "RCPT TO:<user+\x7F@mx.test>\\r\\n");
  EXPECT_EQ(common["requirements"]["R5321-4.5.2-b"][0], "MUST");
  EXPECT_TRUE(rows.back()["cells"][1].is_null());
}

result::Session session_of(std::vector<base::TranscriptEvent> events, std::vector<result::StepMark> steps) {
  result::Session session;
  session.events = std::move(events);
  session.steps = std::move(steps);
  return session;
}

base::TranscriptEvent said(base::TranscriptEvent::Kind kind, std::string bytes, int at_ms = 0) {
  return {kind, std::chrono::milliseconds(at_ms), std::move(bytes), false};
}

TEST(DialogueSteps, JoinsWhatWasReadInPiecesAndMarksTheJudgement) {
  using Event = base::TranscriptEvent::Kind;
  const auto session =
      session_of({said(Event::received, "220 m"), said(Event::received, "x\r\n"), said(Event::sent, "A\n"),
                  said(Event::received, "250-a\r\n"), said(Event::received, "250 b\r\n", 700)},
                 {{0, "prelude", 0}, {7, "send", 2}});
  result::Finding finding;
  finding.verdict = Verdict::fail;
  finding.event = 5;
  const auto steps = dialogue_steps(session, {finding}, {});
  ASSERT_EQ(steps.size(), 2);
  ASSERT_EQ(steps[0].entries.size(), 1);
  EXPECT_EQ(steps[0].entries[0].text, "220 mx\\r\\n");
  EXPECT_EQ(steps[1].line, 7);
  ASSERT_EQ(steps[1].entries.size(), 5);
  EXPECT_EQ(steps[1].entries[2].kind, Kind::pause);
  EXPECT_EQ(steps[1].entries[2].text, "0.7 s");
  EXPECT_EQ(steps[1].entries[4].kind, Kind::judged);
}

TEST(DialogueSteps, LeavesOutTheMiddleAndCountsIt) {
  std::vector<base::TranscriptEvent> events(1000, said(base::TranscriptEvent::Kind::sent, "x\r\n"));
  result::Finding finding;
  finding.verdict = Verdict::warn;
  finding.event = 500;
  const auto steps = dialogue_steps(session_of(events, {}), {finding}, {100, 10, 5});
  ASSERT_EQ(steps.size(), 1);
  std::size_t kept = 0, left_out = 0;
  for (const auto& entry : steps[0].entries) {
    if (entry.kind == Kind::sent) ++kept;
    if (entry.kind == Kind::left_out) left_out += std::stoul(entry.text);
  }
  EXPECT_EQ(kept, 20);
  EXPECT_EQ(kept + left_out, 1000);
}

}  // namespace
}  // namespace smtpspec::report
