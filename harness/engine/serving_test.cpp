// SPDX-License-Identifier: Apache-2.0
#include "engine/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds patience{5};

scenario::Catalogue catalogue() {
  return std::move(
      *scenario::load_catalogue(std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "scenarios/requirements"));
}

/// A client of the person's that says its lines without listening, and ends.
wire::Task<void> say(wire::EventLoop& loop, wire::Endpoint at, std::string octets) {
  auto outcome = co_await wire::connect(loop, at, {}, wire::deadline_after(patience));
  auto& connection = std::get<wire::Connection>(outcome);
  co_await connection.write(octets, wire::deadline_after(patience));
  connection.half_close();
  co_await connection.linger_and_close(wire::deadline_after(patience));
}

std::string transaction(const Submission& submission, const std::string& content) {
  std::string text = "EHLO a.test\r\nMAIL FROM:<" + submission.sender + ">\r\n";
  for (const auto& recipient : submission.recipients) text += "RCPT TO:<" + recipient + ">\r\n";
  return text + "DATA\r\n" + content + ".\r\nQUIT\r\n";
}

const char* dotted = R"(
role = "server"
steps = [
  { submit = ["Subject: {token}", "", ".one"] },
  { accept = "content", expect = { wire = '\r\n\.\.one\r\n' } },
]
)";

class ServingTest : public testing::Test {
 protected:
  ServingTest() {
    options.at = wire::TcpEndpoint{"127.0.0.1", 0};
    options.timeouts.reply = std::chrono::milliseconds(500);
    options.timeouts.delivery = std::chrono::milliseconds(3000);
    options.tell = [this](const Errand& errand) {
      errands.push_back(errand);
      run_errand(errand);
    };
  }

  void run_errand(const Errand& errand) {
    if (!answer) return;
    loop.spawn(say(loop, errand.at, answer(errand)));
  }

  result::CaseResult play(const std::string& lines) {
    if (!serving) {
      serving.emplace(loop, known, options);
      EXPECT_EQ(serving->listen(), "");
    }
    one = one_case(lines);
    run = serving->play(one, stop);
    EXPECT_EQ(run.cases.size(), 1u);
    return run.cases.front();
  }

  /// The message as it was asked for, its dots doubled or not.
  void answer_with(bool stuffed) {
    answer = [stuffed](const Errand& errand) {
      const auto& content = errand.submission.content;
      const auto dot = content.find("\n.one");
      return transaction(errand.submission,
                         stuffed ? content.substr(0, dot + 1) + "." + content.substr(dot + 1) : content);
    };
  }

  wire::EventLoop loop;
  scenario::Catalogue known = catalogue();
  ServingOptions options;
  std::vector<Errand> errands;
  std::function<std::string(const Errand&)> answer;
  StopRequest stop;
  scenario::Case one;
  result::Run run;
  std::optional<Serving> serving;
};

TEST_F(ServingTest, WaitsForTheClientAndJudgesWhatItSends) {
  answer_with(true);
  EXPECT_EQ(play(dotted).verdict, Verdict::pass);
  ASSERT_EQ(errands.size(), 1u);
  EXPECT_THAT(errands[0].submission.content, HasSubstr("\r\n.one\r\n"));
  EXPECT_THAT(run.cases[0].sessions.at(0).events.back().bytes, HasSubstr("closed"));
  answer_with(false);
  EXPECT_EQ(play(dotted).verdict, Verdict::fail);
}

TEST_F(ServingTest, EveryRoundIsTheSameAndForgetsTheOneBefore) {
  answer_with(true);
  const auto lines = std::string(dotted) + "delivered = { to = \"relay\", count = 1 }\n";
  EXPECT_EQ(play(lines).verdict, Verdict::pass);
  EXPECT_EQ(play(lines).verdict, Verdict::pass);
  ASSERT_EQ(errands.size(), 2u);
  EXPECT_EQ(errands[0].submission.recipients, errands[1].submission.recipients);
}

