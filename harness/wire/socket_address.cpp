// SPDX-License-Identifier: Apache-2.0
#include "wire/socket_address.hpp"

#include <cstring>
#include <sys/un.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "wire/wait_slot.hpp"

namespace smtpspec::wire {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Resolver = asio::ip::basic_resolver<tcp, Executor>;

/// One question to the resolver; outlives whoever stopped waiting for the answer.
struct Question {
  explicit Question(EventLoop& loop) : resolver(loop.executor()), answered(loop) {}

  Resolver resolver;
  WaitSlot answered;
  boost::system::error_code error;
  std::vector<Address> addresses;
};

void ask(const std::shared_ptr<Question>& question, const TcpEndpoint& endpoint) {
  question->resolver.async_resolve(
      endpoint.host, std::to_string(endpoint.port), tcp::resolver::numeric_service,
      [question](const boost::system::error_code& error, const tcp::resolver::results_type& results) {
        question->error = error;
        for (const auto& entry : results) question->addresses.emplace_back(entry.endpoint());
        question->answered.wake();
      });
}

Resolved one(std::optional<Address> address, const char* otherwise) {
  if (!address) return NotResolved{otherwise};
  return std::vector<Address>{*address};
}

}  // namespace

int family_of(const Address& address) {
  return address.protocol().family();
}

Endpoint endpoint_of(const Address& address) {
  if (family_of(address) == AF_UNIX) {
    const auto* raw = reinterpret_cast<const sockaddr_un*>(address.data());
    const std::size_t head = offsetof(sockaddr_un, sun_path);
    const std::size_t room = address.size() > head ? address.size() - head : 0;
    return UnixEndpoint{std::string(raw->sun_path, strnlen(raw->sun_path, room))};
  }
  tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), address.data(), std::min(address.size(), endpoint.capacity()));
  return TcpEndpoint{endpoint.address().to_string(), endpoint.port()};
}

std::optional<Address> literal_address(const std::string& host, std::uint16_t port) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return std::nullopt;
  return Address(tcp::endpoint(address, port));
}

std::optional<Address> unix_address(const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) return std::nullopt;
  return Address(asio::local::stream_protocol::endpoint(path));
}

Task<Resolved> resolve(EventLoop& loop, Endpoint endpoint, Deadline deadline) {
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) {
    co_return one(unix_address(local->path), "path of a unix socket is empty or too long");
  }
  const auto& tcp_endpoint = std::get<TcpEndpoint>(endpoint);
  if (auto literal = literal_address(tcp_endpoint.host, tcp_endpoint.port)) co_return one(literal, "");

  auto question = std::make_shared<Question>(loop);
  ask(question, tcp_endpoint);
  const Woken woken = co_await question->answered.wait(deadline);
  if (woken != Woken::event) {
    question->resolver.cancel();
    co_return TimedOut{};
  }
  if (question->error) co_return NotResolved{question->error.message()};
  if (question->addresses.empty()) co_return NotResolved{"no address"};
  co_return std::move(question->addresses);
}

}  // namespace smtpspec::wire
