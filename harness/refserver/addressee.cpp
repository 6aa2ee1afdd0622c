// SPDX-License-Identifier: Apache-2.0
#include "refserver/addressee.hpp"

#include <string_view>

#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

bool is_postmaster(std::string_view local_part, const ParsingBehaviour& behaviour) {
  if (behaviour.refuses_postmaster) return false;
  if (behaviour.postmaster_case_matters) return local_part == "postmaster";
  return smtp::equals_ignoring_case(local_part, "postmaster");
}

bool is_user(std::string_view local_part, std::string_view user) {
  const std::size_t plus = local_part.find('+');
  return smtp::equals_ignoring_case(local_part.substr(0, plus), user);
}

bool is_our_domain(std::string_view domain, const Configuration& configuration) {
  if (configuration.behaviour.parsing.domain_case_matters) return domain == configuration.policy.domain;
  return smtp::equals_ignoring_case(domain, configuration.policy.domain);
}

}  // namespace

Addressee find_addressee(const smtp::Mailbox& mailbox, const Configuration& configuration) {
  const ParsingBehaviour& behaviour = configuration.behaviour.parsing;
  if (configuration.policy.takes_everybody) return Addressee::local;
  const bool is_bare = mailbox.domain.empty();
  if (!is_bare && !is_our_domain(mailbox.domain, configuration)) return Addressee::elsewhere;
  const bool bare_is_refused = is_bare && behaviour.refuses_bare_postmaster;
  if (is_postmaster(mailbox.local_part, behaviour) && !bare_is_refused) return Addressee::local;
  if (!is_bare && is_user(mailbox.local_part, configuration.policy.user)) return Addressee::local;
  if (!is_bare && behaviour.takes_unknown_users) return Addressee::local;
  return Addressee::unknown_user;
}

}  // namespace smtpspec::refserver
