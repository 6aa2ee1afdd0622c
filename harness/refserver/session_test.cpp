// SPDX-License-Identifier: Apache-2.0
#include "refserver/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refserver/defects.hpp"
#include "smtp/base64.hpp"

namespace smtpspec::refserver {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A session and its store, spoken to without sockets.
class Dialogue {
 public:
  explicit Dialogue(Service service = Service::smtp, const std::string& defect = {}, const char* without = "")
      : session_(configure(defect, without), service, "[127.0.0.1]", store_) {
    greeting_ = session_.greet().output;
  }

  /// Sends lines (CRLF is added) or octets, and tells the first digits of what comes back: "250 354".
  std::string say(const std::string& line) { return codes(raw(line + "\r\n")); }
  std::string send(const std::string& octets) { return codes(raw(octets)); }

  std::string raw(const std::string& octets) {
    const Turn turn = session_.feed(octets);
    then_ = turn.then;
    return turn.output;
  }

  std::string start_tls() { return codes(session_.tls_established("TLS_AES_128_GCM_SHA256").output); }

  /// One code for each reply.
  static std::string codes(const std::string& octets) {
    std::string codes;
    for (std::size_t at = 0; at + 3 < octets.size(); at = octets.find('\n', at) + 1) {
      if (octets[at + 3] == '-') continue;
      codes += (codes.empty() ? "" : " ") + octets.substr(at, 3);
    }
    return codes;
  }

  DeliveryStore store_;
  Session session_;
  std::string greeting_;
  Turn::Then then_ = Turn::Then::read;

