// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {
namespace {

Cut read_cut(const TableReader& step) {
  Cut cut;
  cut.gap = step.duration("gap");
  const auto* value = step.get("split");
  if (!value) {
    if (cut.gap)
      step.problem("gap", "'gap' needs a 'split' beside it", "say where to cut: split = \"every octet\"");
    return cut;
  }
  const auto& resolved = step.reading().resolve(*value);
  const auto* offsets = resolved.as_array();
  cut.kind = offsets ? Cut::Kind::at : Cut::Kind::every_byte;
  if (!offsets && step.reading().text(*value) != "every octet") {
    step.problem("split", fmt::format("'{}' is no way to cut", step.reading().text(*value)),
                 "write \"every octet\" or offsets like [3, -1]");
  }
  if (!offsets) return cut;
  for (const auto& item : *offsets) {
    const auto offset = step.reading().resolve(item).value<std::int64_t>().value_or(0);
    if (offset == 0)
      step.reading().problem(item, "a cut at 0 cuts nothing",
                             "offsets count from 1, or from the end when negative");
    cut.offsets.push_back(offset);
  }
  return cut;
}

const TableShape& auth_shape() {
  static const TableShape shape("an auth table", {&auth_keys()});
  return shape;
}

Template joined(const std::vector<Template>& parts, std::string_view behind_each) {
  Template all;
  for (const auto& part : parts) {
    all.append(part);
    all.append(Template::literal(std::string(behind_each)));
  }
  return all;
}

void remark_double_ending(const TableReader& step, const std::vector<Template>& lines) {
  for (const auto& line : lines) {
    const auto* text = line.if_literal();
    if (!text || !text->ends_with('\n')) continue;
    step.reading().remark(step.reading().position_of(*step.get("send")),
                          "this line has an ending of its own, and 'send' adds CRLF",
                          "leave the ending out, or use 'send_raw'");
  }
}

Send read_send(const TableReader& step) {
  const auto lines = step.octet_list("send");
  remark_double_ending(step, lines);
  return {joined(lines, "\r\n"), read_cut(step)};
}

// Lines with CRLF, or octets as one string: what `message` and `submit` hold.
Template read_content(const TableReader& step, std::string_view key, std::string_view line_end = "\r\n") {
  const auto* value = step.get(key);
  const bool lines = value && step.reading().resolve(*value).is_array();
  return joined(step.octet_list(key), lines ? line_end : "");
}

Pause read_pause(const TableReader& step) {
  return Pause{step.duration("pause").value_or(Template::literal("0ms")),
               step.flag("while_queued").value_or(false)};
}

Message read_message(const TableReader& step) {
  return {read_content(step, "message"), read_cut(step)};
}

Bdat read_bdat(const TableReader& step) {
  Bdat bdat;
  bdat.chunk = joined(step.octet_list("bdat"), "");
  bdat.last = step.flag("last").value_or(false);
  bdat.declared = step.octets("declared");
  bdat.cut = read_cut(step);
  return bdat;
}

Group read_group(const TableReader& step) {
  Group group;
  if (const auto* steps = step.get("group"))
    group.steps = read_steps(step.reading(), *steps, StepPlace::group);
  group.illegal = step.flag("illegal").value_or(false);
  return group;
}

Auth read_auth(const TableReader& step) {
  Auth auth;
  const auto* value = step.get("auth");
  if (!value) return auth;
  const auto* details = step.reading().resolve(*value).as_table();
  if (!details) {
    auth.mechanism = step.text("auth");
    return auth;
  }
  const TableReader table(step.reading(), *details, auth_shape());
  auth.mechanism = table.text("mechanism");
  auth.user = table.octets("user");
  auth.password = table.octets("password");
  auth.corrupt = table.integer("corrupt");
  auth.initial_response = table.flag("initial_response").value_or(true);
  return auth;
}

Open read_open(const TableReader& step) {
  Open open;
  open.name = step.text("open");
  open.prelude = read_prelude(step);
  open.on = step.text("on");
  open.client = step.text("client");
  if (open.name.empty() && step.get("open"))
    step.problem("open", "a session needs a name", "the case's first one has none");
  return open;
}

Close read_close(const TableReader& step) {
  const auto word = step.text("close");
  const auto kind = word == "rst" ? Close::Kind::rst : word == "half" ? Close::Kind::half : Close::Kind::fin;
  if (kind != Close::Kind::half && (step.has("expect") || step.has("one_of"))) {
    step.problem("close", "behind this nothing can be read",
                 "only close = \"half\" leaves the other direction open");
  }
  return {kind};
}

Collect read_collect(const TableReader& step) {
  const auto* value = step.get("collect");
  if (!value) return {};
  const auto written = step.reading().text(*value);
  if (written == "until close") return {};
  const auto count = Bounds::parse(written);
  if (!count || count->at_least != count->at_most || count->at_least == 0) {
    step.problem("collect", fmt::format("'{}' is nothing to collect", written),
                 "write \"until close\" or a number");
    return {};
  }
  return {count->at_least};
}

Repeat read_repeat(const TableReader& step) {
  Repeat repeat;
  if (const auto* value = step.get("repeat")) {
    if (step.reading().text(*value) == "accepted recipients")
      repeat.over = Repeat::Over::accepted_recipients;
    else
      repeat.count = step.reading().octets(*value);
  }
  const auto* literal = repeat.count ? repeat.count->if_literal() : nullptr;
  const auto known = literal ? Bounds::parse(*literal) : std::nullopt;
  if (literal && (!known || known->at_least != known->at_most)) {
    step.problem("repeat", fmt::format("'{}' is no number", *literal),
                 "write a number, an expression, or \"accepted recipients\"");
  }
  if (const auto* steps = step.get("steps")) repeat.steps = read_steps(step.reading(), *steps);
  return repeat;
}

void refuse_what_no_command_takes(const TableReader& step) {
  for (const auto key : {"mail_parameters", "recipient_parameters", "security", "auth", "certificate"}) {
    if (step.get(key))
      step.problem(key, "a server's own command is told sender, recipients and message alone");
  }
}

Certificate certificate_of(std::string_view word) {
  if (word == "unknown") return Certificate::unknown;
  return word == "wrong-name" ? Certificate::wrong_name : Certificate::known;
}

Submit read_submit(const TableReader& step) {
  Submit submit;
  submit.by_command = step.get("by") && step.text("by") == "command";
  submit.content = read_content(step, "submit", submit.by_command ? "\n" : "\r\n");
  submit.sender = step.octets("sender");
  submit.recipients = step.octet_list("recipients");
  submit.recipient_count = step.integer("recipient_count");
  submit.mail_parameters = step.octets("mail_parameters");
  submit.recipient_parameters = step.octets("recipient_parameters");
  if (step.get("security")) submit.security = step.text("security");
  submit.auth = step.flag("auth").value_or(false);
  if (step.get("certificate")) submit.certificate = certificate_of(step.text("certificate"));
  if (submit.by_command) refuse_what_no_command_takes(step);
  return submit;
}

Awaited read_awaited(const TableReader& step, std::string_view key) {
  const auto word = step.text(key);
  if (word == "connection") return {Awaited::Kind::connection, {}};
  if (word == "command") return {Awaited::Kind::any_command, {}};
  if (word == "content") return {Awaited::Kind::content, {}};
  if (word == "close") return {Awaited::Kind::close, {}};
  return {Awaited::Kind::verb, word};
}

Serve read_serve(const TableReader& step) {
  Serve serve{read_awaited(step, "serve")};
  if (serve.until.kind == Awaited::Kind::connection)
    step.problem("serve", "there is a connection already", "'accept' takes another one");
  return serve;
}

}  // namespace

