// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "refserver/transaction.hpp"

namespace smtpspec::refserver {

/// The message that tells the sender of a delivery, for the recipients with NOTIFY=SUCCESS (RFC 3461 section
/// 6, RFC 3464). Nothing when there are none, or the null reverse-path leaves nobody to tell.
std::optional<std::string> success_notification(const Transaction& transaction, const std::string& content,
                                                const std::string& host_name);

}  // namespace smtpspec::refserver