 private:
  static std::shared_ptr<const Configuration> configure(const std::string& defect, const char* without) {
    auto configuration = std::make_shared<Configuration>();
    if (!defect.empty()) find_defect(defect)->apply(*configuration);
    if (const auto feature = feature_of(without)) configuration->features.remove(*feature);
    return configuration;
  }
};

const std::string envelope =
    "EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<user@example.test>\r\n";

struct Exchange {
  const char* name;
  const char* sent;  ///< after the greeting, all at once; CRLF between and after the lines
  const char* codes;
};

class Commands : public testing::TestWithParam<Exchange> {};

TEST_P(Commands, AreAnsweredSo) {
  Dialogue dialogue;
  std::string octets;
  for (const char c : std::string(GetParam().sent))
    octets += c == '|' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(dialogue.say(octets), GetParam().codes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Commands,
    testing::Values(
        Exchange{"ehlo", "EHLO client.example", "250"}, Exchange{"helo", "HELO client.example", "250"},
        Exchange{"ehlo_literal", "EHLO [127.0.0.1]", "250"}, Exchange{"ehlo_ipv6", "EHLO [IPv6:::1]", "250"},
        Exchange{"ehlo_text_after_literal", "EHLO [127.0.0.1] my laptop", "250"},
        Exchange{"ehlo_bare", "EHLO", "501"}, Exchange{"ehlo_two_words", "EHLO a b", "501"},
        Exchange{"ehlo_bad", "EHLO a_b", "501"}, Exchange{"lhlo", "LHLO client.example", "500"},
        Exchange{"lower_case", "ehlo c|mail from:<a@b>|rcpt to:<user@EXAMPLE.test>", "250 250 250"},
        Exchange{"mail_first", "MAIL FROM:<a@b>", "503"},
        Exchange{"null_sender", "EHLO c|MAIL FROM:<>", "250 250"},
        Exchange{"nested_mail", "EHLO c|MAIL FROM:<>|MAIL FROM:<>|RSET|MAIL FROM:<>", "250 250 503 250 250"},
        Exchange{"rcpt_first", "EHLO c|RCPT TO:<user@example.test>", "250 503"},
        Exchange{"data_first", "EHLO c|DATA", "250 503"},
        Exchange{"no_recipient", "EHLO c|MAIL FROM:<>|DATA", "250 250 503"},
        Exchange{"mail_bare", "EHLO c|MAIL|MAIL FROM:|MAIL FROM:a@b|MAIL FROM:<a@b", "250 501 501 501 501"},
        Exchange{"parameters",
                 "EHLO c|MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=x AUTH=<> SMTPUTF8|"
                 "RCPT TO:<user@example.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;user@example.test",
                 "250 250 250"},
        Exchange{"unknown_parameter",
                 "EHLO c|MAIL FROM:<> FOO=1|MAIL FROM:<>|RCPT TO:<user@example.test> FOO", "250 555 250 555"},
        Exchange{"repeated", "EHLO c|MAIL FROM:<> SIZE=1 SIZE=1|MAIL FROM:<> RET=FULL RET=FULL",
                 "250 501 501"},
        Exchange{"bad_values",
                 "EHLO c|MAIL FROM:<> SIZE=x|MAIL FROM:<> BODY=9BIT|MAIL FROM:<> RET=ALL|MAIL FROM:<> "
                 "ENVID=+|MAIL FROM:<> SMTPUTF8=1|MAIL FROM:<> AUTH=nobody",
                 "250 501 501 501 501 501 501"},
        Exchange{"bad_notify",
                 "EHLO c|MAIL FROM:<>|RCPT TO:<user@example.test> NOTIFY=NEVER,SUCCESS|RCPT "
                 "TO:<user@example.test> ORCPT=rfc822",
                 "250 250 501 501"},
        Exchange{"too_big", "EHLO c|MAIL FROM:<> SIZE=99999999999", "250 552"},
        Exchange{"parameter_after_helo", "HELO c|MAIL FROM:<> SIZE=1|MAIL FROM:<>", "250 555 250"},
        Exchange{"recipients",
                 "EHLO c|MAIL FROM:<>|RCPT TO:<user@example.test>|RCPT TO:<user+t1@example.test>|"
                 "RCPT TO:<postmaster>|RCPT TO:<PostMaster@Example.Test>|RCPT TO:<\"user+a b\"@example.test>|"
                 "RCPT TO:<@a.test,@b.test:user@example.test>",
                 "250 250 250 250 250 250 250 250"},
        Exchange{"refused_recipients",
                 "EHLO c|MAIL FROM:<>|RCPT TO:<nobody@example.test>|RCPT TO:<user@relay.test>|RCPT TO:<>|"
                 "RCPT TO:<user>|RCPT TO:<user%relay.test@example.test>",
                 "250 250 550 550 501 501 550"},
        Exchange{"arguments", "RSET x|NOOP x|QUIT x|EHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|DATA x",
                 "501 250 501 250 250 250 501"},
        Exchange{"trailing_space", "NOOP  \t|RSET \t", "250 250"},
        Exchange{"vrfy", "VRFY user|VRFY <user@example.test>|VRFY nobody|VRFY|VRFY a@b@c|VRFY x@relay.test",
                 "250 250 550 501 501 550"},
        Exchange{"others", "HELP|EXPN list|TURN|XYZZY||", "214 502 502 500 500 500"},
        Exchange{"not_lines", "NOOP\nNOOP|NOOP\rNOOP|NOOP \x01|NO\xc3\xb6P|NOOP", "500 500 500 500 250"},
        Exchange{"utf8",
                 "EHLO c|MAIL FROM:<\xc3\xbc@b>|MAIL FROM:<\xc3\xbc@b> SMTPUTF8|RCPT "
                 "TO:<user+\xc3\xbc@example.test>|RSET|MAIL FROM:<>|RCPT TO:<user+\xc3\xbc@example.test>",
                 "250 550 250 250 250 250 553"},
        Exchange{"bdat_alone", "BDAT 4|NOOPNOOP|BDAT x|BDAT", "503 250 501 501"}),
    [](const auto& tested) { return tested.param.name; });

TEST(Session, GreetsWithItsName) {
  EXPECT_THAT(Dialogue().greeting_, StartsWith("220 mx.example.test "));
}

TEST(Session, ListsWhatItOffers) {
  Dialogue dialogue;
  const std::string reply = dialogue.raw("EHLO client.example\r\n");
  EXPECT_THAT(reply, StartsWith("250-mx.example.test greets client.example\r\n250-PIPELINING\r\n"));
  EXPECT_THAT(reply, HasSubstr("250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n"));
  EXPECT_THAT(reply, testing::EndsWith("250 HELP\r\n"));
  EXPECT_EQ(dialogue.raw("HELO client.example\r\n"), "250 mx.example.test greets client.example\r\n");
}

TEST(Session, DeliversWithTrace) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.send(envelope + "DATA\r\n"), "250 250 250 354");
  EXPECT_EQ(dialogue.send("Subject: x\r\n\r\n..a\r\nb\r\n.\r\nQUIT\r\n"), "250 221");
  EXPECT_EQ(dialogue.then_, Turn::Then::close);
  ASSERT_EQ(dialogue.store_.deliveries().size(), 1u);
  const Delivery& delivery = *dialogue.store_.to_address("User@Example.Test").at(0);
  EXPECT_EQ(delivery.reverse_path, "a@client.example");
  EXPECT_THAT(*delivery.bytes, StartsWith("Return-Path: <a@client.example>\r\nReceived: from client.example "
                                          "([127.0.0.1])\r\n\tby mx.example.test with ESMTP id m000001\r\n\t"
                                          "for <user@example.test>;\r\n\t"));
  EXPECT_THAT(*delivery.bytes, testing::EndsWith(" +0000\r\nSubject: x\r\n\r\n.a\r\nb\r\n"));
}

