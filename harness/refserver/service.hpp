// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace smtpspec::refserver {

/// What a listener speaks.
enum class Service {
  smtp,
  submission,  ///< SMTP with MAIL for authenticated clients alone (RFC 6409 4.3)
  smtps,       ///< TLS from the first octet
  lmtp,        ///< RFC 2033
};

/// "smtp", "submission", "smtps", "lmtp".
constexpr std::string_view to_string(Service service) {
  switch (service) {
    case Service::smtp:
      return "smtp";
    case Service::submission:
      return "submission";
    case Service::smtps:
      return "smtps";
    case Service::lmtp:
      return "lmtp";
  }
  return {};
}

}  // namespace smtpspec::refserver
