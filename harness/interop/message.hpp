// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/source_position.hpp"
#include "scenario/template.hpp"

namespace smtpspec::interop {

/// A parameter of MAIL or RCPT that has to go along to the next server, where that offers the extension.
struct Carried {
  std::string keyword;  ///< of EHLO
  std::string text;     ///< what stands in the command
  std::vector<std::string> requirements;
};

/// One message of the corpus, with its point. Plain data, read from fixtures/messages/corpus.toml.
struct Message {
  std::string id;
  std::string title;
  std::string why;
  base::SourcePosition position;
  std::vector<std::string> source_lines;

  scenario::Template content;  ///< header and body, not stuffed
  scenario::Template sender;   ///< reverse-path without brackets
  std::size_t recipients = 1;
  scenario::Template recipient_tail;  ///< letters behind the token in the local part
  scenario::Template mail_parameters;
  scenario::Template recipient_parameters;
  std::vector<std::string> needs;  ///< EHLO keywords without which nobody can be asked to take it

  /// What the RFCs demand of it is that it arrives as it is. False where they leave it open, or where the
  /// message itself is wrong: then what became of it is recorded.
  bool judged = true;
  /// Whoever can't take this one can't be judged at all.
  bool must_be_taken = false;
  std::vector<std::string> of_sender;    ///< requirements that the relay breaks when it changes it
  std::vector<std::string> of_receiver;  ///< those that the server breaks that delivers it
  std::optional<Carried> carried;

  bool has_null_sender() const { return sender.if_literal() && sender.if_literal()->empty(); }
};

/// All of them, in the order of the file.
using Corpus = std::vector<Message>;

/// A message that stands in the content of another to `{smuggled}` shows that the other was cut in two.
inline constexpr std::size_t index_of_smuggled = 9001;
/// The mailbox of whoever sends it, at the server that relays.
inline constexpr std::size_t index_of_sender = 9000;

}  // namespace smtpspec::interop
