// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sender/message.hpp"
#include "sender/needs.hpp"
#include "sender/outcome.hpp"
#include "sender/reply_meaning.hpp"
#include "sender/settings.hpp"
#include "smtp/capabilities.hpp"
#include "smtp/line.hpp"
#include "smtp/reply.hpp"

namespace smtpspec::sender {

/// What a dialogue wants after it was told something.
struct Turn {
  enum class Then {
    read,       ///< more octets, then Dialogue::feed()
    start_tls,  ///< the handshake, then Dialogue::tls_established() or tls_failed()
    reconnect,  ///< another connection, then Dialogue::begin() anew (a defect)
    close,      ///< it is over
  };

  std::string output;  ///< to be written first
  Then then = Then::read;

  /// How long the next reply may take from now on; nothing: the wait that had begun goes on.
  std::optional<std::chrono::nanoseconds> patience;
};

/// The client's side of one connection, without I/O: octets in, octets and a next action out. It hands one
/// message to as many of the recipients as the server takes.
///
/// What was asked and not yet answered stands in a queue; a reply belongs to its front (RFC 2920 3.1: by
/// counting). The normal path: greeting, EHLO, STARTTLS and EHLO again (or TLS before the greeting), AUTH,
/// then transactions of up to a hundred recipients, QUIT. A transaction is MAIL, RCPT for each, and DATA with
/// the content or a row of BDAT; where PIPELINING is offered all of it up to DATA goes out at once. Whatever
/// ends it early decides the recipients that are still undecided, and QUIT is said all the same (RFC
/// 5321 4.1.1.10).
class Dialogue {
 public:
  /// `recipients`: which of the message's are to be tried.
  Dialogue(std::shared_ptr<const Settings> settings, std::shared_ptr<const Message> message,
           std::vector<std::size_t> recipients);

  /// Once the connection stands.
  Turn begin();

  Turn feed(std::string_view octets);
  Turn tls_established(bool verified);
  Turn tls_failed(std::string_view reason);
  Turn timed_out();

  /// It could not be made, or broke: as if 451 had been the answer (RFC 5321 3.8).
  Turn connection_lost(std::string_view how);

  /// Clear octets behind the 220 of STARTTLS are read as if they had come inside TLS (a defect).
  bool keeps_clear_octets() const { return behaviour().security.keeps_clear_octets; }

  /// Such octets wait to be read: feed() again, with nothing, before anything more is read from the peer.
  bool has_kept_octets() const { return has_kept_octets_; }

  /// What is asked of TLS for this message.
  const Tls& tls() const { return message_->tls ? *message_->tls : settings_->tls; }

  const std::vector<std::size_t>& recipients() const { return recipients_; }

  /// One for each of recipients(). None is undecided once it is over.
  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  enum class Asked {
    greeting,
    ehlo,
    helo,
    starttls,
    auth,
    auth_answer,
    mail,
    rcpt,
    data,
    content,
    nothing,  ///< the lone dot for a message without recipients
    chunk,
    last_chunk,
    rset,
    quit,
  };
  struct Awaited {
    Asked asked;
    std::size_t recipient = 0;  ///< index into recipients_, for rcpt
  };

  // dialogue.cpp: what comes in, and how it ends
  void await_greeting();
  void take_line(const smtp::LineView& line);
  void take_reply(const smtp::Reply& reply);
  void dispatch(Awaited awaited, const smtp::Reply& reply, Meaning meaning);
  void say(Asked asked, std::string_view line, std::size_t recipient = 0);
  void write(Asked asked, std::string octets);
  void decide(std::size_t recipient, Outcome::Kind kind, const smtp::Reply& reply);
  void decide_undecided(const Outcome& outcome);
  void give_up(const smtp::Reply& reply, Meaning meaning);
  void give_up(Outcome::Kind kind, std::string_view reply);
  void quit();
  void close();
  Turn finish_turn();
  std::chrono::nanoseconds patience_for(Asked asked) const;
  Outcome outcome_of(Outcome::Kind kind, const smtp::Reply& reply) const;
  const Behaviour& behaviour() const { return settings_->behaviour; }
  const std::optional<Credentials>& credentials() const {
    return message_->credentials ? message_->credentials : settings_->credentials;
  }

  // dialogue_hello.cpp: up to the first transaction
  void on_greeting(const smtp::Reply& reply, Meaning meaning);
  void say_hello(bool extended);
  std::string hello_argument() const;
  void on_hello(const smtp::Reply& reply, Meaning meaning);
  smtp::Capabilities read_capabilities(const smtp::Reply& reply) const;
  void after_hello();
  bool begins_with_tls() const;
  bool wants_tls() const;
  bool is_protected_enough() const;
  void start_tls();
  void on_starttls(Meaning meaning);
  bool wants_auth() const;
  void say_auth();
  std::string auth_response() const;
  void on_auth(const smtp::Reply& reply, Meaning meaning);

  // dialogue_envelope.cpp: transactions up to DATA
  void begin_transaction();
  std::vector<std::size_t> next_batch();
  bool is_named_twice(std::size_t recipient) const;
  void pretend_delivered(std::size_t recipient);
  std::size_t recipient_limit() const;
  bool pipelines() const;
  bool sends_chunks() const;
  void say_group();
  void say_rcpt(std::size_t recipient);
  void on_mail(const smtp::Reply& reply, Meaning meaning);
  void on_rcpt(std::size_t recipient, const smtp::Reply& reply, Meaning meaning);
  bool counts_as_accepted(Meaning meaning) const;
  void next_rcpt();
  void after_recipients();
  void spoil(const smtp::Reply& reply, Meaning meaning);
  void end_transaction();
  void on_cleared();

  // dialogue_content.cpp: DATA and BDAT
  void on_data(const smtp::Reply& reply, Meaning meaning);
  void send_content();
  void on_content(const smtp::Reply& reply, Meaning meaning);
  void send_chunk();
  void on_chunk(bool last, const smtp::Reply& reply, Meaning meaning);
  void decide_accepted(Outcome::Kind kind, const smtp::Reply& reply);

  std::shared_ptr<const Settings> settings_;
  std::shared_ptr<const Message> message_;
  std::vector<std::size_t> recipients_;
  std::vector<Outcome> outcomes_;
  Needs needs_;
  std::string content_;  // as it is to arrive

  smtp::LineSplitter lines_{smtp::LinePolicy::lf_too};
  smtp::ReplyParser parser_;
  std::deque<Awaited> awaited_;
  std::string output_;
  Turn::Then then_ = Turn::Then::read;
  bool renews_patience_ = false;
  bool leaving_ = false;  // QUIT was said

  bool extended_ = false;
  Protection protection_;
  smtp::Capabilities offered_;
  std::string peer_name_;
  bool tls_given_up_ = false;
  bool has_kept_octets_ = false;  // see keeps_clear_octets()
  bool authenticated_ = false;
  bool auth_answered_ = false;
  bool auth_cancelled_ = false;

  std::vector<std::size_t> batch_;     // recipients of this transaction
  std::size_t asked_of_batch_ = 0;     // RCPT was said for so many of them
  std::vector<std::size_t> accepted_;  // of them
  bool mail_refused_ = false;
  bool open_ = false;        // MAIL was accepted and nothing has ended the transaction
  bool must_reset_ = false;  // a chunk was refused (RFC 3030 section 2)
  std::size_t sent_ = 0;     // octets of content_ in chunks
  bool sent_once_ = false;   // see TransactionBehaviour::sends_twice
};

}  // namespace smtpspec::sender
