// SPDX-License-Identifier: Apache-2.0
#include "refserver/parameters.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/core.h>

#include "smtp/letter_case.hpp"
#include "smtp/size.hpp"
#include "smtp/xtext.hpp"

namespace smtpspec::refserver {

namespace {

using Refusal = std::optional<ServerReply>;

constexpr std::size_t max_envelope_id = 100;         // RFC 3461 4.4
constexpr std::size_t max_original_recipient = 500;  // RFC 3461 4.2

ServerReply bad_value(const smtp::Parameter& parameter) {
  return {501, "5.5.4", fmt::format("Bad value for {}", parameter.keyword)};
}

ServerReply unknown(const smtp::Parameter& parameter) {
  return {555, "5.5.4", fmt::format("{} is not a parameter here", parameter.keyword)};
}

/// What holds for every parameter: refused by a knob, repeated.
Refusal refuse_by_keyword(const smtp::Parameter& parameter, std::set<std::string>& seen,
                          const ParsingBehaviour& behaviour) {
  if (behaviour.refused_parameters.count(parameter.keyword) > 0) return unknown(parameter);
  const bool lower_case = parameter.original.substr(0, parameter.keyword.size()) != parameter.keyword;
  if (behaviour.keywords_in_upper_case_alone && lower_case) return unknown(parameter);
  if (!seen.insert(parameter.keyword).second && !behaviour.takes_repeated_parameters) {
    return ServerReply(501, "5.5.4", fmt::format("{} is given twice", parameter.keyword));
  }
  return std::nullopt;
}

Refusal read_size(const smtp::Parameter& parameter, const Configuration& configuration,
                  MailParameters& result) {
  const auto size = smtp::parse_size_value(parameter.value.value_or(""));
  if (!size) return bad_value(parameter);
  result.size = *size;
  if (*size <= configuration.policy.limits.message_octets) return std::nullopt;
  if (configuration.behaviour.parsing.ignores_declared_size) return std::nullopt;
  return ServerReply(552, "5.3.4", "Message too big");  // RFC 1870 6.1
}

Refusal read_body(const smtp::Parameter& parameter, const Configuration& configuration,
                  MailParameters& result) {
  const FeatureSet& features = configuration.features;
  const bool takes_any = configuration.behaviour.parsing.takes_unoffered_body;
  const std::string value = smtp::to_upper(parameter.value.value_or(""));
  if (value == "BINARYMIME") {
    result.body = Body::binary_mime;
    return features.has(Feature::binary_mime) || takes_any ? Refusal{} : unknown(parameter);
  }
  if (value == "8BITMIME") {
    result.body = Body::eight_bit_mime;
    return features.has(Feature::eight_bit_mime) ? Refusal{} : unknown(parameter);
  }
  if (value == "7BIT") return std::nullopt;
  return bad_value(parameter);
}

/// RFC 4954 section 5: a mailbox or `<>`, as xtext.
Refusal read_auth(const smtp::Parameter& parameter) {
  const auto decoded = smtp::decode_xtext(parameter.value.value_or(""));
  if (!decoded) return bad_value(parameter);
  const auto mailbox = smtp::parse_mailbox(*decoded, smtp::AddressCharset::utf8);
  if (*decoded != "<>" && !std::holds_alternative<smtp::Mailbox>(mailbox)) return bad_value(parameter);
  return std::nullopt;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 32 && c <= 126; });
}

Refusal read_envelope_id(const smtp::Parameter& parameter, MailParameters& result) {
  result.envelope_id = parameter.value.value_or("");
  const auto decoded = smtp::decode_xtext(result.envelope_id);
  const bool fits = decoded && !decoded->empty() && is_printable(*decoded);
  if (!fits || result.envelope_id.size() > max_envelope_id) return bad_value(parameter);
  return std::nullopt;
}

Refusal read_return_kind(const smtp::Parameter& parameter, MailParameters& result) {
  result.return_kind = smtp::to_upper(parameter.value.value_or(""));
  if (result.return_kind == "FULL" || result.return_kind == "HDRS") return std::nullopt;
  return bad_value(parameter);
}

