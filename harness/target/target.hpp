// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/endpoint.hpp"

namespace smtpspec::target {

using Command = std::vector<std::string>;  ///< program and arguments; no shell in between
using Variables = std::map<std::string, std::string, std::less<>>;

/// What the thing under test is for; some requirements are on one role only.
enum class Role { mx, submission, lmtp, library };

/// The ways into a target. `on = ...` of a scenario chooses one.
enum class EndpointKind { smtp, submission, smtps, lmtp };

std::string_view name_of(Role role);
std::string_view name_of(EndpointKind kind);

/// Reads "127.0.0.1:25", "[::1]:25", "mx.test:25", "unix:/path"; nothing for anything else.
std::optional<wire::Endpoint> parse_endpoint(std::string_view text);

struct Credentials {
  std::string user;
  std::string password;
  bool required = false;  ///< it takes no mail without them: 530 is its answer to MAIL before AUTH
};

/// How a client identity is realised. An empty source leaves the choice to the kernel.
struct Client {
  std::string source;  ///< the address to connect from
};

/// What a session has to respect so that the target's limits are not taken for its verdict. Zero: no such
/// limit or delay is known.
struct Limits {
  int sessions_at_once = 20;
  int errors_before_close = 3;  ///< refused commands in one session before it slows down or hangs up
  int max_recipients = 100;     ///< how many valid recipients one message may have
  std::chrono::milliseconds banner_delay{0};
  std::chrono::milliseconds quit_delay{0};
  std::chrono::milliseconds end_of_data{1000};  ///< how long the answer to the end of the data may take
  std::chrono::milliseconds delivery{5000};     ///< how long after that until the message lies in the mailbox
  std::chrono::milliseconds retry_after{1000};  ///< how long to wait before a 4yz is tried again
};

/// What the store does to a message between acceptance and the file we read.
struct StoreEffects {
  enum class LineEnding { crlf, lf };
  enum class FromQuoting { none, mboxo, mboxrd };

  LineEnding line_ending = LineEnding::crlf;  ///< what CRLF has become
  FromQuoting from_quoting =
      FromQuoting::none;         ///< mboxo: `From ` becomes `>From `; mboxrd: `>From ` too gets a `>`
  bool refolds_headers = false;  ///< header fields are folded anew

  bool operator==(const StoreEffects&) const = default;
};

/// Where delivered mail can be read.
struct Mailbox {
  enum class Format { none, maildir, mbox, cyrus, memory };

  Format format = Format::none;
  std::string path;  ///< may contain {token} when every recipient has a file or folder of its own
  StoreEffects effects;
  std::vector<std::string> recipient_headers{"X-Original-To", "Delivered-To", "Envelope-To"};
};

/// What the programs of a target need before they can run in a folder of their own.
struct Setup {
  bool needs_root = false;
  std::vector<std::string> needs_programs;  ///< that must be installed: paths, or names looked for in PATH
  std::string root;                         ///< folder of the unpacked packages: {root}
  std::string get;        ///< the command for a person that makes `root`, or installs the programs
  std::string templates;  ///< folder whose files are copied to {dir} with their placeholders filled
  std::vector<Command> prepare;
  std::string working_folder = "{dir}";            ///< empty: where the harness was started
  std::map<std::string, std::string> environment;  ///< on top of ours
};

/// How the server is started; absent for one that is already running.
struct Start : Setup {
  Command command;
  bool syslog = false;  ///< the server writes its log to {dir}/syslog.socket; it is kept in {dir}/log
  std::chrono::milliseconds ready_within{60000};  ///< from a cold disk, beside many others that start
  int stop_signal = 15;
  std::chrono::milliseconds stop_within{3000};
};

/// How a client that is no server sends one message; see sender_command.hpp.
struct Send : Setup {
  Command command;
  Command auth;           ///< what {auth} stands for when there are credentials
  Command plain;          ///< what {security} stands for without TLS,
  Command starttls;       ///< when TLS has to be begun by STARTTLS; empty: it can't be asked for that
  Command tls;            ///< when the connection begins with TLS; empty: it can't
  bool takes_lf = false;  ///< it is given the message in lines that end in LF, as mail programs of Unix are
  std::chrono::milliseconds within{30000};
};

/// How a server is made to send mail to a next hop of ours.
struct Relay {
  EndpointKind on = EndpointKind::smtp;  ///< where it takes mail for the relay domain
  std::string client = "trusted";        ///< from which client
  bool auth = false;                     ///< only after AUTH
  bool tls = false;                      ///< only after STARTTLS
  std::string listen;  ///< where it sends that mail; empty: a started one to 127.0.0.1:{relay_port}
};

/// Commands a person would type at the target's machine. An empty one does not exist.
struct Commands {
  Command version;
  Command submit;  ///< reads a message from its standard input and sends it on: {sender}, {recipients}
  Command queue_list;
  Command queue_flush;
  Command queue_purge;
  Command kill;
  Command terminate;
  Command restart;
  Command reload;
  Command fill;
  Command free;
};

/// Files by which we see ourselves what waits in a queue, as often as we like: patterns as of glob(7), with
/// braces.
struct QueueFiles {
  std::vector<std::string> files;  ///< the recipients of a message stand at the beginning of one; none: the
                                   ///< command is asked
  std::vector<std::string> purge_if;  ///< without any of these there is nothing to purge; none: no telling
};

struct Tls {
  std::string ca;         ///< PEM file that the certificate must lead to; empty: the system's
  std::string name;       ///< the name that the certificate must carry; empty: the host connected to
  bool insecure = false;  ///< take any certificate
};

/// The thing under test: a server that we start, one that is already running, or the embedded one; or a
/// client that sends what it is given. Plain data. Until start() has filled them, strings may hold
/// placeholders such as {port} and {dir}; {token} stays for the engine.
struct Target {
  enum class Kind { started, running, embedded, client };

  Kind kind = Kind::running;
  std::string name;  ///< with the version that was asked for: `exim@trixie`
  std::string software;
  std::string version;  ///< `trixie`; empty for what the file itself names
  std::string file;     ///< the target file it came from; empty for a URL
  Role role = Role::mx;

  std::map<EndpointKind, std::string> endpoints;
  std::optional<Start> start;
  std::optional<Send> send;  ///< of a client
  Relay relay;
  Variables variables;

  std::string domain = "example.test";
  std::string relay_domain;  ///< a domain that it relays for, or empty
  std::string recipient;     ///< an accepted address, with {token}
  std::string refused;       ///< an address that RCPT refuses for good, may have {token}; or empty
  std::string ehlo = "client.example";
  Mailbox mailbox;
  std::optional<Credentials> credentials;
  std::map<std::string, Client, std::less<>> clients;  ///< "stranger", "trusted"
  Tls tls;
  Limits limits;
  std::vector<std::string> ours;  ///< requirement ids that our own hooks or configuration decide; not judged
  Commands commands;
  QueueFiles queue;
  std::vector<std::string> logs;

  /// Where an endpoint listens, once the placeholders are filled; nothing when the target has no such
  /// endpoint.
  std::optional<wire::Endpoint> endpoint(EndpointKind which) const;
  /// The identity asked for, or one that leaves the source open.
  Client client(std::string_view identity) const;
  /// Of the server that we start, or of the client; null for others.
  const Setup* setup() const;
};

/// Why a target may not be talked to without an explicit permission: it is not on this machine. Nothing when
/// it is.
std::optional<std::string> remote_objection(const Target& target, bool allow_remote);

}  // namespace smtpspec::target
