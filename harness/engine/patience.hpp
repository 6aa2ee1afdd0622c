// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

#include "engine/dialogue.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// Remembers at which stage of the way to a case's first step the target let us down, again and again, with
/// nobody getting past it in between. There another try is not worth its time; and where the target is
/// silent, neither is the case: a target that never answers EHLO would otherwise cost every case of a suite
/// the whole patience, three times over.
class Patience {
 public:
  static constexpr std::size_t in_a_row = 12;

  /// The stage behind the prelude: that mail comes to rest.
  static constexpr auto mail = "the mail";

  /// A case on its way into a target.
  struct Way {
    std::string on;
    std::string client;
    const scenario::Prelude& prelude;
    bool to_mail = false;  ///< on to a mailbox, behind the steps
  };

  void note(const Way& way, const PreludeOutcome& outcome);

  bool is_worth_another_try(const Way& way) const;

  /// Why the case is blocked without being played; nothing when it is to be played.
  PreludeOutcome objection(const Way& way) const;

  /// The target was started anew: what it did before tells nothing.
  void forget() { stages_.clear(); }

 private:
  struct Row {
    std::size_t failures = 0;
    std::size_t silences = 0;
  };
  using Key = std::tuple<std::string, std::string, std::string>;  // on, client, stage

  const Row* row(const Way& way, const std::string& stage) const;

  std::map<Key, Row> stages_;
};

}  // namespace smtpspec::engine
