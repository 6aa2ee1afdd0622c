// SPDX-License-Identifier: Apache-2.0
#include "result/shard.hpp"

#include <charconv>

#include <fmt/format.h>

namespace smtpspec::result {
namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Shard> parse_shard(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = number(text.substr(0, slash)), total = number(text.substr(slash + 1));
  if (!index || !total || *index == 0 || *index > *total || *total > max_shards) return std::nullopt;
  return Shard{*index, *total};
}

std::string to_string(const Shard& shard) {
  return fmt::format("{}/{}", shard.index, shard.total);
}

std::uint32_t shard_of(std::string_view case_id, std::uint32_t total) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char octet : case_id) {
    hash ^= static_cast<unsigned char>(octet);
    hash *= 0x100000001b3;
  }
  return static_cast<std::uint32_t>(hash % total) + 1;
}

}  // namespace smtpspec::result
