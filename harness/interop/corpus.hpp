// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "interop/message.hpp"
#include "scenario/catalogue.hpp"

namespace smtpspec::interop {

/// Reads the list of messages (fixtures/messages/corpus.toml). Files that a message names lie beside it. All
/// problems are reported at once, requirements that the catalogue doesn't have among them.
base::Loaded<Corpus> load_corpus(const std::filesystem::path& path, const scenario::Catalogue& catalogue);

/// Those whose id one of the words names; `*` stands for anything. All of them without words.
struct ChosenMessages {
  std::vector<const Message*> messages;
  std::vector<std::string> unmatched;  ///< words that name none
};
ChosenMessages choose_messages(const Corpus& corpus, const std::vector<std::string>& words);

}  // namespace smtpspec::interop
