// SPDX-License-Identifier: Apache-2.0
#include "sender/defects.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sender/fake_server_test.hpp"
#include "sender/queue.hpp"
#include "sender/report.hpp"

namespace smtpspec::sender {
namespace {

/// A message and a server which together bring some behaviour out.
struct Situation {
  Script script = {};
  Message message = {};
  Settings settings = {};
};

Message plain_message() {
  Message message;
  message.reverse_path = "Ann@s.test";
  message.recipients = {{"Bob@t.test"}, {"\"quoted bob\"@t.test"}};
  message.content =
      "Received: from a by b; now\r\nFrom: <other@s.test>\r\nBcc: <x@s.test>\r\nSubject: folded\r\n "
      "again\r\n\r\n"
      ".dot\r\nFrom here \r\n" +
      std::string(998, 'x') + "\r\n.\r\n\xe4\r\nend\r\n";
  return message;
}

Script answering(std::map<std::string, std::vector<std::string>> answers, std::vector<std::string> keywords) {
  Script script;
  script.answers = std::move(answers);
  script.keywords = std::move(keywords);
  return script;
}

Message seven_bit_message() {
  Message message = plain_message();
  message.content = "Subject: x\r\n\r\ntext\r\n";
  return message;
}

std::vector<Situation> situations_of_replies() {
  std::vector<Situation> all;
  const std::vector<std::string> usual = {"PIPELINING", "SIZE 100000", "8BITMIME", "DSN"};
  using Answers = std::map<std::string, std::vector<std::string>>;
  for (const Answers& answers : {Answers{},
                                 {{"greeting", {"554 no"}}},
                                 {{"greeting", {"421 no"}}},
                                 {{"EHLO", {"500 what"}}},
                                 {{"RCPT", {"550 no"}}},
                                 {{"RCPT", {"550 no", "251 ok"}}},
                                 {{"RCPT", {"250", "219 error?"}}},
                                 {{"RCPT", {"250 ok", "421 bye"}}},
                                 {{"RCPT", {"250 ok", "552 too many"}}},
                                 {{"MAIL", {"451 later"}}},
                                 {{"MAIL", {"550 no"}}},
                                 {{"DATA", {"451 later"}}},
                                 {{"DATA", {"250 ok"}}},
                                 {{".", {"close"}}},
                                 {{"RCPT", {"550 no"}}, {"DATA", {"554 no"}}}}) {
    all.push_back({answering(answers, usual), plain_message(), {}});
    all.push_back({answering(answers, {"8bitmime"}), plain_message(), {}});
    all.push_back({answering(answers, {}), seven_bit_message(), {}});
  }
  return all;
}

std::vector<Situation> situations_of_keywords() {
  std::vector<Situation> all;
  const Message message = plain_message();
  Message null_sender = message;
  null_sender.reverse_path.clear();
  Message with_dsn = message;
  with_dsn.recipients[0].orcpt = "rfc822;Bob@t.test";
  with_dsn.recipients[0].notify = "SUCCESS";
  Message utf8 = message;
  utf8.recipients[0].address =
      "b\xc3\xb6"
      "b@t.test";
  Message guarded = message;
  guarded.require_tls = true;
  Message binary = message;
  binary.body = Body::binary_mime;
  Message many = message;
  for (int i = 0; i < 150; ++i) many.recipients.push_back({"r" + std::to_string(i) + "@t.test"});
  Message twice = message;
  twice.recipients.push_back(twice.recipients[0]);
  Message with_nul = message;
  with_nul.content += std::string("before\0after\r\n", 14);
  for (const Message& each :
       {message, seven_bit_message(), null_sender, with_dsn, utf8, guarded, binary, many, twice, with_nul}) {
    all.push_back({answering({}, {"PIPELINING", "DSN", "8BITMIME"}), each, {}});
    all.push_back({answering({}, {"8BITMIME", "CHUNKING", "BINARYMIME"}), each, {}});
    all.push_back({answering({}, {"SIZE 10"}), each, {}});
    all.push_back({answering({}, {"SIZE 0", "8BITMIME", "SMTPUTF8"}), each, {}});
  }
  all.push_back({answering({}, {"A", "B", "C", "D", "E", "F", "G", "H", "I", "8BITMIME"}), message, {}});
  all.push_back({answering({{"RCPT", {"550 no", "250 ok"}}}, {"8BITMIME", "LIMITS RCPTMAX=1"}), message, {}});
  Settings small_chunks;
  small_chunks.chunk_octets = 100;
  all.push_back({answering({{"BDAT", {"552 no"}}}, {"8BITMIME", "CHUNKING"}), message, small_chunks});
  all.push_back({answering({}, {"8BITMIME", "CHUNKING", "PIPELINING"}), message, small_chunks});
  return all;
}

std::vector<Situation> situations_of_security() {
  std::vector<Situation> all;
  for (const TlsPolicy policy : {TlsPolicy::opportunistic, TlsPolicy::required, TlsPolicy::verified}) {
    Settings settings;
    settings.tls.policy = policy;
    settings.credentials = Credentials{"user", "secret"};
    Script script = answering({}, {"STARTTLS", "8BITMIME"});
    script.keywords_in_tls = {"8BITMIME", "AUTH PLAIN"};
    all.push_back({answering({}, {"8BITMIME", "AUTH PLAIN"}), plain_message(), settings});
    all.push_back({script, plain_message(), settings});
    script.certificate_is_good = false;
    all.push_back({script, plain_message(), settings});
    script.handshake_fails = true;
    all.push_back({script, plain_message(), settings});
    script = answering({{"STARTTLS", {"454 not now"}}}, {"STARTTLS", "8BITMIME"});
    all.push_back({script, plain_message(), settings});
    script = answering({{"AUTH", {"334 %%%"}}, {"STARTTLS", {"220 go\r\n250 evil.test"}}},
                       {"STARTTLS", "8BITMIME"});
    script.keywords_in_tls = {"8BITMIME", "AUTH PLAIN"};
    all.push_back({script, plain_message(), settings});
    settings.tls.at_once = true;
    all.push_back({script, plain_message(), settings});
    script.handshake_fails = true;
    all.push_back({script, plain_message(), settings});
  }
  return all;
}

std::string words_of(const Outcome& outcome) {
  return std::to_string(static_cast<int>(outcome.kind)) + " " + outcome.reply;
}

/// All that was said either way, and all that came of it.
std::vector<std::string> happens(const Situation& situation, const Behaviour& behaviour) {
  auto settings = std::make_shared<Settings>(situation.settings);
  settings->behaviour = behaviour;
  const auto message = std::make_shared<const Message>(situation.message);
  std::vector<std::size_t> all(message->recipients.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Dialogue dialogue(settings, message, all);
  FakeServer server(situation.script);
  std::vector<std::string> log = converse(dialogue, server);
  for (const Outcome& outcome : dialogue.outcomes()) log.push_back(words_of(outcome));
  return log;
}

bool shows_in_dialogue(const Defect& defect) {
  Behaviour behaviour;
  defect.apply(behaviour);
  for (const auto& situations :
       {situations_of_replies(), situations_of_keywords(), situations_of_security()}) {
    for (const Situation& situation : situations) {
      if (happens(situation, behaviour) != happens(situation, {})) return true;
    }
  }
  return false;
}

/// Those that don't show in one dialogue: they are about what stands between dialogues (queue_test.cpp), or
/// about time.
const std::set<std::string_view> of_the_queue = {"stray-line-ends-sent",
                                                 "never-retries",
                                                 "retries-at-once",
                                                 "resends-to-delivered",
                                                 "queue-lost-at-end",
                                                 "queue-doubled-at-end",
                                                 "refusal-cached",
                                                 "impatient",
                                                 "loop-overlooked",
                                                 "no-bounce",
                                                 "bounce-with-sender",
                                                 "bounce-of-bounce",
                                                 "bounce-to-header-from",
                                                 "bounce-despite-never",
                                                 "success-reported-unasked",
                                                 "relayed-not-reported",
                                                 "bounce-is-plain-text",
                                                 "null-sender-reported-to-from",
                                                 "original-recipient-invented"};

TEST(Defects, EachShowsInSomeDialogueOrBelongsToTheQueue) {
  for (const Defect& defect : every_defect()) {
    EXPECT_NE(shows_in_dialogue(defect), of_the_queue.contains(defect.name)) << defect.name;
  }
}

TEST(Defects, ImpatienceWaitsASecondForTheGreeting) {
  const auto patience_of = [](const Behaviour& behaviour) {
    auto settings = std::make_shared<Settings>();
    settings->behaviour = behaviour;
    Dialogue dialogue(settings, std::make_shared<const Message>(plain_message()), {0});
    return dialogue.begin().patience;
  };
  Behaviour impatient;
  find_defect("impatient")->apply(impatient);
  EXPECT_EQ(patience_of(impatient), std::chrono::seconds(1));
  EXPECT_EQ(patience_of({}), Timeouts{}.greeting);
}

TEST(Defects, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const Defect& defect : every_defect()) {
    EXPECT_TRUE(names.insert(defect.name).second) << defect.name;
    EXPECT_EQ(find_defect(defect.name), &defect);
    EXPECT_FALSE(defect.description.empty());
  }
  EXPECT_EQ(find_defect("none"), nullptr);
  EXPECT_EQ(defect_names().size(), every_defect().size());
}

}  // namespace
}  // namespace smtpspec::sender
