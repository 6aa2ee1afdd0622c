// SPDX-License-Identifier: Apache-2.0
#include "refserver/delivery_store.hpp"

#include <utility>
#include <variant>

#include <fmt/core.h>

#include "smtp/letter_case.hpp"
#include "smtp/path.hpp"

namespace smtpspec::refserver {

namespace {

std::string key_of_address(std::string_view address) {
  const auto parsed = smtp::parse_mailbox(address, smtp::AddressCharset::utf8);
  if (const auto* mailbox = std::get_if<smtp::Mailbox>(&parsed)) {
    return mailbox_key(mailbox->local_part, mailbox->domain);
  }
  return mailbox_key(address, {});  // a bare postmaster
}

std::string token_of_key(const std::string& key) {
  const std::size_t plus = key.find('+');
  if (plus == std::string::npos) return {};
  return key.substr(plus + 1, key.rfind('@') - plus - 1);
}

}  // namespace

std::string mailbox_key(std::string_view local_part, std::string_view domain) {
  std::string key(local_part);
  if (!domain.empty()) key.append("@").append(domain);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

void DeliveryStore::add(Delivery delivery) {
  if (!keeps_) {
    if (callback_) callback_(delivery);
    return;
  }
  const bool is_shared = !deliveries_.empty() && deliveries_.back().bytes == delivery.bytes;
  if (!is_shared && delivery.bytes) octets_kept_ += delivery.bytes->size();
  const std::string key = key_of_address(delivery.recipient);
  const std::string token = token_of_key(key);
  const std::size_t index = deliveries_.size();
  deliveries_.push_back(std::move(delivery));
  by_address_[key].push_back(index);
  if (!token.empty()) by_token_[token].push_back(index);
  if (callback_) callback_(deliveries_.back());
}

std::string DeliveryStore::next_id() {
  last_id_ = fmt::format("m{:06x}", ++ids_given_);
  return last_id_;
}

std::vector<const Delivery*> DeliveryStore::to_address(std::string_view address) const {
  return look_up(by_address_, key_of_address(address));
}

std::vector<const Delivery*> DeliveryStore::to_token(std::string_view token) const {
  return look_up(by_token_, mailbox_key(token, {}));
}

std::size_t DeliveryStore::count_for_token(std::string_view token) const {
  const auto found = by_token_.find(mailbox_key(token, {}));
  return found == by_token_.end() ? 0 : found->second.size();
}

std::vector<const Delivery*> DeliveryStore::look_up(const Index& index, const std::string& key) const {
  std::vector<const Delivery*> found;
  const auto entry = index.find(key);
  if (entry == index.end()) return found;
  for (const std::size_t i : entry->second) found.push_back(&deliveries_[i]);
  return found;
}

}  // namespace smtpspec::refserver
