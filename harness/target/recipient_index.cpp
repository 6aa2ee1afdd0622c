// SPDX-License-Identifier: Apache-2.0
#include "target/recipient_index.hpp"

#include <algorithm>
#include <strings.h>

namespace smtpspec::target {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

/// True when `text` has the token where no word goes on before or after it.
bool has_word(std::string_view text, std::string_view token) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  for (std::size_t at = text.find(token); at != std::string_view::npos; at = text.find(token, at + 1)) {
    const std::size_t end = at + token.size();
    if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]))) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> token_in(std::string_view address, std::string_view pattern) {
  constexpr std::string_view mark = "{token}";
  const std::size_t at = pattern.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  address = trimmed(address);
  if (address.size() > 1 && address.front() == '<' && address.back() == '>')
    address = address.substr(1, address.size() - 2);
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + mark.size());
  if (address.size() <= before.size() + after.size()) return std::nullopt;
  if (!equal_ignoring_case(address.substr(0, before.size()), before)) return std::nullopt;
  if (!equal_ignoring_case(address.substr(address.size() - after.size()), after)) return std::nullopt;
  return std::string(address.substr(before.size(), address.size() - before.size() - after.size()));
}

std::string_view header_block(std::string_view message) {
  const std::size_t lf = message.find("\n\n");
  const std::size_t crlf = message.find("\n\r\n");
  return message.substr(0, std::min({lf, crlf, message.size() - 1}) + 1);
}

std::vector<std::string> first_fields(std::string_view message, const std::vector<std::string>& names) {
  std::vector<std::string> values;
  for (const std::string& name : names) {
    std::string_view rest = header_block(message);
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
      rest.remove_prefix(line.size());
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos || !equal_ignoring_case(trimmed(line.substr(0, colon)), name))
        continue;
      values.emplace_back(trimmed(line.substr(colon + 1)));
      break;
    }
  }
  return values;
}

std::vector<std::string> RecipientIndex::recipients_of(std::string_view message) const {
  return first_fields(message, recipient_headers_);
}

void RecipientIndex::add(std::size_t message, const std::vector<std::string>& recipients,
                         std::string_view headers) {
  bool filed = false;
  for (const std::string& recipient : recipients) {
    const auto token = token_in(recipient, pattern_);
    if (!token) continue;
    auto& messages = by_token_[lower(*token)];
    if (messages.empty() || messages.back() != message) messages.push_back(message);
    filed = true;
  }
  if (!filed) unfiled_.push_back({message, std::string(headers)});
}

std::vector<std::size_t> RecipientIndex::find(std::string_view token) const {
  std::vector<std::size_t> messages;
  const auto filed = by_token_.find(lower(token));
  if (filed != by_token_.end()) messages = filed->second;
  for (const Unfiled& unfiled : unfiled_) {
    if (has_word(unfiled.headers, token)) messages.push_back(unfiled.message);
  }
  std::sort(messages.begin(), messages.end());
  return messages;
}

}  // namespace smtpspec::target
