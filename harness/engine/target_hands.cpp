// SPDX-License-Identifier: Apache-2.0
#include "engine/target_hands.hpp"

#include <fmt/format.h>

#include "engine/beside.hpp"
#include "engine/excerpt.hpp"
#include "target/sender_command.hpp"

namespace smtpspec::engine {
namespace {

using Kind = Submitted::Kind;

target::SendRequest request_for(Submission submission, const wire::Endpoint& next_hop,
                                const target::Target& client) {
  target::SendRequest request;
  const auto& at = std::get<wire::TcpEndpoint>(next_hop);
  request.host = at.host;
  request.port = at.port;
  request.sender = std::move(submission.sender);
  request.recipients = std::move(submission.recipients);
  request.content = std::move(submission.content);
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
  auto work = [&host, request = std::move(request)] { return send_by_command(host.target(), request); };
  co_return co_await beside(loop, std::move(work));
}

wire::Task<std::string> perform_beside(wire::EventLoop& loop, target::Host& host, std::string name) {
  const auto action = target::action_of(name);
  if (!action) co_return fmt::format("there is no action '{}'", name);
  auto work = [&host, action = *action] { return host.perform(action); };
  co_return co_await beside(loop, std::move(work));
}

}  // namespace

TargetHands hands_of(wire::EventLoop& loop, target::Host& host) {
  TargetHands hands;
  if (host.target().kind == target::Target::Kind::client) {
    hands.submit = [&loop, &host](Submission submission, wire::Endpoint next_hop) {
      return send_beside(loop, host, std::move(submission), std::move(next_hop));
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
