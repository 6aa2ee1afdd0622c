// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

struct ssl_ctx_st;

namespace smtpspec::wire {

enum class TlsVersion { any, v1_0, v1_1, v1_2, v1_3 };

/// How our client speaks TLS.
struct TlsClientSettings {
  std::string ca_file;  ///< PEM; trusted instead of the system's
  std::string ca_pem;   ///< the same, in memory
  bool verify = true;   ///< false: whatever the peer shows is accepted; the facts still say what was wrong
  TlsVersion min_version = TlsVersion::any;
  TlsVersion max_version = TlsVersion::any;
  std::string ciphers;            ///< OpenSSL's list up to TLS 1.2; empty: its default
  std::vector<std::string> alpn;  ///< offered; usually none
  std::string certificate_pem;    ///< client certificate, with its chain; may be empty
  std::string key_pem;
};

/// How our server speaks TLS. One of file and text for certificate and key.
struct TlsServerSettings {
  std::string certificate_file;
  std::string certificate_pem;
  std::string key_file;
  std::string key_pem;
  TlsVersion min_version = TlsVersion::any;
  TlsVersion max_version = TlsVersion::any;
  std::string ciphers;
  std::vector<std::string> alpn;  ///< chosen from, first match wins
};

/// Why a context can't be made: an unreadable file, a key that doesn't fit.
struct TlsSetupFailed {
  std::string reason;
};

/// Settings made ready for any number of handshakes, on any loop. Cheap to copy.
class TlsClientContext {
 public:
  explicit TlsClientContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  const std::shared_ptr<ssl_ctx_st>& shared() const { return context_; }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

/// Likewise for the server's side.
class TlsServerContext {
 public:
  explicit TlsServerContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  const std::shared_ptr<ssl_ctx_st>& shared() const { return context_; }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
};

std::variant<TlsClientContext, TlsSetupFailed> make_tls_client_context(const TlsClientSettings& settings);
std::variant<TlsServerContext, TlsSetupFailed> make_tls_server_context(const TlsServerSettings& settings);

}  // namespace smtpspec::wire
