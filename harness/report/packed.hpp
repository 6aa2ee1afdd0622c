// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// What a page that carries its own data and its own script needs.
namespace smtpspec::report {

/// Deflated without any header (RFC 1951), then in base64: what a browser's
/// DecompressionStream("deflate-raw") reads. Safe in any place of an HTML file.
std::string packed(std::string_view bytes);

/// "sha256-...", by which a Content-Security-Policy names the one script or style sheet that it allows.
std::string policy_hash(std::string_view text);

}  // namespace smtpspec::report
