// SPDX-License-Identifier: Apache-2.0
#include "target/target_url.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace smtpspec::target {
namespace {

struct Scheme {
  std::string_view prefix;
  EndpointKind kind;
  Role role;
  int default_port;
};

constexpr std::array<Scheme, 4> schemes{{
    {"smtp://", EndpointKind::smtp, Role::mx, 25},
    {"smtps://", EndpointKind::smtps, Role::submission, 465},
    {"lmtp://", EndpointKind::lmtp, Role::lmtp, 24},
    {"unix:", EndpointKind::lmtp, Role::lmtp, 0},
}};

const Scheme* scheme_of(std::string_view url) {
  for (const Scheme& scheme : schemes) {
    if (url.starts_with(scheme.prefix)) return &scheme;
  }
  return nullptr;
}

/// host, host:port, [ipv6], [ipv6]:port; the default port where there is none.
std::string with_port(std::string_view authority, int default_port) {
  const std::size_t after_host = authority.starts_with('[') ? authority.find(']') : 0;
  const bool has_port =
      after_host != std::string_view::npos && authority.find(':', after_host) != std::string_view::npos;
  return has_port ? std::string(authority) : fmt::format("{}:{}", authority, default_port);
}

/// A name for reports, out of what names the server: only characters that a target's name may have.
std::string name_from(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (fits)
      name += c;
    else if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c + ('a' - 'A'));
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

std::optional<BadOption> read_mailbox(std::string_view written, Mailbox& mailbox) {
  if (written.empty()) return std::nullopt;
  const std::size_t colon = written.find(':');
  const std::string_view format = written.substr(0, colon);
  if (colon == std::string_view::npos || colon + 1 == written.size() ||
      (format != "maildir" && format != "mbox")) {
    return BadOption{fmt::format("--mailbox '{}' must be maildir:PATH or mbox:PATH", written)};
  }
  mailbox.format = format == "mbox" ? Mailbox::Format::mbox : Mailbox::Format::maildir;
  mailbox.path = written.substr(colon + 1);
  mailbox.effects.line_ending = StoreEffects::LineEnding::lf;  // what nearly every store on Unix does
  if (format == "mbox") mailbox.effects.from_quoting = StoreEffects::FromQuoting::mboxo;
  return std::nullopt;
}

std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? "" : address.substr(at + 1);
}

/// What URL and command have in common.
std::optional<BadOption> read_options(const PlainTarget& options, Target& target) {
  target.recipient = options.rcpt;
  target.refused = options.reject_rcpt;
  if (!options.rcpt.empty()) {
    target.domain = domain_of(options.rcpt);
    if (target.domain.empty())
      return BadOption{fmt::format("--rcpt '{}' must be an address, user@domain", options.rcpt)};
  }
  if (options.user.empty() != options.password.empty())
    return BadOption{"--user and --password go together; the password may also be in $SMTPSPEC_PASSWORD"};
  if (!options.user.empty()) target.credentials = Credentials{options.user, options.password};
  target.tls.ca = options.ca;
  target.tls.insecure = options.insecure;
  return read_mailbox(options.mailbox, target.mailbox);
}

/// Splits as a shell would, without doing anything else that a shell does. Nothing when a quote is left open.
std::optional<Command> split_words(std::string_view line) {
  Command words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else if (c == '\\' && quote == '"' && i + 1 < line.size())
        word += line[++i];
      else
        word += c;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      in_word = true;
      if (c == '\'' || c == '"')
        quote = c;
      else if (c == '\\' && i + 1 < line.size())
        word += line[++i];
      else
        word += c;
    }
  }
  if (quote != '\0') return std::nullopt;
  if (in_word) words.push_back(word);
  return words;
}

}  // namespace

bool is_target_url(std::string_view text) {
  return scheme_of(text) != nullptr;
}

std::variant<Target, BadOption> target_from_url(std::string_view url, const PlainTarget& options) {
  const Scheme* scheme = scheme_of(url);
  if (!scheme)
    return BadOption{
        fmt::format("'{}' is no target URL; write smtp://host:port, smtps://, lmtp:// or unix:/path", url)};
  std::string_view rest = url.substr(scheme->prefix.size());
  Target target;
  target.kind = Target::Kind::running;
  target.role = scheme->role;
  if (scheme->default_port == 0) {
    target.endpoints[scheme->kind] = std::string(url);
  } else {
    if (rest.ends_with('/')) rest.remove_suffix(1);
    target.endpoints[scheme->kind] = with_port(rest, scheme->default_port);
  }
  if (!target.endpoint(scheme->kind)) {
    return BadOption{fmt::format("'{}' is no target URL; write {}{}", url, scheme->prefix,
                                 scheme->default_port == 0 ? "/path" : "host:port")};
  }
  target.name = name_from(rest);
  if (auto bad = read_options(options, target)) return *bad;
  return target;
}

std::variant<Target, BadOption> target_from_command(std::string_view command_line,
                                                    const PlainTarget& options) {
  const auto words = split_words(command_line);
  if (!words) return BadOption{fmt::format("--start '{}': a quote is not closed", command_line)};
  if (words->empty()) return BadOption{"--start needs a command"};
  if (command_line.find("{port}") == std::string_view::npos) {
    return BadOption{
        fmt::format("--start '{}' must say {{port}} where the server takes its port", command_line)};
  }
  Target target;
  target.kind = Target::Kind::started;
  const std::string& program = words->front();
  target.name = name_from(program.substr(program.rfind('/') + 1));
  target.endpoints[EndpointKind::smtp] = "127.0.0.1:{port}";
  target.start.emplace();
  target.start->command = *words;
  target.start->working_folder.clear();  // as if it had been typed where we were
  if (auto bad = read_options(options, target)) return *bad;
  return target;
}

}  // namespace smtpspec::target
