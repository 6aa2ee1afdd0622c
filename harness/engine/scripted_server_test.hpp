// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "smtp/letter_case.hpp"
#include "smtp/line.hpp"
#include "target/mailbox.hpp"
#include "wire/listener.hpp"
#include "wire/throwaway_certificate.hpp"

namespace smtpspec::engine {

/// A mailbox in memory; what it loses or doubles is up to the test.
class MemoryMailbox : public target::MailStore {
 public:
  void deliver(std::string token, std::string bytes) {
    target::StoredMessage message;
    message.bytes = std::move(bytes);
    messages_[std::move(token)].push_back(std::move(message));
  }

  bool refresh() override { return true; }
  std::vector<target::StoredMessage> messages_for(std::string_view token) override {
    const auto found = messages_.find(token);
    return found == messages_.end() ? std::vector<target::StoredMessage>{} : found->second;
  }
  std::size_t count_for(std::string_view token) override { return messages_for(token).size(); }
  target::StoreEffects effects() const override { return {}; }

 private:
  std::map<std::string, std::vector<target::StoredMessage>, std::less<>> messages_;
};

/// What a scripted server says to one command, and what it does then.
struct Answer {
  enum class Then { go_on, close, close_later, start_tls, read_no_more, die };

  Answer(const char* b, Then t = Then::go_on) : bytes(b), then(t) {}
  Answer(std::string b, Then t = Then::go_on) : bytes(std::move(b)), then(t) {}

  std::string bytes;  ///< as they go out; empty for silence
  Then then;
};

/// A tiny SMTP server on the test's own loop. It answers each command by its verb, politely where the test
/// says nothing else, and delivers what it takes. The lines that follow a 334 are answered as "response", the
/// end of a message as ".".
class ScriptedServer {
 public:
  explicit ScriptedServer(wire::EventLoop& loop) : loop_(loop) { listen(0); }

  /// The answers to a verb, in their turn; the last one stands for all that follow.
  void answer(const std::string& verb, std::vector<Answer> answers) { script_[verb] = std::move(answers); }

  std::string address() const { return wire::format(wire::Endpoint(wire::TcpEndpoint("127.0.0.1", port_))); }

  /// Stops listening and breaks every session off, as a process that crashes.
  void die() {
    if (listener_) listener_->close();
    sessions_.clear();
    ++lives_;
    alive_ = false;
  }
  bool alive() const { return alive_; }
  void start_again() { listen(port_); }

  MemoryMailbox& mailbox() { return mailbox_; }

  /// False: the message for this token vanishes after the 250.
  std::function<bool(const std::string& token)> keeps = [](const std::string&) { return true; };

  bool one_octet_at_a_time = false;
  bool one_at_a_time = false;         ///< greets nobody before the last one has gone
  std::vector<std::string> commands;  ///< every line that was not content
  std::vector<std::string> contents;
  std::size_t most_at_once = 0;  ///< sessions

 private:
  struct State {
    std::vector<std::string> tokens;
    std::string content;
    bool in_content = false;
    bool in_auth = false;
  };
  using Sessions = std::list<wire::Connection>;

  void listen(std::uint16_t port) {
    auto outcome = wire::listen(loop_, wire::TcpEndpoint("127.0.0.1", port));
    auto* listener = std::get_if<wire::Listener>(&outcome);
    ASSERT_NE(listener, nullptr);
    listener_ = std::make_shared<wire::Listener>(std::move(*listener));
    port_ = std::get<wire::TcpEndpoint>(listener_->endpoint()).port;
    alive_ = true;
    loop_.spawn(accept_all(listener_));
  }

  wire::Task<void> accept_all(std::shared_ptr<wire::Listener> listener) {
    for (;;) {
      wire::AcceptOutcome outcome = co_await listener->accept(wire::no_deadline);
      auto* connection = std::get_if<wire::Connection>(&outcome);
      if (!connection) co_return;
      sessions_.push_back(std::move(*connection));
      most_at_once = std::max(most_at_once, sessions_.size());
      if (one_at_a_time)
        co_await serve(--sessions_.end(), lives_);
      else
        loop_.spawn(serve(--sessions_.end(), lives_));
    }
  }

  // The session stands in the list as long as this life of the server lasts.
  wire::Task<void> serve(Sessions::iterator session, int life) {
    smtp::LineSplitter lines(smtp::LinePolicy::crlf_only, 1024 * 1024);
    State state;
    const std::string greeting = "greeting";
    bool goes_on = co_await say(session, life, greeting, "220 mx.example.test ESMTP\r\n");
    while (goes_on && life == lives_) {
      wire::ReadOutcome outcome = co_await session->read_some(wire::no_deadline);
      const auto* received = std::get_if<wire::Received>(&outcome);
      if (life != lives_) co_return;
      if (!received) break;
      lines.feed(received->bytes);
      while (const auto line = goes_on ? lines.next() : std::nullopt) {
        const std::string text(line->text);
        goes_on = co_await take_line(session, life, state, text);
      }
    }
    if (life == lives_) sessions_.erase(session);
  }

