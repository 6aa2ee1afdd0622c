// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/source_position.hpp"
#include "interop/evidence.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"

namespace smtpspec::interop {

/// What was found of one message on its way through two servers, piece by piece. The case shows the worst;
/// its outcome is the first that was named for that.
class Ruling {
 public:
  enum class Who { sender, receiver };

  /// Both must outlive it.
  Ruling(const Evidence& evidence, const scenario::Catalogue::Map& requirements)
      : evidence_(evidence), requirements_(requirements), position_(evidence.message->position) {}

  /// A breach of these requirements, as grave as they and our own part in the server's configuration allow.
  /// One of no requirement is a warning at most. `expected` and `actual` are octets fit to be shown.
  void record(Who who, base::Verdict worth, const std::vector<std::string>& ids, std::string words,
              const std::string& outcome, const std::string& expected = {}, const std::string& actual = {});

  /// Something that a reader should know and nobody is accused of.
  void note(std::string outcome, std::string words);

  /// Nothing better than this can be said any more, and why: unsupported, blocked.
  void end_with(base::Verdict verdict, std::string reason);

  /// The outcome where nothing was found.
  void name_if_passed(std::string outcome);

  base::Verdict verdict() const { return verdict_; }
  std::size_t findings() const { return findings_.size(); }
  const std::string& name(Who who) const { return party(who).name; }

  void write_to(result::CaseResult& result) const;

 private:
  const Party& party(Who who) const { return who == Who::sender ? evidence_.sender : evidence_.receiver; }
  base::Verdict capped(Who who, base::Verdict verdict, const std::string& id) const;

  const Evidence& evidence_;
  const scenario::Catalogue::Map& requirements_;
  const base::SourcePosition position_;
  base::Verdict verdict_ = base::Verdict::pass;
  std::string outcome_;
  std::string reason_;
  std::vector<result::Finding> findings_;
  std::map<std::string, base::Verdict> by_requirement_;
};

}  // namespace smtpspec::interop
