// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/data_folder.hpp"
#include "cli/expectation_options.hpp"
#include "cli/finish.hpp"
#include "cli/interop_servers.hpp"
#include "cli/option_checks.hpp"
#include "cli/required_cases.hpp"
#include "cli/stop_signals.hpp"
#include "cli/version.hpp"
#include "interop/case_id.hpp"
#include "interop/corpus.hpp"
#include "interop/play.hpp"
#include "report/format.hpp"
#include "report/interop_table.hpp"
#include "report/progress.hpp"
#include "scenario/catalogue.hpp"

namespace smtpspec::cli {
namespace {

struct InteropCommand {
  std::vector<std::string> words;
  InteropWords roles;
  std::string data;
  std::vector<std::string> messages;
  std::vector<std::string> reports;
  interop::PlayOptions play;
  LogChoice log;
  std::string expectations;
  std::vector<std::string> require;
  bool strict = false;
  bool skip_missing = false;
  bool quiet = false;
  bool list = false;

  ExitCode execute();

 private:
  std::optional<ExitCode> load_messages();
  ExitCode list_messages() const;
  std::vector<std::string> ids_of(const InteropChoice& choice) const;
  ExitCode serve_and_play();
  void describe(result::Run& run) const;
  std::string as_typed() const;

  DataFolder data_;
  scenario::Catalogue catalogue_;
  interop::Corpus corpus_;
  std::vector<const interop::Message*> chosen_;
  std::vector<report::ReportRequest> requests_;
  result::Expectations expected_;
};

// All that can be known to be wrong before anything is started.
ExitCode InteropCommand::execute() {
  auto requests = report::parse_report_requests(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  requests_ = std::move(*requests);
  auto found = find_data_folder(data);
  if (const auto* none = std::get_if<NoDataFolder>(&found)) return complain(ExitCode::usage, none->message);
  data_ = std::get<DataFolder>(std::move(found));
  if (const auto code = load_messages()) return *code;
  if (list) return list_messages();
  if (!can_write(requests_)) return ExitCode::infrastructure;
  auto expected =
      read_expectations_for(expectations == "bundled" ? data_.known_of_pairs().string() : expectations,
                            std::string(interop::target_name));
  if (auto* code = std::get_if<ExitCode>(&expected)) return *code;
  expected_ = std::get<result::Expectations>(std::move(expected));
  return serve_and_play();
}

std::optional<ExitCode> InteropCommand::load_messages() {
  auto catalogue = scenario::load_catalogue(data_.requirements());
  if (!catalogue) return complain(catalogue.problems());
  catalogue_ = std::move(*catalogue);
  auto corpus = interop::load_corpus(data_.messages() / "corpus.toml", catalogue_);
  if (!corpus) return complain(corpus.problems());
  corpus_ = std::move(*corpus);
  auto chosen = interop::choose_messages(corpus_, messages);
  for (const auto& word : chosen.unmatched) {
    complain(ExitCode::usage,
             fmt::format("no message is called '{}'; `smtpspec interop --list` names them all", word));
  }
  if (!chosen.unmatched.empty()) return ExitCode::usage;
  chosen_ = std::move(chosen.messages);
  return std::nullopt;
}

ExitCode InteropCommand::list_messages() const {
  std::string text;
  for (const auto* message : chosen_) text += fmt::format("{:28} {}\n", message->id, message->title);
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

std::vector<std::string> InteropCommand::ids_of(const InteropChoice& choice) const {
  std::vector<std::string> ids;
  for (const auto& sender : choice.senders) {
    for (const auto& receiver : choice.receivers) {
      for (const auto* message : chosen_)
        ids.push_back(interop::case_id(sender.name, receiver.name, message->id));
    }
  }
  return ids;
}

ExitCode InteropCommand::serve_and_play() {
  auto seats = choose_interop_servers(words, roles, data_);
  if (auto* code = std::get_if<ExitCode>(&seats)) return *code;
  if (const auto code = complain_of_required(require, ids_of(std::get<InteropChoice>(seats)))) return *code;
  note_stop_signals();
  wire::raise_open_file_limit();
  wire::EventLoop loop;
  InteropServers servers(std::get<InteropChoice>(std::move(seats)), skip_missing);
  servers.start(loop);
  if (servers.senders().empty() || servers.receivers().empty()) {
    if (stop_signal_word() == "interrupted") return ExitCode::interrupted;
    if (stop_signal_word() == "terminated") return ExitCode::terminated;
    return complain(ExitCode::infrastructure, "no pair of servers is left to be played");
  }
  play.messages = data_.messages();
  const auto total = servers.senders().size() * servers.receivers().size() * chosen_.size();
  report::Progress progress(stderr, total, !quiet);
  auto run =
      interop::play(loop, servers.senders(), servers.receivers(), chosen_, catalogue_, play, stop_signal_word,
                    [&](const result::CaseResult& done) { progress.case_done(done); });
  progress.clear();
  servers.end();
  describe(run);
  for (const auto& [name, word] : servers.typed()) run.options["server " + name] = word;
  const bool is_taken =
      std::any_of(requests_.begin(), requests_.end(), [](const auto& one) { return one.path == "-"; });
  const bool wants_table = !is_taken && (log.format == "console" || log.format == "plain");
  if (wants_table && !print(report::interop_table(run))) return ExitCode::infrastructure;
  const auto code = finish(run, requests_, log);
  const bool was_stopped = code == ExitCode::interrupted || code == ExitCode::terminated;
  return !servers.failed().empty() && !was_stopped ? ExitCode::infrastructure : code;
}

std::string InteropCommand::as_typed() const {
  std::string text = fmt::format("{}", fmt::join(words, " "));
  for (const auto& one : roles.senders) text += " --sender " + one;
  for (const auto& one : roles.receivers) text += " --receiver " + one;
  return text.starts_with(" ") ? text.substr(1) : text;
}

void InteropCommand::describe(result::Run& run) const {
  run.tool_version = tool_version;
  run.suite_version = suite_version;
  run.target.argument = as_typed();
  const auto root = data_.root.string() + "/";
  for (auto& one : run.cases) {
    if (one.position.file.starts_with(root)) one.position.file.erase(0, root.size());
  }
  run.options["interop"] = "true";
  run.options["narrowed"] = "true";  // which pairs there are is the user's choice
  if (!messages.empty()) run.options["selection"] = fmt::format("{}", fmt::join(messages, " "));
  if (!roles.defect.empty()) run.options["defect"] = roles.defect;
  if (!roles.without.empty()) run.options["without"] = fmt::format("{}", fmt::join(roles.without, " "));
  run.options["timeout-multiplier"] = fmt::format("{}", play.timeout_multiplier);
  if (strict) run.options["strict"] = "true";
  if (!require.empty()) run.options["require"] = fmt::format("{}", fmt::join(require, " "));
  run.expectations = expected_;
}

}  // namespace

void add_interop(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<InteropCommand>();
  auto& sub = *app.add_subcommand(
      "interop", "Send a corpus of messages through every ordered pair of servers and see what arrives");
  sub.add_option("servers", command->words,
                 "Servers in both roles, sender and receiver: embedded (when nobody is named), a name, "
                 "NAME@VERSION, a target file");
  sub.add_option("--sender", command->roles.senders, "A server that only sends; may be repeated")
      ->type_name("SERVER");
  sub.add_option("--receiver", command->roles.receivers, "A server that only receives; may be repeated")
      ->type_name("SERVER");
  sub.add_option("--message", command->messages,
                 "Only this message (an id of --list, or a glob); may be repeated")
      ->type_name("ID");
  sub.add_flag("--list", command->list, "Name the messages and play nothing");
  sub.add_option("--defect", command->roles.defect,
                 "Break the embedded target: its sender where it sends, its server where it receives");
  sub.add_option("--without", command->roles.without,
                 "EHLO keyword that the embedded target does not offer where it receives; may be repeated")
      ->type_name("KEYWORD");
  sub.add_option("--report", command->reports,
                 "FORMAT:PATH[:OPTION]; formats: " + report::names_of(report::formats()))
      ->type_name("FORMAT:PATH");
  sub.add_option("--timeout-multiplier", command->play.timeout_multiplier, "Stretch every timeout")
      ->check(CLI::Range(0.1, 100.0));
  sub.add_option("--jobs", command->play.sessions_at_once, "Messages handed to each sender at once")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  sub.add_option("--require", command->require, "Ids whose `unsupported` is red")->type_name("GLOB");
  sub.add_flag("--strict", command->strict, "A missed SHOULD is red");
  sub.add_option(
         "--expectations", command->expectations,
         "What is known and accepted of these pairs: red is only what differs. `bundled` takes the file "
         "that comes with smtpspec")
      ->type_name("FILE")
      ->check(not_empty());
  sub.add_flag("--skip-missing", command->skip_missing,
               "A server that can't be started is left out (else the exit code is 4)");
  sub.add_option("--data", command->data, "Folder of scenarios and fixtures");
  command->log.add_to(sub);
  sub.add_flag("-q,--quiet", command->quiet, "No progress line");
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
