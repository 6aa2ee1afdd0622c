// SPDX-License-Identifier: Apache-2.0
#include "target/target.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace smtpspec::target {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool is_loopback(const wire::Endpoint& endpoint) {
  const auto* tcp = std::get_if<wire::TcpEndpoint>(&endpoint);
  if (!tcp) return true;
  if (tcp->host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, tcp->host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, tcp->host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::mx:
      return "mx";
    case Role::submission:
      return "submission";
    case Role::lmtp:
      return "lmtp";
    case Role::library:
      return "library";
  }
  return "";
}

std::string_view name_of(EndpointKind kind) {
  switch (kind) {
    case EndpointKind::smtp:
      return "smtp";
    case EndpointKind::submission:
      return "submission";
    case EndpointKind::smtps:
      return "smtps";
    case EndpointKind::lmtp:
      return "lmtp";
  }
  return "";
}

std::optional<wire::Endpoint> parse_endpoint(std::string_view text) {
  if (text.starts_with("unix:")) {
    if (text.size() == 5) return std::nullopt;
    return wire::UnixEndpoint{std::string(text.substr(5))};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.back() != ']') return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // an IPv6 address needs its brackets
  }
  if (host.empty() || host.find_first_of(" \t/{}") != std::string_view::npos) return std::nullopt;
  return wire::TcpEndpoint{std::string(host), *port};
}

std::optional<wire::Endpoint> Target::endpoint(EndpointKind which) const {
  const auto found = endpoints.find(which);
  if (found == endpoints.end()) return std::nullopt;
  return parse_endpoint(found->second);
}

Client Target::client(std::string_view identity) const {
  const auto found = clients.find(identity);
  return found == clients.end() ? Client{} : found->second;
}

const Setup* Target::setup() const {
  if (start) return &*start;
  return send ? &*send : nullptr;
}

std::optional<std::string> remote_objection(const Target& target, bool allow_remote) {
  if (allow_remote) return std::nullopt;
  for (const auto& [kind, text] : target.endpoints) {
    const auto endpoint = parse_endpoint(text);
    if (endpoint && !is_loopback(*endpoint)) {
      return "target '" + target.name + "': its " + std::string(name_of(kind)) + " endpoint " + text +
             " is not on this machine; test servers of your own only, and say so with --allow-remote";
    }
  }
  return std::nullopt;
}

}  // namespace smtpspec::target
