// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "refserver/server.hpp"
#include "sender/report.hpp"
#include "target/embedded.hpp"
#include "target/host_kinds.hpp"
#include "target/port_lease.hpp"

namespace smtpspec::target {
namespace {

// The RFC's minutes (RFC 5321 4.5.3.2), shortened: nobody waits for five of them in a test, and a scenario
// that answers octet by octet on a busy machine is waited for.
constexpr double hurry = 1.0 / 10;

sender::Body body_of(refserver::Body body) {
  if (body == refserver::Body::eight_bit_mime) return sender::Body::eight_bit_mime;
  return body == refserver::Body::binary_mime ? sender::Body::binary_mime : sender::Body::unstated;
}

sender::Message to_send(const refserver::Relayed& relayed) {
  const auto& envelope = relayed.envelope;
  sender::Message message;
  message.reverse_path = envelope.reverse_path.mailbox.original;
  for (const auto& recipient : envelope.recipients) {
    message.recipients.push_back(
        {recipient.mailbox.original, recipient.parameters.notify, recipient.parameters.original_recipient});
  }
  message.content = relayed.bytes;
  message.body = body_of(envelope.parameters.body);
  message.smtp_utf8 = envelope.parameters.smtp_utf8;
  message.ret = envelope.parameters.return_kind;
  message.envid = envelope.parameters.envelope_id;
  return message;
}

/// The embedded server, in this process.
class EmbeddedHost : public Host {
 public:
  EmbeddedHost(wire::EventLoop& loop, Target target, std::optional<PortLease> ports,
               refserver::ServerOptions options, const sender::Behaviour& sender)
      : target_(std::move(target)),
        ports_(std::move(ports)),
        domain_(options.configuration.policy.domain),
        server_(loop, std::move(options)),
        loop_(loop),
        sender_behaviour_(sender),
        queue_(loop, sender_settings(next_hop())) {}

  std::string serve() {
    if (auto problem = server_.start()) return *problem;
    server_.store().on_relayed([this](refserver::Relayed message) { relay(to_send(message)); });
    mail_ = open_embedded_store(server_.store());
    for (const auto& [kind, service] : services) {
      const auto port = server_.port(service);
      if (port != 0) target_.endpoints[kind] = "127.0.0.1:" + std::to_string(port);
    }
    return {};
  }

  const Target& target() const override { return target_; }
  MailStore* mail() override { return mail_.get(); }
  bool alive() override { return true; }
  bool can_restart() const override { return false; }
  std::string restart() override { return "it is part of this process"; }
  std::string log_tail() override { return {}; }

  std::optional<wire::Endpoint> next_hop() const override {
    if (!ports_ || target_.relay_domain.empty()) return std::nullopt;
    return wire::TcpEndpoint{"127.0.0.1", ports_->port(0)};
  }

  // Flush and purge are done to the sender directly.
  bool can(Action action) const override { return action != Action::flush && action != Action::purge; }

  // By the loop's thread, as everything about it. It is a part of this process, which goes on: what is done
  // to it is what the end of a process does to a server whose mail lies on a disk.
  std::string perform(Action action) override {
    switch (action) {
      case Action::fill:
      case Action::free:
        server_.store().set_room(action == Action::free);
        return {};
      case Action::kill:
        server_.break_off();
        return go_down();
      case Action::terminate:
        loop_.spawn(server_.stop());
        return go_down();
      case Action::restart:
        return come_back();
      case Action::reload:
        queue_.halt();
        queue_.resume();
        return {};
      default:
        return Host::perform(action);
    }
  }

  bool is_down() const override { return down_; }

  sender::Queue* sender() override { return &queue_; }

  std::unique_ptr<sender::Queue> make_sender(const wire::Endpoint& next_hop) override {
    return std::make_unique<sender::Queue>(loop_, sender_settings(next_hop));
  }

