// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace smtpspec::smtp {

/// address-literal with its brackets (RFC 5321 4.1.3): [192.0.2.1], [IPv6:2001:db8::1], or a tag, a colon and
/// what that tag says. No general tag is registered, so that form is held against the grammar alone.
bool is_address_literal(std::string_view text);

/// Four numbers 0..255 of one to three digits.
bool is_ipv4_address(std::string_view text);

/// IPv6-addr of RFC 5321 4.1.3: `::` stands for at least two groups, unlike in RFC 4291.
bool is_ipv6_address(std::string_view text);

}  // namespace smtpspec::smtp
