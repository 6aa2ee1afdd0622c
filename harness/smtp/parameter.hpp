// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "smtp/path.hpp"

namespace smtpspec::smtp {

/// One ESMTP parameter of MAIL or RCPT.
struct Parameter {
  std::string original;
  std::string keyword;  ///< upper-cased
  std::optional<std::string> value;
};

enum class ParameterFault {
  bad_spacing,  ///< not exactly one space before each
  bad_keyword,
  empty_value,  ///< "KEY="
  bad_value,    ///< "=", a space or a control character, or an octet above 127 without SMTPUTF8
};

std::string_view to_string(ParameterFault fault);

struct ParameterProblem {
  ParameterFault fault;
  std::size_t offset;
};

/// Reads what follows a path: nothing, or *(SP esmtp-param). Spaces at the end are tolerated (RFC
/// 5321 4.1.1).
std::variant<std::vector<Parameter>, ParameterProblem> parse_parameters(
    std::string_view text, AddressCharset charset = AddressCharset::ascii);

}  // namespace smtpspec::smtp
