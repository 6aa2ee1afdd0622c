// SPDX-License-Identifier: Apache-2.0
#include "engine/hop_configuration.hpp"

#include <algorithm>

namespace smtpspec::engine {
namespace {

// Messages of any size that a person would put into a scenario.
constexpr std::size_t most_message_octets = 64 * 1024 * 1024;
constexpr std::size_t surplus_octets = 4 * 1024 * 1024;
constexpr std::size_t most_recipients = 100'000;

void offer(const std::vector<std::string>& offers, refserver::FeatureSet& features) {
  for (const auto feature : refserver::every_feature()) {
    const bool offered = std::any_of(offers.begin(), offers.end(), [feature](const std::string& keyword) {
      return keyword == refserver::keyword_of(feature);
    });
    if (!offered) features.remove(feature);
  }
}

void refuse_nothing(refserver::Behaviour& behaviour) {
  behaviour.content.takes_bare_line_ends = true;
  behaviour.chunks.data_may_follow = true;
  behaviour.chunks.binary_by_data = true;
  behaviour.parsing.takes_any_hello = true;
  behaviour.parsing.takes_bad_paths = true;
  behaviour.parsing.takes_unknown_parameters = true;
  behaviour.parsing.takes_repeated_parameters = true;
  behaviour.parsing.takes_bad_values = true;
  behaviour.parsing.takes_unoffered_body = true;
  behaviour.parsing.lf_ends_command = true;
  behaviour.parsing.ignores_declared_size = true;
}

void change_nothing(refserver::DeliveryBehaviour& delivery) {
  delivery.adds_received = false;
  delivery.return_paths = 0;
  delivery.keeps_foreign_return_path = true;
  delivery.no_success_notification = true;
}

}  // namespace

std::shared_ptr<const refserver::Configuration> hop_configuration(
    const std::vector<std::string>& offers, const std::optional<target::Credentials>& credentials) {
  auto configuration = std::make_shared<refserver::Configuration>();
  offer(offers, configuration->features);
  refuse_nothing(configuration->behaviour);
  change_nothing(configuration->behaviour.delivery);
  auto& policy = configuration->policy;
  policy.host_name = "hop.relay.test";
  policy.domain = "relay.test";
  policy.takes_everybody = true;
  if (credentials) {
    policy.auth_user = credentials->user;
    policy.auth_password = credentials->password;
  }
  policy.limits.message_octets = most_message_octets;
  policy.limits.surplus_octets = surplus_octets;
  policy.limits.recipients = most_recipients;
  policy.limits.path_octets = policy.limits.domain_octets = policy.limits.local_part_octets = 4096;
  return configuration;
}

}  // namespace smtpspec::engine
