// SPDX-License-Identifier: Apache-2.0
// From an accepted message to the mailboxes (RFC 5321 4.4).
#include <set>
#include <utility>
#include <vector>

#include "refserver/addressee.hpp"
#include "refserver/session.hpp"
#include "refserver/success_notification.hpp"
#include "refserver/trace.hpp"

namespace smtpspec::refserver {

void Session::deliver(const std::string& content) {
  const DeliveryBehaviour& knobs = behaviour().delivery;
  if (++messages_ > 1 && knobs.loses_after_first) return;
  const TraceFacts facts{{hello_name_, protocol(), tls_cipher_, identity_},
                         client_literal_,
                         policy().host_name,
                         store_.next_id()};
  std::shared_ptr<const std::string> forms[2];  // as relayed, as delivered here: made when the first needs it
  std::vector<Recipient> elsewhere;
  for (const Recipient& recipient : mailboxes_to_serve()) {
    if (!recipient.is_local && store_.relays()) {
      elsewhere.push_back(recipient);
      continue;
    }
    auto& bytes = forms[recipient.is_local ? 1 : 0];
    if (!bytes) {
      bytes = std::make_shared<const std::string>(
          with_trace(content, *transaction_, recipient.is_local, facts, knobs));
    }
    for (unsigned copy = 0; copy < knobs.copies; ++copy) {
      store_.add(
          {transaction_->reverse_path.mailbox.original, recipient.mailbox.original, facts.session, bytes});
    }
  }
  if (!knobs.no_success_notification) notify_of_success(content);
  if (!elsewhere.empty()) hand_on(with_trace(content, *transaction_, false, facts, knobs), elsewhere);
}

void Session::hand_on(std::string bytes, std::vector<Recipient> recipients) {
  Relayed message{*transaction_, std::move(bytes)};
  message.envelope.recipients = std::move(recipients);
  message.envelope.chunks.clear();
  store_.relay(std::move(message));
}

/// The recipients, each once however often it was named, as the knobs leave them.
std::vector<Recipient> Session::mailboxes_to_serve() const {
  const DeliveryBehaviour& knobs = behaviour().delivery;
  std::vector<Recipient> recipients = transaction_->recipients;
  const std::size_t limit = knobs.first_recipient_alone ? 1 : knobs.max_recipients;
  if (limit > 0 && recipients.size() > limit) recipients.resize(limit);
  if (knobs.to_refused_recipients) {
    recipients.insert(recipients.end(), transaction_->refused.begin(), transaction_->refused.end());
  }
  std::set<std::string> served;
  std::vector<Recipient> once;
  for (Recipient& recipient : recipients) {
    const smtp::Mailbox& mailbox = recipient.mailbox;
    const bool is_new = served.insert(mailbox_key(mailbox.local_part, mailbox.domain)).second;
    if (is_new) once.push_back(std::move(recipient));
  }
  return once;
}

/// A notification for the recipients that asked for it (RFC 3461 5.2.3). It goes to a mailbox here; the
/// server sends nothing out.
void Session::notify_of_success(const std::string& content) {
  Transaction here = *transaction_;
  std::erase_if(here.recipients, [this](const Recipient& one) { return !one.is_local && store_.relays(); });
  const auto text = success_notification(here, content, policy().host_name);
  const smtp::Mailbox& sender = transaction_->reverse_path.mailbox;
  if (!text || find_addressee(sender, *configuration_) != Addressee::local) return;
  store_.add({"", sender.original, {}, std::make_shared<const std::string>(*text)});
}

/// The name of the protocol in Received (RFC 3848, RFC 6531 3.7.3).
std::string Session::protocol() const {
  const DeliveryBehaviour& knobs = behaviour().delivery;
  if (hello_ == Hello::helo) return "SMTP";
  const bool utf8 = transaction_->parameters.smtp_utf8;
  const bool is_lmtp = hello_ == Hello::lhlo && !knobs.forgets_lmtp_in_protocol;
  std::string name = is_lmtp ? (utf8 ? "UTF8LMTP" : "LMTP") : (utf8 ? "UTF8SMTP" : "ESMTP");
  if (encrypted_ && !knobs.forgets_tls_in_protocol) name += 'S';
  if (!identity_.empty() && !knobs.forgets_auth_in_protocol) name += 'A';
  return name;
}

}  // namespace smtpspec::refserver
