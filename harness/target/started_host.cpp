// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <mutex>
#include <utility>

#include "target/action_command.hpp"
#include "target/host_kinds.hpp"
#include "target/queue_files.hpp"

namespace smtpspec::target {
namespace {

/// In that time a flush that can't work has failed; one that works may take as long as the next hop does.
constexpr std::chrono::milliseconds flush_patience{200};

/// What a flush still sends when the queue is thrown away would come as mail of a later case.
constexpr std::chrono::milliseconds flush_at_most{5'000};

/// A process of ours. What changes it holds acting_; alive() looks at it beside that and doesn't wait.
class StartedHost : public Host {
 public:
  explicit StartedHost(Instance instance)
      : instance_(std::move(instance)), mail_(open_mail_store(instance_.target())) {}

  // What was done outside its folder doesn't go with the folder.
  ~StartedHost() override {
    if (filled_ && !down_) run_action_command(target(), Action::free);
  }

  const Target& target() const override { return instance_.target(); }
  MailStore* mail() override { return mail_.get(); }

  bool alive() override {
    const std::unique_lock lock(acting_, std::try_to_lock);
    return !lock || down_ || instance_.alive();
  }

  bool can_restart() const override { return true; }

  std::string restart() override {
    const std::lock_guard lock(acting_);
    return start_again();
  }

  std::string log_tail() override { return instance_.log_tail(); }

  std::optional<wire::Endpoint> next_hop() const override {
    if (target().relay_domain.empty()) return std::nullopt;
    if (!target().relay.listen.empty()) return parse_endpoint(target().relay.listen);
    return wire::TcpEndpoint{"127.0.0.1", instance_.relay_port()};
  }

  bool can(Action action) const override {
    const bool is_signal = action == Action::kill || action == Action::terminate || action == Action::restart;
    return is_signal || !command_for(target(), action).empty();
  }

  std::string perform(Action action) override {
    const std::lock_guard lock(acting_);
    switch (action) {
      case Action::kill:
        down_ = true;
        instance_.kill();
        return {};
      case Action::terminate:
        down_ = true;
        return instance_.terminate().value_or("");
      case Action::restart:
        if (!down_) instance_.terminate();
        return start_again();
      case Action::flush:
        if (!can(action)) break;
        return instance_.run_beside(target().commands.queue_flush, flush_patience).value_or("");
      case Action::purge:
        instance_.wait_for_what_runs_beside(flush_at_most);
        if (!has_something_to_purge(target().queue)) return {};
        break;
      case Action::reload:
        break;
      case Action::fill:
        filled_ = can(action);
        break;
      case Action::free: {
        auto why = run_action_command(target(), action);
        if (why.empty()) filled_ = false;
        return why;
      }
    }
    return run_action_command(target(), action);
  }

  std::variant<CommandEnded, CommandFailed> submit(const CommandMail& mail) override {
    const Command command = submit_command_for(target(), mail);
    if (command.empty()) return Host::submit(mail);
    const std::lock_guard lock(acting_);
    return instance_.feed(command, mail.input, submit_patience);
  }

  bool is_down() const override { return down_; }

 private:
  std::string start_again() {
    const auto failed = instance_.restart();
    if (!failed) down_ = false;
    return failed ? failed->why : std::string();
  }

  Instance instance_;
  std::unique_ptr<MailStore> mail_;
  std::mutex acting_;
  std::atomic<bool> down_{false};  // by an action
  bool filled_ = false;
};

}  // namespace

HostOrFailure make_started_host(const Target& target, const StartOptions& options) {
  auto started = start(target, options);
  if (auto* failed = std::get_if<StartFailed>(&started)) return std::move(*failed);
  return std::unique_ptr<Host>(std::make_unique<StartedHost>(std::move(std::get<Instance>(started))));
}

}  // namespace smtpspec::target
