// SPDX-License-Identifier: Apache-2.0
#include "engine/run_context.hpp"

#include "wire/endpoint.hpp"

namespace smtpspec::engine {

using target::EndpointKind;

std::optional<EndpointKind> endpoint_kind(const std::string& on) {
  for (const auto kind :
       {EndpointKind::smtp, EndpointKind::submission, EndpointKind::smtps, EndpointKind::lmtp}) {
    if (target::name_of(kind) == on) return kind;
  }
  return std::nullopt;
}

std::string endpoint_url(const target::Target& target, const std::string& on) {
  const auto kind = endpoint_kind(on);
  const auto address = kind ? target.endpoint(*kind) : std::nullopt;
  if (!address) return {};
  return on + "://" + wire::format(*address);
}

}  // namespace smtpspec::engine
