// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "sender/content.hpp"
#include "sender/dialogue.hpp"
#include "smtp/command.hpp"
#include "smtp/dot_stuffing.hpp"

namespace smtpspec::sender {

/// 354 lets the content follow, nothing else does (RFC 5321 3.3).
void Dialogue::on_data(const smtp::Reply& reply, Meaning meaning) {
  const TransactionBehaviour& transaction = behaviour().transaction;
  if (transaction.behind_data == TransactionBehaviour::Behind::content) return;  // it is on its way
  const bool goes_ahead = meaning == Meaning::more ||
                          (meaning == Meaning::success && transaction.content_after_success) ||
                          (meaning >= Meaning::later && transaction.content_after_refusal);
  const bool for_somebody = !accepted_.empty() || transaction.content_to_nobody;
  if (goes_ahead && for_somebody) return send_content();
  if (meaning == Meaning::more && !transaction.no_lone_dot)
    return write(Asked::nothing, ".\r\n");  // RFC 2920 3.1
  decide_accepted(without_success(meaning), reply);
  // 2yz: there is no telling what the server takes for content now.
  if (meaning == Meaning::success) return quit();
  end_transaction();
}

void Dialogue::send_content() {
  write(Asked::content, data_octets(content_, behaviour().content));
}

void Dialogue::on_content(const smtp::Reply& reply, Meaning meaning) {
  open_ = false;
  if (behaviour().transaction.sends_twice && !std::exchange(sent_once_, true)) return begin_transaction();
  decide_accepted(meaning == Meaning::success ? Outcome::Kind::delivered : without_success(meaning), reply);
  end_transaction();
}

void Dialogue::decide_accepted(Outcome::Kind kind, const smtp::Reply& reply) {
  for (const std::size_t recipient : accepted_) decide(recipient, kind, reply);
}

/// BDAT and its octets, uninterrupted; the next one waits for the reply to this one.
void Dialogue::send_chunk() {
  const ChunkBehaviour& chunks = behaviour().chunks;
  if (sent_ == 0 && chunks.stuffs) content_ = smtp::stuff_dots(content_);
  std::string piece = content_.substr(sent_, settings_->chunk_octets);
  sent_ += piece.size();
  const bool last = sent_ == content_.size();
  if (last && chunks.ends_with_dot) piece += ".\r\n";
  const std::size_t counted = piece.size() - std::min(piece.size(), chunks.octets_uncounted);
  write(last ? Asked::last_chunk : Asked::chunk,
        smtp::build_bdat(counted, last && !chunks.never_last) + "\r\n" + piece);
}

void Dialogue::on_chunk(bool last, const smtp::Reply& reply, Meaning meaning) {
  const bool goes_on = meaning == Meaning::success || behaviour().chunks.goes_on_after_refusal;
  if (!last && goes_on) return send_chunk();
  if (meaning == Meaning::success) return on_content(reply, meaning);
  must_reset_ = true;
  decide_accepted(without_success(meaning), reply);
  end_transaction();
}

}  // namespace smtpspec::sender
