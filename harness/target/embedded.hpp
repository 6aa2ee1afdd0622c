// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

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

/// What of the deliveries is looked at, and how.
struct EmbeddedStoreOptions {
  /// Each message has its reverse-path beside it, for a server that writes no Return-Path.
  bool tells_envelope = false;
  /// Mail for another domain isn't there, even if its local part is that of a mailbox here. "" takes any.
  std::string domain;
};

/// The embedded server's deliveries as a mailbox. Borrows them; they must outlive it.
std::unique_ptr<MailStore> open_embedded_store(const refserver::DeliveryStore& deliveries,
                                               EmbeddedStoreOptions options = {});

}  // namespace smtpspec::target
