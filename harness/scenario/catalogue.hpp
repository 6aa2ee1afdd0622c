// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/requirement.hpp"
#include "scenario/model.hpp"

namespace smtpspec::scenario {

/// Everything that the RFCs require, by id. Read once, then shared.
class Catalogue {
 public:
  using Map = std::map<std::string, base::Requirement, std::less<>>;

  Catalogue() = default;
  explicit Catalogue(Map requirements) : requirements_(std::move(requirements)) {}

  /// Null when there is no such id.
  const base::Requirement* find(std::string_view id) const;

  const Map& requirements() const { return requirements_; }

  /// The id that was most likely meant; empty when none is near.
  std::string nearest(std::string_view id) const;

  /// The worst verdict that the requirements named may give a target in the role that it has where we are
  /// `our_role`: the strictest of them decides. Unknown ids count as fail, so that a rule of a user's own is
  /// not weakened.
  base::Verdict worst_of(const std::vector<std::string>& ids, Role our_role) const;

 private:
  Map requirements_;
};

/// False for a requirement on the client alone where the target is the server: it can't break it.
bool binds_target(const base::Requirement& requirement, Role our_role);

/// The worst verdict that a breach of the requirement may give. Where the target is a client (and in a relay,
/// which is one too) its level decides; the catalogue's `worst` speaks of servers. What a later RFC replaced
/// is only recorded.
base::Verdict worst_for(const base::Requirement& requirement, Role our_role);

/// Reads every `rfc*.toml` of a folder (scenarios/requirements). Reports all problems of all files at once.
base::Loaded<Catalogue> load_catalogue(const std::filesystem::path& folder);

}  // namespace smtpspec::scenario
