// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include "wire/socket_pair_test.hpp"
#include "wire/throwaway_certificate.hpp"

namespace smtpspec::wire {
namespace {

const Certificate& test_certificate() {
  static const Certificate certificate = make_throwaway_certificate();
  return certificate;
}

TlsServerContext server_context(const Certificate& certificate = test_certificate()) {
  TlsServerSettings settings;
  settings.certificate_pem = certificate.certificate_pem;
  settings.key_pem = certificate.key_pem;
  return std::get<TlsServerContext>(make_tls_server_context(settings));
}

TlsClientContext client_context(TlsClientSettings settings = {}) {
  if (settings.ca_pem.empty()) settings.ca_pem = test_certificate().certificate_pem;
  auto made = make_tls_client_context(settings);
  if (auto* problem = std::get_if<TlsSetupFailed>(&made)) ADD_FAILURE() << problem->reason;
  return std::get<TlsClientContext>(made);
}

TlsClientContext careless_client_context() {
  TlsClientSettings settings;
  settings.verify = false;
  return client_context(settings);
}

class TlsConnected : public SocketPairTest {
 protected:
  void SetUp() override { connect_over_tcp(); }

  static Task<void> serve_tls(Connection& server, TlsServerContext context, TlsStart start,
                              TlsOutcome& outcome) {
    outcome = co_await server.start_tls_server(context, start, soon());
  }

  /// Both sides shake hands at once.
  void start_tls(TlsClientContext client, TlsServerContext server,
                 const std::string& name = "mx.example.test", const TlsStart& client_start = TlsStart(),
                 const TlsStart& server_start = TlsStart()) {
    loop.spawn(serve_tls(pair->server, server, server_start, server_outcome));
    client_outcome = loop.run(pair->client.start_tls_client(client, name, client_start, soon()));
    run_until([&] { return !std::holds_alternative<TimedOut>(server_outcome); });
  }
  void start_tls() { start_tls(client_context(), server_context()); }

  const TlsFacts& client_facts() { return std::get<TlsUp>(client_outcome).facts; }