  wire::Task<bool> take_line(Sessions::iterator session, int life, State& state, std::string line) {
    if (state.in_content) {
      if (line != ".") {
        state.content += line + "\r\n";
        co_return true;
      }
      state.in_content = false;
      const std::string end = ".";
      contents.push_back(state.content);
      co_return co_await say(session, life, end, "250 2.0.0 taken\r\n", &state);
    }
    commands.push_back(line);
    const std::string verb =
        state.in_auth ? "response" : smtp::to_upper(line.substr(0, line.find_first_of(" :")));
    if (verb == "MAIL") state.tokens.clear();
    if (verb == "RCPT") state.tokens.push_back(token_of(line));
    const std::string said = polite(verb);
    co_return co_await say(session, life, verb, said, &state);
  }

  static std::string polite(const std::string& verb) {
    if (verb == "EHLO") return "250-mx.example.test\r\n250-SIZE 1000\r\n250 PIPELINING\r\n";
    if (verb == "DATA") return "354 go on\r\n";
    if (verb == "QUIT") return "221 2.0.0 bye\r\n";
    if (verb == "response" || verb == "AUTH") return "235 2.7.0 welcome\r\n";
    return "250 2.0.0 fine\r\n";
  }

  static std::string token_of(const std::string& line) {
    const auto plus = line.find('+');
    const auto at = line.find('@');
    return plus == std::string::npos || at < plus ? std::string{} : line.substr(plus + 1, at - plus - 1);
  }

  // Whatever it says to the end of a message with 250, it delivers.
  void deliver(const State& state) {
    for (const auto& token : state.tokens) {
      if (keeps(token)) mailbox_.deliver(token, state.content);
    }
  }

  wire::Task<bool> say(Sessions::iterator session, int life, std::string verb, std::string otherwise,
                       State* state = nullptr) {
    auto& script = script_[verb];
    Answer answer(std::move(otherwise), verb == "QUIT" ? Answer::Then::close : Answer::Then::go_on);
    if (!script.empty()) answer = script.front();
    if (script.size() > 1) script.erase(script.begin());
    if (state) {
      state->in_content = answer.bytes.starts_with("354");
      state->in_auth = answer.bytes.starts_with("334");
      if (verb == "." && answer.bytes.starts_with("250")) deliver(*state);
      if (verb == "." || state->in_content) state->content.clear();
    }
    if (!answer.bytes.empty()) co_await write(session, answer.bytes);
    if (life != lives_) co_return false;
    if (answer.then == Answer::Then::die) {
      die();
      co_return false;
    }
    if (answer.then == Answer::Then::start_tls) co_return co_await start_tls(session);
    if (answer.then == Answer::Then::close_later)
      co_await wire::sleep_for(loop_, std::chrono::milliseconds(100));
    if (answer.then == Answer::Then::read_no_more) co_await wire::sleep_for(loop_, std::chrono::minutes(1));
    co_return answer.then == Answer::Then::go_on;
  }

  wire::Task<void> write(Sessions::iterator session, std::string bytes) {
    if (!one_octet_at_a_time) {
      co_await session->write(bytes, wire::no_deadline);
      co_return;
    }
    std::vector<std::string> octets;
    for (const char octet : bytes) octets.emplace_back(1, octet);
    co_await session->write_segments(std::move(octets), std::chrono::milliseconds(1), wire::no_deadline);
  }

  wire::Task<bool> start_tls(Sessions::iterator session) {
    const auto certificate = wire::make_throwaway_certificate();
    wire::TlsServerSettings settings;
    settings.certificate_pem = certificate.certificate_pem;
    settings.key_pem = certificate.key_pem;
    auto made = wire::make_tls_server_context(settings);
    wire::TlsStart start;
    const wire::TlsOutcome outcome = co_await session->start_tls_server(
        std::get<wire::TlsServerContext>(std::move(made)), std::move(start), wire::no_deadline);
    co_return std::holds_alternative<wire::TlsUp>(outcome);
  }

  wire::EventLoop& loop_;
  std::shared_ptr<wire::Listener> listener_;
  Sessions sessions_;
  std::map<std::string, std::vector<Answer>> script_;
  MemoryMailbox mailbox_;
  std::uint16_t port_ = 0;
  int lives_ = 0;
  bool alive_ = false;
};

}  // namespace smtpspec::engine
