// SPDX-License-Identifier: Apache-2.0
#include "target/host.hpp"

#include <thread>
#include <utility>

#include "refserver/server.hpp"
#include "target/embedded.hpp"

namespace smtpspec::target {
namespace {

/// A process of ours.
class StartedHost : public Host {
 public:
  explicit StartedHost(Instance instance)
      : instance_(std::move(instance)), mail_(open_mail_store(instance_.target())) {}

  const Target& target() const override { return instance_.target(); }
  MailStore* mail() override { return mail_.get(); }
  bool alive() override { return instance_.alive(); }
  bool can_restart() const override { return true; }
  std::string restart() override {
    instance_.kill();
    const auto failed = instance_.restart();
    return failed ? failed->why : std::string();
  }
  std::string log_tail() override { return instance_.log_tail(); }

 private:
  Instance instance_;
  std::unique_ptr<MailStore> mail_;
};

/// Somebody else's server.
class RunningHost : public Host {
 public:
  explicit RunningHost(Target target) : target_(std::move(target)), mail_(open_mail_store(target_)) {}

  const Target& target() const override { return target_; }
  MailStore* mail() override { return mail_.get(); }
  bool alive() override { return true; }
  bool can_restart() const override { return false; }
  std::string restart() override { return "it was not started by us"; }
  std::string log_tail() override { return {}; }

 private:
  Target target_;
  std::unique_ptr<MailStore> mail_;
};

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
};

std::variant<std::unique_ptr<Host>, StartFailed> embed(wire::EventLoop& loop, const Target& target,
                                                       const refserver::Configuration& configuration) {
  refserver::ServerOptions options;
  options.configuration = configuration;
  options.listen.clear();
  for (const auto& [kind, service] : EmbeddedHost::services) options.listen.push_back({service});
  auto host = std::make_unique<EmbeddedHost>(loop, target, std::move(options));
  if (auto problem = host->serve(); !problem.empty()) return StartFailed{std::move(problem), {}};
  return std::unique_ptr<Host>(std::move(host));
}

}  // namespace

std::variant<std::unique_ptr<Host>, StartFailed> make_host(wire::EventLoop& loop, const Target& target,
                                                           const StartOptions& options,
                                                           const refserver::Configuration& configuration) {
  if (target.kind == Target::Kind::embedded) return embed(loop, target, configuration);
  if (target.kind == Target::Kind::running)
    return std::unique_ptr<Host>(std::make_unique<RunningHost>(target));
  auto started = start(target, options);
  if (auto* failed = std::get_if<StartFailed>(&started)) return std::move(*failed);
  return std::unique_ptr<Host>(std::make_unique<StartedHost>(std::move(std::get<Instance>(started))));
}

std::vector<HostOrFailure> make_hosts(wire::EventLoop& loop, const std::vector<Target>& targets,
                                      const StartOptions& options,
                                      const refserver::Configuration& configuration,
                                      const std::function<void(std::size_t)>& done) {
  std::vector<HostOrFailure> hosts(targets.size());
  const auto make = [&](std::size_t i) {
    hosts[i] = make_host(loop, targets[i], options, configuration);
    if (done) done(i);
  };
  std::vector<std::thread> starting;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].kind != Target::Kind::started) continue;
    // A process of ours doesn't touch the loop.
    starting.emplace_back(make, i);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].kind != Target::Kind::started) make(i);
  }
  for (std::thread& thread : starting) thread.join();
  return hosts;
}

void end_hosts(std::vector<std::unique_ptr<Host>> hosts) {
  std::vector<std::thread> ending;
  for (auto& host : hosts) {
    if (!host || host->target().kind != Target::Kind::started) continue;
    ending.emplace_back([&host] { host.reset(); });
  }
  for (std::thread& thread : ending) thread.join();
}

}  // namespace smtpspec::target
