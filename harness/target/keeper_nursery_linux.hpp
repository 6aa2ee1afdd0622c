// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "target/keeper_protocol.hpp"

namespace smtpspec::target {

/// Begins the process of which all keepers are forked, unless it is there already. A fork copies the tables
/// of all the memory of who forks, and whatever both have is copied when one of them changes it: a run with
/// thousands of clients, each with a keeper, would spend more on that than on all else. So this is for the
/// first line of main(), where there is little memory and one thread. The process ends when
/// we do, after the last keeper.
void begin_keeper_nursery();

/// The time of processors, in microseconds, that keepers which have ended and everything they kept have used.
std::int64_t processor_time_of_the_kept();

/// Has it fork a keeper, which gets a copy of `socket` as its end and says `ready` there, or with an errno
/// why there is none. Otherwise what is in the way, for a person. From any thread.
std::optional<std::string> fork_keeper(int socket, const KeeperPlaces& places);

}  // namespace smtpspec::target
