// SPDX-License-Identifier: Apache-2.0
#include "target/submit_command.hpp"

#include "target/placeholders.hpp"

namespace smtpspec::target {

Command submit_command_for(const Target& target, const CommandMail& mail) {
  const Variables variables{{"sender", mail.sender}};
  Command words;
  for (const std::string& word : target.commands.submit) {
    if (word == "{recipients}")
      words.insert(words.end(), mail.recipients.begin(), mail.recipients.end());
    else
      words.push_back(fill_once(word, variables));
  }
  return words;
}

}  // namespace smtpspec::target
