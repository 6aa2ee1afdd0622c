// SPDX-License-Identifier: Apache-2.0
#include "sender/content.hpp"

#include <algorithm>

#include "smtp/dot_stuffing.hpp"

namespace smtpspec::sender {

namespace {

constexpr std::string_view crlf = "\r\n";

bool ends_with_crlf(std::string_view text) {
  return text.size() >= 2 && text.substr(text.size() - 2) == crlf;
}

std::string stuff(const std::string& content, ContentBehaviour::Stuffing stuffing) {
  switch (stuffing) {
    case ContentBehaviour::Stuffing::correct:
      return smtp::stuff_dots(content);
    case ContentBehaviour::Stuffing::none:
      return content;
    case ContentBehaviour::Stuffing::twice:
      return smtp::stuff_dots(smtp::stuff_dots(content));
    case ContentBehaviour::Stuffing::first_line_only:
      return content.substr(0, 1) == "." ? '.' + content : content;
  }
  return content;
}

void lose_carriage_returns(std::string& text) {
  for (std::size_t at = text.find(crlf); at != std::string::npos; at = text.find(crlf, at)) text.erase(at, 1);
}

}  // namespace

std::string with_crlf_alone(std::string_view content) {
  std::string canonical;
  canonical.reserve(content.size() + content.size() / 32);
  for (std::size_t i = 0; i < content.size(); ++i) {
    const bool is_cr = content[i] == '\r';
    if (!is_cr && content[i] != '\n') {
      canonical += content[i];
      continue;
    }
    canonical += crlf;
    if (is_cr && content.substr(i + 1, 1) == "\n") ++i;
  }
  return canonical;
}

std::string with_last_line_ended(std::string content) {
  if (!content.empty() && !ends_with_crlf(content)) content += crlf;
  return content;
}

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 127; });
}

std::string data_octets(const std::string& content, const ContentBehaviour& behaviour) {
  if (content.empty()) return std::string(behaviour.end.substr(crlf.size()));
  std::string octets = stuff(content, behaviour.stuffing);
  if (ends_with_crlf(octets)) octets.resize(octets.size() - crlf.size());
  if (behaviour.lf_line_ends) lose_carriage_returns(octets);
  return octets += behaviour.end;
}

}  // namespace smtpspec::sender
