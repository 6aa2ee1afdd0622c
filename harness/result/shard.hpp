// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::result {

/// One of several processes that share the cases of a run.
struct Shard {
  std::uint32_t index = 1;  ///< from 1
  std::uint32_t total = 1;

  bool operator==(const Shard&) const = default;
};

inline constexpr std::uint32_t max_shards = 10000;

/// "2/4"; nothing for anything else, an index past the total or a total past max_shards.
std::optional<Shard> parse_shard(std::string_view text);
std::string to_string(const Shard& shard);

/// Which shard plays a case: FNV-1a of 64 bits over the octets of its id, modulo the total, plus one. The
/// same everywhere and for ever, so that a case stays where it is while others come and go.
std::uint32_t shard_of(std::string_view case_id, std::uint32_t total);

}  // namespace smtpspec::result
