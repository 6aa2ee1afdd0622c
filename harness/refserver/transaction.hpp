// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "smtp/path.hpp"

namespace smtpspec::refserver {

/// What kind of content MAIL announced (RFC 6152, RFC 3030).
enum class Body { seven_bit, eight_bit_mime, binary_mime };

/// What the parameters of MAIL said.
struct MailParameters {
  std::optional<std::uint64_t> size;
  Body body = Body::seven_bit;
  bool smtp_utf8 = false;
  std::string return_kind;  ///< RET, in upper case
  std::string envelope_id;  ///< ENVID, as xtext
};

/// What the parameters of RCPT said.
struct RecipientParameters {
  bool notify_success = false;
  std::string notify;              ///< value of NOTIFY as written; empty: not given
  std::string original_recipient;  ///< ORCPT as written
};

struct Recipient {
  smtp::Mailbox mailbox;
  RecipientParameters parameters;
  bool is_local = true;
};

/// One mail transaction: from MAIL to the end of the content, or whatever gives it up (RFC 5321 3.3).
struct Transaction {
  smtp::Path reverse_path;
  MailParameters parameters;
  std::vector<Recipient> recipients;
  std::vector<Recipient> refused;
  std::string chunks;  ///< content of the BDAT commands so far
  bool has_chunks = false;
};

}  // namespace smtpspec::refserver
