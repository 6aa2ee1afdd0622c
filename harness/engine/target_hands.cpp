// SPDX-License-Identifier: Apache-2.0
#include "engine/target_hands.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/beside.hpp"
#include "engine/excerpt.hpp"
#include "engine/next_hop.hpp"
#include "smtp/parameter.hpp"
#include "target/sender_command.hpp"
#include "target/store_effects.hpp"

namespace smtpspec::engine {
namespace {

using Kind = Submitted::Kind;

// Whom a client is told to trust.
const std::string& trusted_by(const Submission& submission) {
  switch (submission.certificate) {
    case scenario::Certificate::known:
      return next_hop_certificate();
    case scenario::Certificate::unknown:
      return foreign_certificate();
    case scenario::Certificate::wrong_name:
      break;
  }
  return misnamed_certificate();
}

target::SendRequest request_for(Submission submission, const wire::Endpoint& next_hop,
                                const target::Target& client) {
  target::SendRequest request;
  const auto& at = std::get<wire::TcpEndpoint>(next_hop);
  request.host = at.host;
  request.port = at.port;
  request.sender = std::move(submission.sender);
  request.recipients = std::move(submission.recipients);
  request.content = std::move(submission.content);
  request.ca = trusted_by(submission);
  if (submission.security == "starttls") request.security = target::Security::starttls;
  if (submission.security == "tls") request.security = target::Security::tls;
  if (submission.auth && client.credentials) {
    request.user = client.credentials->user;
    request.password = client.credentials->password;
  }
  return request;
}

Submitted send_by_command(const target::Target& client, const target::SendRequest& request) {
  if (auto reason = target::cannot_send(client, request)) return {Kind::unable, std::move(*reason)};
  const auto outcome = target::run_sender_command(client, request);
  if (const auto* failed = std::get_if<target::CommandFailed>(&outcome)) return {Kind::failed, failed->why};
  const auto& ended = std::get<target::CommandEnded>(outcome);
  if (ended.succeeded()) return {};
  return {Kind::refused, "the command ended without success: " + excerpt(ended.output)};
}

wire::Task<Submitted> send_beside(wire::EventLoop& loop, target::Host& host, Submission submission,
                                  wire::Endpoint next_hop) {
  if (!submission.mail_parameters.empty() || !submission.recipient_parameters.empty()) {
    Submitted unable{Kind::unable, "a client's command line takes no parameters of MAIL or RCPT"};
    co_return unable;
  }
  auto request = request_for(std::move(submission), next_hop, host.target());
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  request.cancelled = cancelled.get();
  auto work = [&host, request = std::move(request)] { return send_by_command(host.target(), request); };
  co_return co_await beside(loop, std::move(work), std::move(cancelled));
}

Submitted hand_by_command(target::Host& host, const target::CommandMail& mail) {
  const auto outcome = host.submit(mail);
  if (const auto* failed = std::get_if<target::CommandFailed>(&outcome)) return {Kind::failed, failed->why};
  const auto& ended = std::get<target::CommandEnded>(outcome);
  if (ended.succeeded()) return {};
  return {Kind::refused, "its command ended without success: " + excerpt(ended.output)};
}

wire::Task<Submitted> hand_beside(wire::EventLoop& loop, target::Host& host, Submission submission) {
  target::CommandMail mail{std::move(submission.sender), std::move(submission.recipients),
                           std::move(submission.content)};
  auto work = [&host, mail = std::move(mail)] { return hand_by_command(host, mail); };
  co_return co_await beside(loop, std::move(work));
}

wire::Task<std::string> perform_beside(wire::EventLoop& loop, target::Host& host, std::string name) {
  const auto action = target::action_of(name);
  if (!action) co_return fmt::format("there is no action '{}'", name);
  auto work = [&host, action = *action] { return host.perform(action); };
  co_return co_await beside(loop, std::move(work));
}

// What MAIL and RCPT parameters say, for the sender that takes no command lines.
class ParametersOf {
 public:
  explicit ParametersOf(const std::string& text) {
    auto parsed = smtp::parse_parameters(text.empty() ? text : " " + text, smtp::AddressCharset::utf8);
    if (auto* all = std::get_if<std::vector<smtp::Parameter>>(&parsed)) parameters_ = std::move(*all);
  }
  bool has(std::string_view keyword) const { return find(keyword) != nullptr; }
  std::string value(std::string_view keyword) const {
    const auto* found = find(keyword);
    return found ? found->value.value_or("") : "";
  }

 private:
  const smtp::Parameter* find(std::string_view keyword) const {
    const auto at = std::find_if(parameters_.begin(), parameters_.end(),
                                 [keyword](const smtp::Parameter& one) { return one.keyword == keyword; });
    return at == parameters_.end() ? nullptr : &*at;
  }

