// SPDX-License-Identifier: Apache-2.0
#include "smtp/capabilities.hpp"

#include <algorithm>

#include "smtp/letter_case.hpp"
#include "smtp/path.hpp"

namespace smtpspec::smtp {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_keyword(std::string_view word) {
  return !word.empty() && is_letter_or_digit(word[0]) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_parameter(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 33 && c <= 126; });
}

/// The words of a line and whether single spaces stand between them.
struct Words {
  std::vector<std::string_view> words;
  bool single_spaces = true;
};

Words split_words(std::string_view line) {
  Words result;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t space = line.find(' ', begin);
    const std::string_view word = line.substr(begin, space - begin);
    if (!word.empty()) {
      result.words.push_back(word);
    } else if (!line.empty()) {
      result.single_spaces = false;
    }
    if (space == std::string_view::npos) return result;
    begin = space + 1;
  }
}

void read_first_line(std::string_view text, Capabilities& capabilities) {
  const std::size_t space = text.find(' ');
  capabilities.domain = text.substr(0, space);
  if (space != std::string_view::npos) capabilities.greeting = text.substr(space + 1);
  if (capabilities.domain.empty()) {
    capabilities.faults.push_back({CapabilityFault::no_domain, 0});
  } else if (!is_domain(capabilities.domain)) {
    capabilities.faults.push_back({CapabilityFault::bad_domain, 0});
  }
}

void read_keyword_line(std::string_view text, std::size_t line, Capabilities& capabilities) {
  const auto note = [&](CapabilityFault fault) { capabilities.faults.push_back({fault, line}); };
  const Words split = split_words(text);
  if (!split.single_spaces) note(CapabilityFault::bad_spacing);
  if (split.words.empty()) return note(CapabilityFault::bad_keyword);

  Capability capability{to_upper(split.words.front()), std::string(text), {}};
  capability.parameters.assign(split.words.begin() + 1, split.words.end());
  if (!is_keyword(split.words.front())) note(CapabilityFault::bad_keyword);
  if (!std::all_of(split.words.begin() + 1, split.words.end(), is_parameter))
    note(CapabilityFault::bad_parameter);
  if (capabilities.has(capability.keyword)) note(CapabilityFault::duplicate_keyword);
  capabilities.keywords.push_back(std::move(capability));
}

}  // namespace

std::string_view to_string(CapabilityFault fault) {
  switch (fault) {
    case CapabilityFault::no_domain:
      return "no_domain";
    case CapabilityFault::bad_domain:
      return "bad_domain";
    case CapabilityFault::bad_keyword:
      return "bad_keyword";
    case CapabilityFault::bad_parameter:
      return "bad_parameter";
    case CapabilityFault::bad_spacing:
      return "bad_spacing";
    case CapabilityFault::duplicate_keyword:
      return "duplicate_keyword";
  }
  return "unknown";
}

const Capability* Capabilities::find(std::string_view keyword) const {
  const auto found = std::find_if(keywords.begin(), keywords.end(), [&](const Capability& capability) {
    return equals_ignoring_case(capability.keyword, keyword);
  });
  return found == keywords.end() ? nullptr : &*found;
}

const std::vector<std::string>& Capabilities::parameters(std::string_view keyword) const {
  static const std::vector<std::string> none;
  const Capability* const capability = find(keyword);
  return capability == nullptr ? none : capability->parameters;
}

bool Capabilities::offers(std::string_view keyword, std::string_view parameter) const {
  const std::vector<std::string>& offered = parameters(keyword);
  return std::any_of(offered.begin(), offered.end(),
                     [&](const std::string& other) { return equals_ignoring_case(other, parameter); });
}

Capabilities parse_capabilities(const Reply& reply) {
  Capabilities capabilities;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const std::string_view text = reply.lines[i].text();
    if (i == 0) {
      read_first_line(text, capabilities);
    } else {
      read_keyword_line(text, i, capabilities);
    }
  }
  return capabilities;
}

}  // namespace smtpspec::smtp
