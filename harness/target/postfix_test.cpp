// SPDX-License-Identifier: Apache-2.0

// A real Postfix, started as the harness starts it. Skipped where ci/targets has not unpacked it or we are
// not root.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/instance.hpp"
#include "target/mailbox.hpp"
#include "target/queue.hpp"
#include "target/store_effects.hpp"
#include "target/target_loader.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using namespace std::string_view_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

/// Just enough of a client: blocking, one reply at a time, with a deadline of five seconds on everything.
class Client {
 public:
  Client(const wire::Endpoint& endpoint, const std::string& source)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const sockaddr_in from = address(source, 0);
    const auto& tcp = std::get<wire::TcpEndpoint>(endpoint);
    const sockaddr_in to = address(tcp.host, tcp.port);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
        connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("can't connect");
    }
    reply();
  }
  Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(fd_); }

  std::string say(std::string line) { return say_raw(line.append("\r\n")); }

  std::string say_raw(const std::string& bytes) {
    send_bytes(bytes);
    return reply();
  }

  void send_bytes(const std::string& bytes) { (void)!send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// The codes of all replies until the end of the stream, each with a space.
  std::string codes_to_the_end() {
    std::string codes;
    for (std::string next; (next = reply()).find("(nothing more)") == std::string::npos;)
      codes += next.substr(0, 3) + " ";
    return codes;
  }

  /// Sends a message to some recipients and returns the answer to the end of the data.
  std::string send_mail(const std::vector<std::string>& recipients, const std::string& stuffed) {
    say("EHLO client.example");
    say("MAIL FROM:<sender@client.example>");
    for (const std::string& recipient : recipients)
      say(std::string("RCPT TO:<").append(recipient).append(">"));
    say("DATA");
    send_bytes(stuffed);
    return say(".");
  }

 private:
  static sockaddr_in address(const std::string& host, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    inet_pton(AF_INET, host.c_str(), &result.sin_addr);
    return result;
  }

  std::string reply() {
    std::string text;
    for (;;) {
      char c = 0;
      if (recv(fd_, &c, 1, 0) != 1) return text + "(nothing more)";
      text += c;
      if (c != '\n') continue;
      const std::size_t line = text.size() < 2 ? 0 : text.rfind('\n', text.size() - 2) + 1;
      if (text.size() > line + 3 && text[line + 3] == ' ') return text;
    }
  }

  int fd_;
};

class PostfixTest : public testing::Test {
 protected:
  static Target target_of(const std::string& name) {
    const auto target = find_target(name, SMTPSPEC_SOURCE_DIR "/fixtures/targets");
    if (!target) throw std::runtime_error(base::format(target.problems()));
    return *target;
  }

  /// Starts one, or gives nothing where it is not to be had.
  static std::optional<Instance> started(const std::string& name = "postfix") {
    return started(target_of(name));
  }

  static std::optional<Instance> started(const Target& target) {
    auto outcome = start(target);
    if (auto* failed = std::get_if<StartFailed>(&outcome)) {
      const bool not_to_be_had = failed->why.find("is not there") != std::string::npos ||
                                 failed->why.find("by root") != std::string::npos;
      if (!not_to_be_had) throw std::runtime_error(failed->why + "\n" + failed->log_tail);
      std::cout << "skipped: " << failed->why << "\n";
      return std::nullopt;
    }
    return std::get<Instance>(std::move(outcome));
  }

  static Client client_of(const Instance& instance, const std::string& identity = "stranger",
                          EndpointKind kind = EndpointKind::smtp) {
    return Client(*instance.target().endpoint(kind), instance.target().client(identity).source);
  }

  static wire::Deadline in(int seconds) { return wire::deadline_after(std::chrono::seconds(seconds)); }
};

