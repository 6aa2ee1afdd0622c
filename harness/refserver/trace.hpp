// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "refserver/behaviour.hpp"
#include "refserver/delivery_store.hpp"
#include "refserver/transaction.hpp"

namespace smtpspec::refserver {

/// What the trace fields tell.
struct TraceFacts {
  SessionFacts session;
  std::string client_literal;  ///< "[127.0.0.1]"; empty when the client came over a unix socket
  std::string host_name;
  std::string message_id;
};

/// "[127.0.0.1]" or "[IPv6:::1]" for an address.
std::string address_literal(std::string_view address);

/// date-time of RFC 5322 3.3 for this moment, without the obsolete forms (but for a defect's year).
std::string date_now(bool two_digit_year);

/// The message as it lies in the mailbox: Return-Path and Received on top of the content (RFC 5321 4.4), the
/// former for final delivery alone.
std::string with_trace(const std::string& content, const Transaction& transaction, bool is_final,
                       const TraceFacts& facts, const DeliveryBehaviour& behaviour);

}  // namespace smtpspec::refserver
