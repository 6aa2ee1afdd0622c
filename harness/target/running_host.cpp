// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <utility>

#include "target/action_command.hpp"
#include "target/host_kinds.hpp"

namespace smtpspec::target {
namespace {

/// Somebody else's server. What can be done to it is what its file has commands for.
class RunningHost : public Host {
 public:
  explicit RunningHost(Target target) : target_(std::move(target)), mail_(open_mail_store(target_)) {}

  // It goes on without us, and needs its room.
  ~RunningHost() override {
    if (filled_) run_action_command(target_, Action::free);
  }

  const Target& target() const override { return target_; }
  MailStore* mail() override { return mail_.get(); }
  bool alive() override { return true; }
  bool can_restart() const override { return false; }
  std::string restart() override { return "it was not started by us"; }
  std::string log_tail() override { return {}; }

  std::optional<wire::Endpoint> next_hop() const override {
    if (target_.relay_domain.empty()) return std::nullopt;
    return parse_endpoint(target_.relay.listen);
  }

  bool can(Action action) const override { return !command_for(target_, action).empty(); }

  std::string perform(Action action) override {
    const bool ends_it = action == Action::kill || action == Action::terminate;
    if (ends_it && can(action)) down_ = true;
    if (action == Action::fill && can(action)) filled_ = true;
    std::string why = run_action_command(target_, action);
    if (action == Action::restart && why.empty()) down_ = false;
    if (action == Action::free && why.empty()) filled_ = false;
    return why;
  }

  std::variant<CommandEnded, CommandFailed> submit(const CommandMail& mail) override {
    if (target_.commands.submit.empty()) return Host::submit(mail);
    return run_command(submit_command_for(target_, mail), {}, submit_patience, mail.input);
  }

  bool is_down() const override { return down_; }

 private:
  Target target_;
  std::unique_ptr<MailStore> mail_;
  std::atomic<bool> down_{false};
  bool filled_ = false;
};

}  // namespace

std::unique_ptr<Host> make_running_host(const Target& target) {
  return std::make_unique<RunningHost>(target);
}

}  // namespace smtpspec::target