TEST(Session, ContentInAnyPiecesIsTheSame) {
  const std::string all = envelope + "DATA\r\nSubject: x\r\n\r\n..a\r\n.\r\nNOOP\r\nQUIT\r\n";
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    Dialogue dialogue;
    std::string replies = dialogue.raw(all.substr(0, cut));
    replies += dialogue.raw(all.substr(cut));
    EXPECT_EQ(Dialogue::codes(replies), "250 250 250 354 250 250 221") << cut;
    ASSERT_EQ(dialogue.store_.deliveries().size(), 1u) << cut;
  }
}

TEST(Session, OnlyCrlfDotCrlfEndsAndBareEndsAreRefused) {
  for (const std::string ending : {"\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r\r\n"}) {
    Dialogue dialogue;
    dialogue.send(envelope + "DATA\r\n");
    EXPECT_EQ(dialogue.send("x: y\r\n\r\na" + ending + "NOOP\r\nRSET\r\n.\r\nNOOP\r\n"), "554 250");
    EXPECT_TRUE(dialogue.store_.deliveries().empty());
  }
}

TEST(Session, KeepsNulAndHighBit) {
  Dialogue dialogue;
  dialogue.send(envelope + "DATA\r\n");
  const std::string body("a\0b\xff\xfe\r\n", 7);
  EXPECT_EQ(dialogue.send("x: y\r\n\r\n" + body + ".\r\n"), "250");
  EXPECT_THAT(*dialogue.store_.deliveries()[0].bytes, testing::EndsWith(body));
}

TEST(Session, SizeLimitHoldsForWhatComes) {
  Dialogue dialogue;
  dialogue.send(envelope + "DATA\r\n");
  std::string content;
  while (content.size() < 2 * 1024 * 1024 + 1) content += std::string(98, 'x') + "\r\n";
  EXPECT_EQ(dialogue.send(content + ".\r\nNOOP\r\n"), "552 250");
  EXPECT_TRUE(dialogue.store_.deliveries().empty());
}

TEST(Session, WithoutRoomIsTheCodeMadeForIt) {
  Dialogue dialogue;
  dialogue.store_.set_room(false);
  EXPECT_EQ(dialogue.send(envelope + "DATA\r\nx: y\r\n\r\n.\r\n"), "250 250 250 354 452");
  EXPECT_TRUE(dialogue.store_.deliveries().empty());
  dialogue.store_.set_room(true);
  EXPECT_EQ(dialogue.send(envelope + "DATA\r\nx: y\r\n\r\n.\r\n"), "250 250 250 354 250");
  EXPECT_EQ(dialogue.store_.deliveries().size(), 1u);
}

