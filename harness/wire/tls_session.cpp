// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_session.hpp"

#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace smtpspec::wire {
namespace {

constexpr std::size_t max_read_bytes = 64 * 1024;

/// The reason of the first error in OpenSSL's queue, which is emptied.
std::string take_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown TLS error" : reason;
}

void remember_fatal_alert(const SSL* ssl, int where, int value) {
  if (where != SSL_CB_READ_ALERT) return;
  if (value >> 8 != SSL3_AL_FATAL) return;
  *static_cast<std::string*>(SSL_get_app_data(ssl)) = SSL_alert_desc_string_long(value);
}

bool is_address(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  ASN1_OCTET_STRING_free(address);
  ERR_clear_error();
  return address != nullptr;
}

void expect_name(SSL* ssl, const std::string& name) {
  if (name.empty()) return;
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, name.c_str());
  SSL_set1_host(ssl, name.c_str());
}

std::string take_text(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text = size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
  BIO_free(memory);
  return text;
}

std::string name_text(const X509_NAME* name) {
  BIO* memory = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253);
  return take_text(memory);
}

std::string pem_text(X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  return take_text(memory);
}

std::string fingerprint(const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return {};
  std::string hex;
  for (unsigned at = 0; at < size; ++at) {
    hex += "0123456789abcdef"[digest[at] >> 4];
    hex += "0123456789abcdef"[digest[at] & 15];
  }
  return hex;
}

void add_certificate(TlsFacts& facts, const SSL* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return;
  facts.peer_subject = name_text(X509_get_subject_name(certificate));
  facts.peer_issuer = name_text(X509_get_issuer_name(certificate));
  facts.peer_fingerprint_sha256 = fingerprint(certificate);
  facts.peer_pem = pem_text(certificate);
  const long verified = SSL_get_verify_result(ssl);
  facts.verified = verified == X509_V_OK;
  if (!facts.verified) facts.verify_error = X509_verify_cert_error_string(verified);
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

TlsSession::TlsSession(std::shared_ptr<ssl_ctx_st> context)
    : context_(std::move(context)), alert_(std::make_unique<std::string>()), ssl_(SSL_new(context_.get())) {
  if (!ssl_) throw std::bad_alloc();
  BIO* input = BIO_new(BIO_s_mem());
  BIO* output = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(input, -1);  // empty means "not yet", not "end"
  SSL_set_bio(ssl_.get(), input, output);
  SSL_set_app_data(ssl_.get(), alert_.get());
  SSL_set_info_callback(ssl_.get(), remember_fatal_alert);
}

TlsSession TlsSession::client(const TlsClientContext& context, const std::string& server_name) {
  TlsSession session(context.shared());
  expect_name(session.ssl_.get(), server_name);
  SSL_set_connect_state(session.ssl_.get());
  return session;
}

TlsSession TlsSession::server(const TlsServerContext& context) {
  TlsSession session(context.shared());
  SSL_set_accept_state(session.ssl_.get());
  return session;
}

void TlsSession::feed(std::string_view encrypted) {
  if (encrypted.empty()) return;
  BIO_write(SSL_get_rbio(ssl_.get()), encrypted.data(), static_cast<int>(encrypted.size()));
}

std::string TlsSession::take_output() {
  BIO* output = SSL_get_wbio(ssl_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(output, &data);
  if (size <= 0) return {};
  std::string bytes(data, static_cast<std::size_t>(size));
  BIO_reset(output);
  return bytes;
}

TlsSession::State TlsSession::state_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return State::done;
    case SSL_ERROR_WANT_READ:
      return State::need_input;
    case SSL_ERROR_ZERO_RETURN:
      return State::closed;
    default:
      break;
  }
  failure_ = take_error();
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK && !SSL_is_init_finished(ssl_.get())) {
    failure_ += ": ";
    failure_ += X509_verify_cert_error_string(verified);
  }
  return State::failed;
}

TlsSession::State TlsSession::handshake() {
  ERR_clear_error();
  return state_after(SSL_do_handshake(ssl_.get()));
}

TlsSession::State TlsSession::read(std::string& plain) {
  if (!failure_.empty()) return State::failed;
  ERR_clear_error();
  const std::size_t before = plain.size();
  char record[16 * 1024];
  for (;;) {
    const int size = SSL_read(ssl_.get(), record, sizeof(record));
    if (size <= 0) {
      const State state = state_after(size);
      return plain.size() > before ? State::done : state;
    }
    plain.append(record, static_cast<std::size_t>(size));
    if (plain.size() - before >= max_read_bytes) return State::done;
  }
}

TlsSession::State TlsSession::write(std::string_view plain) {
  if (!failure_.empty()) return State::failed;
  ERR_clear_error();
  if (plain.empty()) return State::done;
  // The output side is memory, so either all of it is taken or TLS is broken.
  std::size_t size = 0;
  return state_after(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &size));
}

void TlsSession::shut_down() {
  if (!failure_.empty() || !SSL_is_init_finished(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

TlsFacts TlsSession::facts() const {
  const SSL* ssl = ssl_.get();
  TlsFacts facts;
  facts.version = SSL_get_version(ssl);
  facts.cipher = SSL_get_cipher_name(ssl);
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked != nullptr) facts.server_name = asked;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (protocol != nullptr) facts.alpn.assign(reinterpret_cast<const char*>(protocol), size);
  add_certificate(facts, ssl);
  return facts;
}

}  // namespace smtpspec::wire
