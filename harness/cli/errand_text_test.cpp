// SPDX-License-Identifier: Apache-2.0
#include "cli/errand_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct AnErrand {
  AnErrand() {
    one.id = "rfc/x";
    one.title = "X";
    errand.scenario_case = &one;
    errand.submission.sender = "a@b.test";
    errand.submission.recipients = {"c@d.test", "e'f@g.test"};
    errand.submission.content = "x\r\n";
    errand.at = wire::TcpEndpoint{"127.0.0.1", 2525};
  }
  std::string text() const { return errand_text(errand, "/tmp/m"); }

  scenario::Case one;
  engine::Errand errand;
};

TEST(ErrandText, SaysWhatToSendWhereto) {
  const auto text = AnErrand().text();
  EXPECT_THAT(text, HasSubstr("to 127.0.0.1:2525"));
  EXPECT_THAT(text, HasSubstr("to        c@d.test, e'f@g.test"));
  EXPECT_THAT(text, HasSubstr("/tmp/m (3 octets)"));
}

TEST(ErrandText, CommandLinesCanBeCopied) {
  const auto text = AnErrand().text();
  EXPECT_THAT(text, HasSubstr("--mail-from a@b.test --mail-rcpt c@d.test --mail-rcpt 'e'\\''f@g.test'"));
  EXPECT_THAT(text,
              HasSubstr("swaks --server 127.0.0.1:2525 --from a@b.test --to 'c@d.test,e'\\''f@g.test'"));
}

TEST(ErrandText, TheNullReversePathIsSpelt) {
  AnErrand one;
  one.errand.submission.sender.clear();
  EXPECT_THAT(one.text(), HasSubstr("--from '<>'"));
}

TEST(ErrandText, TlsAndPasswordAreOptions) {
  AnErrand one;
  one.errand.submission.security = "starttls";
  one.errand.submission.auth = true;
  EXPECT_THAT(one.text(), HasSubstr("--ssl-reqd --insecure --user user@example.test:testpass"));
  EXPECT_THAT(one.text(), HasSubstr("--tls --auth"));
}

TEST(ErrandText, ACertificateThatIsNotTrustedIsLookedAt) {
  AnErrand one;
  one.errand.submission.security = "starttls";
  one.errand.submission.certificate = scenario::Certificate::unknown;
  EXPECT_THAT(one.text(), HasSubstr("only if its certificate is trusted, which ours is not"));
  EXPECT_THAT(one.text(), HasSubstr("--tls --tls-verify"));
  EXPECT_THAT(one.text(), Not(HasSubstr("--insecure")));
}

TEST(ErrandText, ACertificateOfSomebodyElseIsLookedAt) {
  AnErrand one;
  one.errand.submission.security = "tls";
  one.errand.submission.certificate = scenario::Certificate::wrong_name;
  EXPECT_THAT(one.text(), HasSubstr("only if its certificate names it, which ours does not"));
  EXPECT_THAT(one.text(), HasSubstr("--tls-on-connect --tls-verify"));
  EXPECT_THAT(one.text(), Not(HasSubstr("--insecure")));
}

TEST(ErrandText, WhatACommandLineCannotSayHasNoExample) {
  AnErrand one;
  one.errand.submission.mail_parameters = "RET=HDRS";
  EXPECT_THAT(one.text(), HasSubstr("MAIL with RET=HDRS"));
  EXPECT_THAT(one.text(), Not(HasSubstr("curl")));
}

TEST(ErrandText, TryingAgainHasItsTime) {
  AnErrand one;
  one.errand.kind = engine::Errand::Kind::try_again;
  one.errand.within = std::chrono::seconds(30);
  EXPECT_THAT(one.text(), HasSubstr("waiting 30 s"));
}

}  // namespace
}  // namespace smtpspec::cli
