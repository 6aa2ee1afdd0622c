// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "refserver/transaction.hpp"

namespace smtpspec::refserver {

/// What the server knew of the client when it took a message.
struct SessionFacts {
  std::string hello;       ///< argument of EHLO, HELO or LHLO
  std::string protocol;    ///< as in Received: "ESMTPSA" (RFC 3848)
  std::string tls_cipher;  ///< empty in the clear
  std::string identity;    ///< who authenticated; empty for nobody
};

/// One message in one mailbox.
struct Delivery {
  std::string reverse_path;  ///< the address without brackets; empty for the null reverse-path
  std::string recipient;     ///< as the client wrote it, without brackets
  SessionFacts facts;
  std::shared_ptr<const std::string> bytes;  ///< trace fields and content, CRLF; shared by the recipients
};

/// One message for recipients that are not here, with its trace field: for whoever sends it on.
struct Relayed {
  Transaction envelope;  ///< recipients elsewhere alone
  std::string bytes;
};

/// All mail delivered since the server began, in the order of delivery, up to a bound. Used from the event
/// loop's thread.
class DeliveryStore {
 public:
  void add(Delivery delivery);

  void keep_at_most(std::uint64_t octets) { most_octets_kept_ = octets; }

  /// No more is to be added: whoever delivers says so (RFC 5321 4.2.3, 452).
  bool is_full() const { return !has_room_ || octets_kept_ >= most_octets_kept_; }

  /// Whether there is room besides that bound, as on a disk that others fill.
  void set_room(bool has_room) { has_room_ = has_room; }

  /// For a server whose mail nobody reads here: what is delivered is told to the callback alone.
  void keep_nothing() { keeps_ = false; }

  /// Stays valid as deliveries are added.
  const std::deque<Delivery>& deliveries() const { return deliveries_; }

  /// What arrived for an address, in any case of letters and however its local part was quoted.
  std::vector<const Delivery*> to_address(std::string_view address) const;

  /// What arrived for addresses of the form `user+TOKEN@...`.
  std::vector<const Delivery*> to_token(std::string_view token) const;
  std::size_t count_for_token(std::string_view token) const;

  /// A name for the next message; last_id() is the name given last, empty before the first.
  std::string next_id();
  const std::string& last_id() const { return last_id_; }

  /// Is called after every delivery with the delivery; at most one callback, null for none. Not to be called
  /// back into add().
  void on_delivery(std::function<void(const Delivery&)> callback) { callback_ = std::move(callback); }

  /// Takes mail for other domains from now on; until then it is kept here like any other.
  void on_relayed(std::function<void(Relayed)> relay) { relay_ = std::move(relay); }
  bool relays() const { return relay_ != nullptr; }
  void relay(Relayed message) { relay_(std::move(message)); }

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;
  std::vector<const Delivery*> look_up(const Index& index, const std::string& key) const;

  std::deque<Delivery> deliveries_;
  Index by_address_;
  Index by_token_;
  std::function<void(const Delivery&)> callback_;
  std::function<void(Relayed)> relay_;
  bool keeps_ = true;
  bool has_room_ = true;
  std::uint64_t most_octets_kept_ = 512 * 1024 * 1024;
  std::uint64_t octets_kept_ = 0;
  std::uint64_t ids_given_ = 0;
  std::string last_id_;
};

/// Under which key a mailbox is stored: local part without quotes, "@", domain, all in lower case.
std::string mailbox_key(std::string_view local_part, std::string_view domain);

}  // namespace smtpspec::refserver
