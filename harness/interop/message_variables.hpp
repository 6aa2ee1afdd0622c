// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "engine/scope.hpp"
#include "interop/message.hpp"

namespace smtpspec::interop {

/// What a message is made out for: whose mail it is, from where to where.
struct Addressing {
  engine::CaseToken token{0, 0};
  std::string recipient;  ///< the pattern of an address at the server that delivers
  std::string sender;     ///< the pattern of an address at the server that relays
  std::filesystem::path messages;

  std::string mailbox(std::size_t index, const std::string& tail = {}) const;
  std::string sender_mailbox() const;
};

/// The variables of a message: token, mailbox, sender, smuggled, client.name, file("name"). Borrows nothing.
scenario::Variables variables_of(const Addressing& addressing);

/// Their names, for messages about one that is not known.
const std::vector<std::string>& message_variable_names();

}  // namespace smtpspec::interop
