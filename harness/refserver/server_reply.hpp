// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "refserver/behaviour.hpp"

namespace smtpspec::refserver {

/// One reply as the server means it, before it is written out.
struct ServerReply {
  int code;
  std::string enhanced;            ///< "2.1.0"; empty where none belongs (RFC 2034 section 4)
  std::vector<std::string> lines;  ///< at least one

  ServerReply(int reply_code, std::string enhanced_status, std::string text)
      : code(reply_code), enhanced(std::move(enhanced_status)), lines{std::move(text)} {}

  bool is_positive() const { return code < 400; }
};

/// The octets of a reply to a verb, shaped by the knobs: none when the verb is never answered, twice as many
/// when it is answered twice.
std::string write_reply(const ServerReply& reply, std::string_view verb, bool enhanced_codes,
                        const ReplyBehaviour& behaviour);

/// Replies to commands that came together, as the knobs let them out. `held` keeps a delayed one from call to
/// call.
std::string write_group(std::vector<std::string> replies, const ReplyBehaviour& behaviour, std::string& held);

}  // namespace smtpspec::refserver
