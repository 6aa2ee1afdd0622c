// SPDX-License-Identifier: Apache-2.0
#include "target/target_reader.hpp"

#include <arpa/inet.h>
#include <functional>

#include <fmt/format.h>

#include "base/toml_reader.hpp"
#include "target/placeholders.hpp"
#include "target/signal_name.hpp"

namespace smtpspec::target {
namespace {

using base::TomlReader;
using std::chrono::milliseconds;

void take(std::optional<std::string> read, std::string& into) {
  if (read) into = std::move(*read);
}

void take(std::optional<bool> read, bool& into) {
  if (read) into = *read;
}

void take(std::optional<std::int64_t> read, milliseconds& into) {
  if (read) into = milliseconds(*read);
}

void take(std::optional<std::vector<std::string>> read, std::vector<std::string>& into) {
  if (read) into = std::move(*read);
}

void take_count(TomlReader& reader, std::string_view key, int& into) {
  const auto read = reader.integer(key);
  if (!read) return;
  if (*read < 0 || *read > 1'000'000) {
    reader.problem(key, fmt::format("'{}' must be between 0 and 1000000, not {}", key, *read));
    return;
  }
  into = static_cast<int>(*read);
}

/// Reads a sub-table when it is there.
void within(TomlReader& parent, std::string_view key, const std::function<void(TomlReader&)>& read) {
  const auto* table = parent.table(key);
  if (!table) return;
  TomlReader reader(parent.document(), *table, fmt::format("[{}]", key), parent.problems());
  read(reader);
  reader.finish();
}

/// A table of strings with keys of the author's own.
void take_strings_by_name(TomlReader& parent, std::string_view key,
                          const std::function<void(const std::string&, const std::string&)>& put) {
  const auto* table = parent.table(key);
  if (!table) return;
  for (const auto& [name, value] : *table) {
    if (const auto* text = value.as_string())
      put(std::string(name.str()), text->get());
    else
      parent.problem_at(value, fmt::format("'{}' must be a string", name.str()));
  }
}

/// One command is an array of strings, several are an array of these.
void take_commands(TomlReader& reader, std::string_view key, std::vector<Command>& into) {
  const auto* array = reader.array(key);
  if (!array) return;
  into.clear();
  if (!array->empty() && array->front().is_string()) {
    into.push_back(reader.strings(key).value_or(Command{}));
    return;
  }
  for (const auto& item : *array) {
    Command command;
    const auto* words = item.as_array();
    if (!words) {
      reader.problem_at(item, fmt::format("every item of '{}' must be a command: an array of strings", key));
      continue;
    }
    for (const auto& word : *words) {
      if (const auto* text = word.as_string())
        command.push_back(text->get());
      else
        reader.problem_at(word, "a command is made of strings");
    }
    into.push_back(std::move(command));
  }
}

/// A command for one program; a string would need a shell, so it has to be an array.
void take_command(TomlReader& reader, std::string_view key, Command& into) {
  const auto* found = reader.node(key);
  if (found && found->is_string()) {
    reader.problem(key, fmt::format("'{}' must be an array of strings, one a word", key),
                   "no shell is involved; write [\"sh\", \"-c\", \"...\"] if you need one");
    return;
  }
  take(reader.strings(key), into);
  if (found && into.empty()) reader.problem(key, fmt::format("'{}' is empty", key));
}

void read_start(TomlReader& reader, const std::filesystem::path& folder, Start& start) {
  take(reader.boolean("needs_root"), start.needs_root);
  take(reader.strings("needs_programs"), start.needs_programs);
  take(reader.string("root"), start.root);
  take(reader.string("get"), start.get);
  if (auto templates = reader.string("templates")) {
    start.templates = (folder / *templates).lexically_normal().string();
    if (!std::filesystem::is_directory(start.templates)) {
      reader.problem("templates", fmt::format("there is no folder '{}' beside this file", *templates));
    }
  }
  take_commands(reader, "prepare", start.prepare);
  take_command(reader, "command", start.command);
  take(reader.boolean("syslog"), start.syslog);
  take(reader.string("working_folder"), start.working_folder);
  take_strings_by_name(reader, "environment",
                       [&](const auto& name, const auto& value) { start.environment[name] = value; });
  take(reader.milliseconds("ready_within"), start.ready_within);
  if (const auto name = reader.word("stop_signal", signal_names())) start.stop_signal = signal_number(*name);
  take(reader.milliseconds("stop_within"), start.stop_within);
}

/// An endpoint with stand-ins for its placeholders, to see whether it can be one.
bool could_be_endpoint(const std::string& text) {
  Variables stand_ins;
  for (const std::string& word : placeholders_in(text)) stand_ins[word] = word.ends_with("port") ? "25" : "x";
  return parse_endpoint(fill(text, stand_ins)).has_value();
}

void read_endpoints(TomlReader& reader, Target& target) {
  for (const auto kind :
       {EndpointKind::smtp, EndpointKind::submission, EndpointKind::smtps, EndpointKind::lmtp}) {
    const auto text = reader.string(name_of(kind));
    if (!text) continue;
    if (!could_be_endpoint(*text)) {
      reader.problem(name_of(kind), fmt::format("'{}' is no endpoint", *text),
                     "write host:port, [ipv6]:port or unix:/path");
    }
    target.endpoints[kind] = *text;
  }
}

void read_address(TomlReader& reader, std::string_view key, std::string& into) {
  const auto text = reader.string(key);
  if (!text) return;
  if (text->find_first_of(" <>\r\n") != std::string::npos) {
    reader.problem(key, fmt::format("'{}' must be an address without angle brackets or spaces", key));
  }
  into = *text;
}

void read_mail(TomlReader& reader, Target& target) {
  take(reader.string("domain"), target.domain);
  take(reader.string("relay_domain"), target.relay_domain);
  read_address(reader, "recipient", target.recipient);
  read_address(reader, "refused", target.refused);
  take(reader.string("ehlo"), target.ehlo);
}

void read_mailbox(TomlReader& reader, const std::filesystem::path& folder, Mailbox& mailbox) {
  if (reader.has("maildir") && reader.has("mbox")) {
    reader.problem("mbox", "a mailbox is either a maildir or an mbox, not both");
  }
  const auto take_path = [&](std::string_view key, Mailbox::Format format) {
    const auto path = reader.string(key);
    if (!path) return;
    mailbox.format = format;
    mailbox.path = path->starts_with('{') ? *path : (folder / *path).lexically_normal().string();
  };
  take_path("maildir", Mailbox::Format::maildir);
  take_path("mbox", Mailbox::Format::mbox);

  using Effects = StoreEffects;
  if (const auto ending = reader.word("line_ending", {"CRLF", "LF"})) {
    mailbox.effects.line_ending = *ending == "LF" ? Effects::LineEnding::lf : Effects::LineEnding::crlf;
  }
  if (const auto quoting = reader.word("from_quoting", {"none", "mboxo", "mboxrd"})) {
    mailbox.effects.from_quoting = *quoting == "mboxo"    ? Effects::FromQuoting::mboxo
                                   : *quoting == "mboxrd" ? Effects::FromQuoting::mboxrd
                                                          : Effects::FromQuoting::none;
  }
  take(reader.boolean("refolds_headers"), mailbox.effects.refolds_headers);
  take(reader.strings("recipient_headers"), mailbox.recipient_headers);
}

void read_credentials(TomlReader& reader, Target& target) {
  if (!target.credentials) target.credentials.emplace();
  take(reader.string("user"), target.credentials->user);
  take(reader.string("password"), target.credentials->password);
}

bool is_ip_address(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

void read_client(TomlReader& reader, Client& client) {
  const auto source = reader.string("source");
  if (!source) return;
  if (!is_ip_address(*source)) {
    reader.problem("source", fmt::format("'{}' is no IP address", *source),
                   "another loopback address will do: 127.0.0.2");
  }
  client.source = *source;
}

void read_clients(TomlReader& reader, Target& target) {
  for (const char* identity : {"stranger", "trusted"}) {
    within(reader, identity, [&](TomlReader& client) { read_client(client, target.clients[identity]); });
  }
}

void read_tls(TomlReader& reader, const std::filesystem::path& folder, Tls& tls) {
  if (const auto ca = reader.string("ca")) {
    tls.ca = ca->starts_with('{') ? *ca : (folder / *ca).lexically_normal().string();
  }
  take(reader.string("name"), tls.name);
  take(reader.boolean("insecure"), tls.insecure);
}

void read_limits(TomlReader& reader, Limits& limits) {
  take_count(reader, "sessions_at_once", limits.sessions_at_once);
  take_count(reader, "errors_before_close", limits.errors_before_close);
  take_count(reader, "max_recipients", limits.max_recipients);
  take(reader.milliseconds("banner_delay"), limits.banner_delay);
  take(reader.milliseconds("quit_delay"), limits.quit_delay);
  take(reader.milliseconds("end_of_data"), limits.end_of_data);
  take(reader.milliseconds("delivery"), limits.delivery);
  take(reader.milliseconds("retry_after"), limits.retry_after);
}

void read_commands(TomlReader& reader, Commands& commands) {
  take_command(reader, "version", commands.version);
  take_command(reader, "queue_list", commands.queue_list);
  take_command(reader, "queue_flush", commands.queue_flush);
  take_command(reader, "kill", commands.kill);
  take_command(reader, "restart", commands.restart);
  take_command(reader, "reload", commands.reload);
}

Role role_of(std::string_view word) {
  for (const Role role : {Role::submission, Role::lmtp, Role::library}) {
    if (word == name_of(role)) return role;
  }
  return Role::mx;
}

void read_name(TomlReader& reader, Target& target) {
  target.name = reader.required_string("name");
  if (target.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") != std::string::npos) {
    reader.problem("name", "a name has only lower-case letters, digits, '.', '-' and '_'",
                   "it becomes part of file names and of the reports' class names");
  }
}

}  // namespace

void read_target(const base::TomlDocument& document, const std::filesystem::path& folder, Target& target,
                 std::vector<base::Diagnostic>& problems) {
  TomlReader reader(document, document.root(), "a target", problems);
  reader.node("extends");  // the loader has followed it
  read_name(reader, target);
  take(reader.string("software"), target.software);
  if (const auto role = reader.word("role", {"mx", "submission", "lmtp", "library"}))
    target.role = role_of(*role);
  take(reader.strings("logs"), target.logs);
  take(reader.strings("ours"), target.ours);

  within(reader, "start", [&](TomlReader& start) {
    if (!target.start) target.start.emplace();
    read_start(start, folder, *target.start);
  });
  take_strings_by_name(reader, "variables",
                       [&](const auto& name, const auto& value) { target.variables[name] = value; });
  within(reader, "endpoints", [&](TomlReader& endpoints) { read_endpoints(endpoints, target); });
  within(reader, "mail", [&](TomlReader& mail) { read_mail(mail, target); });
  within(reader, "mailbox", [&](TomlReader& mailbox) { read_mailbox(mailbox, folder, target.mailbox); });
  within(reader, "credentials", [&](TomlReader& credentials) { read_credentials(credentials, target); });
  within(reader, "clients", [&](TomlReader& clients) { read_clients(clients, target); });
  within(reader, "tls", [&](TomlReader& tls) { read_tls(tls, folder, target.tls); });
  within(reader, "limits", [&](TomlReader& limits) { read_limits(limits, target.limits); });
  within(reader, "commands", [&](TomlReader& commands) { read_commands(commands, target.commands); });
  reader.finish();

  target.kind = target.start ? Target::Kind::started : Target::Kind::running;
  target = fill(target, {{"here", std::filesystem::absolute(folder).lexically_normal().string()}});
}

}  // namespace smtpspec::target
