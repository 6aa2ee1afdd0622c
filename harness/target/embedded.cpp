// SPDX-License-Identifier: Apache-2.0
#include "target/embedded.hpp"

namespace smtpspec::target {
namespace {

class EmbeddedStore : public MailStore {
 public:
  EmbeddedStore(const refserver::DeliveryStore& deliveries, bool tells_envelope)
      : deliveries_(deliveries), tells_envelope_(tells_envelope) {}

  bool refresh() override {
    const bool more = deliveries_.deliveries().size() > seen_;
    seen_ = deliveries_.deliveries().size();
    return more;
  }

  std::vector<StoredMessage> messages_for(std::string_view token) override {
    std::vector<StoredMessage> messages;
    for (const refserver::Delivery* delivery : deliveries_.to_token(token)) {
      StoredMessage message;
      message.bytes = *delivery->bytes;
      message.place = "memory";
      message.recipients = {delivery->recipient};
      if (tells_envelope_) message.reverse_path = delivery->reverse_path;
      messages.push_back(std::move(message));
    }
    return messages;
  }

  std::size_t count_for(std::string_view token) override { return deliveries_.count_for_token(token); }
  StoreEffects effects() const override { return {}; }

 private:
  const refserver::DeliveryStore& deliveries_;
  const bool tells_envelope_;
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
                                               bool tells_envelope) {
  return std::make_unique<EmbeddedStore>(deliveries, tells_envelope);
}

}  // namespace smtpspec::target
