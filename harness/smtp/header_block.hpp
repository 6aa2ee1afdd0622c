// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::smtp {

/// Where the header block of a message ends: the offset of the empty line, or of the end.
std::size_t header_size(std::string_view content);

/// The fields of the header block as they stand, each with its continuation lines and CRLF. What is no field
/// counts as one too; all of them joined are the block.
std::vector<std::string_view> header_fields(std::string_view content);

/// True for a field of that name, in any case of letters.
bool is_field(std::string_view field, std::string_view name);

/// How many fields of that name there are.
std::size_t count_fields(std::string_view content, std::string_view name);

/// The content without the fields of a name; nothing else changes.
std::string without_fields(const std::string& content, std::string_view name);

}  // namespace smtpspec::smtp
