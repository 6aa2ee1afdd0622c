// SPDX-License-Identifier: Apache-2.0
#include "refserver/feature.hpp"

#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

struct Keyword {
  Feature feature;
  std::string_view word;
};

constexpr Keyword keywords[] = {
    {Feature::pipelining, "PIPELINING"},
    {Feature::size, "SIZE"},
    {Feature::eight_bit_mime, "8BITMIME"},
    {Feature::enhanced_status_codes, "ENHANCEDSTATUSCODES"},
    {Feature::starttls, "STARTTLS"},
    {Feature::auth, "AUTH"},
    {Feature::chunking, "CHUNKING"},
    {Feature::binary_mime, "BINARYMIME"},
    {Feature::smtp_utf8, "SMTPUTF8"},
    {Feature::dsn, "DSN"},
    {Feature::vrfy, "VRFY"},
    {Feature::help, "HELP"},
};

}  // namespace

const std::vector<Feature>& every_feature() {
  static const std::vector<Feature> all = [] {
    std::vector<Feature> features;
    for (const Keyword& keyword : keywords) features.push_back(keyword.feature);
    return features;
  }();
  return all;
}

std::string_view keyword_of(Feature feature) {
  for (const Keyword& keyword : keywords) {
    if (keyword.feature == feature) return keyword.word;
  }
  return {};
}

std::optional<Feature> feature_of(std::string_view keyword) {
  for (const Keyword& known : keywords) {
    if (smtp::equals_ignoring_case(known.word, keyword)) return known.feature;
  }
  return std::nullopt;
}

void FeatureSet::remove(Feature feature) {
  bits_.reset(static_cast<std::size_t>(feature));
  if (feature == Feature::chunking) remove(Feature::binary_mime);
  if (feature == Feature::eight_bit_mime) remove(Feature::smtp_utf8);
}

}  // namespace smtpspec::refserver
