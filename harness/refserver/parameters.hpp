// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>
#include <vector>

#include "refserver/configuration.hpp"
#include "refserver/server_reply.hpp"
#include "refserver/transaction.hpp"
#include "smtp/parameter.hpp"

namespace smtpspec::refserver {

/// Reads the parameters of MAIL against what is offered: their values, or the reply that refuses them: 555
/// for a parameter that no offered extension defines, 501 for a bad value or a repetition, 552 for a size
/// above the limit.
std::variant<MailParameters, ServerReply> read_mail_parameters(const std::vector<smtp::Parameter>& parameters,
                                                               const Configuration& configuration);

/// Likewise for RCPT.
std::variant<RecipientParameters, ServerReply> read_recipient_parameters(
    const std::vector<smtp::Parameter>& parameters, const Configuration& configuration);

}  // namespace smtpspec::refserver
