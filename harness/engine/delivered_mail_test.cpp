// SPDX-License-Identifier: Apache-2.0
#include "engine/delivered_mail.hpp"

#include <gtest/gtest.h>

#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using target::StoreEffects;

const scenario::Variables variables = [](std::string_view name) -> std::optional<scenario::Value> {
  if (name == "sender") return std::string("me@client.example");
  return std::nullopt;
};

scenario::DeliveredCheck check_of(const std::string& delivered) {
  const auto one =
      one_case("from = \"data\"\nsteps = [ { send = '.', expect = 250 } ]\ndelivered = " + delivered);
  return one.delivered.empty() ? scenario::DeliveredCheck{} : one.delivered.front();
}

MailEvidence evidence(std::vector<std::string> messages, StoreEffects effects = {}) {
  MailEvidence all;
  for (auto& bytes : messages) {
    target::StoredMessage message;
    message.bytes = std::move(bytes);
    all.messages.push_back(std::move(message));
  }
  all.effects = effects;
  all.begin_line = "-- begin t";
  all.end_line = "-- end t";
  return all;
}

StoreEffects lf_store() {
  StoreEffects effects;
  effects.line_ending = StoreEffects::LineEnding::lf;
  return effects;
}

StoreEffects mbox_store() {
  auto effects = lf_store();
  effects.from_quoting = StoreEffects::FromQuoting::mboxo;
  return effects;
}

StoreEffects folding_store() {
  StoreEffects effects;
  effects.refolds_headers = true;
  return effects;
}

struct MailCase {
  const char* check;
  std::vector<std::string> messages;
  StoreEffects effects;
  bool holds;
};

const MailCase mail_cases[] = {
    // Of a store that folds header fields anew.
    {"{ contains = ['Trace: from a by b'] }",
     {"Trace: from a\r\n\tby b\r\n\r\nbody\r\n"},
     folding_store(),
     true},
    {"{ lacks = ['Trace: from a by b'] }",
     {"Trace: from a\r\n\tby b\r\n\r\nbody\r\n"},
     folding_store(),
     false},
    {"{ body = ['a', ' b'] }", {"A: b\r\n\r\na\r\n b\r\n"}, folding_store(), true},
    {"{ body = ['a b'] }", {"A: b\r\n\r\na\r\n b\r\n"}, folding_store(), false},
    // How many.
    {"{ count = 0 }", {}, {}, true},
    {"{ count = 0 }", {"A: b\r\n\r\n"}, {}, false},
    {"{ count = 1 }", {}, {}, false},
    {"{ count = 1 }", {"A: b\r\n\r\n", "A: b\r\n\r\n"}, {}, false},
    {"{ count = '0..1' }", {"A: b\r\n\r\n"}, {}, true},
    {"{ body = ['x'] }", {}, {}, false},  // one is wanted where nothing is said
    // The body, exactly.
    {"{ body = ['.first', '..last'] }", {"A: b\r\n\r\n.first\r\n..last\r\n"}, {}, true},
    {"{ body = ['.first', '..last'] }", {"A: b\r\n\r\nfirst\r\n..last\r\n"}, {}, false},
    {"{ body = ['x'] }", {"A: b\r\n\r\nx\r\n\r\n"}, {}, false},
    {"{ body = ['x'] }", {"A: b\r\n\r\nx"}, {}, false},
    {"{ body = ['x', 'y'] }", {"A: b\n\nx\ny\n"}, lf_store(), true},
    {"{ body = ['x', 'y'] }", {"A: b\r\n\r\nx\r\ny\r\n"}, lf_store(), false},
    {"{ body = ['From here'] }", {"A: b\n\n>From here\n"}, mbox_store(), true},
    {"{ body = ['From here'] }", {"A: b\n\nFrom here\n"}, mbox_store(), false},
    {"{ body = ['x'] }", {"A: b\r\n\r\nx\r\n", "A: b\r\n\r\ny\r\n"}, {}, false},
    // Octets between the sentinels.
    {R"({ bytes = 'x\r\n' })", {"A: b\r\n\r\n-- begin t\r\nx\r\n-- end t\r\n"}, {}, true},
    {R"({ bytes = 'x\r\n' })", {"A: b\r\n\r\n-- begin t\r\nX\r\n-- end t\r\n"}, {}, false},
    {R"({ bytes = 'x\r\n' })", {"A: b\n\n-- begin t\nx\n-- end t\n"}, lf_store(), true},
    {R"({ bytes = '' })", {"A: b\r\n\r\n-- begin t\r\n-- end t\r\n"}, {}, true},
    {R"({ bytes = 'x\r\n' })", {"A: b\r\n\r\nx\r\n-- end t\r\n"}, {}, false},
    {R"({ bytes = 'x\r\n' })", {"A: b\r\n\r\n-- begin t\r\nx\r\n"}, {}, false},
    {R"({ bytes = 'x\r\n' })", {"A: b\r\n\r\n-- end t\r\nx\r\n-- begin t\r\n"}, {}, false},
    {R"({ bytes = 'a\nb\r\n' })",
     {"A: b\n\n-- begin t\na\nb\n-- end t\n"},
     lf_store(),
     true},  // no telling apart
    // Parts.
    {"{ contains = 'needle' }", {"A: b\r\n\r\na needle\r\n"}, {}, true},
    {"{ contains = 'needle' }", {"A: b\r\n\r\nhay\r\n"}, {}, false},
    {"{ lacks = 'needle' }", {"A: b\r\n\r\na needle\r\n"}, {}, false},
    {"{ lacks = 'needle' }", {"A: b\r\n\r\nhay\r\n"}, {}, true},
    {R"({ contains = 'a\r\nb' })", {"A: b\n\na\nb\n"}, lf_store(), true},
    // Header fields.
    {"{ header = { Subject = '^a  b$' } }", {"subject: a\r\n  b\r\n\r\n"}, {}, true},
    {"{ header = { Subject = 'x' } }", {"Subject: y\r\nSubject: x\r\n\r\n"}, {}, true},
    {"{ header = { Subject = 'x' } }", {"A: b\r\n\r\nSubject: x\r\n"}, {}, false},
    {"{ no_header = 'Bcc' }", {"BCC: x\r\n\r\n"}, {}, false},
    {"{ no_header = 'Bcc' }", {"A: b\r\n\r\nBcc: x\r\n"}, {}, true},
    {"{ return_path = '{sender}' }", {"Return-Path: <me@client.example>\r\n\r\n"}, {}, true},
    {"{ return_path = '{sender}' }", {"Return-Path: <you@client.example>\r\n\r\n"}, {}, false},
    {"{ return_path = '' }", {"Return-Path: <>\n\n"}, lf_store(), true},
    {"{ return_path = '' }", {"A: b\r\n\r\n"}, {}, false},
};

