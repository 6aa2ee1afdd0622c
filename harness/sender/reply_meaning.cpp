// SPDX-License-Identifier: Apache-2.0
#include "sender/reply_meaning.hpp"

#include <algorithm>
#include <array>

#include "smtp/enhanced_status.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::sender {

namespace {

constexpr std::array known_codes = {
    211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 421, 450, 451, 452, 455,
    500, 501, 502, 503, 504, 530, 534, 535, 550, 551, 552, 553, 554, 555};  // RFC 5321 4.2.3, RFC 4954

Meaning by_first_digit(int code) {
  switch (code / 100) {
    case 2:
      return Meaning::success;
    case 3:
      return Meaning::more;
    case 4:
      return Meaning::later;
    case 5:
      return Meaning::never;
    default:
      return Meaning::nonsense;
  }
}

bool sounds_bad(const smtp::Reply& reply) {
  const std::string text = smtp::to_upper(reply.text());
  return text.find("ERROR") != std::string::npos || text.find("FAIL") != std::string::npos ||
         text.find("REJECT") != std::string::npos;
}

Meaning misread(const smtp::Reply& reply, Meaning meaning, const ReplyBehaviour& behaviour) {
  if (behaviour.needs_space_after_code && reply.has(smtp::ReplyFault::bare_code)) return Meaning::nonsense;
  const bool known = std::find(known_codes.begin(), known_codes.end(), reply.code) != known_codes.end();
  if (behaviour.known_codes_alone && !known) return Meaning::never;
  if (behaviour.only_250_succeeds && reply.code > 250 && meaning == Meaning::success) return Meaning::never;
  if (behaviour.believes_text && meaning == Meaning::success && sounds_bad(reply)) return Meaning::never;
  if (behaviour.temporary_is_permanent && meaning == Meaning::later) return Meaning::never;
  if (behaviour.permanent_is_temporary && meaning == Meaning::never) return Meaning::later;
  return meaning;
}

}  // namespace

Meaning meaning_of(const smtp::Reply& reply, const ReplyBehaviour& behaviour) {
  const bool readable =
      !reply.lines.empty() && std::none_of(reply.faults.begin(), reply.faults.end(), smtp::makes_unusable);
  if (!readable) return Meaning::nonsense;
  return misread(reply, by_first_digit(reply.code), behaviour);
}

bool closes_channel(const smtp::Reply& reply) {
  return reply.code == 421;
}

bool says_too_many_recipients(const smtp::Reply& reply) {
  if (reply.code != 552 || reply.lines.empty()) return false;
  const auto status = smtp::parse_enhanced_status(reply.lines.back().text());
  return !status || (status->subject == 5 && status->detail == 3);  // X.5.3: too many recipients
}

}  // namespace smtpspec::sender
