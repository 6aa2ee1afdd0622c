// SPDX-License-Identifier: Apache-2.0
#include "cli/target_options.hpp"

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "base/shell_word.hpp"
#include "cli/complaints.hpp"
#include "refserver/defects.hpp"
#include "sender/defects.hpp"
#include "target/target_loader.hpp"

namespace smtpspec::cli {
namespace {

using gate::ExitCode;
using target::Target;

void append(std::string& line, const char* option, const std::string& value) {
  if (!value.empty())
    line += fmt::format("{}{} {}", line.empty() ? "" : " ", option, base::shell_word(value));
}

std::vector<std::string> keywords() {
  std::vector<std::string> words;
  for (const auto feature : refserver::every_feature()) words.emplace_back(refserver::keyword_of(feature));
  return words;
}

ExitCode unknown_word(const char* what, const std::string& word, const std::vector<std::string>& known) {
  const auto near = base::nearest_word(word, known);
  const auto hint =
      near.empty() ? fmt::format("known are {}", fmt::join(known, ", ")) : "did you mean " + near + "?";
  return complain(ExitCode::usage, fmt::format("the embedded server has no {} '{}'; {}", what, word, hint));
}

// A defect that ends the process needs a process of its own.
std::variant<Target, ExitCode> child_with(const TargetOptions& options) {
  auto line = fmt::format("{} serve --port {{port}} --defect {}", base::shell_word(own_path().string()),
                          options.defect);
  for (const auto& keyword : options.without) line += " --without " + keyword;
  auto plain = options.plain;
  if (plain.rcpt.empty()) plain.rcpt = "user+{token}@example.test";
  auto made = target::target_from_command(line, plain);
  if (auto* bad = std::get_if<target::BadOption>(&made)) return complain(ExitCode::usage, bad->message);
  auto target = std::get<Target>(std::move(made));
  target.name = "embedded";
  return target;
}

target::PlainTarget with_password(target::PlainTarget plain) {
  const char* password = std::getenv("SMTPSPEC_PASSWORD");
  if (!plain.user.empty() && plain.password.empty() && password) plain.password = password;
  return plain;
}

std::variant<Target, ExitCode> target_of(const TargetOptions& options, const DataFolder& data) {
  const auto plain = with_password(options.plain);
  if (!options.start.empty()) {
    auto made = target::target_from_command(options.start, plain);
    if (auto* bad = std::get_if<target::BadOption>(&made)) return complain(ExitCode::usage, bad->message);
    return std::get<Target>(std::move(made));
  }
  if (target::is_target_url(options.target)) {
    auto made = target::target_from_url(options.target, plain);
    if (auto* bad = std::get_if<target::BadOption>(&made)) return complain(ExitCode::usage, bad->message);
    return std::get<Target>(std::move(made));
  }
  auto found = target::find_target(options.target, data.targets());
  if (!found) return complain(found.problems());
  return std::move(*found);
}

}  // namespace

void TargetOptions::add_to(CLI::App& command) {
  command
      .add_option("--target", target,
                  "embedded, a name (see `smtpspec targets`), a target file, or a URL: smtp://host:port, "
                  "smtps://, lmtp://, unix:/path")
      ->capture_default_str();
  command.add_option("--start", start, "Start this command as the target: 'mymta -p {port}'")
      ->type_name("COMMAND");
  command.add_option("--rcpt", plain.rcpt,
                     "An address the target accepts, best with a place for a token: 'me+{token}@my.test'");
  command.add_option("--reject-rcpt", plain.reject_rcpt, "An address the target refuses at RCPT");
  command.add_option("--user", plain.user, "For AUTH");
  command.add_option("--password", plain.password, "For AUTH; $SMTPSPEC_PASSWORD where it is not written");
  command.add_option("--mailbox", plain.mailbox, "Where its mail can be read: maildir:PATH or mbox:PATH");
  command.add_option("--ca", plain.ca, "Trust this CA")->type_name("FILE");
  command.add_flag("--insecure", plain.insecure, "Take any certificate");
  command.add_flag("--allow-remote", allow_remote, "Talk to a target that is not on this machine");
  command.add_option("--defect", defect, "Break the embedded server in this way");
  command.add_option("--without", without, "Switch an extension of the embedded server off")
      ->type_name("EXT");
}

std::string TargetOptions::as_typed() const {
  std::string line;
  if (!start.empty())
    append(line, "--start", start);
  else if (target != "embedded")
    append(line, "--target", target);
  append(line, "--rcpt", plain.rcpt);
  append(line, "--reject-rcpt", plain.reject_rcpt);
  append(line, "--user", plain.user);
  // A secret is no part of a report.
  if (!plain.password.empty()) line += " --password \"$SMTPSPEC_PASSWORD\"";
  append(line, "--mailbox", plain.mailbox);
  append(line, "--ca", plain.ca);
  if (plain.insecure) line += " --insecure";
  if (allow_remote) line += " --allow-remote";
  append(line, "--defect", defect);
  for (const auto& keyword : without) append(line, "--without", keyword);
  return line;
}

std::vector<std::string> every_defect_name() {
  auto names = refserver::defect_names();
  const auto of_sender = sender::defect_names();
  names.insert(names.end(), of_sender.begin(), of_sender.end());
  return names;
}

std::variant<target::EmbeddedConfiguration, ExitCode> configure(const std::string& defect,
                                                                const std::vector<std::string>& without) {
  target::EmbeddedConfiguration configuration;
  for (const auto& keyword : without) {
    const auto feature = refserver::feature_of(keyword);
    if (!feature) return unknown_word("extension", keyword, keywords());
    configuration.server.features.remove(*feature);
  }
  if (defect.empty()) return configuration;
  if (const auto* of_sender = sender::find_defect(defect)) {
    of_sender->apply(configuration.sender);
    return configuration;
  }
  const auto* known = refserver::find_defect(defect);
  if (!known) return unknown_word("defect", defect, every_defect_name());
  known->apply(configuration.server);
  return configuration;
}

std::variant<ChosenTarget, ExitCode> choose_target(const TargetOptions& options, const DataFolder& data) {
  auto configuration = configure(options.defect, options.without);
  if (auto* code = std::get_if<ExitCode>(&configuration)) return *code;
  const auto* defect = refserver::find_defect(options.defect);
  auto target = defect && defect->kills ? child_with(options) : target_of(options, data);
  if (auto* code = std::get_if<ExitCode>(&target)) return *code;
  ChosenTarget chosen{std::get<Target>(std::move(target)),
                      std::get<target::EmbeddedConfiguration>(std::move(configuration))};
  const bool is_ours = chosen.target.kind == Target::Kind::embedded || (defect && defect->kills);
  if (!is_ours && (!options.defect.empty() || !options.without.empty())) {
    return complain(ExitCode::usage, "--defect and --without are for the embedded server alone");
  }
  if (const auto objection = target::remote_objection(chosen.target, options.allow_remote)) {
    return complain(ExitCode::usage, *objection);
  }
  return chosen;
}

}  // namespace smtpspec::cli
