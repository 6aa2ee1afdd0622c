// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/reply.hpp"

namespace smtpspec::smtp {

/// Where an EHLO response leaves the grammar of RFC 5321 4.1.1.1.
enum class CapabilityFault {
  no_domain,          ///< the first line names no domain
  bad_domain,         ///< what stands there is no Domain
  bad_keyword,        ///< not (ALPHA / DIGIT) *(ALPHA / DIGIT / "-"); also an empty line
  bad_parameter,      ///< an octet outside 33..126
  bad_spacing,        ///< a space at the beginning or end, or two in a row
  duplicate_keyword,  ///< the keyword was listed before; no grammar forbids it
};

/// The name of a fault, as its enumerator is spelled.
std::string_view to_string(CapabilityFault fault);

/// One line of an EHLO response.
struct Capability {
  std::string keyword;  ///< upper-cased, for look-up
  std::string line;     ///< exactly as it came, without code and ending
  std::vector<std::string> parameters;
};

/// What a server says about itself in its answer to EHLO.
struct Capabilities {
  struct FaultAt {
    CapabilityFault fault;
    std::size_t line;  ///< counts from 0 in the reply
    bool operator==(const FaultAt&) const = default;
  };

  std::string domain;                ///< first word of the first line
  std::string greeting;              ///< what follows it
  std::vector<Capability> keywords;  ///< in the order listed
  std::vector<FaultAt> faults;

  /// Case doesn't matter.
  bool has(std::string_view keyword) const { return find(keyword) != nullptr; }

  /// The first entry of a keyword; null when it was not listed.
  const Capability* find(std::string_view keyword) const;

  /// Of the first entry; empty when there are none or the keyword was not listed.
  const std::vector<std::string>& parameters(std::string_view keyword) const;

  /// True when a parameter is among those of the keyword, whatever its case: offers("AUTH", "plain").
  bool offers(std::string_view keyword, std::string_view parameter) const;
};

/// Reads the reply to EHLO (or LHLO). The caller has looked at its code.
Capabilities parse_capabilities(const Reply& reply);

}  // namespace smtpspec::smtp