TEST_F(ServingTest, WithoutAScriptTheMailIsJudgedWhenTheClientIsQuiet) {
  answer_with(true);
  const auto result = play(
      "role = \"server\"\nsteps = [ { submit = [\"Subject: x\", \"\", \".one\"] } ]\n"
      "delivered = { to = \"relay\", count = 1, body = [\".one\"] }\n");
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.sessions.size(), 1u);
}

TEST_F(ServingTest, AMessageTooManyIsSeen) {
  answer = [](const Errand& errand) {
    auto twice = transaction(errand.submission, "Subject: x\r\n\r\nx\r\n");
    return twice.substr(0, twice.size() - 6) + transaction(errand.submission, "Subject: x\r\n\r\nx\r\n");
  };
  const auto result = play(
      "role = \"server\"\nsteps = [ { submit = [\"Subject: x\", \"\", \"x\"] } ]\n"
      "delivered = { to = \"relay\", count = 1 }\n");
  EXPECT_EQ(result.verdict, Verdict::fail);
}

TEST_F(ServingTest, AMessageToOthersAccusesNobody) {
  answer = [](const Errand& errand) {
    auto submission = errand.submission;
    submission.sender = "me@a.test";
    submission.recipients = {"you@b.test"};
    return transaction(submission, "\r\n.one\r\n");
  };
  const auto result = play(dotted);
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_THAT(result.reason, HasSubstr("sent to others"));
}

TEST_F(ServingTest, GarbageBlocks) {
  answer = [](const Errand&) {
    return std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage\0\xff\n\n\n", 24);
  };
  const auto result = play(dotted);
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_THAT(result.reason, HasSubstr("begins with TLS"));
}

TEST_F(ServingTest, NobodyCame) {
  options.wait = std::chrono::milliseconds(50);
  const auto result = play(dotted);
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_TRUE(result.unreachable);
  EXPECT_THAT(result.reason, HasSubstr("nobody connected within 50 ms"));
}

TEST_F(ServingTest, StopsWhenItIsTold) {
  stop = [] { return std::string("interrupted"); };
  EXPECT_EQ(play(dotted).verdict, Verdict::blocked);
  EXPECT_EQ(run.aborted, "interrupted");
}

const char* tried_again = R"(
role = "server"
steps = [
  { submit = ["Subject: {token}", "", ".one"] },
  { accept = "MAIL" },
  { reply = "451 4.3.0 later" },
  { target = "flush" },
  { accept = "content" },
]
delivered = { to = "relay", count = 1 }
)";

TEST_F(ServingTest, ToTryAgainIsAskedOfWhoKeepsAQueue) {
  std::string first;
  options.keeps_a_queue = true;
  answer = [&first](const Errand& errand) {
    if (errand.kind == Errand::Kind::send)
      return first = transaction(errand.submission, "Subject: x\r\n\r\nx\r\n");
    return first;
  };
  EXPECT_EQ(play(tried_again).verdict, Verdict::pass);
  EXPECT_EQ(errands.size(), 2u);
}

TEST_F(ServingTest, OfAnotherItIsNot) {
  EXPECT_EQ(play(tried_again).verdict, Verdict::unsupported);
  EXPECT_FALSE(serving->asked());
}

TEST_F(ServingTest, WhatTheClientSaysOfItCannotBeSeen) {
  answer_with(true);
  const auto result = play(
      "role = \"server\"\nsteps = [ { submit = [\"Subject: x\", \"\", \".one\"] },\n"
      "  { accept = \"content\" }, { reply = \"554 no\" }, { expect = { taken = false } } ]\n");
  EXPECT_EQ(result.verdict, Verdict::unsupported);
  EXPECT_THAT(result.reason, HasSubstr("can't be seen"));
}

}  // namespace
}  // namespace smtpspec::engine
