// SPDX-License-Identifier: Apache-2.0
#include "interop/exchange.hpp"

#include <utility>

namespace smtpspec::interop {
namespace {

// Evaluates the texts of a message; the first that can't be is told.
class Maker {
 public:
  explicit Maker(const Addressing& addressing) : variables_(variables_of(addressing)) {}

  std::string make(const scenario::Template& text) {
    auto made = text.evaluate(variables_);
    if (!made.ok() && problem.empty()) problem = made.problem;
    return std::move(made.bytes);
  }

  std::string problem;

 private:
  scenario::Variables variables_;
};

}  // namespace

Exchange make_exchange(const Message& message, Pair pair, Addressing addressing) {
  Exchange exchange;
  exchange.message = &message;
  exchange.pair = pair;
  exchange.addressing = std::move(addressing);
  Maker maker(exchange.addressing);
  const auto tail = maker.make(message.recipient_tail);
  auto& submission = exchange.submission;
  for (std::size_t i = 0; i < message.recipients; ++i) {
    exchange.tokens.push_back(exchange.addressing.token.of_mailbox(i) + tail);
    submission.recipients.push_back(exchange.addressing.mailbox(i, tail));
  }
  submission.sender = maker.make(message.sender);
  submission.mail_parameters = maker.make(message.mail_parameters);
  submission.recipient_parameters = maker.make(message.recipient_parameters);
  submission.content = maker.make(message.content);
  submission.needs = message.needs;
  exchange.problem = maker.problem;
  return exchange;
}

}  // namespace smtpspec::interop
