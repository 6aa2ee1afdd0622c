// SPDX-License-Identifier: Apache-2.0
#include "interop/corpus.hpp"

#include <set>

#include <gmock/gmock.h>

#include "interop/message_variables.hpp"
#include "scenario/scratch_folder.hpp"

namespace smtpspec::interop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

scenario::Catalogue bundled_catalogue() {
  return *scenario::load_catalogue(std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "scenarios" / "requirements");
}

std::string load_text(const std::string& text) {
  scenario::ScratchFolder folder;
  folder.write("corpus.toml", text);
  const auto corpus = load_corpus(folder.path() / "corpus.toml", bundled_catalogue());
  return base::format(corpus.problems());
}

TEST(Corpus, TheBundledOneHasAtLeastFortyMessagesThatCanBeMadeOut) {
  const auto folder = std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "fixtures" / "messages";
  const auto corpus = load_corpus(folder / "corpus.toml", bundled_catalogue());
  ASSERT_TRUE(corpus) << base::format(corpus.problems());
  EXPECT_GE(corpus->size(), 40u);
  std::set<std::string> contents;
  for (const auto& message : *corpus) {
    EXPECT_EQ(message.source_lines.front(), "[[message]]");
    EXPECT_FALSE(message.title.empty());
  }
}

struct ProblemCase {
  const char *text, *problem;
};

TEST(Corpus, SaysWhatIsWrongAndWhere) {
  for (const auto& one : {
           ProblemCase{"", "there is no [[message]]"},
           ProblemCase{"[[message]]\nid = 'a'\n", "corpus.toml:1:1: a message needs 'title'"},
           ProblemCase{"[[message]]\nid = 'A b'\ntitle = 't'\n",
                       "corpus.toml:2:6: an id is lower-case words"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\nboddy = 'x'\n", "unknown key 'boddy'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\nbody = '{nobody}'\n",
                       "corpus.toml:4:8: unknown variable 'nobody'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\nbody = '\\q'\n", "corpus.toml:4:"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\ncontent = '{file(\"none.eml\")}'\n", "none.eml"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\ncontent = 'x'\nbody = 'y'\n",
                       "'body' has no place beside 'content'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\njudged = false\n", "says in 'why'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\nof_sender = 'R5321-3.6.3-z'\n",
                       "no requirement 'R5321-3.6.3-z'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\nrecipients = 0\n", "1 to 1000 recipients"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\ncarried = { keyword = 'DSN' }\n",
                       "'carried' needs 'text'"},
           ProblemCase{"[[message]]\nid = 'a'\ntitle = 't'\n[[message]]\nid = 'a'\ntitle = 't'\n",
                       "two messages are called 'a'"},
       }) {
    EXPECT_THAT(load_text(one.text), HasSubstr(one.problem)) << one.text;
  }
}

TEST(Corpus, MessagesAreChosenByIdAndGlob) {
  Corpus corpus(3);
  corpus[0].id = "bare-lf";
  corpus[1].id = "bare-cr";
  corpus[2].id = "huge";
  EXPECT_EQ(choose_messages(corpus, {}).messages.size(), 3u);
  EXPECT_EQ(choose_messages(corpus, {"bare-*", "huge"}).messages.size(), 3u);
  const auto none = choose_messages(corpus, {"bare-lf", "nothing*"});
  EXPECT_EQ(none.messages.size(), 1u);
  EXPECT_THAT(none.unmatched, ElementsAre("nothing*"));
}

TEST(MessageVariables, AddressesAreOfTheServersAndTheToken) {
  Addressing addressing;
  addressing.token = engine::CaseToken(1, 2);
  addressing.recipient = "user+{token}@b.test";
  addressing.sender = "user-{token}@a.test";
  const auto variables = variables_of(addressing);
  const auto stem = addressing.token.stem();
  EXPECT_EQ(std::get<std::string>(*variables("mailbox")), "user+" + stem + "m0000@b.test");
  EXPECT_EQ(std::get<std::string>(*variables("sender")), "user-" + stem + "m9000@a.test");
  EXPECT_EQ(std::get<std::string>(*variables("smuggled")), "user+" + stem + "m9001@b.test");
  EXPECT_FALSE(variables("file(../x)"));
}

}  // namespace
}  // namespace smtpspec::interop
