// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wire/tls_context.hpp"
#include "wire/tls_facts.hpp"

struct ssl_st;

namespace smtpspec::wire {

/// One side of TLS as a machine without sockets: encrypted bytes are fed in and taken out, plain bytes read
/// and written. The caller moves take_output() to the peer after every call. Internal to this layer.
class TlsSession {
 public:
  enum class State {
    need_input,  ///< feed() more
    done,        ///< the handshake is done; something was read; all was written
    closed,      ///< the peer sent close_notify
    failed,      ///< for good; see failure() and alert()
  };

  /// A `server_name` that is an address is only held against the certificate, not sent.
  static TlsSession client(const TlsClientContext& context, const std::string& server_name);
  static TlsSession server(const TlsServerContext& context);

  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;
  ~TlsSession();

  void feed(std::string_view encrypted);
  std::string take_output();

  State handshake();

  /// Appends what can be decrypted now, at most about 64 KiB.
  State read(std::string& plain);

  /// Encrypts all of it, in records of at most 16 KiB.
  State write(std::string_view plain);

  /// Says close_notify.
  void shut_down();

  TlsFacts facts() const;

  /// Why it failed, in OpenSSL's words.
  const std::string& failure() const { return failure_; }

  /// The fatal alert that the peer sent, by name; empty when it sent none.
  const std::string& alert() const { return *alert_; }

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  explicit TlsSession(std::shared_ptr<ssl_ctx_st> context);
  State state_after(int result);

  std::shared_ptr<ssl_ctx_st> context_;
  std::unique_ptr<std::string> alert_;  ///< at a fixed place: OpenSSL's callback writes here
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string failure_;
};

}  // namespace smtpspec::wire
