// SPDX-License-Identifier: Apache-2.0
// BDAT (RFC 3030 section 2).
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "refserver/session.hpp"

namespace smtpspec::refserver {

namespace {

/// Takes a dot away at the beginning of every line, as if chunks were stuffed.
std::string without_stuffing(std::string_view chunk) {
  std::string kept;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const bool at_line_start = i == 0 || (i > 1 && chunk[i - 1] == '\n' && chunk[i - 2] == '\r');
    if (chunk[i] != '.' || !at_line_start) kept += chunk[i];
  }
  return kept;
}

}  // namespace

void Session::bdat(const smtp::Command& command) {
  if (!has(Feature::chunking)) return not_implemented(command);
  const auto chunk = smtp::parse_bdat_argument(command.rest());
  if (!chunk) return say({501, "5.5.4", "A chunk size is missing or no number"});
  if (chunk->octets == 0 && chunk->last && behaviour().chunks.refuse_empty_last) {
    return say({501, "5.5.4", "An empty chunk"});
  }
  chunk_refusal_ = refuse_chunk(*chunk);
  if (chunk_refusal_ && behaviour().chunks.leaves_octets_of_refused) return say(*chunk_refusal_);
  chunk_ = *chunk;
  chunk_left_ = chunk->octets;
  chunk_octets_.clear();
  chunk_line_ = {command.line, command.ending};
  mode_ = Mode::chunk;
  if (chunk_left_ == 0 && !hold_chunk()) end_chunk();
}

/// The octets of a refused chunk are read all the same, and thrown away; the refusal comes after them.
std::optional<ServerReply> Session::refuse_chunk(const smtp::BdatArgument& chunk) const {
  if (!transaction_) return ServerReply(503, "5.5.1", "MAIL comes first");
  if (transaction_->recipients.empty()) return ServerReply(503, "5.5.1", "No recipient was accepted");
  const std::uint64_t limit = policy().limits.message_octets;
  const bool fits = chunk.octets <= limit && transaction_->chunks.size() + chunk.octets <= limit;
  if (!fits && !behaviour().parsing.ignores_actual_size) {
    return ServerReply(552, "5.3.4", "Message too big");
  }
  return std::nullopt;
}

bool Session::take_chunk() {
  const std::string_view pending = lines_.pending();
  if (pending.empty()) return false;
  if (is_endless(chunk_.octets)) return false;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, pending.size()));
  if (!chunk_refusal_) chunk_octets_ += pending.substr(0, taken);
  lines_.consume(taken);
  chunk_left_ -= taken;
  const bool met_dot = behaviour().chunks.ends_at_dot && chunk_octets_.find("\r\n.\r\n") != std::string::npos;
  if (met_dot) {
    chunk_octets_.resize(chunk_octets_.find("\r\n.\r\n") + 2);
    chunk_.last = true;
    chunk_left_ = 0;
  }
  if (chunk_left_ == 0 && !hold_chunk()) end_chunk();
  return true;
}

void Session::end_chunk() {
  const ChunkBehaviour& knobs = behaviour().chunks;
  mode_ = Mode::commands;
  verb_ = "BDAT";
  if (chunk_refusal_) {
    // A transaction that lost a chunk can't go on; what is sent after it meets 503 (RFC 3030 section 2).
    const bool had_recipients = transaction_ && !transaction_->recipients.empty();
    if (had_recipients && chunk_.last) {
      answer_message(*chunk_refusal_);
    } else {
      say(*chunk_refusal_);
    }
    if (had_recipients) transaction_.reset();
    return;
  }
  if (knobs.unstuffs) chunk_octets_ = without_stuffing(chunk_octets_);
  if (knobs.keeps_last_alone && chunk_.last) transaction_->chunks.clear();
  transaction_->has_chunks = true;
  transaction_->chunks += chunk_octets_;
  if (chunk_.last) {
    std::string content = std::move(transaction_->chunks);
    return end_message(std::move(content), nullptr);
  }
  if (!knobs.silent_until_last) say({250, "2.0.0", fmt::format("{} octets received", chunk_.octets)});
}

}  // namespace smtpspec::refserver
