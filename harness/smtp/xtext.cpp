// SPDX-License-Identifier: Apache-2.0
#include "smtp/xtext.hpp"

namespace smtpspec::smtp {

namespace {

bool is_xchar(char c) {
  return c >= 33 && c <= 126 && c != '+' && c != '=';
}

/// The value of an upper-case hexadecimal digit; -1 for anything else.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string encode_xtext(std::string_view octets) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : octets) {
    if (is_xchar(c)) {
      text += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    text += '+';
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_xchar(text[i])) {
      octets += text[i];
      continue;
    }
    if (text[i] != '+' || text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    octets += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return octets;
}

}  // namespace smtpspec::smtp
