// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "target/target.hpp"

namespace smtpspec::target {

/// Puts variables in the place of `{name}`. Braces around anything else stay, for configuration languages
/// have uses of their own for them (`${stress?{1}:{20}}`). Values may hold placeholders in turn, to a small
/// depth.
std::string fill(std::string_view text, const Variables& variables);

/// The same with values that are taken as they are, whatever they hold: addresses, passwords.
std::string fill_once(std::string_view text, const Variables& variables);

/// Fills every string of a target but the names of the recipients' {token}.
Target fill(const Target& target, const Variables& variables);

/// Every `{lower_case_word}` in a text, in order, without repetition.
std::vector<std::string> placeholders_in(std::string_view text);

/// The placeholders of a template that are no variables but look like a slip of the pen for one, as
/// "{prot}, did you mean {port}?". Others are taken for the configuration's own.
std::vector<std::string> misspelt_placeholders(std::string_view text, const Variables& variables);

}  // namespace smtpspec::target
