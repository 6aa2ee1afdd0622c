// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "target/host_kinds.hpp"
#include "target/obstacle.hpp"
#include "target/port_lease.hpp"
#include "target/sender_command.hpp"

namespace smtpspec::target {
namespace {

/// A client: nothing of it runs but while it sends.
class ClientHost : public Host {
 public:
  ClientHost(Target target, PortLease ports) : target_(std::move(target)), ports_(std::move(ports)) {}

  const Target& target() const override { return target_; }
  MailStore* mail() override { return nullptr; }
  bool alive() override { return true; }
  bool can_restart() const override { return false; }
  std::string restart() override { return "it is a client"; }
  std::string log_tail() override { return {}; }

  /// A port for the server that it is given.
  std::optional<wire::Endpoint> next_hop() const override {
    return wire::TcpEndpoint{"127.0.0.1", ports_.port(0)};
  }

 private:
  Target target_;
  PortLease ports_;
};

}  // namespace

HostOrFailure make_client_host(const Target& target, const StartOptions& options) {
  if (const auto found = obstacles(target, options); !found.empty())
    return StartFailed{describe(found.front()), {}};
  auto ports = PortLease::take();
  if (!ports) return StartFailed{"no free ports on this machine", {}};
  return std::unique_ptr<Host>(std::make_unique<ClientHost>(
      ready_client(target, root_of(target, options).string()), std::move(*ports)));
}

}  // namespace smtpspec::target