TEST_F(PostfixTest, DeliversExactBytesAndLeavesNothing) {
  auto first = started();
  if (!first) GTEST_SKIP();
  auto second = started("postfix-normalize");
  const auto mail = open_mail_store(first->target());
  const auto other_mail = open_mail_store(second->target());

  constexpr std::string_view content_bytes =
      "Subject: exact\r\n\r\n..dot\r\nFrom here\r\n>From there\r\nnul \0 and \xff\r\n\r\n\r\n"sv;
  const std::string content(content_bytes);
  EXPECT_THAT(client_of(*first).send_mail({"user+tok1@example.test", "user+tok2@example.test"}, content),
              StartsWith("250 "));

  const auto found = wait_for(*mail, "tok1", 1, in(5));
  ASSERT_EQ(found.size(), 1u);
  std::string unstuffed = content;
  unstuffed.erase(unstuffed.find("..dot"), 1);
  EXPECT_THAT(found[0].bytes, EndsWith(std::string("\n").append(as_stored(unstuffed, mail->effects()))));
  EXPECT_THAT(found[0].bytes,
              StartsWith("Return-Path: <sender@client.example>\nX-Original-To: user+tok1@example.test\n"));
  EXPECT_THAT(found[0].recipients, testing::Contains("user+tok1@example.test"));
  EXPECT_EQ(wait_for(*mail, "tok2", 1, in(5)).size(), 1u);
  other_mail->refresh();
  EXPECT_EQ(other_mail->count_for("tok1"), 0u);

  EXPECT_THAT(version_of(first->target()).value_or("none"), MatchesRegex("3\\.[0-9]+\\.[0-9]+-.*"));
  const auto folder = first->folder();
  EXPECT_TRUE(std::filesystem::exists(folder));
  first->stop();
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_TRUE(second->alive()) << second->log_tail();
}

TEST_F(PostfixTest, DeliversIntoAnMboxToo) {
  Target target = target_of("postfix");
  target.variables["main_cf"] = "virtual_mailbox_maps = inline:{ {user@{domain} = box} }";
  target.mailbox.format = Mailbox::Format::mbox;
  target.mailbox.path = "{dir}/mail/box";
  target.mailbox.effects.from_quoting = StoreEffects::FromQuoting::mboxo;
  const auto postfix = started(target);
  if (!postfix) GTEST_SKIP();
  const auto mail = open_mail_store(postfix->target());
  const std::string content =
      "Subject: x\r\n\r\nFrom here\r\n>From there\r\n\r\nFrom a Mon Nov 23 15:04:50 2026\r\n\r\n";
  for (const char* recipient : {"user+one@example.test", "user+two@example.test", "user+one@example.test"}) {
    EXPECT_THAT(client_of(*postfix).send_mail({recipient}, content), StartsWith("250 "));
  }
  const auto found = wait_for(*mail, "one", 2, in(5));
  ASSERT_EQ(found.size(), 2u);
  for (const StoredMessage& message : found) {
    EXPECT_THAT(message.bytes, EndsWith(std::string("\n").append(as_stored(content, mail->effects()))));
    EXPECT_THAT(message.bytes, HasSubstr("\nX-Original-To: user+one@example.test\n"));
  }
  EXPECT_EQ(wait_for(*mail, "two", 1, in(5)).size(), 1u);
}

