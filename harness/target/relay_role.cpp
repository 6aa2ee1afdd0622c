// SPDX-License-Identifier: Apache-2.0
#include "target/relay_role.hpp"

namespace smtpspec::target {
namespace {

void move_to(std::string& address, const std::string& from, const std::string& to) {
  const auto old_end = "@" + from;
  if (address.ends_with(old_end)) address.replace(address.size() - old_end.size(), old_end.size(), "@" + to);
}

}  // namespace

std::string cannot_relay(const Target& target) {
  if (target.kind == Target::Kind::client) return "it is a client, and takes no mail";
  if (target.kind == Target::Kind::running) return "it runs already, and relays whereto its owner says";
  if (target.relay_domain.empty()) return "its target file names no domain that it relays for";
  return {};
}

Target as_relay(Target target, const std::string& domain, const std::string& to_domain) {
  for (auto* address : {&target.recipient, &target.refused}) move_to(*address, target.domain, domain);
  if (target.credentials) move_to(target.credentials->user, target.domain, domain);
  target.domain = domain;
  target.relay_domain = to_domain;
  return target;
}

}  // namespace smtpspec::target
