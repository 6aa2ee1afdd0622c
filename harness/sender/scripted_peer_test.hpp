// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "sender/fake_server_test.hpp"
#include "wire/connection.hpp"
#include "wire/listener.hpp"
#include "wire/throwaway_certificate.hpp"
#include "wire/tls_context.hpp"

namespace smtpspec::sender {

constexpr std::chrono::seconds patience{10};

/// A next hop on a real socket: the nth connection is served by the nth script, later ones by the last.
class ScriptedPeer {
 public:
  ScriptedPeer(wire::EventLoop& loop, std::vector<Script> scripts)
      : ended_(loop),
        scripts_(std::move(scripts)),
        certificate_(wire::make_throwaway_certificate()),
        listener_(std::get<wire::Listener>(wire::listen(loop, wire::TcpEndpoint{"127.0.0.1", 0}))) {
    loop.spawn(serve_all(this));
  }

  const wire::Endpoint& endpoint() const { return listener_.endpoint(); }
  const std::string& certificate_pem() const { return certificate_.certificate_pem; }
  const std::vector<std::shared_ptr<FakeServer>>& sessions() const { return sessions_; }

  /// Waits until so many sessions have ended.
  wire::Task<bool> served(std::size_t count) {
    while (ended_count_ < count) {
      ended_.reset();
      const bool in_time = co_await ended_.wait(wire::deadline_after(patience));
      if (!in_time) co_return false;
    }
    co_return true;
  }

 private:
  static wire::Task<void> serve_all(ScriptedPeer* self) {
    while (true) {
      auto outcome = co_await self->listener_.accept(wire::no_deadline);
      if (std::holds_alternative<wire::ListenerClosed>(outcome)) co_return;
      const std::size_t index = std::min(self->sessions_.size(), self->scripts_.size() - 1);
      auto server = std::make_shared<FakeServer>(self->scripts_[index]);
      self->sessions_.push_back(server);
      auto connection = std::make_shared<wire::Connection>(std::get<wire::Connection>(std::move(outcome)));
      co_await serve(self, connection, server);
      connection->close();
      ++self->ended_count_;
      self->ended_.set();
    }
  }

  static wire::Task<void> serve(ScriptedPeer* self, std::shared_ptr<wire::Connection> connection,
                                std::shared_ptr<FakeServer> server) {
    std::string replies = server->greet();
    while (true) {
      const wire::Deadline deadline = wire::deadline_after(patience);
      if (!replies.empty()) co_await connection->write(replies, deadline);
      if (server->closed) co_return;
      const bool begins_tls = !server->commands.empty() && server->commands.back() == "STARTTLS" &&
                              !connection->encrypted() && replies.substr(0, 3) == "220";
      if (begins_tls) {
        const bool up = co_await start_tls(self, connection);
        if (!up) co_return;
        server->begin_tls();
      }
      auto outcome = co_await connection->read_some(deadline);
      const auto* received = std::get_if<wire::Received>(&outcome);
      if (received == nullptr) co_return;
      replies = server->feed(received->bytes);
    }
  }

  static wire::Task<bool> start_tls(ScriptedPeer* self, std::shared_ptr<wire::Connection> connection) {
    wire::TlsServerSettings settings;
    settings.certificate_pem = self->certificate_.certificate_pem;
    settings.key_pem = self->certificate_.key_pem;
    auto context = std::get<wire::TlsServerContext>(wire::make_tls_server_context(settings));
    wire::TlsStart begin;
    auto outcome =
        co_await connection->start_tls_server(context, std::move(begin), wire::deadline_after(patience));
    co_return std::holds_alternative<wire::TlsUp>(outcome);
  }

  wire::Event ended_;
  std::size_t ended_count_ = 0;
  std::vector<Script> scripts_;
  wire::Certificate certificate_;
  std::vector<std::shared_ptr<FakeServer>> sessions_;
  wire::Listener listener_;
};

}  // namespace smtpspec::sender
