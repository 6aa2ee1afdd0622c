// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

namespace smtpspec::refserver {

/// What the server can offer beyond RFC 5321's required set. One EHLO keyword each.
enum class Feature {
  pipelining,
  size,
  eight_bit_mime,
  enhanced_status_codes,
  starttls,
  auth,
  chunking,
  binary_mime,
  smtp_utf8,
  dsn,
  vrfy,
  help,
};

/// Every feature, in the order in which EHLO lists them.
const std::vector<Feature>& every_feature();

/// The EHLO keyword, in upper case.
std::string_view keyword_of(Feature feature);

/// The feature of an EHLO keyword in any case of letters; nothing when the server knows none of that name.
std::optional<Feature> feature_of(std::string_view keyword);

/// Which features are on. All of them unless said otherwise.
class FeatureSet {
 public:
  FeatureSet() { bits_.set(); }

  bool has(Feature feature) const { return bits_.test(static_cast<std::size_t>(feature)); }

  /// Switches a feature off, and with it what may not be offered alone: BINARYMIME without CHUNKING (RFC 3030
  /// section 3), SMTPUTF8 without 8BITMIME (RFC 6531 3.1).
  void remove(Feature feature);

  bool operator==(const FeatureSet&) const = default;

 private:
  std::bitset<12> bits_;
};

}  // namespace smtpspec::refserver