TEST(Session, ManyRecipientsAndNotOneMore) {
  Dialogue dialogue;
  dialogue.send("EHLO c\r\nMAIL FROM:<>\r\n");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(dialogue.say("RCPT TO:<user+" + std::to_string(i) + "@example.test>"), "250");
  }
  EXPECT_EQ(dialogue.say("RCPT TO:<user@example.test>"), "452");
  EXPECT_EQ(dialogue.send("DATA\r\nx: y\r\n\r\n.\r\n"), "354 250");
  EXPECT_EQ(dialogue.store_.deliveries().size(), 1000u);
  EXPECT_EQ(dialogue.store_.count_for_token("999"), 1u);
}

TEST(Session, LongLineGetsOneReply) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.say("NOOP " + std::string(4000, 'x')), "250");
  EXPECT_EQ(dialogue.say("NOOP " + std::string(5000, 'x')), "500");
  EXPECT_EQ(dialogue.say("NOOP " + std::string(100000, 'x') + "\r\nNOOP"), "500 250");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(dialogue.send(std::string(1000, 'x')), "");
  EXPECT_EQ(dialogue.say("\r\nRSET"), "500 250");
}

TEST(Session, ChunksAreJoinedOctetByOctet) {
  Dialogue dialogue;
  dialogue.send("EHLO c\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<user@example.test>\r\n");
  EXPECT_EQ(dialogue.say("DATA"), "503");
  EXPECT_EQ(dialogue.send("BDAT 10\r\nx: y\r\n\r\n.\rBDAT 6 last\r\n\n\r\n.\r\nBDAT 0 LAST\r\n"),
            "250 250 503");
  ASSERT_EQ(dialogue.store_.deliveries().size(), 1u);
  EXPECT_THAT(*dialogue.store_.deliveries()[0].bytes, testing::EndsWith("x: y\r\n\r\n.\r\n\r\n.\r\n"));
}

TEST(Session, RefusedChunkIsReadAway) {
  Dialogue dialogue;
  dialogue.send("EHLO c\r\nMAIL FROM:<>\r\n");
  EXPECT_EQ(dialogue.send("BDAT 12 LAST\r\nQUIT\r\nQUIT\r\nNOOP\r\n"), "503 250");
  EXPECT_EQ(dialogue.send("RCPT TO:<user@example.test>\r\nBDAT 4\r\nabcdDATA\r\n"), "250 250 503");
  EXPECT_EQ(dialogue.send("RSET\r\nBDAT 4 LAST\r\nabcd"), "250 503");
}

TEST(Session, StartTlsForgetsEverything) {
  Dialogue dialogue;
  dialogue.send(envelope);
  EXPECT_EQ(dialogue.send("STARTTLS x\r\nSTARTTLS\r\nRSET\r\nNOO"), "501 220");
  EXPECT_EQ(dialogue.then_, Turn::Then::start_tls);
  EXPECT_EQ(dialogue.start_tls(), "");
  EXPECT_EQ(dialogue.say("MAIL FROM:<>"), "503");
  EXPECT_THAT(dialogue.raw("EHLO c\r\n"), testing::Not(HasSubstr("STARTTLS")));
  EXPECT_EQ(dialogue.say("STARTTLS"), "503");
  EXPECT_EQ(dialogue.send("MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\nx: y\r\n\r\n.\r\n"),
            "250 250 354 250");
  EXPECT_THAT(*dialogue.store_.deliveries()[0].bytes, HasSubstr("with ESMTPS id"));
  EXPECT_THAT(*dialogue.store_.deliveries()[0].bytes, HasSubstr("\r\n\ttls TLS_AES_128_GCM_SHA256;"));
}

std::string plain(const std::string& user, const std::string& password) {
  return smtp::encode_base64(std::string(1, '\0') + user + std::string(1, '\0') + password);
}

