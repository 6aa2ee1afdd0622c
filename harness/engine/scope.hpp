// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/template.hpp"
#include "smtp/capabilities.hpp"
#include "target/target.hpp"

namespace smtpspec::engine {

/// What makes the addresses of one case its own: a word that stands in every recipient, sender and content,
/// and a letter for which mailbox. Nothing else tells whose a delivered message is.
class CaseToken {
 public:
  /// The n-th token of a run; `run_seed` keeps two runs against the same server apart.
  CaseToken(std::uint64_t run_seed, std::uint64_t number);

  /// Of the case's own mailbox (0), its second (1), ... All of one length, so that none is the beginning of
  /// another.
  std::string of_mailbox(std::size_t index) const;
  std::string of_fence(std::size_t index) const;

  const std::string& stem() const { return stem_; }

 private:
  std::string stem_;
};

/// Which mailbox a word of a scenario names: "" is 0, "second" 1, ... "fifth" 4, "7" 6; nothing for another
/// word.
std::optional<std::size_t> mailbox_index(std::string_view word);

/// One of a case's mailboxes: at the target, or at our server behind it.
struct CaseMailbox {
  std::size_t index = 0;
  bool at_next_hop = false;
};

/// "" and "second" as above; "relay", "relay.second", "relay.7" at the next hop.
std::optional<CaseMailbox> case_mailbox(std::string_view word);

/// The values of the variables of one case. Borrows target.
class Scope {
 public:
  /// `messages` is the folder of the files that {file("name")} names.
  Scope(const target::Target& target, CaseToken token, std::filesystem::path messages = {});

  std::optional<scenario::Value> look_up(std::string_view name) const;

  /// As templates want it. Borrows this scope.
  const scenario::Variables& variables() const { return variables_; }

  void set(std::string name, scenario::Value value) { own_[std::move(name)] = std::move(value); }
  void set_capabilities(const smtp::Capabilities* capabilities) { capabilities_ = capabilities; }

  const CaseToken& token() const { return token_; }
  std::string mailbox(std::size_t index) const;
  std::string relay_mailbox(std::size_t index) const;
  std::string sender() const;

  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  std::optional<scenario::Value> look_up_target(std::string_view name) const;
  std::optional<scenario::Value> look_up_mailbox(std::string_view name) const;
  std::optional<scenario::Value> look_up_call(std::string_view name) const;
  std::optional<scenario::Value> look_up_keyword(std::string_view keyword) const;

  const target::Target& target_;
  CaseToken token_;
  std::filesystem::path messages_;
  std::map<std::string, scenario::Value, std::less<>> own_;
  const smtp::Capabilities* capabilities_ = nullptr;
  scenario::Variables variables_;
};

/// Puts a token into an address pattern: `user+{token}@example.test`.
std::string fill_token(std::string_view pattern, std::string_view token);

}  // namespace smtpspec::engine
