// SPDX-License-Identifier: Apache-2.0
#include "wire/peer_reading.hpp"

#ifdef __linux__
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace smtpspec::wire {

#ifdef __linux__
namespace {

/// A netlink socket, closed when it goes.
class DiagSocket {
 public:
  DiagSocket() : handle_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
  ~DiagSocket() {
    if (handle_ >= 0) close(handle_);
  }
  DiagSocket(const DiagSocket&) = delete;
  DiagSocket& operator=(const DiagSocket&) = delete;

  /// The kernel's answer to `request`, in `buffer`; empty when there is none. It is there as soon as the
  /// request has been sent.
  std::string_view ask(std::string_view request, std::array<char, 4096>& buffer) const {
    if (handle_ < 0 || send(handle_, request.data(), request.size(), 0) < 0) return {};
    const auto size = recv(handle_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(size)) : std::string_view();
  }

 private:
  int handle_;
};

struct Question {
  nlmsghdr header{};
  inet_diag_req_v2 request{};
};

/// What of the peer's socket is of interest, in octets.
struct PeerQueue {
  std::uint64_t unread = 0;
  std::uint64_t received = 0;  ///< in all, and its end counts as one
};

template <typename Address>
Address address_of(const sockaddr_storage& storage) {
  Address address;
  std::memcpy(&address, &storage, sizeof(address));
  return address;
}

void put_end(const sockaddr_storage& end, __be16& port, __be32* host) {
  if (end.ss_family == AF_INET) {
    const auto address = address_of<sockaddr_in>(end);
    port = address.sin_port;
    std::memcpy(host, &address.sin_addr, sizeof(address.sin_addr));
  } else {
    const auto address = address_of<sockaddr_in6>(end);
    port = address.sin6_port;
    std::memcpy(host, &address.sin6_addr, sizeof(address.sin6_addr));
  }
}

/// After the socket whose own end is `peer` and whose other end is `ours`.
Question question_of(const sockaddr_storage& ours, const sockaddr_storage& peer) {
  Question question;
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  auto& request = question.request;
  request.sdiag_family = static_cast<std::uint8_t>(ours.ss_family);
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  request.idiag_states = ~0U;
  put_end(peer, request.id.idiag_sport, request.id.idiag_src);
  put_end(ours, request.id.idiag_dport, request.id.idiag_dst);
  std::fill(std::begin(request.id.idiag_cookie), std::end(request.id.idiag_cookie), INET_DIAG_NOCOOKIE);
  return question;
}

/// Attributes follow one another, each with its length and kind before it.
std::optional<tcp_info> tcp_info_in(std::string_view attributes) {
  while (attributes.size() >= sizeof(rtattr)) {
    rtattr head;
    std::memcpy(&head, attributes.data(), sizeof(head));
    if (head.rta_len < sizeof(head) || head.rta_len > attributes.size()) return std::nullopt;
    if (head.rta_type == INET_DIAG_INFO) {
      tcp_info info{};
      std::memcpy(&info, attributes.data() + RTA_LENGTH(0),
                  std::min<std::size_t>(sizeof(info), head.rta_len - RTA_LENGTH(0)));
      return info;
    }
    attributes.remove_prefix(std::min<std::size_t>(RTA_ALIGN(head.rta_len), attributes.size()));
  }
  return std::nullopt;
}

std::optional<PeerQueue> queue_in(std::string_view answer, const inet_diag_req_v2& asked) {
  constexpr std::size_t fixed = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(inet_diag_msg));
  nlmsghdr header;
  inet_diag_msg found;
  if (answer.size() < fixed) return std::nullopt;
  std::memcpy(&header, answer.data(), sizeof(header));
  std::memcpy(&found, answer.data() + NLMSG_HDRLEN, sizeof(found));
  // Where the connection is gone, a listener at its port may answer.
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || found.id.idiag_dport != asked.id.idiag_dport)
    return std::nullopt;
  const auto info = tcp_info_in(answer.substr(fixed));
  if (!info) return std::nullopt;
  return PeerQueue{found.idiag_rqueue, info->tcpi_bytes_received};
}

/// Octets that have left us, each counted once.
std::optional<std::uint64_t> bytes_sent(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_retrans) + sizeof(info.tcpi_bytes_retrans)) return std::nullopt;
  return info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
}

PeerReading over_tcp(int socket, const sockaddr_storage& ours, const sockaddr_storage& peer) {
  const Question question = question_of(ours, peer);
  std::array<char, 4096> buffer;
  const auto sent = bytes_sent(socket);
  const auto queue =
      queue_in(DiagSocket().ask({reinterpret_cast<const char*>(&question), sizeof(question)}, buffer),
               question.request);
  if (!sent || !queue) return PeerReading::unseen;
  return queue->received >= *sent && queue->unread == 0 ? PeerReading::all_read : PeerReading::behind;
}

/// What we sent counts as ours until it is read.
PeerReading over_unix(int socket) {
  int unread = 0;
  if (ioctl(socket, SIOCOUTQ, &unread) != 0) return PeerReading::unseen;
  return unread == 0 ? PeerReading::all_read : PeerReading::behind;
}

}  // namespace

PeerReading peer_reading(int socket) {
  sockaddr_storage ours{};
  sockaddr_storage peer{};
  socklen_t size = sizeof(ours);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&ours), &size) != 0) return PeerReading::unseen;
  if (ours.ss_family == AF_UNIX) return over_unix(socket);
  size = sizeof(peer);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return PeerReading::unseen;
  return over_tcp(socket, ours, peer);
}

#else

PeerReading peer_reading(int) {
  return PeerReading::unseen;
}

#endif

}  // namespace smtpspec::wire
