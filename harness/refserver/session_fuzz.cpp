// SPDX-License-Identifier: Apache-2.0
// Whatever a client sends, however it is cut: the session neither breaks nor grows, and answers the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "refserver/session.hpp"

namespace smtpspec::refserver {
namespace {

struct Answer {
  std::string output;
  std::size_t deliveries = 0;
  bool open = true;
};

Answer answer(std::string_view octets, std::size_t piece) {
  static const auto configuration = std::make_shared<const Configuration>();
  DeliveryStore store;
  Session session(configuration, Service::smtp, "[127.0.0.1]", store);
  Answer answer{session.greet().output, 0, true};
  while (!octets.empty() && answer.open) {
    const std::string_view part = octets.substr(0, piece);
    octets.remove_prefix(part.size());
    const Turn turn = session.feed(part);
    answer.output += turn.output;
    answer.open = turn.then == Turn::Then::read;
  }
  answer.deliveries = store.deliveries().size();
  return answer;
}

/// CRAM-MD5 and SCRAM put a nonce into their challenge.
bool is_repeatable(std::string_view output) {
  for (std::size_t at = output.find("334 "); at != std::string_view::npos; at = output.find("334 ", at + 1)) {
    if (output.substr(at + 4, 20).find("\r\n") == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace
}  // namespace smtpspec::refserver

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace smtpspec::refserver;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Answer whole = answer(octets, octets.size());
  if (!is_repeatable(whole.output)) return 0;
  for (const std::size_t piece : {1u, 7u}) {
    const Answer cut = answer(octets, piece);
    if (cut.output != whole.output || cut.deliveries != whole.deliveries) std::abort();
  }
  return 0;
}
