// SPDX-License-Identifier: Apache-2.0
#include "cli/interop_servers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "cli/stop_signals.hpp"
#include "cli/target_options.hpp"
#include "refserver/defects.hpp"
#include "target/relay_role.hpp"

namespace smtpspec::cli {
namespace {

using gate::ExitCode;

// RFC 6761 keeps .test for this; the receivers keep the domain of their target files.
constexpr const char* domain_of_senders = "sender.test";

std::string cannot_receive(const target::Target& target) {
  if (target.kind == target::Target::Kind::client) return "it is a client, and takes no mail";
  if (!target.endpoint(target::EndpointKind::smtp) && target.kind == target::Target::Kind::running)
    return "it takes no mail by SMTP";
  const bool has_smtp = target.endpoints.contains(target::EndpointKind::smtp);
  if (target.kind == target::Target::Kind::started && !has_smtp) return "it takes no mail by SMTP";
  return {};
}

std::variant<target::Target, ExitCode> read(const std::string& word, const DataFolder& data) {
  TargetOptions options;
  options.target = word;
  auto chosen = choose_target(options, data);
  if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
  return std::get<ChosenTarget>(std::move(chosen)).target;
}

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& more) {
  for (const auto& word : more) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

// A server's name stands in ids.
std::string name_in_ids(const target::Target& target) {
  auto name = target.name;
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

bool is_server_defect(const std::string& name) {
  return refserver::find_defect(name) != nullptr;
}

std::optional<ExitCode> twice(const std::vector<ChosenSeat>& seats) {
  for (std::size_t i = 0; i < seats.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (seats[i].name == seats[j].name)
        return complain(ExitCode::usage, fmt::format("{} is named twice in one role", seats[i].name));
    }
  }
  return std::nullopt;
}

}  // namespace

std::variant<InteropChoice, ExitCode> choose_interop_servers(const std::vector<std::string>& words,
                                                             const InteropWords& roles,
                                                             const DataFolder& data) {
  const bool nobody = words.empty() && roles.senders.empty() && roles.receivers.empty();
  const auto both = nobody ? std::vector<std::string>{"embedded"} : words;
  InteropChoice choice;
  for (const auto& word : joined(both, roles.receivers)) {
    auto target = read(word, data);
    if (auto* code = std::get_if<ExitCode>(&target)) return *code;
    auto& known = std::get<target::Target>(target);
    auto why = cannot_receive(known);
    auto name = name_in_ids(known);
    choice.receivers.push_back({std::move(name), word, std::move(known), std::move(why)});
  }
  if (choice.receivers.empty())
    return complain(ExitCode::usage, "nobody receives; name a server, or --receiver");
  const auto domain = choice.receivers.front().target.domain;
  for (auto& receiver : choice.receivers) {
    if (receiver.target.domain != domain && receiver.why_not.empty())
      receiver.why_not =
          fmt::format("it takes mail for {}, and the others for {}", receiver.target.domain, domain);
  }
  for (const auto& word : joined(both, roles.senders)) {
    auto target = read(word, data);
    if (auto* code = std::get_if<ExitCode>(&target)) return *code;
    auto& known = std::get<target::Target>(target);
    auto why = target::cannot_relay(known);
    auto name = name_in_ids(known);
    choice.senders.push_back({std::move(name), word,
                              target::as_relay(std::move(known), domain_of_senders, domain), std::move(why)});
  }
  if (choice.senders.empty()) return complain(ExitCode::usage, "nobody sends; name a server, or --sender");
  for (const auto* seats : {&choice.senders, &choice.receivers}) {
    if (const auto code = twice(*seats)) return *code;
  }
  const bool breaks_server = is_server_defect(roles.defect);
  auto sending = configure(breaks_server ? "" : roles.defect, {});
  auto receiving = configure(breaks_server ? roles.defect : "", roles.without);
  for (const auto* one : {&sending, &receiving}) {
    if (const auto* code = std::get_if<ExitCode>(one)) return *code;
  }
  choice.sending = std::get<target::EmbeddedConfiguration>(std::move(sending));
  choice.receiving = std::get<target::EmbeddedConfiguration>(std::move(receiving));
  return choice;
}

InteropServers::InteropServers(InteropChoice choice, bool skip_missing)
    : choice_(std::move(choice)), skip_missing_(skip_missing) {
  for (const auto* seats : {&choice_.senders, &choice_.receivers}) {
    for (const auto& one : *seats) {
      if (one.word != one.name) typed_[one.name] = one.word;
    }
  }
}

void InteropServers::start(wire::EventLoop& loop) {
  std::vector<target::Target> targets;
  std::vector<target::EmbeddedConfiguration> configurations;
  const auto add = [&](const std::vector<ChosenSeat>& seats, const target::EmbeddedConfiguration& embedded) {
    for (const auto& one : seats) {
      if (!one.why_not.empty()) continue;
      targets.push_back(one.target);
      configurations.push_back(embedded);
    }
  };
  add(choice_.senders, choice_.sending);
  const auto senders = targets.size();
  add(choice_.receivers, choice_.receiving);
  target::StartOptions options;
  options.interrupted = &stop_was_asked_for();
  auto hosts = target::make_hosts(loop, targets, options, configurations);
  const auto middle = hosts.begin() + static_cast<long>(senders);
  seat(choice_.senders, {std::make_move_iterator(hosts.begin()), std::make_move_iterator(middle)}, senders_);
  seat(choice_.receivers, {std::make_move_iterator(middle), std::make_move_iterator(hosts.end())},
       receivers_);
}

// The hosts are those of the seats that were to be started, in their order.
void InteropServers::seat(const std::vector<ChosenSeat>& chosen, std::vector<target::HostOrFailure> hosts,
                          std::vector<interop::Seat>& seats) {
  std::size_t next = 0;
  for (const auto& one : chosen) {
    if (!one.why_not.empty()) {
      seats.push_back({one.name, nullptr, one.name + ": " + one.why_not, true});
      continue;
    }
    auto& host = hosts[next++];
    if (auto* started = std::get_if<std::unique_ptr<target::Host>>(&host)) {
      seats.push_back({one.name, started->get(), "", false});
      hosts_.push_back(std::move(*started));
      continue;
    }
    const auto& why = std::get<target::StartFailed>(host).why;
    if (stop_signal_word().empty())
      complain(ExitCode::infrastructure,
               fmt::format("the target {} could not be started: {}", one.name, why));
    if (skip_missing_) continue;
    failed_.push_back(one.name);
    seats.push_back({one.name, nullptr, fmt::format("{} could not be started: {}", one.name, why), false});
  }
}

void InteropServers::end() {
  target::end_hosts(std::move(hosts_));
  hosts_.clear();
}

}  // namespace smtpspec::cli
