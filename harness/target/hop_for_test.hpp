// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace smtpspec::target {

/// A next hop that answers RCPT, or greets, as it is told.
class Hop {
 public:
  explicit Hop(std::uint16_t port) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 20), 0);
    serving_ = std::thread([this] { serve(); });
  }

  ~Hop() {
    ended_ = true;
    serving_.join();
    close(listener_);
  }

  void answer_rcpt(const std::string& reply) {
    const std::lock_guard lock(mutex_);
    rcpt_reply_ = reply;
  }

  /// An idle session is ended before: some keep theirs open for the next message, which meets no greeting
  /// then.
  void greet_with(const std::string& greeting) {
    hang_up_ = true;
    while (talking_) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const std::lock_guard lock(mutex_);
    greeting_ = greeting;
    hang_up_ = false;
  }

  /// How often a line of a session held the text: a recipient in RCPT, a word of the content.
  int seen(const std::string& text) {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const std::string& line : lines_) count += line.find(text) != std::string::npos;
    return count;
  }

  /// Every line of every session, commands and content.
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  int sessions() {
    const std::lock_guard lock(mutex_);
    return sessions_;
  }

 private:
  void serve() {
    while (!ended_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      talking_ = true;
      talk(client);
      close(client);
      talking_ = false;
    }
  }

  void say(int client, const std::string& text) {
    (void)!send(client, text.data(), text.size(), MSG_NOSIGNAL);
  }

  void talk(int client) {
    {
      const std::lock_guard lock(mutex_);
      ++sessions_;
      say(client, greeting_);
      if (!greeting_.starts_with("220")) return;
    }
    std::string input;
    bool in_content = false;
    while (!ended_) {
      const std::size_t end = input.find("\r\n");
      if (end == std::string::npos) {
        if (hang_up_ && !in_content) return;
        if (!read_more(client, input)) return;
        continue;
      }
      const std::string line = input.substr(0, end);
      input.erase(0, end + 2);
      if (in_content) in_content = line != ".";
      const bool was_content = in_content || line == ".";
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
      if (in_content) continue;
      if (was_content)
        say(client, "250 taken\r\n");
      else if (!answer(client, line, in_content))
        return;
    }
  }

  bool read_more(int client, std::string& input) {
    pollfd waiting{client, POLLIN, 0};
    if (poll(&waiting, 1, 20) == 0) return true;
    char buffer[4096];
    const ssize_t got = recv(client, buffer, sizeof buffer, 0);
    if (got > 0) input.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  bool answer(int client, const std::string& line, bool& in_content) {
    const auto is = [&line](const char* verb) { return strncasecmp(line.c_str(), verb, 4) == 0; };
    if (is("EHLO"))
      say(client, "250-hop.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n");
    else if (is("RCPT"))
      say(client, rcpt_reply_);
    else if (is("DATA") && rcpt_reply_.starts_with("250"))
      say(client, "354 go on\r\n");
    else if (is("DATA"))
      say(client, "503 no recipients\r\n");
    else if (is("QUIT"))
      say(client, "221 bye\r\n");
    else
      say(client, "250 ok\r\n");
    in_content = is("DATA") && rcpt_reply_.starts_with("250");
    return !is("QUIT");
  }

  int listener_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> hang_up_{false};
  std::atomic<bool> talking_{false};
  std::mutex mutex_;
  std::string greeting_ = "220 hop.test\r\n";
  std::string rcpt_reply_ = "250 ok\r\n";
  std::vector<std::string> lines_;
  int sessions_ = 0;
  std::thread serving_;
};

}  // namespace smtpspec::target
