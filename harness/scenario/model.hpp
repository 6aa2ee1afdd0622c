// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/rare.hpp"
#include "base/source_position.hpp"
#include "base/verdict.hpp"
#include "scenario/pattern.hpp"
#include "scenario/template.hpp"
#include "smtp/line.hpp"

/// What a person wrote, as data: the engine reads it and changes nothing. `each` tables are already spread
/// out, so that a Case stands alone. The language is told in scenarios/README.md.
namespace smtpspec::scenario {

using base::SourcePosition;
using base::Verdict;

struct Step;

/// Which mail must have been delivered once the sessions are closed (or, inside a condition, by now).
struct DeliveredCheck {
  SourcePosition position;
  std::string to;               ///< which of the case's mailboxes: "" its own, "second", "third", ...
  std::optional<Bounds> count;  ///< how many messages arrived
  std::optional<std::vector<Template>> body;  ///< the lines after the header block, exactly
  std::optional<Template> bytes;   ///< the octets between the sentinel lines {begin} and {end}, exactly
  std::vector<Template> contains;  ///< octets that each message has somewhere
  std::vector<Template> lacks;     ///< octets that no message has anywhere
  bool whole = false;              ///< every printable run that was sent as content is there, in order
  std::map<std::string, TextPattern> header;  ///< a field of that name whose value matches; names in any case
  std::vector<std::string> no_header;         ///< names of fields that must not be there
  std::optional<Template> return_path;        ///< the address in Return-Path, without brackets
  std::vector<std::string> covers;
  Verdict otherwise = Verdict::fail;  ///< what a mismatch gives, before the catalogue caps it
  std::string outcome;                ///< the label when it holds
};

/// What an answer may look like. Every member that is set must hold.
struct Condition {
  std::optional<ReplyPattern> reply;        ///< the next reply's code
  std::optional<EnhancedPattern> enhanced;  ///< enhanced status code; "none" asks for none
  std::optional<TextPattern> keyword;       ///< an EHLO line (keyword and parameters) that matches
  std::optional<std::string> no_keyword;    ///< an EHLO keyword that must not be there
  std::optional<Bounds> lines;              ///< number of lines of the reply
  std::optional<TextPattern> text;          ///< the reply's text, lines joined by LF, without codes
  std::optional<smtp::Ending> ending;       ///< how every line of the reply ends
  std::optional<Template> within;           ///< reply came no later than this many ms after the action
  std::optional<Template> not_before;       ///< reply came no earlier than this many ms after the action
  std::optional<std::vector<ReplyPattern>>
      replies;                           ///< of a collection: these replies, all of them, in order
  std::optional<Bounds> reply_count;     ///< of a collection: so many replies
  std::optional<bool> closed;            ///< the peer ended the stream (FIN or RST alike)
  std::optional<bool> gone;              ///< ... and took, or did not take, what our server said after that
  bool silence = false;                  ///< nothing came until the deadline, stream still open
  std::optional<bool> tls;               ///< of a handshake: it succeeded or not
  base::Rare<DeliveredCheck> delivered;  ///< mail arrived as described (proven by a fence)
  std::optional<std::string> same_as;    ///< same code as the answer labelled so

