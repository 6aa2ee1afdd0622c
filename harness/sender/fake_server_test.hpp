// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/display.hpp"
#include "sender/dialogue.hpp"
#include "smtp/bdat.hpp"
#include "smtp/command.hpp"

namespace smtpspec::sender {

/// What a fake server answers. A key is a verb, "greeting", or "." for the end of the content; the nth answer
/// is given the nth time, the last one for ever after. "" answers nothing, "close" closes.
struct Script {
  std::vector<std::string> keywords = {"PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN"};
  std::map<std::string, std::vector<std::string>> answers = {};
  std::vector<std::string> keywords_in_tls = {};
  bool handshake_fails = false;
  bool certificate_is_good = true;
};

/// The other side of a dialogue: does what its script says and keeps what it was told. No I/O.
class FakeServer {
 public:
  explicit FakeServer(Script script) : script_(std::move(script)) {}

  std::string greet() { return answer("greeting", "220 fake.test ready"); }

  std::string feed(std::string_view octets) {
    pending_ += octets;
    std::string replies;
    while (!closed && take_one(replies)) {
    }
    return replies;
  }

  void begin_tls() {
    script_.keywords = script_.keywords_in_tls;
    pending_.clear();
  }

  const Script& script() const { return script_; }

  bool closed = false;
  std::vector<std::string> commands;  ///< without their line ends
  std::vector<std::string> contents;  ///< as they came, stuffed, without the final dot; or as BDAT gave them

 private:
  enum class Mode { commands, content, chunk };

  bool take_one(std::string& replies) {
    switch (mode_) {
      case Mode::commands:
        return take_command(replies);
      case Mode::content:
        return take_content(replies);
      case Mode::chunk:
        return take_chunk(replies);
    }
    return false;
  }

  bool take_command(std::string& replies) {
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) return false;
    std::string line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    commands.push_back(line);
    replies += answer_command(smtp::parse_command(smtp::LineView{line, smtp::Ending::crlf}));
    return true;
  }

  std::string answer_command(const smtp::Command& command) {
    if (command.verb == "EHLO") return answer("EHLO", list());
    if (command.verb == "QUIT") {
      const std::string reply = answer("QUIT", "221 bye");
      closed = true;
      return reply;
    }
    if (command.verb == "STARTTLS") return answer("STARTTLS", "220 go ahead");
    if (command.verb == "AUTH") return answer("AUTH", "235 welcome");
    if (command.verb == "BDAT") return begin_chunk(std::string(command.argument()));
    if (command.verb != "DATA") return answer(command.verb, "250 ok");
    const std::string reply = answer("DATA", "354 go ahead");
    if (reply.substr(0, 1) == "3") mode_ = Mode::content;
    return reply;
  }

  bool take_content(std::string& replies) {
    const std::string with_line_start = "\r\n" + pending_;
    const std::size_t end = with_line_start.find("\r\n.\r\n");
    if (end == std::string::npos) return false;
    contents.push_back(pending_.substr(0, end));
    pending_.erase(0, end + 3);
    mode_ = Mode::commands;
    replies += answer(".", "250 taken");
    return true;
  }

  std::string begin_chunk(const std::string& argument) {
    const auto parsed = smtp::parse_bdat_argument(argument);
    if (!parsed) return "501 what\r\n";
    left_ = parsed->octets;
    last_ = parsed->last;
    mode_ = Mode::chunk;
    return {};
  }

  bool take_chunk(std::string& replies) {
    if (pending_.size() < left_) return false;
    chunks_ += pending_.substr(0, left_);
    pending_.erase(0, left_);
    mode_ = Mode::commands;
    if (last_) contents.push_back(std::exchange(chunks_, {}));
    replies += answer("BDAT", "250 taken");
    return true;
  }

  std::string list() const {
    std::string reply = script_.keywords.empty() ? "250 fake.test" : "250-fake.test";
    for (const std::string& keyword : script_.keywords) {
      reply += (&keyword == &script_.keywords.back() ? "\r\n250 " : "\r\n250-") + keyword;
    }
    return reply;
  }

  std::string answer(const std::string& key, const std::string& usual) {
    const auto found = script_.answers.find(key);
    std::string reply = usual;
    if (found != script_.answers.end()) {
      const std::size_t last = found->second.size() - 1;
      reply = found->second[std::min(asked_[key]++, last)];
    }
    if (reply == "close") {
      closed = true;
      return {};
    }
    return reply.empty() ? reply : reply + "\r\n";
  }

  Script script_;
  std::map<std::string, std::size_t> asked_;
  std::string pending_;
  Mode mode_ = Mode::commands;
  std::uint64_t left_ = 0;
  bool last_ = false;
  std::string chunks_;
};

/// Lets the two talk until it is over and tells all of it: "C: ..." and "S: ..." for each that was written at
/// once.
inline std::vector<std::string> converse(Dialogue& dialogue, FakeServer& server) {
  std::vector<std::string> log;
  const auto hear = [&](const std::string& octets) {
    if (octets.empty()) return std::string{};
    log.push_back("C: " + base::escape_for_display(octets));
    return server.feed(octets);
  };
  Turn turn = dialogue.begin();
  std::string replies = hear(turn.output) + server.greet();
  for (int i = 0; i < 2000 && turn.then != Turn::Then::close; ++i) {
    if (turn.then == Turn::Then::start_tls && server.script().handshake_fails) {
      turn = dialogue.tls_failed("no TLS: garbage");
    } else if (turn.then == Turn::Then::start_tls) {
      server.begin_tls();
      turn = dialogue.tls_established(server.script().certificate_is_good);
    } else if (turn.then == Turn::Then::reconnect) {
      turn = dialogue.begin();
      replies = server.greet();
    } else if (dialogue.has_kept_octets()) {
      turn = dialogue.feed({});
    } else if (!replies.empty()) {
      log.push_back("S: " + base::escape_for_display(replies));
      turn = dialogue.feed(std::exchange(replies, {}));
    } else {
      turn = server.closed ? dialogue.connection_lost("peer closed (FIN)") : dialogue.timed_out();
      log.emplace_back(server.closed ? "lost" : "timed out");
    }
    replies += hear(turn.output);
  }
  return log;
}

}  // namespace smtpspec::sender