TEST(Session, AuthPlainAndLogin) {
  Dialogue dialogue;
  EXPECT_EQ(dialogue.say("AUTH PLAIN"), "503");
  dialogue.say("EHLO c");
  const std::string right = plain("user@example.test", "testpass");
  EXPECT_EQ(dialogue.say("AUTH PLAIN " + plain("user", "wrong")), "535");
  EXPECT_EQ(dialogue.say("AUTH PLAIN ="), "535");
  EXPECT_EQ(dialogue.say("AUTH PLAIN ?"), "501");
  EXPECT_EQ(dialogue.raw("AUTH PLAIN\r\n"), "334 \r\n");
  EXPECT_EQ(dialogue.say("*"), "501");
  EXPECT_EQ(dialogue.raw("AUTH plain\r\n"), "334 \r\n");
  EXPECT_EQ(dialogue.say(right), "235");
  EXPECT_EQ(dialogue.say("AUTH PLAIN " + right), "503");

  Dialogue login;
  login.say("EHLO c");
  EXPECT_EQ(login.say("AUTH FOO"), "504");
  EXPECT_EQ(login.say("AUTH"), "501");
  EXPECT_EQ(login.say("AUTH LOGIN"), "334");
  EXPECT_EQ(login.say(smtp::encode_base64("user@example.test")), "334");
  EXPECT_EQ(login.say(smtp::encode_base64("nope")), "535");
  EXPECT_EQ(login.say("AUTH LOGIN " + smtp::encode_base64("user")), "334");
  EXPECT_EQ(login.say(smtp::encode_base64("testpass")), "235");
  EXPECT_EQ(login.send("MAIL FROM:<>\r\nAUTH PLAIN\r\nRCPT TO:<a@relay.test>\r\n"), "250 503 250");
}

TEST(Session, AuthLinesHaveABoundOfTheirOwn) {
  Dialogue dialogue;
  dialogue.say("EHLO c");
  EXPECT_EQ(dialogue.say("AUTH CRAM-MD5 " + smtp::encode_base64("x")), "501");
  EXPECT_EQ(dialogue.say("AUTH PLAIN"), "334");
  EXPECT_EQ(dialogue.say(std::string(12288, 'A')), "535");
  EXPECT_EQ(dialogue.say("AUTH PLAIN"), "334");
  EXPECT_EQ(dialogue.say(std::string(12292, 'A')), "500");
  EXPECT_EQ(dialogue.say("AUTH PLAIN"), "334");
  EXPECT_EQ(dialogue.say(std::string(40000, 'A')), "500");
  EXPECT_EQ(dialogue.say("NOOP"), "250");
}

TEST(Session, LmtpAnswersForEveryRecipient) {
  Dialogue dialogue(Service::lmtp);
  EXPECT_EQ(dialogue.say("EHLO c\r\nHELO c\r\nLHLO c"), "500 500 250");
  EXPECT_EQ(
      dialogue.send("MAIL FROM:<>\r\nDATA\r\nRCPT TO:<user@example.test>\r\nRCPT TO:<nobody@example.test>\r\n"
                    "RCPT TO:<postmaster>\r\nDATA\r\n"),
      "250 503 250 550 250 354");
  EXPECT_EQ(dialogue.send("x: y\r\n\r\n.\r\n"), "250 250");
  EXPECT_EQ(dialogue.store_.deliveries().size(), 2u);
  EXPECT_THAT(*dialogue.store_.deliveries()[0].bytes, HasSubstr("with LMTP id"));
}

TEST(Session, NotifiesOfSuccess) {
  Dialogue dialogue;
  dialogue.send(
      "EHLO c\r\nMAIL FROM:<user+sender@example.test> ENVID=e1\r\n"
      "RCPT TO:<user+a@example.test> NOTIFY=SUCCESS ORCPT=rfc822;a@b\r\n"
      "RCPT TO:<user+b@example.test> NOTIFY=FAILURE\r\nDATA\r\nx: y\r\n\r\nbody\r\n.\r\n");
  ASSERT_EQ(dialogue.store_.deliveries().size(), 3u);
  const std::string& notice = *dialogue.store_.to_token("sender").at(0)->bytes;
  EXPECT_THAT(notice, HasSubstr("Original-Envelope-Id: e1\r\n\r\nOriginal-Recipient: rfc822;a@b\r\n"
                                "Final-Recipient: rfc822; user+a@example.test\r\nAction: delivered\r\n"));
  EXPECT_THAT(notice, testing::Not(HasSubstr("user+b@")));
  EXPECT_THAT(notice, testing::Not(HasSubstr("body")));
}

