// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/caught_table.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/selection_options.hpp"
#include "cli/selftest_judgement.hpp"
#include "cli/stop_signals.hpp"
#include "cli/target_options.hpp"
#include "engine/run.hpp"
#include "refserver/defects.hpp"
#include "result/atomic_file.hpp"
#include "sender/defects.hpp"

namespace smtpspec::cli {
namespace {

using base::Verdict;
using Cases = std::vector<const scenario::Case*>;

// In process an answer takes microseconds; a defect that never answers should not cost ten seconds a case.
constexpr std::chrono::milliseconds selftest_reply_time{2000};

struct SelftestCommand {
  std::string data;
  std::vector<std::string> defects;
  bool write = false;
  bool list = false;
  unsigned threads = 8;

  ExitCode execute();

 private:
  /// For the table, or to see which cases catch a defect; else those in the table are enough.
  bool plays_all() const { return write || !defects.empty(); }
  std::vector<SelftestConfiguration> configurations() const;
  std::vector<SelftestOutcome> run_all(const LoadedSuite& loaded, const Cases& cases,
                                       const std::vector<SelftestConfiguration>& all) const;
  ExitCode judge(const LoadedSuite& loaded, const Cases& cases,
                 const std::vector<SelftestOutcome>& outcomes) const;
};

bool is_clean(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::info || verdict == Verdict::unsupported;
}

// A case that was only blocked has not seen the defect: something before its first step has.
bool is_caught(Verdict verdict) {
  return verdict == Verdict::warn || verdict == Verdict::fail || verdict == Verdict::crash;
}

// Slow cases are about the patience of whoever sends; nothing else is worth their time.
Cases quick_ones(const Cases& all) {
  Cases quick;
  std::copy_if(all.begin(), all.end(), std::back_inserter(quick), [](const auto* one) { return !one->slow; });
  return quick;
}

// A broken sender shows only where the target sends, and a broken server only where something is said to it.
Cases cases_of_role(const SelftestConfiguration& configuration, const Cases& all) {
  const bool is_of_sender = sender::find_defect(configuration.defect) != nullptr;
  const auto untouched = is_of_sender ? scenario::Role::client : scenario::Role::server;
  Cases touched;
  for (const auto* one : all) {
    if (one->role != untouched) touched.push_back(one);
  }
  return is_of_sender ? touched : quick_ones(touched);
}

Cases those_named(const std::set<std::string>& ids, const Cases& all) {
  Cases named;
  for (const auto* one : all) {
    if (ids.contains(one->id)) named.push_back(one);
  }
  return named;
}

// A defect that is known to be caught is held against the cases that caught it, any other against all of its
// role. An invariant that caught it is none of the cases, but was broken in one of them.
Cases cases_for(const SelftestConfiguration& configuration, const Cases& all, const CaughtTable& known) {
  if (configuration.defect.empty()) return quick_ones(all);
  auto of_role = cases_of_role(configuration, all);
  const auto row = known.find(configuration.defect);
  if (row == known.end()) return of_role;
  auto named = those_named(row->second, of_role);
  return named.empty() ? of_role : named;
}

SelftestOutcome run_one(const LoadedSuite& loaded, const Cases& cases,
                        const SelftestConfiguration& configuration) {
  SelftestOutcome outcome;
  outcome.configuration = configuration;
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
    if (is_clean(one.verdict)) continue;
    outcome.unclean.insert(one.id);
    if (is_caught(one.verdict)) outcome.failed.insert(one.id);
  }
  return outcome;
}

bool is_unseen(const SelftestConfiguration& configuration, const CaughtTable& known) {
  const auto row = known.find(configuration.defect);
  return row != known.end() && row->second.empty();
}

// That a defect which nobody saw is seen now is believed when it is seen twice: on a machine that stands
// still for a while any case may go wrong once.
SelftestOutcome run_against(const LoadedSuite& loaded, const Cases& cases,
                            const SelftestConfiguration& configuration, const CaughtTable& known) {
  auto outcome = run_one(loaded, cases_for(configuration, cases, known), configuration);
  if (outcome.failed.empty() || !is_unseen(configuration, known)) return outcome;
  return run_one(loaded, those_named(outcome.failed, cases), configuration);
}

std::vector<SelftestConfiguration> SelftestCommand::configurations() const {
  std::vector<SelftestConfiguration> all;
  if (defects.empty()) {
    all.push_back({});
    for (const auto feature : refserver::every_feature())
      all.push_back({"", std::string(refserver::keyword_of(feature))});
    for (const auto& name : every_defect_name()) all.push_back({name, ""});
  }
  for (const auto& name : defects) all.push_back({name, ""});
  return all;
}

std::vector<SelftestOutcome> SelftestCommand::run_all(const LoadedSuite& loaded, const Cases& cases,
                                                      const std::vector<SelftestConfiguration>& all) const {
  std::vector<SelftestOutcome> outcomes(all.size());
  std::atomic<std::size_t> next{0};
  std::mutex printing;
  const auto known = plays_all() ? CaughtTable{} : read_caught(loaded.data.caught());
  const auto work = [&] {
    for (std::size_t i = next++; i < all.size() && stop_signal_word().empty(); i = next++) {
      outcomes[i] = run_against(loaded, cases, all[i], known);
      const std::lock_guard lock(printing);
      const auto& red = all[i].defect.empty() ? outcomes[i].unclean : outcomes[i].failed;
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

ExitCode SelftestCommand::judge(const LoadedSuite& loaded, const Cases& cases,
                                const std::vector<SelftestOutcome>& outcomes) const {
  const auto caught = caught_by(outcomes);
  const auto tables = loaded.data.caught().parent_path();
  auto complaints = complaints_of_runs(outcomes, read_caught(tables / "unseen.tsv"));
  const auto add = [&](std::vector<std::string> more) {
    complaints.insert(complaints.end(), more.begin(), more.end());
  };
  if (defects.empty()) {
    const auto excused = read_caught(tables / "uncaught.tsv");
    add(complaints_of_suite(caught, excused, cases, loaded.catalogue));
    if (!write) add(complaints_of_table(caught, read_caught(loaded.data.caught())));
  }
  if (write && defects.empty()) {
    const auto failure = result::write_file_atomically(loaded.data.caught(), format_caught(caught));
    if (failure) return complain(ExitCode::infrastructure, failure->message);
  }
  for (const auto& complaint : complaints) complain(ExitCode::red, complaint);
  print(fmt::format("smtpspec selftest: {} configurations, {} defects, {} complaints: {}\n", outcomes.size(),
                    caught.size(), complaints.size(), complaints.empty() ? "green" : "red"));
  return complaints.empty() ? ExitCode::green : ExitCode::red;
}

ExitCode SelftestCommand::execute() {
  if (list) {
    std::string text;
    for (const auto& defect : refserver::every_defect())
      text += fmt::format("{}\t{}\n", defect.name, defect.description);
    for (const auto& defect : sender::every_defect())
      text += fmt::format("{}\t{}\n", defect.name, defect.description);
    return print(text) ? ExitCode::green : ExitCode::infrastructure;
  }
  for (const auto& name : defects) {
    auto known = configure(name, {});
    if (auto* code = std::get_if<ExitCode>(&known)) return *code;
  }
  SelectionOptions selection;
  selection.data = data;
  selection.profile = "disruptive";  // the servers are our own
  selection.slow = true;
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
  sub.add_flag("--write", command->write,
               "Play all cases against every defect, and write fixtures/defects/caught.tsv");
  sub.add_flag("--list", command->list, "Only list the defects");
  sub.add_option("--threads", command->threads, "Configurations at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
