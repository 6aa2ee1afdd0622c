// SPDX-License-Identifier: Apache-2.0
#include "interop/message_variables.hpp"

#include <fstream>
#include <iterator>
#include <optional>

namespace smtpspec::interop {
namespace {

using scenario::Value;

constexpr const char* client_name = "client.example";

std::optional<Value> file_of(const Addressing& addressing, std::string_view call) {
  constexpr std::string_view opening = "file(";
  if (!call.starts_with(opening) || !call.ends_with(")")) return std::nullopt;
  const auto name = call.substr(opening.size(), call.size() - opening.size() - 1);
  if (name.find('/') != std::string_view::npos) return std::nullopt;
  std::ifstream in(addressing.messages / name, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

std::string Addressing::mailbox(std::size_t index, const std::string& tail) const {
  return engine::fill_token(recipient, token.of_mailbox(index) + tail);
}

std::string Addressing::sender_mailbox() const {
  return engine::fill_token(sender, token.of_mailbox(index_of_sender));
}

scenario::Variables variables_of(const Addressing& addressing) {
  return [addressing](std::string_view name) -> std::optional<Value> {
    if (name == "token") return addressing.token.stem();
    if (name == "mailbox") return addressing.mailbox(0);
    if (name == "sender") return addressing.sender_mailbox();
    if (name == "smuggled") return addressing.mailbox(index_of_smuggled);
    if (name == "client.name") return client_name;
    return file_of(addressing, name);
  };
}

const std::vector<std::string>& message_variable_names() {
  static const std::vector<std::string> names = {"token", "mailbox", "sender", "smuggled", "client.name"};
  return names;
}

}  // namespace smtpspec::interop
