// SPDX-License-Identifier: Apache-2.0
#include "smtp/pipelining.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

using I = PipelineItem;
using L = PipelineLegality;
using F = PipelineFault;

TEST(PipelineItem, OfACommandLine) {
  const std::pair<const char*, I> cases[] = {
      {"MAIL FROM:<>", I::mail},
      {"mail FROM:<>\r\n", I::mail},
      {"RCPT TO:<a@b>", I::rcpt},
      {"rset", I::rset},
      {"SOML FROM:<>", I::send},
      {"SAML FROM:<>", I::send},
      {"DATA", I::data},
      {"DATA \r\n", I::data},
      {"EHLO x", I::ehlo},
      {"HELO x", I::helo},
      {"LHLO x", I::lhlo},
      {"VRFY x", I::vrfy},
      {"EXPN x", I::expn},
      {"NOOP", I::noop},
      {"QUIT", I::quit},
      {"TURN", I::turn},
      {"HELP", I::help},
      {"STARTTLS", I::starttls},
      {"BDAT 5", I::bdat},
      {"bdat 5 last", I::bdat_last},
      {"BDAT 5 LAST\r\n", I::bdat_last},
      {"BURL imap://x", I::burl},
      {"BURL imap://x LAST", I::burl_last},
      {"AUTH PLAIN", I::auth},
      {"AUTH PLAIN ", I::auth},
      {"AUTH PLAIN AHUAcA==", I::auth_one_step},
      {"auth external =", I::auth_one_step},
      {"AUTH LOGIN dXNlcg==", I::auth},
      {"AUTH", I::auth},
      {"AUTH SCRAM-SHA-256 biws", I::auth},
      {"ETRN x", I::other},
      {"XYZZY", I::other},
      {"", I::other},
      {"MAILX", I::other},
  };
  for (const auto& [line, item] : cases) EXPECT_EQ(pipeline_item(line), item) << line;
}

struct GroupCase {
  std::string name;
  std::vector<PipelineItem> group;
  PipelineLegality legality;
  PipelineFault fault = F::none;
  std::size_t index = 0;
};

class PipelineGroup : public ::testing::TestWithParam<GroupCase> {};

TEST_P(PipelineGroup, Table) {
  const PipelineVerdict verdict = check_pipeline(GetParam().group);
  EXPECT_EQ(verdict.legality, GetParam().legality);
  EXPECT_EQ(verdict.fault, GetParam().fault) << to_string(verdict.fault);
  EXPECT_EQ(verdict.index, GetParam().index);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Table, PipelineGroup, ::testing::Values(
    GroupCase{"nothing", {}, L::legal},
    GroupCase{"any_command_alone", {I::data}, L::legal},
    GroupCase{"unknown_command_alone", {I::other}, L::legal},
    GroupCase{"a_transaction", {I::mail, I::rcpt, I::rcpt, I::data}, L::legal},
    GroupCase{"after_rset", {I::rset, I::mail, I::rcpt, I::data}, L::legal},
    GroupCase{"content_then_the_next", {I::content, I::mail, I::rcpt, I::data}, L::legal},
    GroupCase{"content_then_rset_and_mail", {I::content, I::rset, I::mail}, L::legal},
    GroupCase{"content_then_quit", {I::content, I::quit}, L::legal},
    GroupCase{"quit_at_the_end", {I::mail, I::rcpt, I::rset, I::quit}, L::legal},
    GroupCase{"noop_at_the_end", {I::rset, I::noop}, L::legal},
    GroupCase{"noop_in_the_middle", {I::noop, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"ehlo_first", {I::ehlo, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"helo_first", {I::helo, I::mail}, L::disputed, F::must_be_last, 0},
    GroupCase{"vrfy_first", {I::vrfy, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"expn_first", {I::expn, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"help_first", {I::help, I::mail}, L::disputed, F::must_be_last, 0},
    GroupCase{"quit_first", {I::quit, I::noop}, L::illegal, F::must_be_last, 0},
    GroupCase{"data_before_quit", {I::mail, I::rcpt, I::data, I::quit}, L::illegal, F::must_be_last, 2},
    GroupCase{"content_before_354", {I::mail, I::rcpt, I::data, I::content}, L::illegal, F::content_before_354, 3},
    GroupCase{"content_out_of_place", {I::rset, I::content}, L::illegal, F::content_before_354, 1},
    GroupCase{"starttls_then_more", {I::starttls, I::ehlo}, L::illegal, F::must_be_last, 0},
    GroupCase{"starttls_last", {I::rset, I::starttls}, L::legal},
    GroupCase{"auth_then_mail", {I::auth, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"one_step_auth_then_mail", {I::auth_one_step, I::mail}, L::legal},
    GroupCase{"auth_with_its_answer", {I::auth, I::auth_answer}, L::illegal, F::answer_before_334, 1},
    GroupCase{"answer_out_of_place", {I::rset, I::auth_answer}, L::illegal, F::answer_before_334, 1},
    GroupCase{"answer_then_mail", {I::auth_answer, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"unknown_then_mail", {I::other, I::mail}, L::illegal, F::must_be_last, 0},
    GroupCase{"chunks", {I::bdat, I::bdat, I::bdat_last}, L::legal},
    GroupCase{"mail_to_last_chunk", {I::mail, I::rcpt, I::bdat_last}, L::disputed, F::bdat_before_replies, 2},
    GroupCase{"last_chunk_then_mail", {I::bdat_last, I::mail}, L::disputed, F::command_after_chunk, 1},
    GroupCase{"chunk_then_rset", {I::bdat, I::rset}, L::disputed, F::command_after_chunk, 1},
    GroupCase{"the_worst_wins", {I::bdat_last, I::noop, I::mail}, L::illegal, F::must_be_last, 1},
    GroupCase{"burl_transaction", {I::mail, I::rcpt, I::burl_last}, L::legal},
    GroupCase{"burl_among_chunks", {I::bdat, I::burl, I::bdat_last}, L::legal}),
    [](const auto& test) { return test.param.name; });
// clang-format on

}  // namespace
}  // namespace smtpspec::smtp
