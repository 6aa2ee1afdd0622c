// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "refserver/server.hpp"
#include "target/embedded.hpp"
#include "target/host_kinds.hpp"
#include "target/port_lease.hpp"

namespace smtpspec::target {
namespace {

/// The embedded server, in this process.
class EmbeddedHost : public Host {
 public:
  EmbeddedHost(wire::EventLoop& loop, Target target, refserver::ServerOptions options)
      : target_(std::move(target)), server_(loop, std::move(options)) {}

  std::string serve() {
    if (auto problem = server_.start()) return *problem;
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

  static constexpr std::pair<EndpointKind, refserver::Service> services[] = {
      {EndpointKind::smtp, refserver::Service::smtp},
      {EndpointKind::submission, refserver::Service::submission},
      {EndpointKind::smtps, refserver::Service::smtps},
      {EndpointKind::lmtp, refserver::Service::lmtp},
  };

 private:
  Target target_;
  refserver::Server server_;
  std::unique_ptr<MailStore> mail_;
  std::optional<PortLease> ports_ = PortLease::take();
};

}  // namespace

HostOrFailure make_embedded_host(wire::EventLoop& loop, const Target& target,
                                 const refserver::Configuration& configuration) {
  refserver::ServerOptions options;
  options.configuration = configuration;
  options.listen.clear();
  for (const auto& [kind, service] : EmbeddedHost::services) options.listen.push_back({service});
  auto host = std::make_unique<EmbeddedHost>(loop, target, std::move(options));
  if (auto problem = host->serve(); !problem.empty()) return StartFailed{std::move(problem), {}};
  return std::unique_ptr<Host>(std::move(host));
}

}  // namespace smtpspec::target
