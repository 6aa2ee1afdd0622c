// SPDX-License-Identifier: Apache-2.0
#include "refserver/server_reply.hpp"

#include <utility>

#include <fmt/core.h>

namespace smtpspec::refserver {

namespace {

int code_to_send(const ServerReply& reply, std::string_view verb, const ReplyBehaviour& behaviour) {
  for (const Substitution& substitution : behaviour.substitutions) {
    const bool verb_fits = substitution.verb.empty() || substitution.verb == verb;
    if (verb_fits && substitution.code == reply.code) return substitution.instead;
  }
  return reply.code;
}

std::string enhanced_to_send(const ServerReply& reply, int code, bool enhanced_codes,
                             const ReplyBehaviour& behaviour) {
  if (!enhanced_codes || behaviour.no_enhanced_codes || reply.enhanced.empty()) return {};
  std::string enhanced = reply.enhanced;
  enhanced[0] = static_cast<char>('0' + code / 100);
  if (behaviour.wrong_enhanced_class) enhanced[0] = enhanced[0] == '2' ? '5' : '2';
  if (behaviour.padded_enhanced_codes) enhanced.insert(2, "0");
  return enhanced + ' ';
}

std::string write_once(const ServerReply& reply, std::string_view verb, bool enhanced_codes,
                       const ReplyBehaviour& behaviour) {
  const int code = code_to_send(reply, verb, behaviour);
  const std::string enhanced = enhanced_to_send(reply, code, enhanced_codes, behaviour);
  std::string octets;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const bool is_last = i + 1 == reply.lines.size();
    const int line_code = behaviour.mixed_codes && is_last && i > 0 ? code + 1 : code;
    if (behaviour.bare_codes && is_last && i == 0 && code != 334) {
      octets += fmt::format("{}{}", line_code, behaviour.line_end);
      continue;
    }
    const char separator = is_last || behaviour.no_hyphens ? ' ' : '-';
    const bool has_enhanced = i == 0 || !behaviour.enhanced_code_once;
    octets += fmt::format("{}{}{}{}", line_code, separator, has_enhanced ? enhanced : "", reply.lines[i]);
    if (behaviour.eight_bit_text && code != 334) octets += " d\xc3\xa9j\xc3\xa0";
    if (behaviour.long_lines && code != 334) octets.append(600, '.');
    octets += behaviour.line_end;
  }
  return octets;
}

}  // namespace

std::string write_reply(const ServerReply& reply, std::string_view verb, bool enhanced_codes,
                        const ReplyBehaviour& behaviour) {
  if (!verb.empty() && verb == behaviour.silent_verb) return {};
  std::string octets = write_once(reply, verb, enhanced_codes, behaviour);
  if (!verb.empty() && verb == behaviour.repeated_verb) octets += octets;
  return octets;
}

std::string write_group(std::vector<std::string> replies, const ReplyBehaviour& behaviour,
                        std::string& held) {
  std::string octets = std::exchange(held, {});
  const std::size_t count = replies.size();
  if (count > 1) {
    switch (behaviour.group) {
      case ReplyBehaviour::Group::faithful:
        break;
      case ReplyBehaviour::Group::loses:
        replies.erase(replies.end() - 2);
        break;
      case ReplyBehaviour::Group::reorders:
        std::swap(replies[count - 1], replies[count - 2]);
        break;
      case ReplyBehaviour::Group::delays:
        held = std::move(replies.back());
        replies.pop_back();
        break;
    }
  }
  for (const std::string& reply : replies) octets += reply;
  return octets;
}

}  // namespace smtpspec::refserver
