// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "refserver/configuration.hpp"
#include "smtp/path.hpp"

namespace smtpspec::refserver {

/// Who a forward-path leads to.
enum class Addressee {
  local,         ///< a mailbox here
  unknown_user,  ///< the domain is ours, the mailbox doesn't exist
  elsewhere,     ///< another domain
};

/// Looks a mailbox up: `user`, `user+ANYTHING`, `postmaster` at our domain, and a bare Postmaster.
Addressee find_addressee(const smtp::Mailbox& mailbox, const Configuration& configuration);

}  // namespace smtpspec::refserver
