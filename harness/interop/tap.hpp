// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/transcript.hpp"
#include "result/model.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/line.hpp"
#include "smtp/reply.hpp"

namespace smtpspec::interop {

/// One recipient of a transfer.
struct TransferRecipient {
  std::string command;  ///< the whole line without its ending
  int code = 0;         ///< 0: not answered
  std::string reply = {};
};

/// One mail transaction as it went over the wire between two servers.
struct Transfer {
  std::string mail;  ///< the whole MAIL command without its ending
  int mail_code = 0;
  std::string mail_reply;
  std::vector<TransferRecipient> recipients;
  std::string content;             ///< what a receiver that goes by the RFC makes of it, un-stuffed
  bool has_content = false;        ///< it was ended
  int code = 0;                    ///< the answer to the end of the content; 0: there was none
  std::string reply;               ///< the last answer that matters: to the content, to DATA, to MAIL
  std::vector<std::string> offer;  ///< EHLO keywords of the receiver, as passed on
  std::size_t first_event = 0;
  std::size_t past_event = 0;  ///< events of the session that belong to it

  bool was_taken() const { return has_content && code / 100 == 2; }
  /// A reply of this class came to MAIL, to a recipient, to DATA or to the content.
  bool was_answered(int reply_class) const;
  bool names(std::string_view word) const;
};

/// Reads along while one server talks to another, and says what is to be passed on: everything as it comes,
/// but for STARTTLS, which it takes out of the answer to EHLO, since nothing could be read behind it. Does no
/// I/O.
///
/// The sender's octets are commands until DATA is answered with 354 or a BDAT command counts its chunk; then
/// content. The receiver's replies belong to the commands in their order.
class Tap {
 public:
  /// What came from the server that sends: all of it is passed on.
  void hear_sender(std::string_view octets);

  /// What came from the server that receives; gives what is passed on, whole replies.
  std::string hear_receiver(std::string_view octets);

  /// Something that is no octets: "peer closed (FIN)".
  void note(std::string_view what);

  const std::deque<Transfer>& transfers() const { return transfers_; }

  /// The dialogue around one transfer: what was said before the first, and the transfer itself. Contents are
  /// shortened in the middle.
  result::Session dialogue_of(const Transfer& transfer) const;

 private:
  enum class Mode { commands, waiting_for_354, content, chunk };
  enum class Verb { greeting, hello, mail, recipient, data, content, chunk, last_chunk, other };
  struct Asked {
    Verb verb;
    std::size_t transfer;   ///< counts from 0; meaningless for some verbs
    std::size_t recipient;  ///< of that transfer
  };

  void read_sender();
  void read_command(std::string_view line);
  bool read_content();
  bool read_chunk();
  void begin_chunk(std::string_view argument);
  void answer(const smtp::Reply& reply);
  void settle(Transfer& transfer, const smtp::Reply& reply, const Asked& asked);
  std::string without_starttls(const smtp::Reply& reply);
  void record(base::TranscriptEvent::Kind kind, std::string_view octets);
  void add_event(std::size_t index, std::vector<base::TranscriptEvent>& events) const;
  Transfer* current() { return in_transaction_ ? &transfers_.back() : nullptr; }

  Mode mode_ = Mode::commands;
  std::string from_sender_;
  smtp::LineSplitter replies_{smtp::LinePolicy::lf_too};
  smtp::ReplyParser parser_;
  std::deque<Asked> asked_ = {{Verb::greeting, 0, 0}};
  std::optional<smtp::Unstuffer> unstuffer_;
  std::size_t chunk_left_ = 0;
  bool last_chunk_ = false;
  bool in_transaction_ = false;
  std::vector<std::string> offer_;
  std::deque<Transfer> transfers_;
  std::vector<base::TranscriptEvent> events_;
  std::vector<std::size_t> left_out_;  // of each event, octets from its middle
  base::Transcript::Clock::time_point began_ = base::Transcript::Clock::now();
};

}  // namespace smtpspec::interop
