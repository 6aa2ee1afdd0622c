// SPDX-License-Identifier: Apache-2.0
#include "smtp/parameter.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (to_upper(c) >= 'A' && to_upper(c) <= 'Z');
}

bool is_keyword(std::string_view word) {
  return !word.empty() && is_letter_or_digit(word.front()) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_value(std::string_view value, AddressCharset charset) {
  const auto is_allowed = [&](char c) {
    const bool eight_bit = static_cast<unsigned char>(c) > 127;
    return eight_bit ? charset == AddressCharset::utf8 : c >= 33 && c <= 126 && c != '=';
  };
  return std::all_of(value.begin(), value.end(), is_allowed) && base::is_valid_utf8(value);
}

}  // namespace

std::string_view to_string(ParameterFault fault) {
  switch (fault) {
    case ParameterFault::bad_spacing:
      return "bad_spacing";
    case ParameterFault::bad_keyword:
      return "bad_keyword";
    case ParameterFault::empty_value:
      return "empty_value";
    case ParameterFault::bad_value:
      return "bad_value";
  }
  return "unknown";
}

std::variant<std::vector<Parameter>, ParameterProblem> parse_parameters(std::string_view text,
                                                                        AddressCharset charset) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  std::vector<Parameter> parameters;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != ' ' || text[at + 1] == ' ') return ParameterProblem{ParameterFault::bad_spacing, at};
    const std::size_t begin = ++at;
    const std::string_view word = text.substr(begin, text.find(' ', begin) - begin);
    at += word.size();

    const std::size_t equals = word.find('=');
    const std::string_view keyword = word.substr(0, equals);
    if (!is_keyword(keyword)) return ParameterProblem{ParameterFault::bad_keyword, begin};
    Parameter parameter{std::string(word), to_upper(keyword), std::nullopt};
    if (equals != std::string_view::npos) {
      const std::string_view value = word.substr(equals + 1);
      if (value.empty()) return ParameterProblem{ParameterFault::empty_value, begin + equals};
      if (!is_value(value, charset)) return ParameterProblem{ParameterFault::bad_value, begin + equals + 1};
      parameter.value = value;
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace smtpspec::smtp