Action read_action(const TableReader& step, const std::string& word) {
  if (word == "send") return read_send(step);
  if (word == "send_raw") return Send{joined(step.octet_list("send_raw"), ""), read_cut(step)};
  if (word == "segments") return Segments{step.octet_list("segments"), step.duration("gap")};
  if (word == "group") return read_group(step);
  if (word == "message") return read_message(step);
  if (word == "bdat") return read_bdat(step);
  if (word == "starttls") return StartTls{};
  if (word == "handshake") return Handshake{};
  if (word == "auth") return read_auth(step);
  if (word == "open") return read_open(step);
  if (word == "close") return read_close(step);
  if (word == "pause") return read_pause(step);
  if (word == "collect") return read_collect(step);
  if (word == "repeat") return read_repeat(step);
  if (word == "submit") return read_submit(step);
  if (word == "accept") return Accept{read_awaited(step, "accept"), step.flag("tls").value_or(false)};
  if (word == "serve") return read_serve(step);
  if (word == "reply") return Respond{joined(step.octet_list("reply"), "\r\n"), read_cut(step)};
  if (word == "reply_raw") return Respond{joined(step.octet_list("reply_raw"), ""), read_cut(step)};
  if (word == "target") return TargetAction{step.text("target")};
  const auto* check = step.get("delivered");
  return check ? Action(CheckDelivered{read_delivered(step.reading(), *check)}) : Action{};
}

}  // namespace smtpspec::scenario
