// SPDX-License-Identifier: Apache-2.0
#include "engine/delivered_mail.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "target/store_effects.hpp"

namespace smtpspec::engine {
namespace {

using scenario::DeliveredCheck;
using target::StoredMessage;

std::string_view newline(const MailEvidence& evidence) {
  return evidence.effects.line_ending == target::StoreEffects::LineEnding::lf ? "\n" : "\r\n";
}

struct Parts {
  std::string_view header;
  std::string_view body;
};

Parts split_message(std::string_view bytes, std::string_view line_end) {
  if (bytes.starts_with(line_end)) return {{}, bytes.substr(line_end.size())};
  const auto blank = fmt::format("{0}{0}", line_end);
  const auto at = bytes.find(blank);
  if (at == std::string_view::npos) return {bytes, {}};
  return {bytes.substr(0, at + line_end.size()), bytes.substr(at + blank.size())};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// The values of every field of a name, unfolded, in order.
std::vector<std::string> field_values(std::string_view header, std::string_view name,
                                      std::string_view line_end) {
  std::vector<std::string> values;
  const auto wanted = lower(name);
  bool inside = false;
  while (!header.empty()) {
    const auto end = header.find(line_end);
    const auto line = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + line_end.size());
    if (!line.empty() && (line[0] == ' ' || line[0] == '\t')) {
      if (inside) values.back() += line;
      continue;
    }
    const auto colon = line.find(':');
    inside = colon != std::string_view::npos && lower(line.substr(0, colon)) == wanted;
    if (!inside) continue;
    const auto value = line.substr(colon + 1);
    const auto first = value.find_first_not_of(" \t");
    values.emplace_back(first == std::string_view::npos ? std::string_view{} : value.substr(first));
  }
  return values;
}

/// Checks one message; each part answers with a mismatch or nothing.
class MessageCheck {
 public:
  MessageCheck(const DeliveredCheck& check, const MailEvidence& evidence,
               const scenario::Variables& variables, const StoredMessage& message)
      : check_(check),
        evidence_(evidence),
        variables_(variables),
        message_(message),
        parts_(split_message(message.bytes, newline(evidence))) {}

  std::optional<MailMismatch> run() {
    for (const auto part :
         {&MessageCheck::body, &MessageCheck::bytes, &MessageCheck::contains, &MessageCheck::lacks,
          &MessageCheck::whole, &MessageCheck::header, &MessageCheck::return_path}) {
      if (auto mismatch = (this->*part)()) return mismatch;
    }
    return std::nullopt;
  }

  const std::string& problem() const { return problem_; }

 private:
  std::string evaluate(const scenario::Template& text) {
    auto result = text.evaluate(variables_);
    if (!result.ok()) problem_ = result.problem;
    return std::move(result.bytes);
  }

  // But for folding, which is no matter of a piece of a message: where a header ends can't be seen in it.
  std::string stored(const std::string& content) const {
    auto effects = evidence_.effects;
    effects.refolds_headers = false;
    return target::as_stored(content, effects);
  }

  // A store that folds header fields anew is looked at without any folding, too.
  bool has(const std::string& octets) const {
    if (message_.bytes.find(octets) != std::string::npos) return true;
    if (!evidence_.effects.refolds_headers) return false;
    target::StoreEffects folding;
    folding.refolds_headers = true;
    return target::as_stored(message_.bytes, folding).find(target::as_stored(octets, folding)) !=
           std::string::npos;
  }

  std::optional<MailMismatch> body() {
    if (!check_.body) return std::nullopt;
    std::string wanted;
    for (const auto& line : *check_.body) wanted += evaluate(line) + "\r\n";
    if (stored(wanted) == parts_.body) return std::nullopt;
    return MailMismatch{"the body of the delivered message differs", stored(wanted),
                        std::string(parts_.body)};
  }

  std::optional<MailMismatch> bytes() {
    if (!check_.bytes) return std::nullopt;
    const auto wanted = stored(evaluate(*check_.bytes));
    const auto line_end = std::string(newline(evidence_));
    const auto begin = message_.bytes.find(evidence_.begin_line + line_end);
    const auto end = message_.bytes.rfind(evidence_.end_line);
    if (begin == std::string::npos || end == std::string::npos) {
      return MailMismatch{"a sentinel line of the content is missing in the delivered message",
                          evidence_.begin_line + " ... " + evidence_.end_line, message_.bytes};
    }
    const auto from = begin + evidence_.begin_line.size() + line_end.size();
    const auto between = message_.bytes.substr(std::min(from, end), end - std::min(from, end));
    if (between == wanted) return std::nullopt;
    return MailMismatch{"the octets between the sentinel lines differ", wanted, between};
  }