TEST(Session, OnlyTheRealReturnPathStays) {
  Dialogue dialogue;
  dialogue.send(envelope +
                "DATA\r\nX: 1\r\nReturn-Path:\r\n <x@y>\r\nreturn-path: z\r\n\r\nReturn-Path: body\r\n.\r\n");
  const std::string& bytes = *dialogue.store_.deliveries().at(0).bytes;
  EXPECT_THAT(bytes, StartsWith("Return-Path: <a@client.example>\r\nReceived:"));
  EXPECT_THAT(bytes, testing::EndsWith(" +0000\r\nX: 1\r\n\r\nReturn-Path: body\r\n"));
}

TEST(Session, ContentIsNeverExecutedNorLostByItsPieces) {
  const std::string all = envelope + "DATA\r\nx: y\r\n\r\nRSET\r\nQUIT\r\n.\r\nNOOP\r\n";
  Dialogue dialogue;
  std::string replies;
  for (const char c : all) replies += dialogue.raw(std::string(1, c));
  EXPECT_EQ(Dialogue::codes(replies), "250 250 250 354 250 250");
  EXPECT_THAT(*dialogue.store_.deliveries().at(0).bytes, testing::EndsWith("RSET\r\nQUIT\r\n"));
}

struct Broken {
  const char* defect;
  Service service;
  const char* sent;   ///< after the greeting; | is CRLF, ~ begins another segment
  const char* codes;  ///< what the broken server answers
};

class Defective : public testing::TestWithParam<Broken> {};