  // Of what the target, as a client, has sent to our server.
  std::optional<TextPattern> command;  ///< the command line without its ending
  std::optional<TextPattern> wire;     ///< the octets as they came: command and ending, content and its end
  std::optional<TextPattern> wire_lacks;  ///< what these octets must not match
  base::Rare<DeliveredCheck> content;     ///< the message just received, un-stuffed
  std::optional<bool> taken;              ///< of a submission: the target has taken the message
  std::optional<bool> queued;             ///< mail of this case is, or is not, in the target's queue
};

/// One labelled way in which the target may answer.
struct Alternative {
  SourcePosition position;
  Condition when;
  std::string outcome;
  Verdict verdict = Verdict::pass;
  std::vector<std::string> covers;
  std::vector<Step> then;
};

/// What must come; anything else gives `otherwise`.
struct Expectation {
  SourcePosition position;
  Condition condition;
  Verdict otherwise = Verdict::fail;
};

using OneOf = std::vector<Alternative>;
using Answer = std::variant<std::monostate, Expectation, OneOf>;

/// Where to cut the bytes of a write; each part goes out as a segment of its own.
struct Cut {
  enum class Kind { nowhere, every_byte, at };
  Kind kind = Kind::nowhere;
  std::vector<std::int64_t> offsets;  ///< for `at`: from the start; negative ones from the end
  std::optional<Template> gap;        ///< ms between segments; 20 when not written
};

// --- Actions: what a step does before it looks at the answer. ---

/// Bytes on the wire: `send` (CRLF added to each line) or `send_raw` (as they are).
struct Send {
  Template bytes;
  Cut cut;
};

/// Segments given one by one.
struct Segments {
  std::vector<Template> segments;
  std::optional<Template> gap;
};

/// Steps whose bytes go out in one write; then their answers are judged in order.
struct Group {
  std::vector<Step> steps;
  bool illegal = false;  ///< the author knows that RFC 2920 forbids this group
};

/// Content for DATA: dots are stuffed and CRLF.CRLF ends it.
struct Message {
  Template content;
  Cut cut;
};

/// One BDAT command with its octets (RFC 3030).
struct Bdat {
  Template chunk;
  bool last = false;
  std::optional<Template> declared;  ///< the size said, when it is not the size sent
  Cut cut;
};

/// TLS handshake as client, now. The STARTTLS before it was sent by another step.
struct Handshake {};

/// STARTTLS, its 220 and the handshake.
struct StartTls {};

/// AUTH by a SASL library.
struct Auth {
  std::string mechanism;
  std::optional<Template> user;  ///< the target's when not written
  std::optional<Template> password;
  std::optional<std::int64_t>
      corrupt;                   ///< flips this octet of the last response; negative counts from the end
  bool initial_response = true;  ///< sent with the command where the mechanism speaks first
};

struct Close {
  enum class Kind { fin, rst, half };
  Kind kind;
};

struct Pause {
  Template duration;          ///< ms
  bool while_queued = false;  ///< ends before that once no mail of the case is in the target's queue
};

/// Reads replies until the stream ends, a number of replies came, or the deadline passed.
struct Collect {
  std::optional<std::int64_t> replies;  ///< nothing: until close
};

struct Repeat {
  enum class Over { count, accepted_recipients };
  Over over = Over::count;
  std::optional<Template> count;
  std::vector<Step> steps;  ///< may use {i} (from 1) and, over recipients, {recipient}
};

/// Delivered mail judged in the middle of a dialogue.
struct CheckDelivered {
  DeliveredCheck check;
};

/// Where a session begins. TLS and AUTH come before MAIL.
struct Prelude {
  enum class From { connect, greeting, helo, ehlo, mail, rcpt, data };
  From from = From::ehlo;
  bool tls = false;
  bool auth = false;
  bool helo = false;                        ///< HELO instead of EHLO on the way to a later point
  std::optional<Template> mail_parameters;  ///< after MAIL FROM:<...>, e.g. "BODY=8BITMIME"
  std::optional<Template> sender;           ///< reverse-path without brackets; {sender} when not written
  std::vector<Template> recipients;         ///< addresses for RCPT; {mailbox} when empty
};

/// Opens a further named session.
struct Open {
  std::string name;
  Prelude prelude;
  std::string on;      ///< "": as the case
  std::string client;  ///< "": as the case
};

// --- Actions of the other role: the target is the client, and we are the next hop. ---

/// What becomes of our server's certificate with a client that is told to look at it.
enum class Certificate {
  known,       ///< it is trusted, and names our server
  unknown,     ///< another one is trusted
  wrong_name,  ///< it is trusted, and names somebody else
};

/// Hands the target a message to send on.
struct Submit {
  Template content;                             ///< octets of the message, not stuffed
  std::optional<Template> sender;               ///< reverse-path; {sender} when not written
  std::vector<Template> recipients;             ///< {relay.mailbox} when empty
  std::optional<std::int64_t> recipient_count;  ///< {relay.mailbox}, {relay.second.mailbox}, ...: so many
  std::optional<Template> mail_parameters;
  std::optional<Template> recipient_parameters;
  std::string security = "plain";  ///< what a client is told: plain, starttls, tls
  bool auth = false;               ///< a client is given credentials
  bool by_command = false;  ///< by the command of a server's machine, not by SMTP; content is what that reads
  Certificate certificate = Certificate::known;
};

/// What our server waits for, having answered everything before it as a correct server does. It stays
/// unanswered.
struct Awaited {
  enum class Kind {
    connection,  ///< nothing is said, not even a greeting
    verb,        ///< this command
    any_command,
    content,  ///< a whole message, by DATA or BDAT LAST
    close,    ///< the end of the stream
  };
  Kind kind = Kind::any_command;
  std::string verb;  ///< in upper case
};

/// Takes the next connection of the target, and serves it up to a point.
struct Accept {
  Awaited until;
  bool tls = false;  ///< TLS from the first octet
};

/// Goes on as a correct server: answers what waits, and so on up to a point.
struct Serve {
  Awaited until;
};

/// Answers what waits (or greets) with these octets and nothing else.
struct Respond {
  Template bytes;
  Cut cut;
};

/// Does something to the target from outside, as its target file says.
struct TargetAction {
  std::string name;  ///< flush, kill, terminate, restart, reload, fill, free
};

using Action =
    std::variant<std::monostate, Send, Segments, Group, Message, Bdat, Handshake, StartTls, Auth, Close,
                 Pause, Collect, Repeat, CheckDelivered, Open, Submit, Accept, Serve, Respond, TargetAction>;

struct Step {
  SourcePosition position;
  std::string word;     ///< the action as written: "send", "group", "" for an answer alone
  std::string session;  ///< "" is the case's first session as a client, "hop" that of our server
  Action action;
  Answer answer;
  std::optional<Template> within;   ///< deadline for the answer in ms, instead of the target's
  std::vector<std::string> covers;  ///< instead of the scenario's
  std::string label;                ///< `as`: the name of this answer for same_as
  std::map<std::string, TextPattern>
      capture;          ///< variable = first group of the pattern over the reply's text
  std::string outcome;  ///< the label when the expectation holds
};

/// A rule of a user's own, where no catalogue knows it.
struct Rule {
  std::string text;
  std::string level;
  std::string ref;
};

/// What a case needs of the target; what is missing gives `unsupported` with proof.
struct Need {
  std::string text;       ///< as written
  bool absent = false;    ///< "!CHUNKING": must not be offered
  std::string keyword;    ///< upper-case EHLO keyword, or empty for a fact
  std::string parameter;  ///< "AUTH PLAIN": the parameter that must be there
  std::string fact;       ///< credentials, relay, rejected-recipient, mailbox, tls, recipients, or an action
                          ///< on the target: flush, kill, ...
  std::int64_t amount = 0;  ///< of "recipients 100"
};

/// Which side of SMTP the target is on.
enum class Role {
  client,  ///< we are the client, the target the server
  server,  ///< the target is the client, we are its next hop
  relay,   ///< we are both: client, target, next hop
};

/// What our server lists in its EHLO answer when a scenario does not say.
extern const std::vector<std::string> usual_offers;

/// The name of the session of our server that a step without `session` means.
constexpr const char* hop_session = "hop";

struct Case {
  std::string id;  ///< rfc5321/4.5.2-transparency/leading-dot-is-removed[/row]
  std::string title;
  std::string why;                        ///< prose for the reader of a failure; may be empty
  std::string spec;                       ///< "RFC 5321"
  std::string section;                    ///< "4.5.2"
  SourcePosition position;                ///< of the [[scenario]] header
  std::vector<std::string> source_lines;  ///< the scenario as written, from position.line
  std::vector<std::string> covers;
  std::optional<Rule> rule;
  Role role = Role::client;
  std::vector<std::string> offers = usual_offers;  ///< EHLO keywords of our server
  Prelude prelude;
  std::string on = "smtp";  ///< smtp, submission, smtps, lmtp
  std::string client;       ///< stranger, trusted; "": whatever the run says
  std::vector<Need> needs;
  bool force = false;  ///< run although `needs` or what a step uses is not offered
  std::vector<std::string> tags;
  bool slow = false;
  bool exclusive = false;
  bool disruptive = false;
  std::string since;
  std::vector<Step> steps;
  std::vector<DeliveredCheck> delivered;
};

/// True when a scenario says itself what our server answers: then it has the target's mail for itself.
bool plays_our_server(const Case& scenario);

/// True when something is done to the target from outside.
bool acts_on_target(const Case& scenario);

}  // namespace smtpspec::scenario