  std::optional<MailMismatch> contains() {
    for (const auto& text : check_.contains) {
      const auto wanted = stored(evaluate(text));
      if (!has(wanted)) {
        return MailMismatch{"the delivered message lacks octets that it must have", wanted, message_.bytes};
      }
    }
    return std::nullopt;
  }

  std::optional<MailMismatch> lacks() {
    for (const auto& text : check_.lacks) {
      const auto unwanted = stored(evaluate(text));
      if (has(unwanted)) {
        return MailMismatch{"the delivered message has octets that it must not have",
                            fmt::format("not: {}", unwanted), message_.bytes};
      }
    }
    return std::nullopt;
  }

  std::optional<MailMismatch> whole();
  std::optional<MailMismatch> header();

  std::optional<MailMismatch> return_path() {
    if (!check_.return_path) return std::nullopt;
    const auto wanted = fmt::format("<{}>", evaluate(*check_.return_path));
    auto values = field_values(parts_.header, "Return-Path", newline(evidence_));
    if (message_.reverse_path) values = {fmt::format("<{}>", *message_.reverse_path)};
    if (!values.empty() && values.front() == wanted) return std::nullopt;
    return MailMismatch{"the Return-Path of the delivered message differs", wanted,
                        values.empty() ? "no Return-Path" : values.front()};
  }

  const DeliveredCheck& check_;
  const MailEvidence& evidence_;
  const scenario::Variables& variables_;
  const StoredMessage& message_;
  Parts parts_;
  std::string problem_;
};

std::optional<MailMismatch> MessageCheck::header() {
  for (const auto& [name, text_pattern] : check_.header) {
    const auto& pattern = text_pattern;  // clang 14 does not capture a structured binding
    const auto values = field_values(parts_.header, name, newline(evidence_));
    const auto fits = [&](const std::string& value) { return pattern.matches(value); };
    if (std::any_of(values.begin(), values.end(), fits)) continue;
    return MailMismatch{fmt::format("no header field {} of the delivered message is as asked for", name),
                        fmt::format("{}: {}", name, pattern.text),
                        fmt::format("{}", fmt::join(values, "\n"))};
  }
  for (const auto& name : check_.no_header) {
    const auto values = field_values(parts_.header, name, newline(evidence_));
    if (values.empty()) continue;
    return MailMismatch{fmt::format("the delivered message has a header field {}", name), "no " + name,
                        values.front()};
  }
  return std::nullopt;
}

// The runs of octets of a content that every store keeps as they are: cut at line ends and controls, without
// the dots at the front of a run, which stuffing may have put there.
std::vector<std::string_view> printable_runs(std::string_view content) {
  std::vector<std::string_view> runs;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= content.size(); ++i) {
    if (i < content.size() && static_cast<unsigned char>(content[i]) >= 0x20 && content[i] != 0x7F) continue;
    auto run = content.substr(begin, i - begin);
    run.remove_prefix(std::min(run.find_first_not_of('.'), run.size()));
    if (!run.empty()) runs.push_back(run);
    begin = i + 1;
  }
  return runs;
}

// The first run that is not there in its turn; empty when all are.
std::string_view missing_run(const std::string& content, std::string_view message) {
  std::size_t from = 0;
  for (const auto run : printable_runs(content)) {
    const auto at = message.find(run, from);
    if (at == std::string_view::npos) return run;
    from = at + run.size();
  }
  return {};
}

std::optional<MailMismatch> MessageCheck::whole() {
  if (!check_.whole || evidence_.contents.empty()) return std::nullopt;
  std::string_view missing;
  for (const auto& content : evidence_.contents) {
    missing = missing_run(content, message_.bytes);
    if (missing.empty()) return std::nullopt;
  }
  return MailMismatch{"part of the content is missing in the delivered message", std::string(missing),
                      message_.bytes};
}

std::string messages(std::string_view count) {
  return fmt::format("{} message{}", count, count == "1" ? "" : "s");
}

}  // namespace

scenario::Bounds wanted_count(const DeliveredCheck& check) {
  if (check.count) return *check.count;
  return {1, 1, "1"};
}

MailCheckOutcome check_mail(const DeliveredCheck& check, const MailEvidence& evidence,
                            const scenario::Variables& variables) {
  const auto wanted = wanted_count(check);
  const auto count = static_cast<std::int64_t>(evidence.messages.size());
  if (!wanted.contains(count)) {
    const auto came = messages(std::to_string(count));
    return {MailMismatch{fmt::format("{} {} delivered to the {} mailbox", came, count == 1 ? "was" : "were",
                                     check.to.empty() ? "case's own" : check.to),
                         messages(wanted.text), came},
            {}};
  }
  for (const auto& message : evidence.messages) {
    MessageCheck one(check, evidence, variables, message);
    auto mismatch = one.run();
    if (mismatch || !one.problem().empty()) return {std::move(mismatch), one.problem()};
  }
  return {};
}

}  // namespace smtpspec::engine
