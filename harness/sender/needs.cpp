// SPDX-License-Identifier: Apache-2.0
#include "sender/needs.hpp"

#include <algorithm>
#include <string_view>

#include "sender/content.hpp"
#include "smtp/header_block.hpp"
#include "smtp/size.hpp"

namespace smtpspec::sender {

namespace {

bool has_utf8_address(const Message& message) {
  return has_eight_bit(message.reverse_path) ||
         std::any_of(message.recipients.begin(), message.recipients.end(),
                     [](const Recipient& recipient) { return has_eight_bit(recipient.address); });
}

bool has_utf8_header(const Message& message) {
  const std::string_view content = message.content;
  return has_eight_bit(content.substr(0, smtp::header_size(content)));
}

/// 0: no limit that it tells.
std::uint64_t size_limit(const smtp::Capabilities& offered) {
  const auto& parameters = offered.parameters("SIZE");
  return parameters.empty() ? 0 : smtp::parse_size_value(parameters.front()).value_or(0);
}

bool exceeds_limit(const Needs& needs, const smtp::Capabilities& offered, bool zero_is_a_limit) {
  const std::uint64_t limit = size_limit(offered);
  const bool is_limited = limit != 0 || (zero_is_a_limit && offered.has("SIZE"));
  return is_limited && needs.octets > limit;
}

std::optional<std::string> why_unprotected(const smtp::Capabilities& offered, const Protection& protection) {
  if (!protection.encrypted || !protection.verified) return "550 5.7.10 encryption needed";
  if (!offered.has("REQUIRETLS")) return "550 5.7.30 REQUIRETLS support required";
  return std::nullopt;
}

}  // namespace

Needs needs_of(const Message& message) {
  Needs needs;
  needs.binary = message.body == Body::binary_mime;
  needs.octets = needs.binary ? message.content.size() : with_last_line_ended(message.content).size();
  needs.eight_bit = has_eight_bit(message.content);
  needs.utf8 = has_utf8_address(message) || (message.smtp_utf8 && has_utf8_header(message));
  needs.protection = message.require_tls;
  return needs;
}

std::optional<std::string> why_unsuited(const Needs& needs, const smtp::Capabilities& offered,
                                        const Protection& protection, const NeedBehaviour& behaviour) {
  if (needs.protection && !behaviour.ignores_require_tls) {
    if (auto why = why_unprotected(offered, protection)) return why;
  }
  if (needs.utf8 && !offered.has("SMTPUTF8") && !behaviour.ignores_utf8) {
    return "553 5.6.7 an address or header field needs SMTPUTF8, which the server lacks";
  }
  const bool takes_binary = offered.has("BINARYMIME") && offered.has("CHUNKING");
  if (needs.binary && !takes_binary && !behaviour.ignores_binary) {
    return "554 5.6.3 binary content, and the server lacks BINARYMIME";
  }
  const bool takes_eight_bit = offered.has("8BITMIME") || (needs.binary && takes_binary);
  if (needs.eight_bit && !takes_eight_bit && !behaviour.ignores_eight_bit) {
    return "554 5.6.3 8-bit content, and the server lacks 8BITMIME";
  }
  if (exceeds_limit(needs, offered, behaviour.zero_is_a_limit) && !behaviour.ignores_size_limit) {
    return "552 5.3.4 the message is larger than the server takes";
  }
  return std::nullopt;
}

}  // namespace smtpspec::sender
