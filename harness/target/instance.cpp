// SPDX-License-Identifier: Apache-2.0
#include "target/instance.hpp"

#include <fstream>
#include <list>

#include <fmt/format.h>

#include "target/greeting_probe.hpp"
#include "target/keeper.hpp"
#include "target/log_tail.hpp"
#include "target/obstacle.hpp"
#include "target/placeholders.hpp"
#include "target/port_lease.hpp"
#include "target/private_folder.hpp"
#include "target/signal_name.hpp"
#include "target/target_variables.hpp"
#include "target/templates.hpp"
#include "wire/deadline.hpp"

namespace smtpspec::target {
namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct Instance::State {
  Target pattern;  ///< filled but for {pid}
  fs::path folder;
  PortLease ports;
  Keeper keeper;
  const std::atomic<bool>* interrupted;
  std::list<Target> targets = {};  ///< one for each start
  std::atomic<const Target*> current = nullptr;

  void take_pid() {
    targets.push_back(fill(pattern, {{"pid", std::to_string(keeper.main_pid())}}));
    current = &targets.back();
  }
};

namespace {

constexpr milliseconds prepare_patience{60'000};

Variables variables_of(const Target& target, const fs::path& root, const fs::path& folder,
                       const PortLease& ports) {
  Variables variables = known_variables(target);
  variables["dir"] = folder.string();
  variables["root"] = root.string();
  for (std::size_t i = 0; i < port_names().size(); ++i) {
    variables[port_names()[i]] = std::to_string(ports.port(static_cast<int>(i)));
  }
  return variables;
}

/// What a target's logs and its output say at the end.
std::string tail_of(const Target& target, const Keeper& keeper, std::size_t max_bytes) {
  std::vector<std::string> files{keeper.output_file()};
  files.insert(files.end(), target.logs.begin(), target.logs.end());
  return log_tail(files, max_bytes);
}

/// The story of one start, told step by step; each step says why it failed.
class Starting {
 public:
  Starting(const Target& target, Keeper& keeper, const std::atomic<bool>* interrupted)
      : target_(target), keeper_(keeper), interrupted_(interrupted) {}

  std::optional<std::string> prepare() {
    for (const Command& command : target_.start->prepare) {
      if (auto why = keeper_.run(program_of(*target_.start, command))) return why;
      const auto ended = keeper_.wait_until_ended(prepare_patience);
      if (!ended) return fmt::format("its prepare command '{}' took longer than a minute", command.front());
      if (*ended != 0)
        return fmt::format("its prepare command '{}' {}", command.front(), describe_ending(*ended));
    }
    return std::nullopt;
  }

  std::optional<std::string> run() {
    if (auto why = keeper_.run(program_of(*target_.start, target_.start->command))) return why;
    const auto deadline = wire::deadline_after(target_.start->ready_within);
    for (const auto& [kind, text] : target_.endpoints) {
      if (auto why = wait_for(kind, text, deadline)) return why;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> wait_for(EndpointKind kind, const std::string& text, wire::Deadline deadline) {
    const auto endpoint = parse_endpoint(text);
    if (!endpoint) return fmt::format("its {} endpoint '{}' is no endpoint", name_of(kind), text);
    const auto probed = wait_for_greeting(*endpoint, kind == EndpointKind::smtps, deadline,
                                          [this] { return !keeper_.alive() || is_interrupted(); });
    if (probed.ready) return std::nullopt;
    if (is_interrupted()) return "interrupted";
    if (const auto ended = keeper_.ending(); ended && !keeper_.alive()) {
      return fmt::format("it {} before it was ready", describe_ending(*ended));
    }
    return fmt::format("it was not ready within {} ms: {}", target_.start->ready_within.count(), probed.what);
  }

  bool is_interrupted() const { return interrupted_ && *interrupted_; }

  const Target& target_;
  Keeper& keeper_;
  const std::atomic<bool>* interrupted_;
};

}  // namespace

std::variant<Instance, StartFailed> start(const Target& target, const StartOptions& options) {
  if (const auto found = obstacles(target, options); !found.empty())
    return StartFailed{describe(found.front()), {}};
  const fs::path root = root_of(target, options);
  auto ports = PortLease::take();
  if (!ports) return StartFailed{"no free ports on this machine", {}};
  const fs::path folder = private_folder(target.name, options.temporary);
  auto launched = Keeper::launch(folder.string(), target.start->syslog);
  if (auto* why = std::get_if<std::string>(&launched)) return StartFailed{*why, {}};
  Keeper keeper = std::get<Keeper>(std::move(launched));

  Variables variables = variables_of(target, root, folder, *ports);
  Target filled = fill(target, variables);
  const auto fail = [&](const std::string& why) -> std::variant<Instance, StartFailed> {
    return StartFailed{why, tail_of(filled, keeper, 4096)};
  };
  if (auto why = copy_templates(target.start->templates, folder, variables)) return fail(*why);
  Starting starting(filled, keeper, options.interrupted);
  if (auto why = starting.prepare()) return fail(*why);
  if (auto why = starting.run()) return fail(*why);

  filled.kind = Target::Kind::started;
  std::unique_ptr<Instance::State> state(new Instance::State{std::move(filled), folder, std::move(*ports),
                                                             std::move(keeper), options.interrupted});
  state->take_pid();
  return Instance(std::move(state));
}

Instance::Instance(std::unique_ptr<State> state) : state_(std::move(state)) {}
Instance::Instance(Instance&&) noexcept = default;

Instance& Instance::operator=(Instance&& other) noexcept {
  if (this != &other) {
    stop();
    state_ = std::move(other.state_);
  }
  return *this;
}

Instance::~Instance() {
  stop();
}

const Target& Instance::target() const {
  return *state_->current;
}
const fs::path& Instance::folder() const {
  return state_->folder;
}

std::uint16_t Instance::relay_port() const {
  return state_->ports.port(static_cast<int>(port_names().size()) - 1);
}

bool Instance::alive() {
  return state_->keeper.alive();
}

std::optional<std::string> Instance::ending() {
  const auto ended = state_->keeper.ending();
  if (!ended) return std::nullopt;
  return describe_ending(*ended);
}

std::string Instance::log_tail(std::size_t max_bytes) {
  return tail_of(target(), state_->keeper, max_bytes);
}

void Instance::kill() {
  state_->keeper.kill_all();
}

std::optional<std::string> Instance::terminate() {
  const Start& start = *state_->pattern.start;
  Keeper& keeper = state_->keeper;
  const bool in_background = keeper.ending().has_value();
  keeper.signal(start.stop_signal);
  if (in_background ? keeper.wait_until_all_ended(start.stop_within)
                    : keeper.wait_until_ended(start.stop_within).has_value())
    return std::nullopt;
  kill();
  return fmt::format("it did not end within {} ms of its stop signal", start.stop_within.count());
}

std::optional<StartFailed> Instance::restart() {
  kill();
  Starting starting(state_->pattern, state_->keeper, state_->interrupted);
  if (auto why = starting.run()) return StartFailed{*why, log_tail()};
  state_->take_pid();
  return std::nullopt;
}

std::optional<std::string> Instance::run_beside(const Command& command, milliseconds at_most) {
  if (auto why = state_->keeper.run_beside(program_of(*target().start, command))) return why;
  const auto ended = state_->keeper.wait_until_beside_ended(at_most);
  if (!ended || *ended == 0) return std::nullopt;
  return fmt::format("'{}' {}", command.front(), describe_ending(*ended));
}

void Instance::wait_for_what_runs_beside(milliseconds at_most) {
  state_->keeper.wait_until_beside_ended(at_most);
}

std::variant<CommandEnded, CommandFailed> Instance::feed(const Command& command, const std::string& input,
                                                         milliseconds at_most) {
  const fs::path file = state_->folder / "submitted";
  std::error_code ignored;    // then there is none
  fs::remove(file, ignored);  // one that took too long may still read the one before
  if (!(std::ofstream(file, std::ios::binary) << input).flush())
    return CommandFailed{"the message can't be written into " + state_->folder.string()};
  Program program = program_of(*target().start, command);
  program.input = file.string();
  if (auto why = state_->keeper.run_beside(program)) return CommandFailed{*why};
  const auto ended = state_->keeper.wait_until_beside_ended(at_most);
  if (!ended)
    return CommandFailed{fmt::format("'{}' took longer than {} ms", command.front(), at_most.count())};
  return CommandEnded{*ended, describe_ending(*ended)};
}

void Instance::stop() {
  if (!state_) return;
  const Start& start = *state_->pattern.start;
  state_->keeper.finish(start.stop_signal, start.stop_within);
}

}  // namespace smtpspec::target
