// SPDX-License-Identifier: Apache-2.0
#include "interop/shortened.hpp"

#include <utility>

#include <fmt/format.h>

namespace smtpspec::interop {
namespace {

using base::TranscriptEvent;

constexpr std::size_t head = 3 * 1024;
constexpr std::size_t tail = 1024;

std::string left_out(std::size_t octets) {
  return fmt::format("{} octets are not shown here", octets);
}

}  // namespace

void shorten(std::vector<TranscriptEvent>& events) {
  std::vector<TranscriptEvent> kept;
  for (auto& event : events) {
    if (event.kind == TranscriptEvent::Kind::note || event.bytes.size() <= head + tail) {
      kept.push_back(std::move(event));
      continue;
    }
    kept.push_back({event.kind, event.at, event.bytes.substr(0, head), event.encrypted});
    kept.push_back({TranscriptEvent::Kind::note, event.at, left_out(event.bytes.size() - head - tail)});
    kept.push_back({event.kind, event.at, event.bytes.substr(event.bytes.size() - tail), event.encrypted});
  }
  events = std::move(kept);
}

std::string shortened(std::string octets) {
  if (octets.size() <= head + tail) return octets;
  const auto size = octets.size();
  return octets.substr(0, head) + "\r\n[" + left_out(size - head - tail) + "]\r\n" +
         octets.substr(size - tail);
}

}  // namespace smtpspec::interop
