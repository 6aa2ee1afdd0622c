// SPDX-License-Identifier: Apache-2.0
#include "scenario/step_table.hpp"

namespace smtpspec::scenario {

// clang-format off

const Keys& file_keys() {
  static const Keys keys{
      {"spec", Shape::text, "the document whose rules are checked: \"RFC 5321\"", "", true},
      {"section", Shape::text, "its section: \"4.5.2\"", "", true},
      {"title", Shape::text, "what the section is about", "", true},
      {"since", Shape::text, "suite version in which the scenarios appeared"},
      {"scenario", Shape::scenarios, "the scenarios, in the order of the section", "", true},
  };
  return keys;
}

const Keys& scenario_keys() {
  static const Keys keys{
      {"id", Shape::text, "permanent name within the file: words with dashes", "", true},
      {"title", Shape::text, "one sentence that states what must hold", "", true},
      {"why", Shape::text, "the reasoning: a reading of the RFC, why something is only recorded"},
      {"covers", Shape::texts, "ids of the requirements that are checked"},
      {"rule", Shape::rule, "a rule of your own in place of `covers`, outside the bundled suite"},
      {"role", Shape::word, "which side we are: the `client` (default), the `server` to which the target sends, or both around a `relay`", "client|server|relay"},
      {"offers", Shape::texts, "what our server lists in its EHLO answer, in the roles `server` and `relay`: PIPELINING, SIZE, 8BITMIME, ENHANCEDSTATUSCODES, "
                               "DSN and SMTPUTF8 when not written"},
      {"needs", Shape::texts, "what the target must offer (`!`: must not): an EHLO keyword with or without parameter, `credentials`, `mailbox`, "
                              "`rejected-recipient`, `relay`, `tls`, `recipients 100`, a `queue` that can be listed, "
                              "`instructions` for each message that it sends, a `submission-command`, an action on the target "
                              "(`flush`, `kill`, `terminate`, `restart`, `reload`, `fill`, `free`)"},
      {"force", Shape::flag, "do it although it was not offered"},
      {"tags", Shape::texts, "words for selection"},
      {"slow", Shape::flag, "takes long; left out of an ordinary run"},
      {"exclusive", Shape::flag, "runs while nothing else does"},
      {"disruptive", Shape::flag, "may harm the target; runs only when asked for"},
      {"since", Shape::text, "suite version in which it appeared, when later than the file"},
      {"each", Shape::rows, "one case for each row; its columns are put in for `{column}` in every string"},
      {"steps", Shape::steps, "the dialogue", "", true},
      {"delivered", Shape::deliveries, "mail that must be there after the sessions are closed"},
  };
  return keys;
}

const Keys& prelude_keys() {
  static const Keys keys{
      {"from", Shape::word, "how far the harness speaks before the first step: `connect` (nothing read), `greeting`, `helo`, `ehlo` (default), `mail`, "
                            "`rcpt`, `data` (354 was read)",
       "connect|greeting|helo|ehlo|mail|rcpt|data"},
      {"tls", Shape::flag, "STARTTLS and a new EHLO on the way"},
      {"auth", Shape::flag, "AUTH with the target's credentials on the way"},
      {"helo", Shape::flag, "HELO instead of EHLO on the way"},
      {"mail_parameters", Shape::octets, "what follows `MAIL FROM:<...>` of the prelude: \"BODY=8BITMIME\""},
      {"sender", Shape::octets, "reverse-path of the prelude, without brackets"},
      {"recipients", Shape::octet_list, "addresses for RCPT of the prelude; `{mailbox}` when not written"},
      {"on", Shape::word, "the endpoint; on `lmtp` the prelude says LHLO", "smtp|submission|smtps|lmtp"},
      {"client", Shape::word, "as whom the harness connects; without it whatever the run says", "stranger|trusted"},
  };
  return keys;
}

const Keys& row_keys() {
  static const Keys keys{
      {"name", Shape::text, "permanent name of the row: the last part of the case's id", "", true},
      {"title", Shape::text, "instead of the scenario's"},
      {"covers", Shape::texts, "instead of the scenario's"},
      {"needs", Shape::texts, "besides the scenario's"},
  };
  return keys;
}

const Keys& rule_keys() {
  static const Keys keys{
      {"text", Shape::text, "what must hold, in one sentence", "", true},
      {"level", Shape::word, "how strictly it binds", "MUST|MUST NOT|SHOULD|SHOULD NOT|MAY|spec", true},
      {"ref", Shape::text, "where it is written"},
  };
  return keys;
}

const Keys& auth_keys() {
  static const Keys keys{
      {"mechanism", Shape::text, "SASL mechanism: \"PLAIN\", \"SCRAM-SHA-256\"", "", true},
      {"user", Shape::octets, "the target's when not written"},
      {"password", Shape::octets, "the target's when not written"},
      {"corrupt", Shape::integer, "changes this octet of the last response; negative counts from the end"},
      {"initial_response", Shape::flag, "`false`: not sent with the command"},
  };
  return keys;
}

const Keys& condition_keys() {
  static const Keys keys{
      {"reply", Shape::code, "code of the reply"},
      {"exact", Shape::flag, "another code of the class does not hold either; for codes that machines act on"},
      {"enhanced", Shape::enhanced, "enhanced status code: \"5.7.x\", \"none\""},
      {"keyword", Shape::regex, "a line of an EHLO answer (keyword and parameters, letters in any case) that matches"},
      {"no_keyword", Shape::text, "an EHLO keyword that is not there"},
      {"lines", Shape::bounds, "number of lines of the reply"},
      {"text", Shape::regex, "the reply's text, lines joined by LF. Discouraged: text is for people"},
      {"ending", Shape::word, "how every line of the reply ends", "crlf|lf|cr"},
      {"within", Shape::duration, "the reply came no later than so long after the action; with `silence`, how long nothing came"},
      {"not_before", Shape::duration, "the reply came no earlier than so long after the action"},
      {"closed", Shape::flag, "the stream ended, after the reply where `reply` stands beside it; `false`: it is open"},
      {"gone", Shape::flag, "of our server: the client had ended the stream and closed altogether, so that what was said to it after that came back as RST; `false`: it had ended its direction alone, and took it"},
      {"silence", Shape::flag, "nothing came, and the stream is still open. Never gives `pass` alone"},
      {"replies", Shape::replies, "of a collection: exactly these in order, or so many: \"more than 2\""},
      {"tls", Shape::flag, "of a handshake: it succeeded, or not"},
      {"delivered", Shape::delivered, "mail as described has arrived"},
      {"delivered_to", Shape::text, "at least one message arrived there: \"\", \"second\", ..."},
      {"same_as", Shape::text, "the same code as the answer labelled so by `as`"},
      {"command", Shape::regex, "of our server: the command that came, without its ending"},
      {"wire", Shape::regex, "of our server: the octets as they came: a command with its ending, content still stuffed and with its end"},
      {"wire_lacks", Shape::regex, "of our server: what these octets do not match"},
      {"content", Shape::delivered, "of our server: the message that has just come, un-stuffed"},
      {"taken", Shape::flag, "the target has taken the submitted message, or refused it"},
      {"queued", Shape::flag, "mail of this case is in the target's queue, or is not"},
  };
  return keys;
}

const Keys& expectation_keys() {
  static const Keys keys{
      {"otherwise", Shape::word, "verdict when it does not hold; default `fail`", "info|warn|fail"},
  };
  return keys;
}

const Keys& alternative_keys() {
  static const Keys keys{
      {"outcome", Shape::text, "label of what the target did", "", true},
      {"verdict", Shape::word, "what it means; default `pass`", "pass|info|warn|fail"},
      {"covers", Shape::texts, "requirements of this alternative, instead of the step's"},
      {"then", Shape::steps, "how the dialogue goes on when this alternative was met"},
  };
  return keys;
}

const Keys& delivered_keys() {
  static const Keys keys{
      {"to", Shape::text, "which mailbox of the case: \"\" (default), \"second\", ...; \"relay\" is what our server took for `{relay.mailbox}`, \"relay.101\" for the hundred-and-first of `recipient_count`"},
      {"count", Shape::bounds, "how many messages arrived; default 1"},
      {"body", Shape::octet_list, "the lines after the header block, exactly"},
      {"bytes", Shape::octet_list, "the octets between the sentinel lines `{begin}` and `{end}`, exactly"},
      {"contains", Shape::octet_list, "octets that each message has somewhere"},
      {"lacks", Shape::octet_list, "octets that no message has anywhere"},
      {"whole", Shape::flag, "every printable run of the content that was sent is there, in order"},
      {"header", Shape::regexes, "header fields and what their values match"},
      {"no_header", Shape::texts, "header fields that are not there"},
      {"return_path", Shape::octets, "the address in Return-Path, without brackets"},
      {"otherwise", Shape::word, "verdict when it does not hold; default `fail`", "info|warn|fail"},
      {"covers", Shape::texts, "requirements of this check, instead of the scenario's"},
      {"outcome", Shape::text, "label of what the target did, when it holds"},
  };
  return keys;
}

const Keys& answer_keys() {
  static const Keys keys{
      {"expect", Shape::expectation, "what must come: `250`, `[250, 251]`, \"4xx|5xx\", \"close\", or conditions that must all hold. Another code of the "
                                     "class is `warn`, anything else `fail`"},
      {"one_of", Shape::alternatives, "the first alternative that matches gives outcome and verdict; none is a `fail`"},
  };
  return keys;
}

const Keys& modifier_keys() {
  static const Keys keys{
      {"session", Shape::text, "the session it happens on; the case's first one when not written"},
      {"within", Shape::duration, "deadline of the answer, instead of the target's"},
      {"covers", Shape::texts, "requirements of this step, instead of the scenario's"},
      {"outcome", Shape::text, "label of what the target did, when the expectation holds"},
      {"as", Shape::text, "names the answer, for `same_as`"},
      {"capture", Shape::regexes, "takes variables from the reply's text: name = 'regex with (a group)'"},
  };
  return keys;
}

namespace {

constexpr std::string_view awaited = "connection|EHLO|HELO|MAIL|RCPT|DATA|BDAT|STARTTLS|AUTH|RSET|NOOP|VRFY|QUIT|command|content|close";

const Key split{"split", Shape::cut, "cuts there, each part a segment of its own: \"every octet\", or offsets (negative: from the end)"};
const Key gap{"gap", Shape::duration, "time between segments; default 20ms"};

}  // namespace

const std::vector<StepKind>& step_kinds() {
  static const std::vector<StepKind> kinds{
      {{"send", Shape::octet_list, "lines; CRLF is added to each. Nothing is stuffed"}, {split, gap}, true, true},
      {{"send_raw", Shape::octet_list, "octets as they are; a list is joined without anything between"}, {split, gap}, true, true},
      {{"segments", Shape::octet_list, "octets as they are, each item a segment of its own"}, {gap}},
      {{"group", Shape::steps, "steps whose octets go out in one segment; then their answers are judged in order"},
       {{"illegal", Shape::flag, "the author knows that RFC 2920 forbids this group"}},
       false},
      {{"message", Shape::octet_list, "content: lines, or octets as one string. Dots are stuffed and CRLF.CRLF ends it"}, {split, gap}, true, true},
      {{"bdat", Shape::octet_list, "one BDAT command with these octets"},
       {{"last", Shape::flag, "the last chunk"}, {"declared", Shape::number, "the size said, when it is not the size sent"}, split, gap},
       true,
       true},
      {{"starttls", Shape::flag, "STARTTLS, its 220 and the handshake"}, {}, true, false, true},
      {{"handshake", Shape::flag, "the TLS handshake alone"}, {}, true, false, true},
      {{"auth", Shape::auth, "the whole exchange of a SASL mechanism; the answer is its last reply"}},
      {{"open", Shape::text, "opens a further session of this name"}, prelude_keys(), false},
      {{"close", Shape::word, "ends our side", "fin|rst|half"}},
      {{"pause", Shape::duration, "waits between two actions; never in place of an answer"},
       {{"while_queued", Shape::flag, "ends before that once no mail of this case is in the target's queue"}},
       false},
      {{"collect", Shape::collect, "all replies until the stream ends (\"until close\") or so many came"}},
      {{"repeat", Shape::repeat, "does `steps` so often, or for every accepted recipient; `{i}` counts from 1"},
       {{"steps", Shape::steps, "what is repeated", "", true}},
       false},
      {{"delivered", Shape::delivered, "mail judged in the middle of the dialogue"}, {}, false},
      {{"submit", Shape::octet_list, "hands the target a message to send on: lines, or octets as one string"},
       {{"sender", Shape::octets, "its reverse-path, without brackets; `{sender}` when not written"},
        {"recipients", Shape::octet_list, "addresses; `{relay.mailbox}` when not written"},
        {"recipient_count", Shape::integer, "so many recipients instead: `{relay.mailbox}`, `{relay.second.mailbox}`, ..."},
        {"mail_parameters", Shape::octets, "what is asked of the target beside the sender: \"BODY=8BITMIME\""},
        {"recipient_parameters", Shape::octets, "the same beside each recipient: \"NOTIFY=NEVER\""},
        {"by", Shape::word, "`command`: a server gets it by its own command in place of SMTP, which reads lines that end in LF, or octets as they are; one "
                            "without a command gives *unsupported*", "smtp|command"},
        {"security", Shape::word, "how a target that is a client alone is told to connect; servers go by what is offered", "plain|starttls|tls"},
        {"auth", Shape::flag, "such a target is given credentials"},
        {"certificate", Shape::word, "whether our server's certificate is the one that such a target is told to trust; wrong-name: it is, and names another server", "known|unknown|wrong-name"}}},
      {{"accept", Shape::word, "takes the target's next connection and is a correct server until this has come, which stays unanswered: a command, `connection` "
                               "(nothing is said), any `command`, the whole `content`, `close`", awaited},
       {{"tls", Shape::flag, "TLS from the first octet"}}},
      {{"serve", Shape::word, "answers what waits as a correct server does, and goes on until this has come", awaited}},
      {{"reply", Shape::octet_list, "answers what waits with these lines; CRLF is added to each"}, {split, gap}, false},
      {{"reply_raw", Shape::octet_list, "answers what waits with these octets"}, {split, gap}, false},
      {{"target", Shape::word, "does this to the target from outside", "flush|kill|terminate|restart|reload|fill|free"}, {}, false},
  };
  return kinds;
}

std::vector<std::string> words_of(const Key& key) {
  std::vector<std::string> words;
  for (std::string_view rest = key.words; !rest.empty();) {
    const auto bar = rest.find('|');
    words.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return words;
}

std::string_view describe(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::word:
    case Shape::regex:
    case Shape::octets: return "a string";
    case Shape::texts:
    case Shape::octet_list: return "a string or a list of strings";
    case Shape::flag: return "true or false";
    case Shape::integer: return "an integer";
    case Shape::number: return "an integer or an expression like \"{n}\"";
    case Shape::duration: return "a duration like \"250ms\" or \"2s\"";
    case Shape::regexes: return "a table like { name = 'regex' }";
    case Shape::code: return "a code like 250 or \"4xx|5xx\", or a list of them";
    case Shape::replies: return "a list of codes, or a count like \"more than 2\"";
    case Shape::bounds: return "a number or a range like \"0..1\"";
    case Shape::enhanced: return "a string like \"5.7.x\"";
    case Shape::cut: return "\"every octet\" or a list of offsets";
    case Shape::collect: return "\"until close\" or a number";
    case Shape::repeat: return "a number or \"accepted recipients\"";
    case Shape::auth: return "a mechanism or a table";
    case Shape::expectation: return "a code, a list of codes, \"close\" or a table of conditions";
    case Shape::alternatives: return "a list of tables";
    case Shape::steps: return "a list of steps";
    case Shape::delivered:
    case Shape::rule: return "a table";
    case Shape::deliveries: return "a table or a list of tables";
    case Shape::rows: return "a list of rows";
    case Shape::scenarios: break;
  }
  return "[[scenario]] tables";
}

// clang-format on

}  // namespace smtpspec::scenario
