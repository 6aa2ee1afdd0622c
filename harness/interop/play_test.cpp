// SPDX-License-Identifier: Apache-2.0
#include "interop/play.hpp"

#include <filesystem>
#include <map>

#include <gmock/gmock.h>

#include "interop/corpus.hpp"
#include "refserver/configuration.hpp"
#include "refserver/defects.hpp"
#include "refserver/feature.hpp"
#include "sender/defects.hpp"
#include "target/embedded.hpp"
#include "target/relay_role.hpp"

namespace smtpspec::interop {
namespace {

using base::Verdict;
using testing::HasSubstr;

const std::filesystem::path source_folder = SMTPSPEC_SOURCE_DIR;

/// The embedded target in both roles, and the bundled messages.
class PlayTest : public testing::Test {
 protected:
  PlayTest()
      : catalogue(*scenario::load_catalogue(source_folder / "scenarios" / "requirements")),
        corpus(*load_corpus(source_folder / "fixtures" / "messages" / "corpus.toml", catalogue)) {}

  result::Run play_all(const std::string& defect = {}, std::vector<std::string> words = {},
                       engine::StopRequest stop = {}) {
    target::EmbeddedConfiguration sending, receiving;
    receiving.server.features.remove(*refserver::feature_of("CHUNKING"));
    if (const auto* known = sender::find_defect(defect)) known->apply(sending.sender);
    if (const auto* known = refserver::find_defect(defect)) known->apply(receiving.server);
    wire::EventLoop loop;
    const auto target = target::embedded_target();
    auto hosts = target::make_hosts(loop, {target::as_relay(target, "sender.test", target.domain), target},
                                    {}, {sending, receiving});
    std::vector<std::unique_ptr<target::Host>> running;
    for (auto& host : hosts) running.push_back(std::get<std::unique_ptr<target::Host>>(std::move(host)));
    PlayOptions options;
    options.messages = source_folder / "fixtures" / "messages";
    options.timeout_multiplier = 0.2;
    return play(loop, {{"alpha", running[0].get(), "", false}, {"none", nullptr, "it relays nothing", true}},
                {{"beta", running[1].get(), "", false}}, choose_messages(corpus, words).messages, catalogue,
                options, stop, {});
  }

  static const result::CaseResult& find(const result::Run& run, const std::string& id) {
    for (const auto& one : run.cases) {
      if (one.id == id) return one;
    }
    ADD_FAILURE() << "no case " << id;
    return run.cases.front();
  }

  const scenario::Catalogue catalogue;
  const Corpus corpus;
};

TEST_F(PlayTest, WithoutADefectNothingIsRed) {
  const auto run = play_all();
  ASSERT_EQ(run.cases.size(), 2 * corpus.size());
  for (const auto& one : run.cases) {
    if (one.id.starts_with("interop/none/")) {
      EXPECT_EQ(one.verdict, Verdict::unsupported);
      continue;
    }
    EXPECT_LE(one.verdict, Verdict::info) << one.id << ": " << one.outcome << " " << one.reason;
    EXPECT_GE(one.sessions.size(), 1u);
  }
  const auto& plain = find(run, "interop/alpha/beta/plain");
  EXPECT_EQ(plain.verdict, Verdict::pass);
  ASSERT_EQ(plain.sessions.size(), 2u);
  EXPECT_EQ(plain.sessions[1].name, "next");
}

struct DefectCase {
  const char *defect, *message, *outcome;
};

TEST_F(PlayTest, EachDefectTurnsACaseRed) {
  for (const auto& one : {
           DefectCase{"dots-not-stuffed", "dots-first-and-last", "by alpha"},
           DefectCase{"message-sent-twice", "plain", "sent 2 times by alpha"},
           DefectCase{"strips-eighth-bit", "utf-8-body", "changed by alpha"},
           DefectCase{"loses-trailing-space", "white-space", "changed by alpha"},
           DefectCase{"dsn-parameters-lost", "notify-never", "parameter lost by alpha"},
           DefectCase{"eighth-bit-stripped", "utf-8-body", "changed by beta"},
           DefectCase{"dots-doubled-on-delivery", "dot-alone-on-a-line", "changed by beta"},
           DefectCase{"message-delivered-twice", "plain", "delivered 2 times by beta"},
           DefectCase{"half-a-message-lost", "plain", "changed by beta"},
           DefectCase{"from-line-quoted", "lines-like-commands", "changed by beta"},
       }) {
    SCOPED_TRACE(one.defect);
    ASSERT_TRUE(sender::find_defect(one.defect) || refserver::find_defect(one.defect));
    const auto run = play_all(one.defect, {one.message});
    const auto& result = find(run, std::string("interop/alpha/beta/") + one.message);
    EXPECT_EQ(result.verdict, Verdict::fail);
    EXPECT_THAT(result.outcome, HasSubstr(one.outcome));
  }
}

TEST_F(PlayTest, AStopLeavesEveryCaseInTheRun) {
  const auto run = play_all({}, {}, [] { return std::string("interrupted"); });
  EXPECT_EQ(run.aborted, "interrupted");
  EXPECT_EQ(run.cases.size(), 2 * corpus.size());
  EXPECT_EQ(find(run, "interop/alpha/beta/plain").verdict, Verdict::blocked);
}

}  // namespace
}  // namespace smtpspec::interop
