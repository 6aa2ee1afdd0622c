// SPDX-License-Identifier: Apache-2.0
#include "refserver/sasl_exchange.hpp"

#include <cstdlib>

#include <gsasl.h>

#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

constexpr std::string_view mechanisms[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"};

/// With or without its domain.
bool is_user(const char* name, const Policy& policy) {
  if (name == nullptr) return false;
  const std::string_view user(name);
  return user == policy.auth_user || user == policy.auth_user.substr(0, policy.auth_user.find('@'));
}

/// Nobody may act for somebody else.
bool may_act_for(const char* authorization, const Policy& policy) {
  return authorization == nullptr || *authorization == '\0' || is_user(authorization, policy);
}

int validate(Gsasl_session* session, const Policy& policy) {
  const char* password = gsasl_property_fast(session, GSASL_PASSWORD);
  const bool right = is_user(gsasl_property_fast(session, GSASL_AUTHID), policy) &&
                     may_act_for(gsasl_property_fast(session, GSASL_AUTHZID), policy) &&
                     password != nullptr && password == policy.auth_password;
  return right ? GSASL_OK : GSASL_AUTHENTICATION_ERROR;
}

int tell_password(Gsasl_session* session, const Policy& policy) {
  const bool known = is_user(gsasl_property_fast(session, GSASL_AUTHID), policy) &&
                     may_act_for(gsasl_property_fast(session, GSASL_AUTHZID), policy);
  if (!known) return GSASL_NO_PASSWORD;
  return gsasl_property_set(session, GSASL_PASSWORD, policy.auth_password.c_str());
}

int answer_property(Gsasl*, Gsasl_session* session, Gsasl_property property) {
  const auto& policy = *static_cast<const Policy*>(gsasl_session_hook_get(session));
  switch (property) {
    case GSASL_VALIDATE_SIMPLE:
      return validate(session, policy);
    case GSASL_PASSWORD:
      return tell_password(session, policy);
    case GSASL_SCRAM_ITER:
      return gsasl_property_set(session, property, "4096");  // the least that RFC 7677 allows
    default:
      return GSASL_NO_CALLBACK;
  }
}

/// The library's state that all exchanges of a thread share.
struct Library {
  Library() {
    if (gsasl_init(&context) != GSASL_OK) std::abort();
    gsasl_callback_set(context, answer_property);
  }
  ~Library() { gsasl_done(context); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  Gsasl* context = nullptr;
};

Gsasl* library() {
  static thread_local Library instance;
  return instance.context;
}

}  // namespace

bool is_sasl_mechanism(std::string_view name) {
  for (const std::string_view known : mechanisms) {
    if (smtp::equals_ignoring_case(known, name)) return true;
  }
  return false;
}

bool is_server_first(std::string_view mechanism) {
  return smtp::equals_ignoring_case(mechanism, "CRAM-MD5") || smtp::equals_ignoring_case(mechanism, "LOGIN");
}

struct SaslExchange::Impl {
  Gsasl_session* session = nullptr;
  ~Impl() {
    if (session != nullptr) gsasl_finish(session);
  }
};

SaslExchange::SaslExchange(std::string_view mechanism, const Policy& policy)
    : impl_(std::make_unique<Impl>()) {
  const std::string name = smtp::to_upper(mechanism);
  if (gsasl_server_start(library(), name.c_str(), &impl_->session) != GSASL_OK) return;
  // The hook is an untyped pointer; nothing writes through it.
  gsasl_session_hook_set(impl_->session, const_cast<Policy*>(&policy));
}

SaslExchange::~SaslExchange() = default;

SaslExchange::Outcome SaslExchange::step(std::string_view octets) {
  if (impl_->session == nullptr) return Failure{};
  char* output = nullptr;
  std::size_t output_octets = 0;
  const int result = gsasl_step(impl_->session, octets.data(), octets.size(), &output, &output_octets);
  std::string answer = output == nullptr ? std::string{} : std::string(output, output_octets);
  gsasl_free(output);
  // The library asks again where a client that must speak said nothing; none of our mechanisms has a question
  // of no octets.
  if (result == GSASL_NEEDS_MORE && answer.empty()) return Failure{};
  if (result == GSASL_NEEDS_MORE) return Challenge{std::move(answer)};
  if (result != GSASL_OK) return Failure{};
  const char* identity = gsasl_property_fast(impl_->session, GSASL_AUTHID);
  return Success{identity == nullptr ? "" : identity, std::move(answer)};
}

}  // namespace smtpspec::refserver