  static constexpr std::pair<EndpointKind, refserver::Service> services[] = {
      {EndpointKind::smtp, refserver::Service::smtp},
      {EndpointKind::submission, refserver::Service::submission},
      {EndpointKind::smtps, refserver::Service::smtps},
      {EndpointKind::lmtp, refserver::Service::lmtp},
  };

 private:
  sender::Settings sender_settings(std::optional<wire::Endpoint> next_hop) {
    sender::Settings settings;
    settings.next_hop = std::move(next_hop);
    settings.ehlo_name = "mx." + domain_;
    settings.behaviour = sender_behaviour_;
    settings.timeouts = sender::Timeouts{}.scaled_by(hurry);
    settings.deliver_bounce = [this](sender::Message report) { deliver(std::move(report)); };
    return settings;
  }

  std::string go_down() {
    down_ = true;
    queue_.halt();
    return {};
  }

  std::string come_back() {
    if (!down_) server_.break_off();
    if (auto problem = server_.start()) return *problem;
    down_ = false;
    queue_.resume();
    return {};
  }

  // What can't be sent on has been taken all the same: its sender is told (RFC 5321 3.6.3).
  void relay(sender::Message message) {
    const auto outcome = queue_.submit(message);
    const auto* not_taken = std::get_if<sender::NotTaken>(&outcome);
    if (!not_taken) return;
    const sender::Outcome failed{sender::Outcome::Kind::failed, not_taken->reply};
    std::vector<sender::Reported> reported;
    for (const auto& recipient : message.recipients) {
      if (sender::is_to_be_reported(recipient, failed, sender_behaviour_.queue))
        reported.push_back({recipient, failed});
    }
    if (auto report = sender::report_about(message, reported, sender_settings(next_hop())))
      deliver(std::move(*report));
  }

  // A report to somebody here; to somebody elsewhere it goes the way of all mail.
  void deliver(sender::Message report) {
    for (const auto& recipient : report.recipients) {
      if (!recipient.address.ends_with("@" + domain_)) {
        auto elsewhere = report;
        elsewhere.recipients = {recipient};
        queue_.submit(std::move(elsewhere));
        continue;
      }
      auto bytes = std::make_shared<const std::string>("Return-Path: <" + report.reverse_path + ">\r\n" +
                                                       report.content);
      server_.store().add({report.reverse_path, recipient.address, {}, std::move(bytes)});
    }
  }

  Target target_;
  std::optional<PortLease> ports_;
  const std::string domain_;
  refserver::Server server_;
  wire::EventLoop& loop_;
  const sender::Behaviour sender_behaviour_;
  sender::Queue queue_;
  bool down_ = false;  // between kill or terminate and restart
  std::unique_ptr<MailStore> mail_;
};

}  // namespace

HostOrFailure make_embedded_host(wire::EventLoop& loop, const Target& target,
                                 const EmbeddedConfiguration& configuration) {
  refserver::ServerOptions options;
  options.configuration = configuration.server;
  options.configuration.policy.domain = target.domain;
  options.configuration.policy.host_name = "mx." + target.domain;
  options.configuration.policy.relay_domain = target.relay_domain;
  options.configuration.policy.trusted_client = "[127.0.0.1]";
  options.listen.clear();
  // Ports of its own, so that nobody has them when it begins anew; the first is the next hop's.
  auto ports = PortLease::take();
  int index = 0;
  for (const auto& [kind, service] : EmbeddedHost::services) {
    const std::uint16_t port = ports ? ports->port(++index) : 0;
    options.listen.push_back({service, wire::TcpEndpoint{"127.0.0.1", port}});
  }
  auto host = std::make_unique<EmbeddedHost>(loop, target, std::move(ports), std::move(options),
                                             configuration.sender);
  if (auto problem = host->serve(); !problem.empty()) return StartFailed{std::move(problem), {}};
  return std::unique_ptr<Host>(std::move(host));
}

}  // namespace smtpspec::target