  std::vector<smtp::Parameter> parameters_;
};

sender::Body body_of(const std::string& word) {
  if (word == "8BITMIME") return sender::Body::eight_bit_mime;
  if (word == "BINARYMIME") return sender::Body::binary_mime;
  return word == "7BIT" ? sender::Body::seven_bit : sender::Body::unstated;
}

// What a person would tell a client. Whoever asks for AUTH without TLS wants it in the clear.
void instruct(sender::Message& message, const Submission& submission, const target::Target& target) {
  const bool by_tls = submission.security != "plain";
  if (by_tls)
    message.tls = sender::Tls{sender::TlsPolicy::verified, trusted_by(submission), std::string(next_hop_name),
                              submission.security == "tls"};
  if (submission.auth && target.credentials)
    message.credentials =
        sender::Credentials{target.credentials->user, target.credentials->password, !by_tls};
}

sender::Message message_of(Submission submission) {
  const ParametersOf mail(submission.mail_parameters), rcpt(submission.recipient_parameters);
  sender::Message message;
  message.reverse_path = std::move(submission.sender);
  for (auto& address : submission.recipients)
    message.recipients.push_back({std::move(address), rcpt.value("NOTIFY"), rcpt.value("ORCPT")});
  message.content = std::move(submission.content);
  message.body = body_of(mail.value("BODY"));
  message.smtp_utf8 = mail.has("SMTPUTF8");
  message.require_tls = mail.has("REQUIRETLS");
  message.ret = mail.value("RET");
  message.envid = mail.value("ENVID");
  return message;
}

wire::Task<Submitted> hand_to_sender(sender::Queue& queue, const target::Target& target,
                                     Submission submission) {
  Submitted submitted;
  auto message = message_of(submission);
  instruct(message, submission, target);
  const auto outcome = queue.submit(std::move(message));
  if (const auto* refused = std::get_if<sender::NotTaken>(&outcome))
    submitted = {Kind::refused, refused->reply};
  co_return submitted;
}

wire::Task<std::string> act_on_sender(sender::Queue& queue, std::string action) {
  if (action == "flush") queue.flush();
  if (action == "purge") queue.purge();
  co_return std::string{};
}

}  // namespace

// The embedded target's sender lives on our own loop.
TargetHands hands_of_sender(sender::Queue& queue, const target::Target& target) {
  TargetHands hands;
  hands.submit = [&queue, &target](Submission submission, wire::Endpoint) {
    return hand_to_sender(queue, target, std::move(submission));
  };
  hands.submit_by_command = [&queue, &target](Submission submission) {
    // As a sendmail command reads it, to which each LF ends a line, whether a CR stands before it or not.
    submission.content = target::with_crlf(submission.content);
    return hand_to_sender(queue, target, std::move(submission));
  };
  hands.can = [](const std::string& action) { return action == "flush" || action == "purge"; };
  hands.act = [&queue](std::string action) { return act_on_sender(queue, std::move(action)); };
  return hands;
}

namespace {

wire::Task<std::string> perform_here(target::Host& host, target::Action action) {
  co_return host.perform(action);
}

// Its server, too, lives on our own loop.
TargetHands hands_of_embedded(target::Host& host, sender::Queue& queue) {
  const auto of_sender = hands_of_sender(queue, host.target());
  auto hands = of_sender;
  hands.can = [&host, of_sender](const std::string& name) {
    const auto action = target::action_of(name);
    return of_sender.can(name) || (action && host.can(*action));
  };
  hands.act = [&host, of_sender](std::string name) {
    const auto action = target::action_of(name);
    return action && host.can(*action) ? perform_here(host, *action) : of_sender.act(std::move(name));
  };
  return hands;
}

}  // namespace

std::string list_of(const sender::Queue& queue) {
  std::string text;
  for (const auto& queued : queue.list())
    text += fmt::format("{} {} {}\n", queued.id, queued.reverse_path, fmt::join(queued.recipients, " "));
  return text;
}

TargetHands hands_of(wire::EventLoop& loop, target::Host& host) {
  if (auto* queue = host.sender()) return hands_of_embedded(host, *queue);
  TargetHands hands;
  if (host.target().kind == target::Target::Kind::client) {
    hands.submit = [&loop, &host](Submission submission, wire::Endpoint next_hop) {
      return send_beside(loop, host, std::move(submission), std::move(next_hop));
    };
  }
  if (!host.target().commands.submit.empty()) {
    hands.submit_by_command = [&loop, &host](Submission submission) {
      return hand_beside(loop, host, std::move(submission));
    };
  }
  hands.can = [&host](const std::string& name) {
    const auto action = target::action_of(name);
    return action && host.can(*action);
  };
  hands.act = [&loop, &host](std::string name) { return perform_beside(loop, host, std::move(name)); };
  return hands;
}

}  // namespace smtpspec::engine
