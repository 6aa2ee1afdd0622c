// SPDX-License-Identifier: Apache-2.0
#include "cli/serve_scenario.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "base/toml_reader.hpp"
#include "cli/complaints.hpp"
#include "cli/errand_text.hpp"
#include "cli/run_description.hpp"
#include "cli/stop_signals.hpp"
#include "engine/serving.hpp"
#include "report/format.hpp"

namespace smtpspec::cli {
namespace {

namespace fs = std::filesystem;
using Cases = std::vector<const scenario::Case*>;
using gate::ExitCode;
using std::chrono::milliseconds;

/// Where the message to send lies; goes with its folder, when that is ours.
class MessagePlace {
 public:
  explicit MessagePlace(std::string file) : file_(std::move(file)) {
    if (!file_.empty()) return;
    auto pattern = (fs::temp_directory_path() / "smtpspec-serve-XXXXXX").string();
    if (mkdtemp(pattern.data())) folder_ = pattern;
    file_ = folder_ + "/message.eml";
  }
  MessagePlace(const MessagePlace&) = delete;
  MessagePlace& operator=(const MessagePlace&) = delete;
  ~MessagePlace() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  const std::string& file() const { return file_; }
  bool write(const std::string& content) const {
    std::ofstream out(file_, std::ios::binary);
    out << content;
    return out.flush().good();
  }

 private:
  std::string file_;
  std::string folder_;
};

std::optional<milliseconds> duration_of(const char* option, const std::string& text) {
  const auto ms = base::parse_duration_ms(text);
  if (ms) return milliseconds(*ms);
  complain(ExitCode::usage, fmt::format("{}: '{}' is no duration; write it like 30s or 5m", option, text));
  return std::nullopt;
}

// Those in which the target sends to a server of ours; a prefix may name others besides.
std::variant<Cases, ExitCode> of_our_server(const Cases& chosen) {
  Cases cases;
  for (const auto* one : chosen) {
    if (one->role == scenario::Role::server) cases.push_back(one);
  }
  if (!cases.empty()) return cases;
  return complain(
      ExitCode::usage,
      fmt::format("{}: only scenarios with role = \"server\" can be served for a client of your own; "
                  "`smtpspec run` plays this one",
                  chosen.front()->id));
}

/// The rounds, one after the other, until there is an exit code.
class Rounds {
 public:
  Rounds(const ServeScenario& command, const LoadedSuite& loaded, engine::Serving& serving)
      : command_(command), loaded_(loaded), serving_(serving) {
    log_.verbose = !command.quiet;
  }

  ExitCode play(const Cases& cases, const std::vector<report::ReportRequest>& requests) {
    for (;;) {
      bool anybody_was_asked = false;
      result::Run all;
      for (const auto* one : cases) {
        auto run = serving_.play(*one, stop_signal_word);
        describe(run);
        anybody_was_asked = anybody_was_asked || serving_.asked();
        const bool is_stopped = !run.aborted.empty();
        if (!is_stopped && cases.size() > 1) finish(run, {}, log_);
        add(std::move(run), all);
        if (is_stopped) break;
      }
      if (!all.aborted.empty() && !command_.once)
        return all.aborted == "interrupted" ? ExitCode::interrupted : ExitCode::terminated;
      const bool is_last = command_.once || !anybody_was_asked;
      if (is_last) return finish(all, requests, cases.size() > 1 ? LogChoice{} : log_);
      if (cases.size() == 1) finish(all, requests, log_);
    }
  }

 private:
  void describe(result::Run& run) const {
    engine::RunOptions played;
    describe_run(run, loaded_, command_.selection, played, "");
    run.options["command"] = command_.keeps_a_queue ? "serve --queue" : "serve";
    for (const char* of_run : {"client", "profile", "slow", "timeout-multiplier"}) run.options.erase(of_run);
    if (command_.strict) run.options["strict"] = "true";
  }

  static void add(result::Run run, result::Run& all) {
    if (all.cases.empty()) {
      all = std::move(run);
      return;
    }
    all.aborted = run.aborted;
    all.duration += run.duration;
    for (auto& one : run.cases) all.cases.push_back(std::move(one));
    for (auto& one : run.requirements) {
      const auto is_same = [&one](const base::Requirement& known) { return known.id == one.id; };
      if (std::none_of(all.requirements.begin(), all.requirements.end(), is_same))
        all.requirements.push_back(std::move(one));
    }
  }

  const ServeScenario& command_;
  const LoadedSuite& loaded_;
  engine::Serving& serving_;
  LogChoice log_ = command_.log;
};

}  // namespace

ExitCode ServeScenario::execute() {
  const auto patient = duration_of("--patience", patience);
  const auto waits = wait.empty() ? std::optional<milliseconds>() : duration_of("--wait", wait);
  if (!patient || (!wait.empty() && !waits)) return ExitCode::usage;
  auto requests = report::parse_report_requests(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  auto loaded = load(selection);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& suite = std::get<LoadedSuite>(loaded);
  auto chosen = choose(selection, suite);
  if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
  auto cases = of_our_server(std::get<Cases>(chosen));
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;

  note_stop_signals();
  const MessagePlace place(message_file);
  wire::EventLoop loop;
  engine::ServingOptions options;
  options.at = wire::TcpEndpoint{address, port};
  options.timeouts.reply = options.timeouts.delivery = options.timeouts.handshake = *patient;
  options.wait = waits;
  options.keeps_a_queue = keeps_a_queue;
  options.messages = suite.data.messages();
  options.tell = [&place](const engine::Errand& errand) {
    const bool is_message = errand.kind == engine::Errand::Kind::send;
    if (is_message && !place.write(errand.submission.content))
      complain(ExitCode::infrastructure, fmt::format("the message can't be written to {}", place.file()));
    print(errand_text(errand, place.file()));
  };
  engine::Serving serving(loop, suite.catalogue, std::move(options));
  if (const auto problem = serving.listen(); !problem.empty())
    return complain(ExitCode::infrastructure, problem);
  return Rounds(*this, suite, serving).play(std::get<Cases>(cases), *requests);
}

}  // namespace smtpspec::cli
