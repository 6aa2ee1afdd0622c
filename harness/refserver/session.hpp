// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "refserver/configuration.hpp"
#include "refserver/delivery_store.hpp"
#include "refserver/hold.hpp"
#include "refserver/sasl_exchange.hpp"
#include "refserver/server_reply.hpp"
#include "refserver/service.hpp"
#include "refserver/transaction.hpp"
#include "smtp/bdat.hpp"
#include "smtp/command.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/line.hpp"

namespace smtpspec::refserver {

/// What a session wants after it was fed.
struct Turn {
  enum class Then {
    read,       ///< more octets
    held,       ///< something waits for its answer: Session::held()
    start_tls,  ///< the handshake, then Session::tls_established()
    close,
    hang,  ///< neither reads nor closes any more (a defect)
    die,   ///< ends the process (a defect)
  };

  std::string output;  ///< to be written first
  Then then = Then::read;
};

/// The server's side of one connection, without I/O: octets in, octets and a next action out. All commands
/// that have arrived are processed in their order before it answers, and their replies go out together (RFC
/// 2920 3.2).
///
/// It reads in one of four modes. In `commands` a line is a command; AUTH may lead to `sasl`, where a line is
/// the client's answer to a 334; DATA leads to `content`, which ends at CRLF.CRLF; BDAT leads to `chunk`,
/// which ends after so many octets. All of them lead back to `commands`.
class Session {
 public:
  /// `client_literal` is the client's address as in Received, or empty. The store outlives the session.
  Session(std::shared_ptr<const Configuration> configuration, Service service, std::string client_literal,
          DeliveryStore& store);

  /// What is said first.
  Turn greet();

  Turn feed(std::string_view octets);

  /// Everything from here on is encrypted, and everything learned before is forgotten (RFC 3207 4.2).
  Turn tls_established(std::string cipher);

  /// What is said to a client that was silent for too long, and at the end of the server.
  Turn timed_out();
  Turn shutting_down();

  /// The connection broke: nothing of a message that has not ended is delivered (RFC 5321 4.1.1.10).
  void connection_lost();

  Service service() const { return service_; }

  /// For an owner who answers some commands himself: from here on the session stops where `point` says, with
  /// `held`. Octets behind that place wait.
  void hold_at(HoldPoint point);

  /// What waits; nothing when nothing does.
  const std::optional<Held>& held() const { return held_; }

  /// Answers what waits as a correct server does. Nothing behind it is looked at before the next feed().
  Turn answer_held();

  /// The owner has answered what waits with this code: the session is then where a server is that gave this
  /// answer. The output is empty.
  Turn held_was_answered(int code);

  /// Why the session ended without being asked to, for a person; empty when it didn't.
  const std::string& gave_up() const { return gave_up_; }

  /// The client greeted with HELO, and after that not with EHLO.
  bool said_helo() const { return hello_ == Hello::helo; }

  /// Octets that have come and were not looked at.
  std::string_view unread() const { return lines_.pending(); }

 private:
  enum class Mode { commands, sasl, content, chunk };
  enum class Hello { none, helo, ehlo, lhlo };
  struct Verb;

  // session.cpp: the loop and the dispatch
  static const Verb* find_verb(std::string_view name);
  bool advance();
  bool take_line();
  void take_long_line(const smtp::LineView& line);
  void take_command(std::string_view text, smtp::Ending ending);
  void dispatch(const smtp::Command& command);
  std::optional<ServerReply> refuse_by_faults(const smtp::Command& command) const;
  bool refuse_argument(const smtp::Command& command);
  void say(const ServerReply& reply);
  Turn finish_turn();
  const Behaviour& behaviour() const { return configuration_->behaviour; }
  const Policy& policy() const { return configuration_->policy; }
  bool has(Feature feature) const;
  bool extended() const { return hello_ == Hello::ehlo || hello_ == Hello::lhlo; }

  // session_hold.cpp
  bool hold_command(std::string_view text, smtp::Ending ending);
  bool hold_content();
  bool hold_chunk();
  void give_up_message();

