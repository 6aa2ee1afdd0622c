// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sender/behaviour.hpp"
#include "sender/outcome.hpp"
#include "smtp/reply.hpp"

namespace smtpspec::sender {

/// What a reply says by its first digit, whatever its code and text (RFC 5321 4.2, 4.3.2).
enum class Meaning {
  success,   ///< 2yz
  more,      ///< 3yz
  later,     ///< 4yz
  never,     ///< 5yz
  nonsense,  ///< no code, or another first digit: the transaction is over (RFC 5321 4.2)
};

/// What a reply makes of recipients when it did not bring success. One that is neither 4yz nor 5yz leaves
/// hope.
constexpr Outcome::Kind without_success(Meaning meaning) {
  return meaning == Meaning::never ? Outcome::Kind::failed : Outcome::Kind::deferred;
}

Meaning meaning_of(const smtp::Reply& reply, const ReplyBehaviour& behaviour);

/// 421: the server closes the connection, whatever was asked (RFC 5321 3.8).
bool closes_channel(const smtp::Reply& reply);

/// A reply to RCPT which says that the transaction has enough recipients; the others may come in another one.
/// RFC 821 gave 552 for it (RFC 5321 4.5.3.1.10), which else is about the size of the message (RFC 1870).
bool says_too_many_recipients(const smtp::Reply& reply);

}  // namespace smtpspec::sender