Refusal read_mail_parameter(const smtp::Parameter& parameter, const Configuration& configuration,
                            MailParameters& result) {
  const FeatureSet& features = configuration.features;
  const std::string& keyword = parameter.keyword;
  const bool has_body = features.has(Feature::eight_bit_mime) || features.has(Feature::binary_mime);
  if (keyword == "SIZE" && features.has(Feature::size)) return read_size(parameter, configuration, result);
  if (keyword == "BODY" && has_body) return read_body(parameter, configuration, result);
  if (keyword == "AUTH" && features.has(Feature::auth)) return read_auth(parameter);
  if (keyword == "RET" && features.has(Feature::dsn)) return read_return_kind(parameter, result);
  if (keyword == "ENVID" && features.has(Feature::dsn)) return read_envelope_id(parameter, result);
  if (keyword == "SMTPUTF8" && features.has(Feature::smtp_utf8)) {
    result.smtp_utf8 = true;
    return parameter.value ? Refusal(bad_value(parameter)) : Refusal{};  // RFC 6531 3.4
  }
  if (configuration.behaviour.parsing.takes_unknown_parameters) return std::nullopt;
  return unknown(parameter);
}

/// NEVER alone, or some of SUCCESS, FAILURE, DELAY between commas (RFC 3461 4.1).
Refusal read_notify(const smtp::Parameter& parameter, RecipientParameters& result) {
  const std::string value = smtp::to_upper(parameter.value.value_or(""));
  result.notify = value;
  if (value == "NEVER") return std::nullopt;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string word = value.substr(begin, end - begin);
    if (word != "SUCCESS" && word != "FAILURE" && word != "DELAY") return bad_value(parameter);
    if (word == "SUCCESS") result.notify_success = true;
    begin = end + 1;
  }
  return std::nullopt;
}

/// addr-type ";" xtext (RFC 3461 4.2); with SMTPUTF8 the address may be UTF-8 as it is (RFC 6533 section 3).
Refusal read_original_recipient(const smtp::Parameter& parameter, const FeatureSet& features,
                                RecipientParameters& result) {
  result.original_recipient = parameter.value.value_or("");
  const std::string& value = result.original_recipient;
  const std::size_t semicolon = value.find(';');
  const bool has_both = semicolon != std::string::npos && semicolon > 0 && semicolon + 1 < value.size();
  if (!has_both || value.size() > max_original_recipient) return bad_value(parameter);
  const bool utf8 = features.has(Feature::smtp_utf8) &&
                    std::any_of(value.begin(), value.end(), [](char c) { return (c & 0x80) != 0; });
  if (!utf8 && !smtp::decode_xtext(value.substr(semicolon + 1))) return bad_value(parameter);
  return std::nullopt;
}

Refusal read_recipient_parameter(const smtp::Parameter& parameter, const Configuration& configuration,
                                 RecipientParameters& result) {
  const FeatureSet& features = configuration.features;
  if (parameter.keyword == "NOTIFY" && features.has(Feature::dsn)) return read_notify(parameter, result);
  if (parameter.keyword == "ORCPT" && features.has(Feature::dsn)) {
    return read_original_recipient(parameter, features, result);
  }
  if (configuration.behaviour.parsing.takes_unknown_parameters) return std::nullopt;
  return unknown(parameter);
}

/// Reads one after another; the first refusal stands.
template <typename Result, typename Read>
std::variant<Result, ServerReply> read_all(const std::vector<smtp::Parameter>& parameters,
                                           const Configuration& configuration, Read read) {
  Result result;
  std::set<std::string> seen;
  for (const smtp::Parameter& parameter : parameters) {
    Refusal refusal = refuse_by_keyword(parameter, seen, configuration.behaviour.parsing);
    if (!refusal) refusal = read(parameter, configuration, result);
    const bool is_bad_value = refusal && refusal->code == 501;
    if (is_bad_value && configuration.behaviour.parsing.takes_bad_values) continue;
    if (refusal) return *refusal;
  }
  return result;
}

}  // namespace

std::variant<MailParameters, ServerReply> read_mail_parameters(const std::vector<smtp::Parameter>& parameters,
                                                               const Configuration& configuration) {
  return read_all<MailParameters>(parameters, configuration, read_mail_parameter);
}

std::variant<RecipientParameters, ServerReply> read_recipient_parameters(
    const std::vector<smtp::Parameter>& parameters, const Configuration& configuration) {
  return read_all<RecipientParameters>(parameters, configuration, read_recipient_parameter);
}

}  // namespace smtpspec::refserver
