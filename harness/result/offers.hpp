// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::result {

/// What is offered, by where: the answer to EHLO of each way into the target ("smtp", "smtp-in-tls", "lmtp",
/// ...), keywords in capitals and each mechanism of AUTH a word of its own ("AUTH PLAIN"); under "target"
/// what its file lets us do (credentials, mailbox, ...).
using Offers = std::map<std::string, std::vector<std::string>>;

/// What was missing that a case needs, in the words of Offers; `what` is empty where the way itself is
/// missing.
struct Lack {
  std::string where;
  std::string what;

  bool operator==(const Lack&) const = default;
};

/// The place of what the target's file lets us do.
inline constexpr const char* of_target_file = "target";

/// The place of a message of a case's own that the target does not take, so that it has none to send.
inline constexpr const char* of_messages = "messages";

/// The places of one way into the target beside itself: "smtp-in-tls", "smtp-after-auth".
inline std::string in_tls(const std::string& way) {
  return way + "-in-tls";
}
inline std::string after_auth(const std::string& way) {
  return way + "-after-auth";
}

bool contains(const std::vector<std::string>& words, std::string_view word);

/// What is offered by either, each word once, in their order.
void add_all(Offers& offers, const Offers& others);

/// Of a place that both know: what both offer. A place that only one knows stays as it is there.
void keep_common(Offers& offers, const Offers& others);

}  // namespace smtpspec::result