TEST_F(PostfixTest, KnowsWhoMayDoWhat) {
  auto postfix = started();
  if (!postfix) GTEST_SKIP();
  Client stranger = client_of(*postfix);
  EXPECT_THAT(stranger.say("EHLO client.example"),
              testing::AllOf(HasSubstr("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256\r\n"),
                             HasSubstr("250-STARTTLS\r\n")));
  stranger.say("MAIL FROM:<>");
  EXPECT_THAT(stranger.say("RCPT TO:<user+x@example.test>"), StartsWith("250 "));
  EXPECT_THAT(stranger.say("RCPT TO:<nobody+x@example.test>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(stranger.say("RCPT TO:<Postmaster>"), StartsWith("250 "));
  EXPECT_THAT(stranger.say("RCPT TO:<postmaster@[127.0.0.1]>"), StartsWith("250 "));
  EXPECT_THAT(stranger.say("RCPT TO:<x@relay.test>"), StartsWith("454 4.7.1 "));
  EXPECT_THAT(stranger.say("RCPT TO:<x@elsewhere.test>"), StartsWith("454 4.7.1 "));

  Client trusted = client_of(*postfix, "trusted");
  trusted.say("EHLO client.example");
  trusted.say("MAIL FROM:<a@b.test>");
  EXPECT_THAT(trusted.say("RCPT TO:<x@elsewhere.test>"), StartsWith("250 "));

  for (const char* identity : {"stranger", "trusted"}) {
    Client submitter = client_of(*postfix, identity, EndpointKind::submission);
    submitter.say("EHLO client.example");
    submitter.say("MAIL FROM:<a@b.test>");
    EXPECT_THAT(submitter.say("RCPT TO:<user+x@example.test>"), StartsWith("554 ")) << identity;
    submitter.say("RSET");
    EXPECT_THAT(submitter.say("AUTH PLAIN AHVzZXIAdGVzdHBhc3M="), StartsWith("235 "));
    submitter.say("MAIL FROM:<a@b.test>");
    EXPECT_THAT(submitter.say("RCPT TO:<x@elsewhere.test>"), StartsWith("250 "));
  }
}

/// The codes of all that comes after a data phase with a bare LF before a dot, in one segment with a QUIT.
/// Postfix answers what does not begin with a letter, here the second dot taken for a command, with 221 and
/// hangs up.
std::string codes_after_a_bare_newline(Client client) {
  client.say("EHLO client.example");
  client.say("MAIL FROM:<sender@client.example>");
  client.say("RCPT TO:<user+tok@example.test>");
  client.say("DATA");
  client.send_bytes("Subject: x\r\n\r\none\n.\r\nNOOP\r\n.\r\nQUIT\r\n");
  return client.codes_to_the_end();
}

TEST_F(PostfixTest, TheThreeConfigurationsDifferInTheBareNewline) {
  const std::map<std::string, std::string> expected{
      {"postfix", "250 250 221 "}, {"postfix-normalize", "250 221 "}, {"postfix-reject", "550 221 "}};
  for (const auto& [name, codes] : expected) {
    const auto postfix = started(name);
    if (!postfix) GTEST_SKIP();
    EXPECT_EQ(codes_after_a_bare_newline(client_of(*postfix, "stranger")), codes) << name << ", stranger";
    EXPECT_EQ(codes_after_a_bare_newline(client_of(*postfix, "trusted")), codes) << name << ", trusted";
  }
}

TEST_F(PostfixTest, TheQueueTellsWhatIsStillUnderWay) {
  auto postfix = started();
  if (!postfix) GTEST_SKIP();
  // Nobody listens on the relay port, so that this one stays.
  EXPECT_THAT(client_of(*postfix, "trusted").send_mail({"stuck@relay.test"}, "Subject: x\r\n\r\nx\r\n"),
              StartsWith("250 "));
  EXPECT_EQ(queue_state(postfix->target(), "stuck"), QueueState::holds);
  EXPECT_EQ(queue_state(postfix->target(), "other"), QueueState::free_of);
}

TEST_F(PostfixTest, ManyErrorsNeitherSlowItDownNorMakeItHangUp) {
  auto postfix = started();
  if (!postfix) GTEST_SKIP();
  Client client = client_of(*postfix);
  const auto began = steady_clock::now();
  for (int i = 0; i < 100; ++i) ASSERT_THAT(client.say("NONSENSE"), StartsWith("50")) << i;
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(PostfixTest, ServesFiftySessionsAtOnce) {
  auto postfix = started();
  if (!postfix) GTEST_SKIP();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(std::make_unique<Client>(*postfix->target().endpoint(EndpointKind::smtp), "127.0.0.2"));
  }
  for (auto& client : clients) EXPECT_THAT(client->say("NOOP"), StartsWith("250 "));
}

}  // namespace
}  // namespace smtpspec::target
