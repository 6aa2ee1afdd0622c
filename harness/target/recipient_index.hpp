// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::target {

/// The token in an address made after a pattern such as `user+{token}@example.test`; letter case doesn't
/// count outside the token, nor do angle brackets. Nothing when the address is made otherwise or the pattern
/// has no token.
std::optional<std::string> token_in(std::string_view address, std::string_view pattern);

/// The values of the first header field of a message with one of the names, in the order of the names: what
/// the store has put on top stands before what the sender wrote below. Empty when there is none.
std::vector<std::string> first_fields(std::string_view message, const std::vector<std::string>& names);

/// The header block of a message, without the empty line.
std::string_view header_block(std::string_view message);

/// Which messages belong to which recipient token. Messages are numbers of the caller's. Letter case of the
/// token doesn't count, for a server may change it.
class RecipientIndex {
 public:
  RecipientIndex(std::string pattern, std::vector<std::string> recipient_headers)
      : pattern_(std::move(pattern)), recipient_headers_(std::move(recipient_headers)) {}

  /// Files a message under the tokens of these recipients; with none of them in the pattern's form, it is
  /// found by a token that stands anywhere in `headers`.
  void add(std::size_t message, const std::vector<std::string>& recipients, std::string_view headers);

  /// The recipients that a message's own header names.
  std::vector<std::string> recipients_of(std::string_view message) const;

  /// The messages of a token in the order in which they were added.
  std::vector<std::size_t> find(std::string_view token) const;

 private:
  struct Unfiled {
    std::size_t message;
    std::string headers;
  };

  std::string pattern_;
  std::vector<std::string> recipient_headers_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_token_;
  std::vector<Unfiled> unfiled_;
};

}  // namespace smtpspec::target
