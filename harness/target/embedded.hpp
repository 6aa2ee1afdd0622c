// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "refserver/configuration.hpp"
#include "refserver/delivery_store.hpp"
#include "refserver/policy.hpp"
#include "sender/behaviour.hpp"
#include "target/mailbox.hpp"

namespace smtpspec::target {

/// How the embedded target works: its server, and the sender behind that.
struct EmbeddedConfiguration {
  refserver::Configuration server;
  sender::Behaviour sender;
};

/// The embedded server as a target. It has no endpoint: whoever runs it adds the address.
Target embedded_target(const refserver::Policy& policy = {});

/// The embedded server's deliveries as a mailbox. Borrows them; they must outlive it. With `tells_envelope`
/// each message has its reverse-path beside it, for a server that writes no Return-Path.
std::unique_ptr<MailStore> open_embedded_store(const refserver::DeliveryStore& deliveries,
                                               bool tells_envelope = false);

}  // namespace smtpspec::target
