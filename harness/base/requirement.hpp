// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/verdict.hpp"

namespace smtpspec::base {

/// One normative statement of an RFC, in our own words. Ids look like `R5321-4.5.2-b`.
struct Requirement {
  std::string id;
  std::string rfc;       ///< "5321"
  std::string section;   ///< "4.5.2"
  std::string level;     ///< MUST, MUST NOT, SHOULD, SHOULD NOT, MAY, spec
  std::string party;     ///< who is bound, in the catalogue's words
  std::string testable;  ///< wire-server, wire-client, delivery, config, no
  Verdict worst;         ///< the worst verdict that a breach may give a server; info when it binds no server
  std::string superseded_by;  ///< the requirement or RFC that replaced it; empty when it still holds
  std::string gist;

  bool operator==(const Requirement&) const = default;
};

}  // namespace smtpspec::base
