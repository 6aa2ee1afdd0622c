// SPDX-License-Identifier: Apache-2.0
#include "engine/target_access.hpp"

#include <algorithm>

#include "engine/beside.hpp"
#include "engine/queue_watch.hpp"
#include "target/queue.hpp"

namespace smtpspec::engine {
namespace {

using std::chrono::milliseconds;

milliseconds times(milliseconds duration, double factor) {
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

Timeouts timeouts_for(const target::Limits& limits, Timeouts timeouts, double multiplier) {
  timeouts.reply =
      std::max({timeouts.reply, 2 * limits.end_of_data, 2 * limits.banner_delay, 2 * limits.quit_delay});
  timeouts.delivery = std::max(timeouts.delivery, limits.delivery);
  for (auto* one : {&timeouts.connect, &timeouts.reply, &timeouts.end_after_reply, &timeouts.handshake,
                    &timeouts.delivery}) {
    *one = times(*one, multiplier);
  }
  return timeouts;
}

std::optional<wire::TlsClientContext> tls_context(const target::Tls& tls) {
  wire::TlsClientSettings settings;
  settings.ca_file = tls.ca;
  // Whom a certificate belongs to is not what a conformance test of SMTP asks; the facts still tell.
  settings.verify = false;
  auto made = wire::make_tls_client_context(settings);
  auto* context = std::get_if<wire::TlsClientContext>(&made);
  return context ? std::optional(*context) : std::nullopt;
}

wire::Task<std::string> version_beside(wire::EventLoop& loop, const target::Target& target) {
  auto work = [&target] { return target::version_of(target).value_or(""); };
  co_return co_await beside(loop, std::move(work));
}

bool can_list_queue(target::Host& host) {
  return target::can_list_queue(host.target()) || host.sender();
}

wire::Task<std::string> list_queue_of(wire::EventLoop& loop, target::Host& host) {
  if (const auto* queue = host.sender()) co_return list_of(*queue);
  auto list = [&host] {
    return target::list_queue(host.target()).value_or(std::string(QueueWatch::failed_listing));
  };
  co_return co_await beside(loop, std::move(list));
}

}  // namespace smtpspec::engine
