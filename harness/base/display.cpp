// SPDX-License-Identifier: Apache-2.0
#include "base/display.hpp"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace smtpspec::base {
namespace {

bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

// Bidirectional controls, zero-width characters, line separators, the byte order mark: text that changes how
// other text is seen.
bool misleads_the_eye(std::uint32_t c) {
  return c == 0x061C || c == 0x00AD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_non_character(std::uint32_t c) {
  return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char byte : bytes)
    fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(byte));
}

const char* short_escape(char c) {
  switch (c) {
    case '\r':
      return "\\r";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\0':
      return "\\0";
    case '\\':
      return "\\\\";
    default:
      return nullptr;
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Escape {
  char byte;
  std::size_t length;  ///< of the escape in the text; 0 when it is unknown
};

Escape read_escape(std::string_view text) {
  switch (text.size() > 1 ? text[1] : ' ') {
    case 'r':
      return {'\r', 2};
    case 'n':
      return {'\n', 2};
    case 't':
      return {'\t', 2};
    case '0':
      return {'\0', 2};
    case '\\':
      return {'\\', 2};
    default:
      break;
  }
  if (text.size() < 4 || text[1] != 'x' || hex_value(text[2]) < 0 || hex_value(text[3]) < 0) return {' ', 0};
  return {static_cast<char>(hex_value(text[2]) * 16 + hex_value(text[3])), 4};
}

}  // namespace

std::string escape_for_display(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + 8);
  while (!bytes.empty()) {
    std::size_t taken = 1;
    if (const char* escape = short_escape(bytes[0])) {
      out += escape;
    } else if (const auto point = decode_utf8(bytes); !point) {
      append_hex(out, bytes.substr(0, 1));
    } else {
      taken = point->length;
      const auto c = point->value;
      if (is_control(c) || misleads_the_eye(c) || is_non_character(c))
        append_hex(out, bytes.substr(0, taken));
      else
        out += bytes.substr(0, taken);
    }
    bytes.remove_prefix(taken);
  }
  return out;
}

std::string show_source(std::string_view line) {
  std::string out;
  for (auto backslash = line.find('\\'); backslash != std::string_view::npos; backslash = line.find('\\')) {
    out += escape_for_display(line.substr(0, backslash)) + '\\';
    line.remove_prefix(backslash + 1);
  }
  return out + escape_for_display(line);
}

std::size_t display_width(std::string_view shown) {
  std::size_t width = 0;
  for (const char byte : shown) width += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return width;
}

Unescaped unescape(std::string_view text) {
  Unescaped result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      result.bytes += text[i++];
      continue;
    }
    const auto escape = read_escape(text.substr(i));
    if (escape.length == 0) {
      result.bad_offset = i;
      return result;
    }
    result.bytes += escape.byte;
    i += escape.length;
  }
  return result;
}

}  // namespace smtpspec::base