  // session_hello.cpp
  void ehlo(const smtp::Command& command);
  void helo(const smtp::Command& command);
  void lhlo(const smtp::Command& command);
  void greet_client(const smtp::Command& command, Hello kind);
  bool refuse_smtp_hello();
  void refuse_hello(std::string text);
  std::vector<std::string> keyword_lines() const;

  // session_envelope.cpp
  void mail(const smtp::Command& command);
  void begin_transaction(const smtp::PathArgument& argument);
  void rcpt(const smtp::Command& command);
  void add_recipient(const smtp::PathArgument& argument);
  void refuse_recipient(const smtp::Mailbox& mailbox, const ServerReply& reply);
  smtp::AddressCharset path_charset() const;
  std::optional<ServerReply> refuse_path(const smtp::Path& path, const smtp::Command& command) const;

  // session_content.cpp
  void data(const smtp::Command& command);
  void begin_content(std::string before);
  bool take_content();
  bool is_endless(std::uint64_t octets);
  void give_up(std::string_view what, std::uint64_t octets);
  void end_content();
  void end_message(std::string content, const ServerReply* refusal);
  std::optional<ServerReply> refuse_content(const smtp::Unstuffer::Counts& counts) const;
  void answer_message(const ServerReply& reply);

  // session_delivery.cpp
  void deliver(const std::string& content);
  void hand_on(std::string bytes, std::vector<Recipient> recipients);
  std::vector<Recipient> mailboxes_to_serve() const;
  void notify_of_success(const std::string& content);
  std::string protocol() const;

  // session_chunks.cpp
  void bdat(const smtp::Command& command);
  std::optional<ServerReply> refuse_chunk(const smtp::BdatArgument& chunk) const;
  bool take_chunk();
  void end_chunk();

  // session_security.cpp
  void starttls(const smtp::Command& command);
  void auth(const smtp::Command& command);
  void begin_exchange(std::string_view mechanism, std::optional<std::string> initial_response);
  void take_sasl_line(std::string_view line);
  void step_exchange(std::string_view octets);
  void end_exchange(const ServerReply& reply);
  void challenge(std::string_view octets);

  // session_queries.cpp
  void rset(const smtp::Command& command);
  void noop(const smtp::Command& command);
  void quit(const smtp::Command& command);
  void vrfy(const smtp::Command& command);
  void help(const smtp::Command& command);
  void not_implemented(const smtp::Command& command);

  std::shared_ptr<const Configuration> configuration_;
  Service service_;
  std::string client_literal_;
  DeliveryStore& store_;

  smtp::LineSplitter lines_;
  Mode mode_ = Mode::commands;
  Turn::Then then_ = Turn::Then::read;
  bool in_long_line_ = false;
  std::uint64_t long_line_octets_ = 0;
  bool skips_lf_ = false;          // content ended at a CR (a defect): a LF behind it belongs to that end
  std::string verb_ = "greeting";  // what is being answered
  std::vector<std::string> replies_;
  std::string held_reply_;

  Hello hello_ = Hello::none;
  std::string hello_name_;
  bool encrypted_ = false;
  std::string tls_cipher_;
  std::string identity_;

  std::optional<Transaction> transaction_;
  std::size_t messages_ = 0;  // accepted so far
  std::string stale_chunks_;  // see ChunkBehaviour::survive_rset
  std::optional<smtp::Unstuffer> content_;
  std::uint64_t content_octets_taken_ = 0;
  std::string content_before_;  // see ContentBehaviour::split_end_missed
  smtp::BdatArgument chunk_;
  std::uint64_t chunk_left_ = 0;
  std::string chunk_octets_;
  std::optional<ServerReply> chunk_refusal_;

  HoldPoint hold_;
  std::optional<Held> held_;
  bool keeps_wire_ = false;  // content is kept as it came, too
  std::string wire_;
  smtp::Line chunk_line_;  // the BDAT command
  std::string gave_up_;

  std::unique_ptr<SaslExchange> exchange_;
  std::string mechanism_;
  std::optional<std::string> sasl_success_;  // the identity, once only an empty answer is missing
};

}  // namespace smtpspec::refserver
