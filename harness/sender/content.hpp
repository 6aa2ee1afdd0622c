// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sender/behaviour.hpp"

namespace smtpspec::sender {

/// The content with CRLF for every lone CR and lone LF: neither may ever be sent (RFC 5321 2.3.8).
std::string with_crlf_alone(std::string_view content);

/// The content with the CRLF that its last line may lack (RFC 5321 4.1.1.4).
std::string with_last_line_ended(std::string content);

bool has_eight_bit(std::string_view text);

/// What goes over the wire behind a 354: stuffed, with the final dot (RFC 5321 4.1.1.4, 4.5.2). The last line
/// of the content is ended.
std::string data_octets(const std::string& content, const ContentBehaviour& behaviour);

}  // namespace smtpspec::sender
