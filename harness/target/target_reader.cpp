// SPDX-License-Identifier: Apache-2.0
#include "target/target_reader.hpp"

#include <arpa/inet.h>

#include "target/key_reader.hpp"
#include "target/placeholders.hpp"
#include "target/setup_keys.hpp"

namespace smtpspec::target {
namespace {

using namespace reading;

/// An endpoint with stand-ins for its placeholders, to see whether it can be one.
bool could_be_endpoint(const std::string& text) {
  Variables stand_ins;
  for (const std::string& word : placeholders_in(text)) stand_ins[word] = word.ends_with("port") ? "25" : "x";
  return parse_endpoint(fill(text, stand_ins)).has_value();
}

Key<Target> endpoint(EndpointKind kind, std::string_view meaning) {
  return {{name_of(kind), KeyForm::text, meaning}, [=](TomlReader& reader, const fs::path&, Target& target) {
            const auto written = reader.string(name_of(kind));
            if (!written) return;
            if (!could_be_endpoint(*written)) {
              reader.problem(name_of(kind), fmt::format("'{}' is no endpoint", *written),
                             "write host:port, [ipv6]:port or unix:/path");
            }
            target.endpoints[kind] = *written;
          }};
}

Keys<Target> endpoint_keys() {
  return {
      endpoint(EndpointKind::smtp, "host:port, [ipv6]:port or unix:/path"),
      endpoint(EndpointKind::submission, "for clients with credentials (RFC 6409)"),
      endpoint(EndpointKind::smtps, "inside TLS from the first octet"),
      endpoint(EndpointKind::lmtp, "local delivery (RFC 2033)"),
  };
}

Key<Target> address(std::string_view name, std::string Target::*member, std::string_view meaning) {
  return {{name, KeyForm::address, meaning}, [=](TomlReader& reader, const fs::path&, Target& target) {
            const auto written = reader.string(name);
            if (!written) return;
            if (written->find_first_of(" <>\r\n") != std::string::npos) {
              reader.problem(name,
                             fmt::format("'{}' must be an address without angle brackets or spaces", name));
            }
            target.*member = *written;
          }};
}

Keys<Target> mail_keys() {
  return {
      address("recipient", &Target::recipient,
              "an address that it accepts; {token} in it is different in every case"),
      address("refused", &Target::refused, "an address that it refuses for good at RCPT"),
      text("domain", &Target::domain, "a domain that it takes mail for; example.test unless said"),
      text("relay_domain", &Target::relay_domain, "mail for it goes to 127.0.0.1:{relay_port}"),
      text("ehlo", &Target::ehlo, "the name by which the harness greets; client.example unless said"),
  };
}

/// One of the kinds of store, with its path.
Key<Mailbox> store(std::string_view name, Mailbox::Format format, std::string_view meaning) {
  return {{name, KeyForm::text, meaning}, [=](TomlReader& reader, const fs::path& folder, Mailbox& mailbox) {
            const auto path = reader.string(name);
            if (!path) return;
            mailbox.format = format;
            mailbox.path = resolved(*path, folder);
          }};
}

Key<Mailbox> line_ending() {
  const std::vector<std::string> words{"CRLF", "LF"};
  return {{"line_ending", KeyForm::word, "what the store makes of CRLF; CRLF unless said", words},
          [=](TomlReader& reader, const fs::path&, Mailbox& mailbox) {
            const auto word = reader.word("line_ending", words);
            using Ending = StoreEffects::LineEnding;
            if (word) mailbox.effects.line_ending = *word == "LF" ? Ending::lf : Ending::crlf;
          }};
}

Key<Mailbox> from_quoting() {
  const std::vector<std::string> words{"none", "mboxo", "mboxrd"};
  return {{"from_quoting", KeyForm::word, "what the store makes of lines that begin with `From `", words},
          [=](TomlReader& reader, const fs::path&, Mailbox& mailbox) {
            const auto word = reader.word("from_quoting", words);
            using Quoting = StoreEffects::FromQuoting;
            if (word)
              mailbox.effects.from_quoting = *word == "mboxo"    ? Quoting::mboxo
                                             : *word == "mboxrd" ? Quoting::mboxrd
                                                                 : Quoting::none;
          }};
}

Keys<Mailbox> mailbox_keys() {
  return {
      store("maildir", Mailbox::Format::maildir, "a Maildir; may hold {token}"),
      store("mbox", Mailbox::Format::mbox, "an mbox file; may hold {token}"),
      store("cyrus", Mailbox::Format::cyrus,
            "a spool of Cyrus IMAP: files called `NUMBER.` in any folder below"),
      line_ending(),
      from_quoting(),
      {{"refolds_headers", KeyForm::flag, "the store folds header fields anew"},
       [](TomlReader& reader, const fs::path&, Mailbox& mailbox) {
         take(reader.boolean("refolds_headers"), mailbox.effects.refolds_headers);
       }},
      texts("recipient_headers", &Mailbox::recipient_headers,
            "header fields that name the recipient, when one box takes all"),
  };
}

void check_stores(TomlReader& reader) {
  std::string first;
  for (const char* name : {"maildir", "mbox", "cyrus"}) {
    if (!reader.has(name)) continue;
    if (!first.empty()) reader.problem(name, fmt::format("a mailbox is one of them: {} or {}", first, name));
    first = name;
  }
}

Keys<Credentials> credentials_keys() {
  return {
      text("user", &Credentials::user, "for AUTH"),
      text("password", &Credentials::password, "for AUTH"),
      flag("required", &Credentials::required,
           "it takes no mail without: the harness authenticates on the way to MAIL in every case"),
  };
}

bool is_ip_address(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

Keys<Client> client_keys() {
  return {{{"source", KeyForm::text, "the IP address to connect from"},
           [](TomlReader& reader, const fs::path&, Client& client) {
             const auto source = reader.string("source");
             if (!source) return;
             if (!is_ip_address(*source)) {
               reader.problem("source", fmt::format("'{}' is no IP address", *source),
                              "another loopback address will do: 127.0.0.2");
             }
             client.source = *source;
           }}};
}

Key<Target> client(const char* identity, std::string_view meaning) {
  return table<Target, Client>(identity, client_keys(), meaning,
                               [=](Target& target) -> Client& { return target.clients[identity]; });
}

Keys<Target> clients_keys() {
  return {client("stranger", "a client like any other on the Internet"),
          client("trusted", "one that may relay")};
}

Keys<Tls> tls_keys() {
  return {
      {{"ca", KeyForm::text, "PEM file that its certificate must lead to; the system's unless said"},
       [](TomlReader& reader, const fs::path& folder, Tls& tls) {
         if (const auto ca = reader.string("ca")) tls.ca = resolved(*ca, folder);
       }},
      text("name", &Tls::name, "the name that its certificate must carry"),
      flag("insecure", &Tls::insecure, "take any certificate"),
  };
}

Keys<Limits> limits_keys() {
  return {
      count("sessions_at_once", &Limits::sessions_at_once, "20 unless said"),
      count("errors_before_close", &Limits::errors_before_close,
            "refused commands in a session before it slows down or hangs up; 0: no limit"),
      count("max_recipients", &Limits::max_recipients, "valid recipients of one message; 100 unless said"),
      duration("banner_delay", &Limits::banner_delay, "before its greeting, when that is meant"),
      duration("quit_delay", &Limits::quit_delay, "before its answer to QUIT, when that is meant"),
      duration("end_of_data", &Limits::end_of_data, "the answer to the end of the data comes within; 1s"),
      duration("delivery", &Limits::delivery, "after that the message lies in the mailbox within; 5s"),
      duration("retry_after", &Limits::retry_after,
               "a 4yz in the preparation of a case is tried again after; 1s"),
  };
}

Keys<Commands> commands_keys() {
  return {
      command("version", &Commands::version, "prints its version in the first line"),
      command(
          "submit", &Commands::submit,
          "reads a message, its lines ended by LF, from its standard input and sends it on; {sender} without "
          "brackets, {recipients} as a word of its own"),
      command("queue_list", &Commands::queue_list, "prints its queue with recipients"),
      command("queue_flush", &Commands::queue_flush, "tries everything in its queue now"),
      command("queue_purge", &Commands::queue_purge, "throws away everything in its queue"),
      command("kill", &Commands::kill, "kills it; like the next two for a server that was not started by us"),
      command("terminate", &Commands::terminate, "ends it as it should be ended"),
      command("restart", &Commands::restart, "starts it again"),
      command("reload", &Commands::reload, "has it read its configuration again"),
      command("fill", &Commands::fill, "takes all room from where it stores new mail"),
      command("free", &Commands::free, "gives the room back; done once more, it does nothing"),
  };
}

Keys<QueueFiles> queue_keys() {
  return {
      texts(
          "files", &QueueFiles::files,
          "files in which the recipients of what waits stand: patterns with * ? [] {}, in the order in which "
          "messages go through their folders; looked at in place of [commands] queue_list"),
      texts("purge_if", &QueueFiles::purge_if,
            "without any of these files [commands] queue_purge has nothing to do, and is left out"),
  };
}

Keys<Relay> relay_keys() {
  const std::vector<std::string> kinds{"smtp", "submission", "smtps", "lmtp"};
  return {
      {{"on", KeyForm::word, "the endpoint that takes mail for relay_domain; smtp unless said", kinds},
       [=](TomlReader& reader, const fs::path&, Relay& relay) {
         const auto word = reader.word("on", kinds);
         for (const auto kind :
              {EndpointKind::smtp, EndpointKind::submission, EndpointKind::smtps, EndpointKind::lmtp}) {
           if (word && *word == name_of(kind)) relay.on = kind;
         }
       }},
      {{"client", KeyForm::word, "from which client; trusted unless said", {"stranger", "trusted"}},
       [](TomlReader& reader, const fs::path&, Relay& relay) {
         take(reader.word("client", {"stranger", "trusted"}), relay.client);
       }},
      flag("auth", &Relay::auth, "after AUTH only"),
      flag("tls", &Relay::tls, "after STARTTLS only"),
      {{"listen", KeyForm::text,
        "where it sends that mail; a started one to 127.0.0.1:{relay_port} unless said"},
       [](TomlReader& reader, const fs::path&, Relay& relay) {
         take(reader.string("listen"), relay.listen);
         if (!relay.listen.empty() && !could_be_endpoint(relay.listen))
           reader.problem("listen", fmt::format("'{}' is no endpoint", relay.listen), "write host:port");
       }},
  };
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

Start& start_of(Target& target) {
  if (!target.start) target.start.emplace();
  return *target.start;
}

Send& send_of(Target& target) {
  if (!target.send) target.send.emplace();
  return *target.send;
}

Credentials& credentials_of(Target& target) {
  if (!target.credentials) target.credentials.emplace();
  return *target.credentials;
}

Key<Target> mailbox() {
  auto key = table<Target, Mailbox>("mailbox", mailbox_keys(), "where delivered mail can be read",
                                    [](Target& target) -> Mailbox& { return target.mailbox; });
  const auto read = key.read;
  key.read = [read](TomlReader& reader, const fs::path& folder, Target& target) {
    read(reader, folder, target);
    const auto* found = reader.table("mailbox");
    if (!found) return;
    TomlReader box(reader.document(), *found, "[mailbox]", reader.problems());
    check_stores(box);
  };
  return key;
}

Keys<Target> role_and_name_keys() {
  const std::vector<std::string> roles{"mx", "submission", "lmtp", "library"};
  const std::vector<std::string> kinds{"server", "client"};
  return {
      // The loader has followed it.
      {{"extends", KeyForm::text, "another target, by name or path, whose keys this file changes"},
       [](TomlReader& reader, const fs::path&, Target&) { reader.node("extends"); }},
      {{"name", KeyForm::text, "lower case; it stands in reports", {}, true},
       [](TomlReader& reader, const fs::path&, Target& target) { read_name(reader, target); }},
      text("software", &Target::software, "what a person calls it"),
      {{"role", KeyForm::word, "what it is for; mx unless said", roles},
       [=](TomlReader& reader, const fs::path&, Target& target) {
         if (const auto role = reader.word("role", roles)) target.role = role_of(*role);
       }},
      {{"kind", KeyForm::word, "a server, or a client: a command that sends one message; server unless said",
        kinds},
       [=](TomlReader& reader, const fs::path&, Target& target) {
         if (const auto kind = reader.word("kind", kinds))
           target.kind = *kind == "client" ? Target::Kind::client : Target::Kind::running;
       }},
      texts("logs", &Target::logs, "files whose last lines stand in the report of a failure"),
      texts("ours", &Target::ours,
            "ids of requirements that the test set-up decides and not the server; they are not judged"),
  };
}

Keys<Target> target_keys() {
  // What two tables have in common with the whole are keys of the target itself.
  const auto whole = [](Target& target) -> Target& { return target; };
  auto keys = role_and_name_keys();
  keys.push_back(table<Target, Start>("start", start_keys(),
                                      "how it is started; absent for a server that already runs", start_of));
  keys.push_back(table<Target, Send>("send", send_keys(), "how a client sends one message", send_of));
  keys.push_back(settings("variables", &Target::variables, "placeholders of the file's own"));
  keys.push_back(table<Target, Target>("endpoints", endpoint_keys(), "the ways into it", whole));
  keys.push_back(table<Target, Target>("mail", mail_keys(), "addresses and domains", whole));
  keys.push_back(mailbox());
  keys.push_back(table<Target, Credentials>("credentials", credentials_keys(), "for AUTH", credentials_of));
  keys.push_back(table<Target, Target>("clients", clients_keys(), "how clients are told apart", whole));
  keys.push_back(table<Target, Relay>("relay", relay_keys(), "how it is made to send mail to the harness",
                                      [](Target& target) -> Relay& { return target.relay; }));
  keys.push_back(table<Target, Tls>("tls", tls_keys(), "how its certificate is checked",
                                    [](Target& target) -> Tls& { return target.tls; }));
  keys.push_back(table<Target, Limits>("limits", limits_keys(),
                                       "limits and delays that are not to be mistaken for a verdict",
                                       [](Target& target) -> Limits& { return target.limits; }));
  keys.push_back(table<Target, QueueFiles>("queue", queue_keys(), "how its queue can be seen from outside",
                                           [](Target& target) -> QueueFiles& { return target.queue; }));
  keys.push_back(table<Target, Commands>("commands", commands_keys(),
                                         "what a person would type at the target's machine",
                                         [](Target& target) -> Commands& { return target.commands; }));
  return keys;
}

}  // namespace

std::vector<KeyFacts> target_file_keys() {
  return facts_of(target_keys());
}

namespace {

/// A client takes whatever address it is given; these are as good as any.
void take_client_defaults(Target& target) {
  if (target.recipient.empty()) target.recipient = "user+{token}@" + target.domain;
  if (target.relay_domain.empty()) target.relay_domain = "relay.test";
}

}  // namespace

void read_target(const base::TomlDocument& document, const fs::path& folder, Target& target,
                 std::vector<base::Diagnostic>& problems) {
  TomlReader reader(document, document.root(), "a target", problems);
  read_keys(reader, target_keys(), folder, target);
  reader.finish();
  if (target.kind == Target::Kind::client)
    take_client_defaults(target);
  else
    target.kind = target.start ? Target::Kind::started : Target::Kind::running;
  target = fill(
      target, {{"here", fs::absolute(folder.empty() ? fs::path(".") : folder).lexically_normal().string()}});
}

}  // namespace smtpspec::target
