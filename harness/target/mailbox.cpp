// SPDX-License-Identifier: Apache-2.0
#include "target/mailbox.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include "target/message_source.hpp"
#include "target/placeholders.hpp"
#include "target/recipient_index.hpp"

namespace smtpspec::target {
namespace {

std::unique_ptr<MessageSource> open_source(Mailbox::Format format, std::string path) {
  if (format == Mailbox::Format::mbox) return mbox_source(std::move(path));
  return format == Mailbox::Format::cyrus ? cyrus_source(std::move(path)) : maildir_source(std::move(path));
}

StoredMessage read_message(MessageSource& source, const MessagePlace& place) {
  constexpr std::size_t limit = MailStore::max_message_bytes;
  StoredMessage message;
  message.place = place.offset == 0 ? place.file : place.file + ":" + std::to_string(place.offset);
  message.bytes = source.read(place, limit).value_or("");
  message.truncated = message.bytes.size() == limit;
  return message;
}

/// One Maildir or mbox for all recipients: messages are told apart by the recipient that their header names.
class SharedStore : public MailStore {
 public:
  explicit SharedStore(const Target& target)
      : mailbox_(target.mailbox),
        source_(open_source(mailbox_.format, mailbox_.path)),
        index_(target.recipient, mailbox_.recipient_headers) {
    source_->look();  // what is there already is not ours
  }

  bool refresh() override {
    const auto found = source_->look();
    for (const MessagePlace& place : found) {
      const auto start = source_->read(place, header_bytes).value_or("");
      index_.add(places_.size(), index_.recipients_of(start), header_block(start));
      places_.push_back(place);
    }
    return !found.empty();
  }

  std::vector<StoredMessage> messages_for(std::string_view token) override {
    std::vector<StoredMessage> messages;
    for (const std::size_t number : index_.find(token)) {
      messages.push_back(read_message(*source_, places_[number]));
      messages.back().recipients = index_.recipients_of(messages.back().bytes);
    }
    return messages;
  }

  std::size_t count_for(std::string_view token) override { return index_.find(token).size(); }
  StoreEffects effects() const override { return mailbox_.effects; }

 private:
  static constexpr std::size_t header_bytes = 256 * 1024;

  Mailbox mailbox_;
  std::unique_ptr<MessageSource> source_;
  RecipientIndex index_;
  std::vector<MessagePlace> places_;
};

/// A Maildir or mbox of its own for each token: the path says whose the messages are.
class StoreByPath : public MailStore {
 public:
  explicit StoreByPath(Mailbox mailbox) : mailbox_(std::move(mailbox)) {}

  bool refresh() override {
    bool any = false;
    for (auto& [token, box] : boxes_) any = box.look() || any;
    return any;
  }

  std::vector<StoredMessage> messages_for(std::string_view token) override {
    Box& box = box_of(token);
    std::vector<StoredMessage> messages;
    for (const MessagePlace& place : box.places) messages.push_back(read_message(*box.source, place));
    return messages;
  }

  std::size_t count_for(std::string_view token) override { return box_of(token).places.size(); }
  StoreEffects effects() const override { return mailbox_.effects; }

 private:
  struct Box {
    std::unique_ptr<MessageSource> source;
    std::vector<MessagePlace> places;

    bool look() {
      const auto found = source->look();
      places.insert(places.end(), found.begin(), found.end());
      return !found.empty();
    }
  };

  Box& box_of(std::string_view token) {
    const auto [at, is_new] = boxes_.try_emplace(std::string(token));
    if (is_new) {
      at->second.source = open_source(mailbox_.format, fill(mailbox_.path, {{"token", std::string(token)}}));
      at->second.look();
    }
    return at->second;
  }

  Mailbox mailbox_;
  std::map<std::string, Box, std::less<>> boxes_;
};

}  // namespace

std::unique_ptr<MailStore> open_mail_store(const Target& target) {
  const Mailbox& mailbox = target.mailbox;
  if (mailbox.format == Mailbox::Format::none || mailbox.format == Mailbox::Format::memory) return nullptr;
  if (mailbox.path.find("{token}") != std::string::npos) return std::make_unique<StoreByPath>(mailbox);
  return std::make_unique<SharedStore>(target);
}

std::vector<StoredMessage> wait_for(MailStore& store, std::string_view token, std::size_t count,
                                    wire::Deadline deadline) {
  for (;;) {
    store.refresh();
    if (store.count_for(token) >= count || wire::FairClock::now() >= deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return store.messages_for(token);
}

}  // namespace smtpspec::target
