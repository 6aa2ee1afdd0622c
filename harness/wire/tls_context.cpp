// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_context.hpp"

#include <fstream>
#include <iterator>
#include <optional>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace smtpspec::wire {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using X509Pointer = std::unique_ptr<X509, FreeCertificate>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeKey>;

/// Nothing, or why not.
using Problem = std::optional<std::string>;

std::string take_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

Problem read_file(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return "can't read " + path;
  text.assign(std::istreambuf_iterator<char>(file), {});
  return {};
}

Bio memory_bio(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Pointer next_certificate(BIO* pem) {
  X509Pointer certificate(PEM_read_bio_X509(pem, nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

Problem use_chain(SSL_CTX* context, const std::string& pem) {
  const Bio bio = memory_bio(pem);
  const X509Pointer own = next_certificate(bio.get());
  if (!own) return "no PEM certificate in what was given as certificate";
  if (SSL_CTX_use_certificate(context, own.get()) != 1) return "certificate is not usable: " + take_error();
  while (X509Pointer next = next_certificate(bio.get())) SSL_CTX_add1_chain_cert(context, next.get());
  return {};
}

Problem use_key(SSL_CTX* context, const std::string& pem) {
  const Bio bio = memory_bio(pem);
  const KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return "no PEM private key in what was given as key: " + take_error();
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return "the key does not fit: " + take_error();
  return {};
}

Problem trust(SSL_CTX* context, const std::string& pem) {
  const Bio bio = memory_bio(pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (X509Pointer ca = next_certificate(bio.get())) {
    X509_STORE_add_cert(store, ca.get());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return "no PEM certificate in what was given as CA";
  return {};
}

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::any:
      return 0;
    case TlsVersion::v1_0:
      return TLS1_VERSION;
    case TlsVersion::v1_1:
      return TLS1_1_VERSION;
    case TlsVersion::v1_2:
      return TLS1_2_VERSION;
    case TlsVersion::v1_3:
      return TLS1_3_VERSION;
  }
  return 0;
}

bool is_legacy(TlsVersion version) {
  return version == TlsVersion::v1_0 || version == TlsVersion::v1_1;
}

template <typename Settings>
Problem set_common(SSL_CTX* context, const Settings& settings) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // idle connections stay small
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (settings.min_version != TlsVersion::any) {
    SSL_CTX_set_min_proto_version(context, number_of(settings.min_version));
  }
  if (settings.max_version != TlsVersion::any) {
    SSL_CTX_set_max_proto_version(context, number_of(settings.max_version));
  }
  // OpenSSL 3 signs nothing older than TLS 1.2 unless the security level is 0.
  const bool legacy = is_legacy(settings.min_version) || is_legacy(settings.max_version);
  const std::string ciphers = settings.ciphers.empty() && legacy ? "DEFAULT:@SECLEVEL=0" : settings.ciphers;
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, ciphers.c_str()) != 1) {
    return "unusable cipher list '" + ciphers + "': " + take_error();
  }
  return {};
}

/// RFC 7301 3.1: each name with its length before it.
std::string protocol_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += static_cast<char>(name.size());
    list += name;
  }
  return list;
}

Problem set_up_client(SSL_CTX* context, const TlsClientSettings& settings) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (!settings.verify) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  }
  if (Problem problem = set_common(context, settings)) return problem;
  std::string ca = settings.ca_pem;
  if (!settings.ca_file.empty()) {
    if (Problem problem = read_file(settings.ca_file, ca)) return problem;
  }
  if (!ca.empty()) {
    if (Problem problem = trust(context, ca)) return problem;
  } else if (settings.verify) {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (!settings.certificate_pem.empty()) {
    if (Problem problem = use_chain(context, settings.certificate_pem)) return problem;
    if (Problem problem = use_key(context, settings.key_pem)) return problem;
  }
  const std::string alpn = protocol_list(settings.alpn);
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(alpn.data()),
                          static_cast<unsigned>(alpn.size()));
  return {};
}

Problem set_up_server(SSL_CTX* context, const TlsServerSettings& settings) {
  SSL_CTX_set_num_tickets(context,
                          0);  // a ticket would be bytes that no client asked for, and RST if it closes first
  if (Problem problem = set_common(context, settings)) return problem;
  std::string certificate = settings.certificate_pem;
  std::string key = settings.key_pem;
  if (!settings.certificate_file.empty()) {
    if (Problem problem = read_file(settings.certificate_file, certificate)) return problem;
  }
  if (!settings.key_file.empty()) {
    if (Problem problem = read_file(settings.key_file, key)) return problem;
  }
  if (Problem problem = use_chain(context, certificate)) return problem;
  return use_key(context, key);
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void* ours) {
  const auto& list = *static_cast<const std::string*>(ours);
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

std::variant<TlsClientContext, TlsSetupFailed> make_tls_client_context(const TlsClientSettings& settings) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return TlsSetupFailed{take_error()};
  if (Problem problem = set_up_client(context.get(), settings)) return TlsSetupFailed{*problem};
  return TlsClientContext(std::move(context));
}

std::variant<TlsServerContext, TlsSetupFailed> make_tls_server_context(const TlsServerSettings& settings) {
  // The protocol list lives as long as the context that refers to it.
  auto alpn = std::make_shared<std::string>(protocol_list(settings.alpn));
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), [alpn](SSL_CTX* c) { SSL_CTX_free(c); });
  if (!context) return TlsSetupFailed{take_error()};
  if (!alpn->empty()) SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, alpn.get());
  if (Problem problem = set_up_server(context.get(), settings)) return TlsSetupFailed{*problem};
  return TlsServerContext(std::move(context));
}

}  // namespace smtpspec::wire
