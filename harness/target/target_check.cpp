// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "target/placeholders.hpp"
#include "target/target_reader.hpp"
#include "target/target_variables.hpp"

namespace smtpspec::target {
namespace {

/// Points at a table or key of the file when it is there, else at the file as a whole.
base::SourcePosition position_of(const base::TomlDocument& document, std::string_view path) {
  const toml::node* found = document.root().at_path(path).node();
  return found ? document.position_of(*found) : base::SourcePosition{document.name(), 0, 0};
}

class Checker {
 public:
  Checker(const base::TomlDocument& document, std::vector<base::Diagnostic>& problems)
      : document_(document), problems_(problems) {}

  void problem(std::string_view path, std::string message, std::string hint = {}) {
    problems_.push_back(document_.problem(position_of(document_, path), std::move(message), std::move(hint)));
  }

 private:
  const base::TomlDocument& document_;
  std::vector<base::Diagnostic>& problems_;
};

/// Every string of a target in which placeholders count, with the key that it stands under.
std::vector<std::pair<std::string, std::string>> strings_of(const Target& target) {
  std::vector<std::pair<std::string, std::string>> strings;
  const auto add_command = [&](const std::string& key, const Command& command) {
    for (const std::string& word : command) strings.emplace_back(key, word);
  };
  for (const auto& [kind, text] : target.endpoints)
    strings.emplace_back(fmt::format("endpoints.{}", name_of(kind)), text);
  if (const Setup* setup = target.setup()) {
    const std::string table = target.start ? "start." : "send.";
    add_command(table + "command", target.start ? target.start->command : target.send->command);
    add_command(table + "needs_programs", setup->needs_programs);
    for (const Command& command : setup->prepare) add_command(table + "prepare", command);
    for (const auto& [name, value] : setup->environment)
      strings.emplace_back(table + "environment." + name, value);
  }
  if (target.send) {
    add_command("send.auth", target.send->auth);
    add_command("send.plain", target.send->plain);
    add_command("send.starttls", target.send->starttls);
    add_command("send.tls", target.send->tls);
  }
  strings.emplace_back("mail.recipient", target.recipient);
  strings.emplace_back("mail.refused", target.refused);
  strings.emplace_back("mailbox", target.mailbox.path);
  for (const std::string& log : target.logs) strings.emplace_back("logs", log);
  add_command("queue.files", target.queue.files);
  add_command("queue.purge_if", target.queue.purge_if);
  add_command("commands.version", target.commands.version);
  add_command("commands.queue_list", target.commands.queue_list);
  add_command("commands.submit", target.commands.submit);
  return strings;
}

void check_placeholders(Checker& checker, const Target& target) {
  Variables known = known_variables(target);
  known["token"] = "";
  if (target.send) {
    for (const std::string& name : send_names()) known[name] = "";
  }
  if (!target.commands.submit.empty()) {
    for (const char* name : {"sender", "recipients"}) known[name] = "";
  }
  for (const auto& [key, text] : strings_of(target)) {
    for (const std::string& slip : misspelt_placeholders(text, known)) {
      checker.problem(key, fmt::format("unknown placeholder {}", slip));
    }
    if (target.setup()) continue;
    for (const std::string& word : placeholders_in(text)) {
      if (word == "port" || word == "dir" || word == "root") {
        checker.problem(key, fmt::format("{{{}}} has no meaning for a server that already runs", word),
                        "write the real value, or say with [start] how the server is started");
      }
    }
  }
}

}  // namespace

namespace {

void check_client(Checker& checker, const Target& target) {
  if (!target.send || target.send->command.empty())
    checker.problem("send", "a client needs [send] with 'command'");
  if (target.start)
    checker.problem("start", "a client is not started", "it is run once for each message, as [send] says");
  if (!target.endpoints.empty())
    checker.problem("endpoints", "a client has no endpoints: it listens nowhere");
}

void check_server(Checker& checker, const Target& target) {
  if (target.send) checker.problem("send", "[send] is for a client", "write kind = \"client\"");
  if (target.endpoints.empty()) {
    checker.problem("endpoints",
                    "a target needs [endpoints] with at least one of smtp, submission, smtps, lmtp");
  }
  if (target.start && target.start->command.empty()) checker.problem("start", "[start] needs 'command'");
  if (target.recipient.empty()) {
    checker.problem("mail", "[mail] needs 'recipient', an address that the server accepts",
                    "for example \"user+{token}@example.test\"");
  }
}

}  // namespace

void check_target(const base::TomlDocument& document, const Target& target,
                  std::vector<base::Diagnostic>& problems) {
  Checker checker(document, problems);
  if (target.kind == Target::Kind::client)
    check_client(checker, target);
  else
    check_server(checker, target);
  if (target.credentials && target.credentials->user.empty()) {
    checker.problem("credentials", "[credentials] needs 'user' and 'password'");
  }
  if (target.relay.auth && !target.credentials)
    checker.problem("relay.auth", "mail is relayed after AUTH, but there are no [credentials]");
  check_placeholders(checker, target);
}

}  // namespace smtpspec::target
