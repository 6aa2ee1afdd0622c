// SPDX-License-Identifier: Apache-2.0
#include "target/host.hpp"

#include <thread>
#include <utility>

#include <fmt/format.h>

#include "target/host_kinds.hpp"

namespace smtpspec::target {

std::string Host::perform(Action action) {
  return fmt::format("target '{}' has no way to {} it", target().name, name_of(action));
}

std::variant<CommandEnded, CommandFailed> Host::submit(const CommandMail&) {
  return CommandFailed{fmt::format("target '{}' has no command that takes mail", target().name)};
}

std::variant<std::unique_ptr<Host>, StartFailed> make_host(wire::EventLoop& loop, const Target& target,
                                                           const StartOptions& options,
                                                           const EmbeddedConfiguration& configuration) {
  switch (target.kind) {
    case Target::Kind::embedded:
      return make_embedded_host(loop, target, configuration);
    case Target::Kind::running:
      return make_running_host(target);
    case Target::Kind::client:
      return make_client_host(target, options);
    case Target::Kind::started:
      break;
  }
  return make_started_host(target, options);
}

std::vector<HostOrFailure> make_hosts(wire::EventLoop& loop, const std::vector<Target>& targets,
                                      const StartOptions& options,
                                      const std::vector<EmbeddedConfiguration>& configurations,
                                      const std::function<void(std::size_t)>& done) {
  std::vector<HostOrFailure> hosts(targets.size());
  const auto make = [&](std::size_t i) {
    hosts[i] = make_host(loop, targets[i], options,
                         i < configurations.size() ? configurations[i] : EmbeddedConfiguration{});
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
