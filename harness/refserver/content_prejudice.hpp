// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::refserver {

// Why a broken server may refuse content that it has to take (ContentBehaviour::refuses).

bool lacks_usual_fields(const std::string& content);  ///< not exactly one From and one Date
bool has_resent_fields(const std::string& content);
bool has_odd_received(const std::string& content);  ///< a Received without from, by or date
bool has_ten_received(const std::string& content);
bool has_many_in_header(const std::string& content);       ///< more than a hundred addresses
bool has_long_line_of_header(const std::string& content);  ///< more than 500 octets

}  // namespace smtpspec::refserver
