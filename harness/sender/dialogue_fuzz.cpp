// SPDX-License-Identifier: Apache-2.0
// Whatever a server answers: the dialogue ends, decides every recipient, and believes a delivery only after
// it has sent the content.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sender/dialogue.hpp"

namespace smtpspec::sender {
namespace {

constexpr std::string_view end_of_content = "text\r\n.\r\n";

Message message() {
  Message made;
  made.reverse_path = "a@s.test";
  made.recipients = {{"b@t.test", "FAILURE"}, {"c@t.test"}};
  made.content = "Subject: x\r\n\r\ntext\r\n";
  return made;
}

Settings settings(unsigned steer) {
  Settings made;
  made.tls.policy = static_cast<TlsPolicy>(steer % 4);
  made.prefers_chunks = (steer & 4U) != 0;
  if ((steer & 8U) != 0) made.credentials = Credentials{"user", "secret", true};
  made.tls.at_once = (steer & 16U) != 0;
  made.chunk_octets = 7;
  return made;
}

struct End {
  bool any_delivered = false;
  bool all_decided = true;
  bool content_was_sent = false;
};

Turn next(Dialogue& dialogue, Turn::Then then, std::string_view line) {
  return then == Turn::Then::start_tls ? dialogue.tls_established(line.size() % 2 == 0) : dialogue.feed(line);
}

/// Each line is an answer to what was said before it, as a server that waits would do.
End converse(std::string_view octets, unsigned steer) {
  Dialogue dialogue(std::make_shared<const Settings>(settings(steer)),
                    std::make_shared<const Message>(message()), {0, 1});
  Turn turn = dialogue.begin();
  std::string said;
  while (!octets.empty() && turn.then != Turn::Then::close) {
    const std::size_t line = std::min(octets.find('\n'), octets.size() - 1) + 1;
    turn = next(dialogue, turn.then, octets.substr(0, line));
    octets.remove_prefix(line);
    said += turn.output;
  }
  if (turn.then != Turn::Then::close) dialogue.connection_lost("the end");
  End end;
  for (const Outcome& outcome : dialogue.outcomes()) {
    end.any_delivered = end.any_delivered || outcome.kind == Outcome::Kind::delivered;
    end.all_decided = end.all_decided && outcome.kind != Outcome::Kind::undecided;
  }
  end.content_was_sent =
      said.find(end_of_content) != std::string::npos || said.find(" LAST\r\n") != std::string::npos;
  return end;
}

}  // namespace
}  // namespace smtpspec::sender

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace smtpspec::sender;
  if (size == 0) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const End end = converse(octets.substr(1), data[0]);
  if (!end.all_decided || (end.any_delivered && !end.content_was_sent)) std::abort();
  return 0;
}
