// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "interop/exchange.hpp"
#include "interop/middleman.hpp"
#include "interop/play.hpp"
#include "result/model.hpp"

namespace smtpspec::interop {

/// Stands for the queue of a server that can't be listed.
inline constexpr std::string_view no_listing = "(no listing)";

/// Who is in the two seats.
struct PairSeats {
  const Seat& sender;
  const Seat& receiver;
};

/// A case that says what it is and nothing yet of what came out.
result::CaseResult describe_pair_case(const PairSeats& seats, const Message& message);

/// Gathers what is known of a message that has been on its way, judges it, and adds both dialogues.
void fill_pair_case(const Exchange& exchange, const PairSeats& seats, const Middleman& middleman,
                    const std::string& receiver_queue, const scenario::Catalogue::Map& requirements,
                    result::CaseResult& result);

}  // namespace smtpspec::interop
