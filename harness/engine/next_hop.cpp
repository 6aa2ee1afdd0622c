// SPDX-License-Identifier: Apache-2.0
#include "engine/next_hop.hpp"

#include <algorithm>

#include "engine/hop_configuration.hpp"
#include "target/embedded.hpp"
#include "wire/listener.hpp"
#include "wire/throwaway_certificate.hpp"

namespace smtpspec::engine {
namespace {

// RFC 5321 4.5.3.2.7: a server waits five minutes for the next command.
constexpr std::chrono::minutes idle_time{5};
constexpr std::chrono::seconds farewell_time{2};

constexpr std::uint64_t most_mail_octets = 128 * 1024 * 1024;

// Sessions are looked at this often while their end is awaited.
constexpr std::chrono::milliseconds look_interval{10};

// Sessions that ended and that nobody has asked for yet; the oldest go first.
constexpr std::size_t most_sessions_kept = 512;

std::shared_ptr<refserver::DeliveryStore> new_store() {
  auto store = std::make_shared<refserver::DeliveryStore>();
  store->keep_at_most(most_mail_octets);
  return store;
}

wire::Certificate make_certificate(std::vector<std::string> names = {std::string(next_hop_name), "relay.test",
                                                                     "localhost", "127.0.0.1"}) {
  wire::CertificateWish wish;
  wish.names = std::move(names);
  return wire::make_throwaway_certificate(wish);
}

// One for the whole process: the embedded target has a next hop for each case, and a key takes a while to
// make.
const wire::Certificate& shared_certificate() {
  static const auto certificate = make_certificate();
  return certificate;
}

const wire::Certificate& shared_misnamed_certificate() {
  static const auto certificate = make_certificate({"somebody-else.test", "192.0.2.1"});
  return certificate;
}

wire::TlsServerContext make_context(const wire::Certificate& certificate) {
  wire::TlsServerSettings settings;
  settings.certificate_pem = certificate.certificate_pem;
  settings.key_pem = certificate.key_pem;
  return std::get<wire::TlsServerContext>(wire::make_tls_server_context(settings));
}

const wire::TlsServerContext& shared_context() {
  static const auto context = make_context(shared_certificate());
  return context;
}

const wire::TlsServerContext& misnamed_context() {
  static const auto context = make_context(shared_misnamed_certificate());
  return context;
}

}  // namespace

const std::string& next_hop_certificate() {
  return shared_certificate().certificate_pem;
}

const std::string& misnamed_certificate() {
  return shared_misnamed_certificate().certificate_pem;
}

const std::string& foreign_certificate() {
  static const auto certificate = make_certificate();
  return certificate.certificate_pem;
}

struct NextHop::Impl : std::enable_shared_from_this<NextHop::Impl> {
  Impl(wire::EventLoop& on_loop, const NextHopOptions& known)
      : loop(on_loop),
        credentials(known.credentials),
        domain(known.domain),
        right_of_way(on_loop),
        usual{hop_configuration(scenario::usual_offers, credentials), new_store(), shared_context()},
        mail(target::open_embedded_store(*usual.store, {true, domain})),
        came(on_loop) {}

  static wire::Task<void> accept_all(std::shared_ptr<Impl> hop);
  static wire::Task<void> serve(std::shared_ptr<Impl> hop, std::shared_ptr<HopSession> session);

  void take(wire::Connection connection);
  void serve_beside(std::shared_ptr<HopSession> session);
  void forget_the_oldest();
  void keep_mail_in(std::shared_ptr<refserver::DeliveryStore> store);
  bool serves_somebody() const;

