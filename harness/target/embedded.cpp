// SPDX-License-Identifier: Apache-2.0
#include "target/embedded.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "smtp/letter_case.hpp"

namespace smtpspec::target {
namespace {

class EmbeddedStore : public MailStore {
 public:
  EmbeddedStore(const refserver::DeliveryStore& deliveries, EmbeddedStoreOptions options)
      : deliveries_(deliveries), options_(std::move(options)) {}

  bool refresh() override {
    const bool more = deliveries_.deliveries().size() > seen_;
    seen_ = deliveries_.deliveries().size();
    return more;
  }

  std::vector<StoredMessage> messages_for(std::string_view token) override {
    std::vector<StoredMessage> messages;
    for (const refserver::Delivery* delivery : deliveries_.to_token(token)) {
      if (!is_here(*delivery)) continue;
      StoredMessage message;
      message.bytes = *delivery->bytes;
      message.place = "memory";
      message.recipients = {delivery->recipient};
      if (options_.tells_envelope) message.reverse_path = delivery->reverse_path;
      messages.push_back(std::move(message));
    }
    return messages;
  }

  std::size_t count_for(std::string_view token) override {
    if (options_.domain.empty()) return deliveries_.count_for_token(token);
    const auto found = deliveries_.to_token(token);
    const auto here =
        std::count_if(found.begin(), found.end(), [this](const auto* one) { return is_here(*one); });
    return static_cast<std::size_t>(here);
  }

  StoreEffects effects() const override { return {}; }

 private:
  bool is_here(const refserver::Delivery& delivery) const {
    if (options_.domain.empty()) return true;
    const std::string_view recipient = delivery.recipient;
    return smtp::equals_ignoring_case(recipient.substr(recipient.rfind('@') + 1), options_.domain);
  }

  const refserver::DeliveryStore& deliveries_;
  const EmbeddedStoreOptions options_;
  std::size_t seen_ = 0;
};

}  // namespace

Target embedded_target(const refserver::Policy& policy) {
  Target target;
  target.kind = Target::Kind::embedded;
  target.name = "embedded";
  target.software = "smtpspec";
  target.domain = policy.domain;
  target.relay_domain = "relay.test";
  target.recipient = policy.user + "+{token}@" + policy.domain;
  target.refused = "nobody+{token}@" + policy.domain;
  target.mailbox.format = Mailbox::Format::memory;
  target.credentials = Credentials{policy.auth_user, policy.auth_password};
  target.clients = {{"stranger", Client{"127.0.0.2"}}, {"trusted", Client{"127.0.0.1"}}};
  target.limits.sessions_at_once = 0;
  target.limits.end_of_data = std::chrono::milliseconds(200);
  target.limits.errors_before_close = 0;
  target.limits.end_of_data = std::chrono::milliseconds(100);  // it answers within microseconds
  target.limits.max_recipients = static_cast<int>(policy.limits.recipients);
  return target;
}

std::unique_ptr<MailStore> open_embedded_store(const refserver::DeliveryStore& deliveries,
                                               EmbeddedStoreOptions options) {
  return std::make_unique<EmbeddedStore>(deliveries, std::move(options));
}

}  // namespace smtpspec::target
