// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace smtpspec::refserver {

/// Bounds, none below what RFC 5321 4.5.3.1 asks for.
struct Limits {
  std::size_t message_octets = 2 * 1024 * 1024;     ///< listed as SIZE
  std::uint64_t surplus_octets = 64 * 1024 * 1024;  ///< of a message beyond that, or of a line, read only for
                                                    ///< its end to be answered; then 421 and the session ends
  std::size_t recipients = 1000;                    ///< a message; beyond that 452
  std::size_t command_octets = 4096;                ///< with CRLF; beyond that 500
  std::size_t local_part_octets = 64;               ///< RFC 5321 4.5.3.1.1
  std::size_t domain_octets = 255;                  ///< RFC 5321 4.5.3.1.2
  std::size_t path_octets = 256;                    ///< RFC 5321 4.5.3.1.3
  std::size_t auth_octets = 12288 + 2;  ///< a line of an AUTH exchange with CRLF (RFC 4954 section 4)
  std::chrono::seconds idle{300};       ///< RFC 5321 4.5.3.2.7; then 421
};

/// For whom the server works and how it is called. Accepted recipients are `user`, `user+ANYTHING` and
/// `postmaster` at the domain, and `Postmaster` without one, in any case of letters. Every other address of
/// the domain is refused with 550 5.1.1. Other domains are for authenticated clients alone.
struct Policy {
  std::string host_name = "mx.example.test";
  std::string domain = "example.test";
  std::string user = "user";     ///< local part of the mailbox
  std::string relay_domain;      ///< taken from a trusted client without AUTH too; empty: none
  std::string trusted_client;    ///< address literal of such a client
  bool takes_everybody = false;  ///< every address of every domain has a mailbox here
  std::string auth_user = "user@example.test";
  std::string auth_password = "testpass";
  Limits limits;
};

}  // namespace smtpspec::refserver