TEST(DeliveredMail, AMessageAgainstACheck) {
  for (const auto& one : mail_cases) {
    SCOPED_TRACE(one.check +
                 (one.messages.empty() ? std::string(" <- none") : " <- " + one.messages.front()));
    const auto outcome = check_mail(check_of(one.check), evidence(one.messages, one.effects), variables);
    EXPECT_EQ(outcome.problem, "");
    EXPECT_EQ(!outcome.mismatch.has_value(), one.holds);
    if (outcome.mismatch) {
      EXPECT_FALSE(outcome.mismatch->message.empty());
      EXPECT_FALSE(outcome.mismatch->expected.empty());
    }
  }
}

struct WholeCase {
  const char* content;  // as it was sent, still stuffed
  const char* stored;
  bool holds;
};

const WholeCase whole_cases[] = {
    {"A: b\r\n\r\nfirst\r\nlast\r\n", "Received: x\r\nA: b\r\n\r\nfirst\r\nlast\r\n", true},
    {"A: b\r\n\r\nfirst\r\nlast\r\n", "A: b\r\n\r\nfirst\r\n", false},
    {"A: b\r\n\r\nfirst\r\nlast\r\n", "A: b\r\n\r\nlast\r\nfirst\r\n", false},
    {"A: b\r\n\r\n..dot\r\n", "A: b\r\n\r\n.dot\r\n", true},
    {"A: b\r\n\r\nx\ny\r\n", "A: b\r\n\r\nx\r\ny\r\n", true},  // a bare LF repaired
    {"A: b\r\n\r\nx\n.\ny\r\n", "A: b\r\n\r\nx\r\n", false},   // what follows the false end is gone
};

TEST(DeliveredMail, TheWholeOfWhatWasSent) {
  for (const auto& one : whole_cases) {
    SCOPED_TRACE(one.content);
    auto seen = evidence({one.stored});
    seen.contents = {one.content};
    EXPECT_EQ(!check_mail(check_of("{ whole = true }"), seen, variables).mismatch.has_value(), one.holds);
  }
}

TEST(DeliveredMail, ATemplateThatFailsIsOurFault) {
  const auto outcome =
      check_mail(check_of("{ contains = '{ehlo.SIZE}' }"), evidence({"A: b\r\n\r\n"}), variables);
  EXPECT_NE(outcome.problem, "");
}

}  // namespace
}  // namespace smtpspec::engine
