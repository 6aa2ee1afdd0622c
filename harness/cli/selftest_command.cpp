// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/caught_table.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/selection_options.hpp"
#include "cli/stop_signals.hpp"
#include "cli/target_options.hpp"
#include "engine/run.hpp"
#include "refserver/defects.hpp"
#include "result/atomic_file.hpp"
#include "scenario/lint.hpp"

namespace smtpspec::cli {
namespace {

using base::Verdict;
using Cases = std::vector<const scenario::Case*>;

// In process an answer takes microseconds; a defect that never answers should not cost ten seconds a case.
constexpr std::chrono::milliseconds selftest_reply_time{2000};

/// One way to run the embedded server: correct with some extension off, or with one defect.
struct Configuration {
  std::string defect;
  std::string without;

  std::string name() const {
    return !defect.empty() ? defect : without.empty() ? "correct" : "without " + without;
  }
};

struct Outcome {
  Configuration configuration;
  std::string problem;        ///< the server could not be started
  std::set<std::string> red;  ///< ids of cases that are fail, warn, blocked, crash or error
};

struct SelftestCommand {
  std::string data;
  std::vector<std::string> defects;
  bool write = false;
  bool list = false;
  unsigned threads = 2;

  ExitCode execute();

 private:
  std::vector<Configuration> configurations() const;
  std::vector<Outcome> run_all(const LoadedSuite& loaded, const Cases& cases,
                               const std::vector<Configuration>& all) const;
  ExitCode judge(const LoadedSuite& loaded, const Cases& cases, const std::vector<Outcome>& outcomes) const;
};

bool is_clean(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::info || verdict == Verdict::unsupported;
}

Outcome run_one(const LoadedSuite& loaded, const Cases& cases, const Configuration& configuration) {
  Outcome outcome{configuration, {}, {}};
  TargetOptions options;
  options.defect = configuration.defect;
  if (!configuration.without.empty()) options.without = {configuration.without};
  auto chosen = choose_target(options, loaded.data);
  if (!std::holds_alternative<ChosenTarget>(chosen)) {
    outcome.problem = "the configuration is not known";
    return outcome;
  }
  auto& [target, embedded] = std::get<ChosenTarget>(chosen);
  wire::EventLoop loop;
  auto host = target::make_host(loop, target, {}, embedded);
  if (auto* failed = std::get_if<target::StartFailed>(&host)) {
    outcome.problem = failed->why;
    return outcome;
  }
  engine::RunOptions run;
  run.messages = loaded.data.messages();
  if (!configuration.defect.empty()) run.timeouts.reply = selftest_reply_time;
  const auto result = engine::run_cases(loop, *std::get<std::unique_ptr<target::Host>>(host),
                                        loaded.catalogue, cases, run, stop_signal_word, {});
  for (const auto& one : result.cases) {
    if (!is_clean(one.verdict)) outcome.red.insert(one.id);
  }
  return outcome;
}

std::vector<Configuration> SelftestCommand::configurations() const {
  std::vector<Configuration> all;
  if (defects.empty()) {
    all.push_back({});
    for (const auto feature : refserver::every_feature())
      all.push_back({"", std::string(refserver::keyword_of(feature))});
    for (const auto& name : refserver::defect_names()) all.push_back({name, ""});
  }
  for (const auto& name : defects) all.push_back({name, ""});
  return all;
}

std::vector<Outcome> SelftestCommand::run_all(const LoadedSuite& loaded, const Cases& cases,
                                              const std::vector<Configuration>& all) const {
  std::vector<Outcome> outcomes(all.size());
  std::atomic<std::size_t> next{0};
  std::mutex printing;
  const auto work = [&] {
    for (std::size_t i = next++; i < all.size() && stop_signal_word().empty(); i = next++) {
      outcomes[i] = run_one(loaded, cases, all[i]);
      const std::lock_guard lock(printing);
      const auto& red = outcomes[i].red;
      print(fmt::format(
          "{:<44} {}{}\n", all[i].name(),
          red.empty() ? "no case is red" : fmt::format("{} cases, first {}", red.size(), *red.begin()),
          outcomes[i].problem.empty() ? "" : "; " + outcomes[i].problem));
    }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  return outcomes;
}

std::string scenario_of(const std::string& case_id) {
  // rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends/lf-dot-lf: folder, file, scenario, row.
  std::size_t end = 0;
  for (int i = 0; i < 3 && end != std::string::npos; ++i) end = case_id.find('/', end == 0 ? 0 : end + 1);
  return case_id.substr(0, end);
}

ExitCode SelftestCommand::judge(const LoadedSuite& loaded, const Cases& cases,
                                const std::vector<Outcome>& outcomes) const {
  CaughtTable caught;
  std::set<std::string> scenarios_caught;
  std::vector<std::string> complaints;
  for (const auto& outcome : outcomes) {
    const auto name = outcome.configuration.name();
    if (!outcome.problem.empty()) complaints.push_back(fmt::format("{}: {}", name, outcome.problem));
    if (outcome.configuration.defect.empty()) {
      for (const auto& id : outcome.red)
        complaints.push_back(fmt::format("the correct server ({}): {} is not clean", name, id));
      continue;
    }
    if (outcome.red.empty()) complaints.push_back(fmt::format("no case catches the defect {}", name));
    caught[name] = outcome.red;
    for (const auto& id : outcome.red) scenarios_caught.insert(scenario_of(id));
  }
  if (defects.empty()) {
    const auto excused = read_caught(loaded.data.caught().parent_path() / "uncaught.tsv");
    std::set<std::string> uncaught;
    for (const auto* one : cases) {
      const auto scenario = scenario_of(one->id);
      if (scenarios_caught.contains(scenario) || !scenario::can_fail(*one, loaded.catalogue)) continue;
      if (!excused.contains(scenario)) uncaught.insert(scenario);
    }
    for (const auto& scenario : uncaught)
      complaints.push_back(fmt::format("no defect makes {} fail", scenario));
    for (const auto& [scenario, reason] : excused) {
      if (scenarios_caught.contains(scenario))
        complaints.push_back(fmt::format("{} is caught and must leave uncaught.tsv", scenario));
    }
    const auto text = format_caught(caught);
    if (write) {
      if (const auto failure = result::write_file_atomically(loaded.data.caught(), text)) {
        return complain(ExitCode::infrastructure, failure->message);
      }
    } else if (read_caught(loaded.data.caught()) != caught) {
      complaints.push_back(
          "fixtures/defects/caught.tsv is out of date; `smtpspec selftest --write` brings it up to date");
    }
  }
  for (const auto& complaint : complaints) complain(ExitCode::red, complaint);
  print(fmt::format("smtpspec selftest: {} configurations, {} defects caught, {} complaints: {}\n",
                    outcomes.size(), caught.size(), complaints.size(), complaints.empty() ? "green" : "red"));
  return complaints.empty() ? ExitCode::green : ExitCode::red;
}

ExitCode SelftestCommand::execute() {
  if (list) {
    std::string text;
    for (const auto& defect : refserver::every_defect())
      text += fmt::format("{}\t{}\n", defect.name, defect.description);
    return print(text) ? ExitCode::green : ExitCode::infrastructure;
  }
  for (const auto& name : defects) {
    auto known = configure(name, {});
    if (auto* code = std::get_if<ExitCode>(&known)) return *code;
  }
  SelectionOptions selection;
  selection.data = data;
  auto loaded = load(selection);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& suite = std::get<LoadedSuite>(loaded);
  auto cases = choose(selection, suite);
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;
  note_stop_signals();
  wire::raise_open_file_limit();
  const auto& chosen = std::get<Cases>(cases);
  const auto outcomes = run_all(suite, chosen, configurations());
  if (!stop_signal_word().empty())
    return stop_signal_word() == "interrupted" ? ExitCode::interrupted : ExitCode::terminated;
  return judge(suite, chosen, outcomes);
}

}  // namespace

void add_selftest(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<SelftestCommand>();
  auto& sub =
      *app.add_subcommand("selftest", "Prove that the scenarios can fail: run them against every defect");
  sub.add_option("--data", command->data, "Folder with the bundled scenarios and fixtures")->type_name("DIR");
  sub.add_option("--defect", command->defects, "Only these defects");
  sub.add_flag("--write", command->write, "Write fixtures/defects/caught.tsv");
  sub.add_flag("--list", command->list, "Only list the defects");
  sub.add_option("--threads", command->threads, "Configurations at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
