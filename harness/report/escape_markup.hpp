// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace smtpspec::report {

/// For the content of an HTML element or a quoted attribute: `& < > " '` as entities. Control characters are
/// not its business: the text was escaped for display before.
std::string escape_markup(std::string_view text);

/// For a place in Markdown: <code>, with every sign that Markdown could take for its own as an entity.
std::string inline_code(std::string_view text);

}  // namespace smtpspec::report