  TlsOutcome client_outcome = TimedOut{};
  TlsOutcome server_outcome = TimedOut{};
};

bool is_up(const TlsOutcome& outcome) {
  return std::holds_alternative<TlsUp>(outcome);
}

PeerClosed closed_of(const ReadOutcome& outcome) {
  if (const auto* closed = std::get_if<PeerClosed>(&outcome)) return *closed;
  ADD_FAILURE() << describe(outcome);
  return {};
}

TEST_F(TlsConnected, ImplicitTlsCarriesBytesBothWays) {
  start_tls();
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  ASSERT_TRUE(is_up(server_outcome)) << describe(server_outcome);
  EXPECT_TRUE(pair->client.encrypted());
  EXPECT_EQ(write(pair->server, "220 hello\r\n"), "written");
  EXPECT_EQ(read_text(pair->client), "220 hello\r\n");
  EXPECT_EQ(write(pair->client, "EHLO a\r\n"), "written");
  EXPECT_EQ(read_text(pair->server), "EHLO a\r\n");
}

TEST_F(TlsConnected, FactsOfTheHandshake) {
  start_tls();
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(client_facts().version, "TLSv1.3");
  EXPECT_FALSE(client_facts().cipher.empty());
  EXPECT_EQ(client_facts().peer_subject, "CN=mx.example.test");
  EXPECT_EQ(client_facts().peer_fingerprint_sha256.size(), 64u);
  EXPECT_EQ(client_facts().peer_pem, test_certificate().certificate_pem);
  EXPECT_TRUE(client_facts().verified) << client_facts().verify_error;
  EXPECT_EQ(std::get<TlsUp>(server_outcome).facts.server_name, "mx.example.test");
  EXPECT_EQ(std::get<TlsUp>(server_outcome).facts.peer_subject, "");
  EXPECT_EQ(pair->client.tls_facts()->version, "TLSv1.3");
}

TEST_F(TlsConnected, AnAddressIsHeldAgainstTheCertificateButNotSent) {
  start_tls(client_context(), server_context(), "127.0.0.1");
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_TRUE(client_facts().verified);
  EXPECT_EQ(std::get<TlsUp>(server_outcome).facts.server_name, "");
}

TEST_F(TlsConnected, UpgradeInMidStream) {
  write(pair->client, "STARTTLS\r\n");
  EXPECT_EQ(read_text(pair->server), "STARTTLS\r\n");
  write(pair->server, "220 go\r\n");
  EXPECT_EQ(read_text(pair->client), "220 go\r\n");
  start_tls();
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  write(pair->client, "EHLO again\r\n");
  EXPECT_EQ(read_text(pair->server), "EHLO again\r\n");
  EXPECT_EQ(pair->client.set_aside(), "");
  EXPECT_EQ(pair->server.set_aside(), "");
}

TEST_F(TlsConnected, ClearBytesFromTheServerAreSetAside) {
  write(pair->server, "220 go\r\n250 injected\r\n");
  std::string arrived = read_bytes(pair->client, 22);
  ASSERT_EQ(arrived.substr(0, 8), "220 go\r\n");
  start_tls(client_context(), server_context(), "", TlsStart(arrived.substr(8)));
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(pair->client.set_aside(), "250 injected\r\n");
  write(pair->server, "250 real\r\n");
  EXPECT_EQ(read_text(pair->client), "250 real\r\n");
}

TEST_F(TlsConnected, ClearBytesInTheKernelAreSetAsideToo) {
  write(pair->server, "250 injected\r\n");
  start_tls();
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(pair->client.set_aside(), "250 injected\r\n");
}

TEST_F(TlsConnected, InjectedCommandIsSetAsideByACorrectServer) {
  write(pair->client, "STARTTLS\r\nRSET\r\n");
  const std::string arrived = read_bytes(pair->server, 16);
  start_tls(client_context(), server_context(), "", TlsStart(), TlsStart(arrived.substr(10)));
  ASSERT_TRUE(is_up(server_outcome)) << describe(server_outcome);
  EXPECT_EQ(pair->server.set_aside(), "RSET\r\n");
  write(pair->client, "NOOP\r\n");
  EXPECT_EQ(read_text(pair->server), "NOOP\r\n");
}

TEST_F(TlsConnected, InjectedCommandIsReadByADefectiveServer) {
  write(pair->client, "STARTTLS\r\nRS");
  const std::string arrived = read_bytes(pair->server, 12);
  start_tls(client_context(), server_context(), "", TlsStart(),
            TlsStart(arrived.substr(10), ClearBytes::to_application));
  ASSERT_TRUE(is_up(server_outcome)) << describe(server_outcome);
  EXPECT_EQ(read_text(pair->server), "RS");
  write(pair->client, "ET\r\n");
  EXPECT_EQ(read_text(pair->server), "ET\r\n");
}

TEST_F(TlsConnected, HandshakeThatCameWithTheCommandCanBeUsed) {
  loop.spawn([](Connection& client, TlsClientContext context, TlsOutcome& outcome) -> Task<void> {
    outcome = co_await client.start_tls_client(context, "", TlsStart(), soon());
  }(pair->client, client_context(), client_outcome));
  const std::string client_hello = read_text(pair->server);
  const TlsStart start(client_hello, ClearBytes::to_handshake);
  server_outcome = loop.run(pair->server.start_tls_server(server_context(), start, soon()));
  EXPECT_TRUE(is_up(server_outcome)) << describe(server_outcome);
  EXPECT_TRUE(is_up(client_outcome)) << describe(client_outcome);
}

TEST_F(TlsConnected, GarbageInsteadOfTls) {
  write(pair->client, "EHLO not tls\r\n");
  const TlsOutcome outcome = loop.run(pair->server.start_tls_server(server_context(), TlsStart(), soon()));
  ASSERT_TRUE(std::holds_alternative<TlsGarbage>(outcome)) << describe(outcome);
  EXPECT_EQ(std::get<TlsGarbage>(outcome).first_bytes, "EHLO not tls\r\n");
  EXPECT_EQ(read_text(pair->server), "EHLO not tls\r\n") << "and it can still be read in the clear";
}

TEST_F(TlsConnected, ServerThatAnswersInTheClear) {
  loop.spawn([](Connection& server) -> Task<void> {
    co_await server.read_some(soon());
    co_await server.write("454 TLS not available\r\n", soon());
  }(pair->server));
  const TlsOutcome outcome =
      loop.run(pair->client.start_tls_client(client_context(), "", TlsStart(), soon()));
  ASSERT_TRUE(std::holds_alternative<TlsGarbage>(outcome)) << describe(outcome);
  EXPECT_EQ(read_text(pair->client), "454 TLS not available\r\n");
}

TEST_F(TlsConnected, SilenceInsteadOfTls) {
  const TlsOutcome outcome = loop.run(
      pair->client.start_tls_client(client_context(), "", TlsStart(), deadline_after(milliseconds(20))));
  EXPECT_EQ(describe(outcome), "timed out");
}

TEST_F(TlsConnected, CloseInsteadOfTls) {
  loop.spawn([](Connection& server) -> Task<void> {
    co_await server.read_some(soon());
    server.close();
  }(pair->server));
  const TlsOutcome outcome =
      loop.run(pair->client.start_tls_client(client_context(), "", TlsStart(), soon()));
  EXPECT_EQ(describe(outcome), "peer closed (FIN)");
}

TEST_F(TlsConnected, UnknownCaIsRefusedByUsAndToldToThePeer) {
  TlsClientSettings settings;
  settings.ca_pem = make_throwaway_certificate().certificate_pem;
  start_tls(client_context(settings), server_context());
  ASSERT_TRUE(std::holds_alternative<TlsAlert>(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(std::get<TlsAlert>(client_outcome).from, TlsAlert::From::us);
  EXPECT_NE(describe(client_outcome).find("self-signed certificate"), std::string::npos)
      << describe(client_outcome);
  ASSERT_TRUE(std::holds_alternative<TlsAlert>(server_outcome)) << describe(server_outcome);
  EXPECT_EQ(describe(server_outcome), "TLS alert from peer: unknown CA");
}

TEST_F(TlsConnected, CarelessClientStillKnowsWhatIsWrong) {
  TlsClientSettings settings;
  settings.verify = false;
  settings.ca_pem = make_throwaway_certificate().certificate_pem;
  start_tls(client_context(settings), server_context());
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_FALSE(client_facts().verified);
  EXPECT_EQ(client_facts().verify_error, "self-signed certificate");
}

TEST_F(TlsConnected, AnotherNameIsNotVerified) {
  start_tls(careless_client_context(), server_context(), "elsewhere.test");
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_FALSE(client_facts().verified);
  EXPECT_EQ(client_facts().verify_error, "hostname mismatch");
}

TEST_F(TlsConnected, AnExpiredCertificateIsNotVerified) {
  CertificateWish wish;
  wish.valid_from = std::chrono::hours(-48);
  wish.valid_until = std::chrono::hours(-24);
  const Certificate expired = make_throwaway_certificate(wish);
  TlsClientSettings settings;
  settings.ca_pem = expired.certificate_pem;
  settings.verify = false;
  start_tls(client_context(settings), server_context(expired));
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(client_facts().verify_error, "certificate has expired");
}

TEST_F(TlsConnected, NoCommonVersion) {
  TlsClientSettings settings;
  settings.max_version = TlsVersion::v1_2;
  TlsServerSettings server;
  server.certificate_pem = test_certificate().certificate_pem;
  server.key_pem = test_certificate().key_pem;
  server.min_version = TlsVersion::v1_3;
  start_tls(client_context(settings), std::get<TlsServerContext>(make_tls_server_context(server)));
  EXPECT_EQ(describe(client_outcome), "TLS alert from peer: protocol version");
  EXPECT_TRUE(std::holds_alternative<TlsAlert>(server_outcome)) << describe(server_outcome);
}

TEST_F(TlsConnected, OldVersionsWhenAskedFor) {
  for (const TlsVersion version : {TlsVersion::v1_0, TlsVersion::v1_2}) {
    connect_over_tcp();
    TlsClientSettings settings;
    settings.min_version = settings.max_version = version;
    TlsServerSettings server;
    server.certificate_pem = test_certificate().certificate_pem;
    server.key_pem = test_certificate().key_pem;
    server.min_version = TlsVersion::v1_0;
    server_outcome = TimedOut{};
    start_tls(client_context(settings), std::get<TlsServerContext>(make_tls_server_context(server)));
    ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
    EXPECT_EQ(client_facts().version, version == TlsVersion::v1_0 ? "TLSv1" : "TLSv1.2");
  }
}

TEST_F(TlsConnected, TimeoutLosesNoBytesInsideTls) {
  start_tls();
  EXPECT_EQ(read_text(pair->client, deadline_after(milliseconds(20))), "<timed out>");
  write(pair->server, "250 late\r\n");
  EXPECT_EQ(read_text(pair->client), "250 late\r\n");
}

TEST_F(TlsConnected, CloseNotifyIsToldFromATruncatedStream) {
  start_tls();
  write(pair->server, "221 bye\r\n");
  pair->server.close();
  EXPECT_EQ(read_text(pair->client), "221 bye\r\n");
  EXPECT_EQ(closed_of(read(pair->client)).tls, PeerClosed::Tls::close_notify);
  EXPECT_EQ(closed_of(read(pair->client)).tls, PeerClosed::Tls::close_notify);
}

TEST_F(TlsConnected, EndWithoutCloseNotifyIsTruncated) {
  start_tls();
  pair->server.half_close(Goodbye::truncate);
  const PeerClosed closed = closed_of(read(pair->client));
  EXPECT_EQ(closed.tls, PeerClosed::Tls::truncated);
  EXPECT_EQ(closed.how, PeerClosed::How::fin);
}

TEST_F(TlsConnected, RstInsideTls) {
  start_tls();
  pair->server.abort();
  const PeerClosed closed = closed_of(read(pair->client));
  EXPECT_EQ(closed.tls, PeerClosed::Tls::truncated);
  EXPECT_EQ(closed.how, PeerClosed::How::rst);
}

TEST_F(TlsConnected, HalfCloseThenDrainInsideTls) {
  start_tls();
  write(pair->client, "QUIT\r\n");
  pair->client.half_close();
  EXPECT_EQ(read_text(pair->server), "QUIT\r\n");
  EXPECT_EQ(closed_of(read(pair->server)).tls, PeerClosed::Tls::close_notify);
  write(pair->server, "221 bye\r\n");
  EXPECT_EQ(read_text(pair->client), "221 bye\r\n");
}

/// The lengths of the TLS records that wait in a socket (RFC 8446 5.1), without reading them away.
std::vector<std::size_t> waiting_record_sizes(int handle) {
  std::string bytes(4096, '\0');
  const ssize_t size = recv(handle, bytes.data(), bytes.size(), MSG_PEEK);
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  std::vector<std::size_t> sizes;
  for (std::size_t at = 0; at + 5 <= bytes.size(); at += 5 + sizes.back()) {
    sizes.push_back(static_cast<unsigned char>(bytes[at + 3]) * 256u +
                    static_cast<unsigned char>(bytes[at + 4]));
  }
  return sizes;
}

TEST_F(TlsConnected, EachWriteIsOneRecord) {
  start_tls();
  write(pair->client, std::string(100, 'a'));
  write(pair->client, std::string(200, 'b'));
  const WriteOutcome outcome = loop.run(
      pair->client.write_segments({std::string(300, 'c'), std::string(400, 'd')}, milliseconds(1), soon()));
  EXPECT_EQ(describe(outcome), "written");
  EXPECT_EQ(describe(loop.run(pair->client.wait_until_sent(soon()))), "written");
  const std::size_t overhead = 17;  // content type and authentication tag
  EXPECT_EQ(waiting_record_sizes(pair->server.native_handle()),
            (std::vector<std::size_t>{100 + overhead, 200 + overhead, 300 + overhead, 400 + overhead}));
  EXPECT_EQ(read_bytes(pair->server, 1000).size(), 1000u);
}

TEST_F(TlsConnected, MuchGoesBothWaysAtOnce) {
  ConnectionSettings settings;
  settings.max_unread_bytes = 32 * 1024 * 1024;
  connect_over_tcp(settings);
  start_tls();
  write_much_both_ways(8 * 1024 * 1024);
}

TEST_F(TlsConnected, WriteThatTimesOutLeavesNoHalfRecord) {
  start_tls();
  const std::string much(64 * 1024 * 1024, 'x');
  EXPECT_EQ(write(pair->client, much, deadline_after(milliseconds(50))), "timed out");
  // The peer reads on while we write on: every record is whole.
  std::size_t total = 0;
  bool ended = false;
  loop.spawn([](Connection& server, std::size_t& size, bool& end) -> Task<void> {
    for (;;) {
      ReadOutcome outcome = co_await server.read_some(soon());
      if (auto* received = std::get_if<Received>(&outcome)) {
        size += received->bytes.size();
        if (received->bytes.back() == '.') break;
        continue;
      }
      ADD_FAILURE() << describe(outcome);
      break;
    }
    end = true;
  }(pair->server, total, ended));
  EXPECT_EQ(write(pair->client, "."), "written");
  run_until([&] { return ended; });
}

TEST_F(TlsConnected, TranscriptShowsWhatIsInsideTls) {
  write(pair->client, "STARTTLS\r\n");
  read(pair->server);
  start_tls();
  write(pair->client, "NOOP\r\n");
  read(pair->server);
  const base::Transcript transcript = pair->server.take_transcript();
  ASSERT_EQ(transcript.events().size(), 4u);
  EXPECT_EQ(transcript.events()[1].bytes, "STARTTLS\r\n");
  EXPECT_FALSE(transcript.events()[1].encrypted);
  EXPECT_EQ(transcript.events()[2].bytes.substr(0, 15), "TLS up: TLSv1.3");
  EXPECT_EQ(transcript.events()[3].bytes, "NOOP\r\n");
  EXPECT_TRUE(transcript.events()[3].encrypted);
}

TEST_F(TlsConnected, BrokenRecordAfterTheHandshake) {
  start_tls();
  // The client falls back to the clear by itself; only a defective peer does so.
  const int handle = pair->client.native_handle();
  const std::string garbage = "QUIT\r\nQUIT\r\n";
  ASSERT_EQ(::send(handle, garbage.data(), garbage.size(), 0), static_cast<ssize_t>(garbage.size()));
  const ReadOutcome outcome = read(pair->server);
  ASSERT_TRUE(std::holds_alternative<TlsFailed>(outcome)) << describe(outcome);
  EXPECT_FALSE(std::get<TlsFailed>(outcome).alert_received);
  const ReadOutcome at_client = read(pair->client);
  ASSERT_TRUE(std::holds_alternative<TlsFailed>(at_client)) << describe(at_client);
  EXPECT_TRUE(std::get<TlsFailed>(at_client).alert_received);
}

TEST_F(TlsConnected, AlpnIsAgreedOn) {
  TlsClientSettings settings;
  settings.alpn = {"other", "smtp"};
  TlsServerSettings server;
  server.certificate_pem = test_certificate().certificate_pem;
  server.key_pem = test_certificate().key_pem;
  server.alpn = {"smtp"};
  start_tls(client_context(settings), std::get<TlsServerContext>(make_tls_server_context(server)));
  ASSERT_TRUE(is_up(client_outcome)) << describe(client_outcome);
  EXPECT_EQ(client_facts().alpn, "smtp");
}

TEST(TlsContext, TellsWhatIsWrongWithTheSettings) {
  TlsServerSettings settings;
  settings.certificate_file = "/nonexistent/cert.pem";
  EXPECT_EQ(std::get<TlsSetupFailed>(make_tls_server_context(settings)).reason,
            "can't read /nonexistent/cert.pem");
  settings.certificate_file.clear();
  settings.certificate_pem = "nonsense";
  EXPECT_EQ(std::get<TlsSetupFailed>(make_tls_server_context(settings)).reason,
            "no PEM certificate in what was given as certificate");
  settings.certificate_pem = test_certificate().certificate_pem;
  settings.key_pem = make_throwaway_certificate().key_pem;
  EXPECT_EQ(std::get<TlsSetupFailed>(make_tls_server_context(settings)).reason.substr(0, 20),
            "the key does not fit");
  TlsClientSettings client;
  client.ciphers = "NO-SUCH-CIPHER";
  EXPECT_EQ(std::get<TlsSetupFailed>(make_tls_client_context(client)).reason.substr(0, 19),
            "unusable cipher lis");
}

}  // namespace
}  // namespace smtpspec::wire
