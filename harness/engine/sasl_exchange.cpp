// SPDX-License-Identifier: Apache-2.0
#include "engine/sasl_exchange.hpp"

#include <memory>

#include <fmt/format.h>
#include <gsasl.h>

#include "smtp/base64.hpp"

namespace smtpspec::engine {
namespace {

struct ContextDeleter {
  void operator()(Gsasl* context) const { gsasl_done(context); }
};
struct SessionDeleter {
  void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};

/// The client's half of one mechanism.
class Mechanism {
 public:
  /// Gives "" or why the mechanism can't be spoken.
  std::string begin(const std::string& name, const std::string& user, const std::string& password) {
    Gsasl* context = nullptr;
    if (const int rc = gsasl_init(&context); rc != GSASL_OK) return gsasl_strerror(rc);
    context_.reset(context);
    Gsasl_session* session = nullptr;
    if (const int rc = gsasl_client_start(context, name.c_str(), &session); rc != GSASL_OK)
      return gsasl_strerror(rc);
    session_.reset(session);
    gsasl_property_set(session, GSASL_AUTHID, user.c_str());
    gsasl_property_set(session, GSASL_PASSWORD, password.c_str());
    return {};
  }

  /// The response to a challenge; nothing when the mechanism gives up (a server's proof that is wrong).
  std::optional<std::string> step(const std::string& challenge) {
    char* output = nullptr;
    std::size_t length = 0;
    const int rc = gsasl_step(session_.get(), challenge.data(), challenge.size(), &output, &length);
    if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) return std::nullopt;
    std::string response(output ? output : "", length);
    gsasl_free(output);
    return response;
  }

 private:
  std::unique_ptr<Gsasl, ContextDeleter> context_;
  std::unique_ptr<Gsasl_session, SessionDeleter> session_;
};

// More than any mechanism has; a server that asks for ever has its last question judged as its answer.
constexpr int max_challenges = 20;

bool speaks_first(const std::string& mechanism) {
  return mechanism == "PLAIN" || mechanism.starts_with("SCRAM-");
}

// In which of the client's responses the password takes part, counted from 1.
int secret_response(const std::string& mechanism) {
  return mechanism == "LOGIN" || mechanism.starts_with("SCRAM-") ? 2 : 1;
}

void flip_bit(std::string& response, std::int64_t octet) {
  const auto size = static_cast<std::int64_t>(response.size());
  const auto index = octet < 0 ? size + octet : octet;
  if (index >= 0 && index < size) response[static_cast<std::size_t>(index)] ^= 1;
}

// RFC 4954 section 4: an initial response of no octets is said as "=".
std::string encoded_initial(const std::string& response) {
  return response.empty() ? "=" : smtp::encode_base64(response);
}

}  // namespace

std::string SaslExchange::best_of(const smtp::Capabilities& capabilities) {
  for (const char* mechanism : {"SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"}) {
    if (capabilities.offers("AUTH", mechanism)) return mechanism;
  }
  return "PLAIN";
}

wire::Task<std::string> SaslExchange::perform(Session& session, wire::Deadline deadline) {
  Mechanism mechanism;
  if (auto problem = mechanism.begin(mechanism_, user_, password_); !problem.empty()) {
    co_return fmt::format("the mechanism {} can't be spoken: {}", mechanism_, problem);
  }
  int responses = 0;
  const auto respond = [&](const std::string& challenge) {
    auto response = mechanism.step(challenge);
    if (response && ++responses == secret_response(mechanism_) && corrupt_) flip_bit(*response, *corrupt_);
    return response;
  };
  auto line = "AUTH " + mechanism_;
  if (initial_response_ && speaks_first(mechanism_)) line += ' ' + encoded_initial(respond("").value_or(""));
  line += "\r\n";
  co_await session.send(line, deadline);
  for (int challenges = 1;; ++challenges) {
    Event event = co_await session.next_event(deadline);
    const bool challenged = event.kind == Event::Kind::reply && event.reply.code == 334;
    if (!challenged || challenges > max_challenges) {
      session.unread(std::move(event));
      co_return std::string{};
    }
    const auto challenge = smtp::decode_base64(event.reply.lines.back().text());
    const auto response = challenge ? respond(*challenge) : std::nullopt;
    // RFC 4954 section 4: "*" cancels; the server then answers 501.
    auto answer = response ? smtp::encode_base64(*response) : std::string("*");
    answer += "\r\n";
    co_await session.send(answer, deadline);
  }
}

}  // namespace smtpspec::engine