TEST_P(Defective, AnswersSo) {
  Dialogue dialogue(GetParam().service, GetParam().defect);
  std::string replies, segment;
  for (const char c : std::string(GetParam().sent) + "~") {
    if (c == '~') {
      replies += dialogue.raw(segment);
      segment.clear();
    } else {
      segment += c == '|' ? std::string("\r\n") : std::string(1, c);
    }
  }
  EXPECT_EQ(Dialogue::codes(replies), GetParam().codes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Defective,
    testing::Values(
        Broken{"group-loses-a-reply", Service::smtp, "EHLO c|MAIL FROM:<>|RCPT TO:<user@x>|", "250 550"},
        Broken{"group-reorders-replies", Service::smtp, "EHLO c|MAIL FROM:<>|RCPT TO:<user@x>|",
               "250 550 250"},
        Broken{"group-delays-a-reply", Service::smtp, "NOOP|HELP|~NOOP|", "250 214 250"},
        Broken{"segment-ends-command", Service::smtp, "NO~OP|", "500 500"},
        Broken{"split-end-of-data-missed", Service::smtp,
               "EHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|DATA|x: y||.~|NOOP|~.|", "250 250 250 354 250"},
        Broken{"quit-in-content-executed", Service::smtp,
               "EHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|DATA|x: y|QUIT|", "250 250 250 354 221"},
        Broken{"refuses-false-end-and-goes-on", Service::smtp,
               "EHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|DATA|x\n.\nHELP|", "250 250 250 354 451 214"},
        Broken{"rset-keeps-transaction", Service::smtp, "EHLO c|MAIL FROM:<>|RSET|MAIL FROM:<>|",
               "250 250 250 503"},
        Broken{"nested-mail-keeps-recipients", Service::smtp,
               "EHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|MAIL FROM:<>|DATA|", "250 250 250 250 354"},
        Broken{"long-line-hangs", Service::smtp, "HELP|", "214"},
        Broken{"failed-bdat-leaves-octets", Service::smtp, "EHLO c|BDAT 6|HELP|", "250 503 214"},
        Broken{"rset-answered-twice", Service::smtp, "RSET|", "250 250"},
        Broken{"noop-never-answered", Service::smtp, "NOOP|RSET|", "250"},
        Broken{"lmtp-one-reply-for-all", Service::lmtp,
               "LHLO c|MAIL FROM:<>|RCPT TO:<postmaster>|RCPT TO:<user@example.test>|DATA|.|",
               "250 250 250 250 354 250"},
        Broken{"ends-data-at-declared-size", Service::smtp,
               "EHLO c|MAIL FROM:<> SIZE=6|RCPT TO:<postmaster>|DATA|x: y|HELP|", "250 250 250 354 250 214"}),
    [](const auto& tested) {
      std::string name = tested.param.defect;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

struct Without {
  const char* feature;
  const char* sent;
  const char* codes;
};

class Features : public testing::TestWithParam<Without> {};

TEST_P(Features, AreRefusedWhenNotOffered) {
  Dialogue dialogue(Service::smtp, {}, GetParam().feature);
  EXPECT_THAT(dialogue.raw("EHLO c\r\n"), testing::Not(HasSubstr(GetParam().feature)));
  EXPECT_EQ(dialogue.say(GetParam().sent), GetParam().codes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Features,
    testing::Values(Without{"SIZE", "MAIL FROM:<> SIZE=1", "555"}, Without{"PIPELINING", "NOOP", "250"},
                    Without{"8BITMIME", "MAIL FROM:<> BODY=8BITMIME\r\nMAIL FROM:<> SMTPUTF8", "555 555"},
                    Without{"STARTTLS", "STARTTLS", "502"}, Without{"AUTH", "AUTH PLAIN", "502"},
                    Without{"CHUNKING", "BDAT 0 LAST\r\nMAIL FROM:<> BODY=BINARYMIME", "502 555"},
                    Without{"BINARYMIME", "MAIL FROM:<> BODY=BINARYMIME", "555"},
                    Without{"SMTPUTF8", "MAIL FROM:<> SMTPUTF8\r\nMAIL FROM:<\xc3\xbc@b>", "555 500"},
                    Without{"DSN", "MAIL FROM:<> RET=HDRS", "555"}, Without{"VRFY", "VRFY user", "252"},
                    Without{"HELP", "HELP", "502"}, Without{"ENHANCEDSTATUSCODES", "NOOP", "250"}),
    [](const auto& tested) { return tested.param.feature; });

TEST(Defects, HaveNamesOfTheirOwnAndCanBeApplied) {
  std::set<std::string_view> names;
  for (const Defect& defect : every_defect()) {
    EXPECT_TRUE(names.insert(defect.name).second) << defect.name;
    Dialogue dialogue(Service::smtp, std::string(defect.name));
    dialogue.send(envelope + "DATA\r\nx: y\r\n\r\na\r\n.\r\nQUIT\r\n");
  }
  EXPECT_GE(names.size(), 60u);
}

TEST(Defects, FalseEndsEndTheMessage) {
  struct {
    const char* defect;
    std::string ending;
  } const cases[] = {
      {"ends-data-at-lf-dot-lf", "\n.\n"},
      {"ends-data-at-crlf-dot-cr", "\r\n.\r"},
      {"ends-data-at-crlf-nul-dot-crlf", std::string("\r\n\0.\r\n", 6)},
      {"ends-data-at-crlf-dot-crcrlf", "\r\n.\r\r\n"},
  };
  for (const auto& one : cases) {
    Dialogue dialogue(Service::smtp, one.defect);
    dialogue.send(envelope + "DATA\r\n");
    EXPECT_EQ(dialogue.send("x: y\r\n\r\na" + one.ending + "NOOP\r\n"), "250 250") << one.defect;
    EXPECT_EQ(dialogue.store_.deliveries().size(), 1u) << one.defect;
    // An ordinary message still works.
    Dialogue other(Service::smtp, one.defect);
    EXPECT_EQ(other.send(envelope + "DATA\r\nx: y\r\n\r\na\r\n.\r\nQUIT\r\n"), "250 250 250 354 250 221");
  }
}

}  // namespace
}  // namespace smtpspec::refserver