  wire::EventLoop& loop;
  const std::optional<target::Credentials> credentials;
  const std::string domain;
  RightOfWay right_of_way;
  HopSettings usual;
  HopSettings scripted = usual;
  std::unique_ptr<target::MailStore> mail;
  std::optional<wire::Listener> listener;
  bool holds = false;
  std::size_t connections = 0;
  std::deque<wire::Connection> waiting;
  wire::Event came;
  std::deque<std::shared_ptr<HopSession>> served;
};

wire::Task<void> NextHop::Impl::accept_all(std::shared_ptr<Impl> hop) {
  while (true) {
    auto outcome = co_await hop->listener->accept(wire::no_deadline);
    if (std::holds_alternative<wire::ListenerClosed>(outcome)) co_return;
    auto* connection = std::get_if<wire::Connection>(&outcome);
    if (connection) hop->take(std::move(*connection));
  }
}

void NextHop::Impl::take(wire::Connection connection) {
  ++connections;
  came.set();
  if (!holds) return serve_beside(std::make_shared<HopSession>(std::move(connection), usual));
  waiting.push_back(std::move(connection));
}

void NextHop::Impl::keep_mail_in(std::shared_ptr<refserver::DeliveryStore> store) {
  mail = target::open_embedded_store(*store, {true, domain});
  usual.store = scripted.store = std::move(store);
}

bool NextHop::Impl::serves_somebody() const {
  return std::any_of(served.begin(), served.end(), [](const auto& session) { return !session->is_over(); });
}

void NextHop::Impl::serve_beside(std::shared_ptr<HopSession> session) {
  served.push_back(session);
  forget_the_oldest();
  loop.spawn(serve(shared_from_this(), std::move(session)));
}

wire::Task<void> NextHop::Impl::serve(std::shared_ptr<Impl> hop, std::shared_ptr<HopSession> session) {
  (void)hop;
  const scenario::Awaited close{scenario::Awaited::Kind::close, {}};
  const Event ended = co_await session->serve(close, wire::deadline_after(idle_time));
  if (ended.kind == Event::Kind::silence) co_await session->end(wire::deadline_after(farewell_time));
}

void NextHop::Impl::forget_the_oldest() {
  while (served.size() > most_sessions_kept && served.front()->is_over()) served.pop_front();
}

NextHopOptions next_hop_options(const target::Target& target) {
  return {target.credentials, target.relay_domain};
}

NextHop::NextHop(wire::EventLoop& loop, const NextHopOptions& options)
    : impl_(std::make_shared<Impl>(loop, options)) {}

NextHop::~NextHop() {
  if (impl_->listener) impl_->listener->close();
  for (auto& session : impl_->served) session->connection().close();
  impl_->waiting.clear();
}

std::string NextHop::listen(const wire::Endpoint& at) {
  auto outcome = wire::listen(impl_->loop, at);
  if (const auto* failed = std::get_if<wire::Failed>(&outcome))
    return wire::format(at) + ": " + failed->reason;
  impl_->listener.emplace(std::get<wire::Listener>(std::move(outcome)));
  impl_->loop.spawn(Impl::accept_all(impl_));
  return {};
}

const wire::Endpoint& NextHop::endpoint() const {
  return impl_->listener->endpoint();
}

RightOfWay& NextHop::right_of_way() {
  return impl_->right_of_way;
}

wire::Task<void> NextHop::hold_connections(std::vector<std::string> offers) {
  impl_->holds = true;
  impl_->scripted.configuration = hop_configuration(offers, impl_->credentials);
  const auto open = impl_->served;
  for (const auto& session : open) {
    if (!session->is_over()) co_await session->end(wire::deadline_after(farewell_time));
  }
}

wire::Task<std::shared_ptr<HopSession>> NextHop::accept(bool tls_at_once, wire::Deadline deadline) {
  while (impl_->waiting.empty()) {
    impl_->came.reset();
    const bool anyone = co_await impl_->came.wait(deadline);
    if (!anyone) co_return nullptr;
  }
  auto session =
      std::make_shared<HopSession>(std::move(impl_->waiting.front()), impl_->scripted, tls_at_once);
  impl_->waiting.pop_front();
  co_return session;
}

std::size_t NextHop::connections() const {
  return impl_->connections;
}

bool NextHop::somebody_waits() const {
  return !impl_->waiting.empty();
}

wire::Task<bool> NextHop::wait_for_connection(std::size_t before, wire::Deadline deadline) {
  while (impl_->connections <= before) {
    impl_->came.reset();
    const bool anyone = co_await impl_->came.wait(deadline);
    if (!anyone) co_return false;
  }
  co_return true;
}

wire::Task<bool> NextHop::wait_until_quiet(std::chrono::milliseconds quiet, wire::Deadline deadline) {
  auto quiet_since = wire::FairClock::now();
  auto known = impl_->connections;
  for (;;) {
    const auto now = wire::FairClock::now();
    if (impl_->serves_somebody() || impl_->connections != known) quiet_since = now;
    known = impl_->connections;
    if (now - quiet_since >= quiet) co_return true;
    if (now >= deadline) co_return false;
    co_await wire::sleep_for(impl_->loop, look_interval);
  }
}

void NextHop::begin_anew() {
  for (auto& session : impl_->served) session->connection().close();
  impl_->served.clear();
  impl_->keep_mail_in(new_store());
  impl_->holds = true;
}

void NextHop::show_certificate(bool names_us) {
  impl_->usual.tls = impl_->scripted.tls = names_us ? shared_context() : misnamed_context();
}

void NextHop::serve_by_itself() {
  impl_->holds = false;
  while (!impl_->waiting.empty()) {
    impl_->serve_beside(std::make_shared<HopSession>(std::move(impl_->waiting.front()), impl_->usual));
    impl_->waiting.pop_front();
  }
}

void NextHop::go_on_with(std::shared_ptr<HopSession> session) {
  impl_->serve_beside(std::move(session));
}

std::vector<std::shared_ptr<HopSession>> NextHop::sessions_about(std::string_view letters) {
  std::vector<std::shared_ptr<HopSession>> found;
  for (const auto& session : impl_->served) {
    if (session->has_heard(letters)) found.push_back(session);
  }
  return found;
}

target::MailStore& NextHop::mail() {
  return *impl_->mail;
}

}  // namespace smtpspec::engine
