// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/catalogue.hpp"
#include "scenario/suite.hpp"

namespace smtpspec::scenario {

/// Which cases are wanted. Each list that is not empty narrows the choice; within a list one match is enough.
struct Selection {
  std::vector<std::string> ids;      ///< an id, a prefix of it up to a "/", or one of these with `*`
  std::vector<std::string> exclude;  ///< the same, left out
  std::vector<std::string> tags;
  std::vector<std::string> levels;  ///< "MUST", "SHOULD", ...: of one of the requirements covered
  std::vector<std::string> rfcs;    ///< "5321", "5321/4.1": the file's spec and section, subsections included
  std::string suite;                ///< "1.2": only what stood in that version; empty takes all
  bool slow = true;                 ///< false leaves slow cases out, but those named by their whole id
  bool disruptive = true;           ///< the same for disruptive ones
};

/// The cases chosen, in the order of the suite, and one sentence for each word that matched nothing.
struct Selected {
  std::vector<const Case*> cases;
  std::vector<std::string> complaints;
};

/// Borrows the suite. The catalogue is needed for levels alone and may be null without them.
Selected select(const Suite& suite, const Selection& selection, const Catalogue* catalogue = nullptr);

/// One sentence for each word that selects no case of the suite.
std::vector<std::string> complaints_of_ids(const Suite& suite, const std::vector<std::string>& words);

}  // namespace smtpspec::scenario
