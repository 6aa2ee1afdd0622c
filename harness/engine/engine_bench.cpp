// SPDX-License-Identifier: Apache-2.0
// Measures what the engine costs with all its judging on, against Postfix's smtp-sink:
//
//   engine_bench FOLDER [ROUNDS]          sessions per second beside smtp-source, at 1, 10 and 50 sessions at
//   once engine_bench FOLDER --hold SESSIONS   holds them open at once on one thread, memory of this process
//
// FOLDER is an unpacked Postfix, such as build/targets/postfix. One session is greeting, EHLO, MAIL, RCPT,
// DATA, 1 KiB, QUIT; both clients do the same work against the same sink, one after the other in every round.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "engine/invariants.hpp"
#include "engine/smtp_tools_for_bench.hpp"
#include "scenario/loader.hpp"

namespace smtpspec::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int default_rounds = 7;
constexpr double required_ratio = 0.9;

constexpr Load loads[] = {{1, 5000}, {10, 20000}, {50, 20000}};

constexpr char scenario_text[] = R"(
spec = "RFC 5321"
section = "4.1.1"
title = "One message"
since = "0.1"

[[scenario]]
id = "one-message"
title = "A whole dialogue, each answer judged"
covers = ["R5321-4.2-a"]
from = "connect"
steps = [
  { expect = 220 },
  { send = "EHLO {client.name}", expect = 250 },
  { send = "MAIL FROM:<{sender}>", expect = 250 },
  { send = "RCPT TO:<{mailbox}>", expect = 250 },
  { send = "DATA", expect = 354 },
  { message = 'Subject: {token}\r\n\r\n@content@', expect = 250 },
]
)";

/// One of those who play at once: case after case, until all are done.
wire::Task<void> play_cases(RunContext& context, const scenario::Case& one, long& left) {
  while (left > 0) {
    CaseRun play(context, one, CaseToken(context.token_seed, static_cast<std::uint64_t>(left--)));
    const auto result = co_await play.run();
    if (result.verdict != Verdict::pass) {
      throw std::runtime_error(
          fmt::format("the case was {}: {}", base::to_string(result.verdict), result.reason));
    }
  }
}

wire::Task<void> play_load(RunContext& context, const scenario::Case& one, Load load) {
  long left = load.sessions;
  int running = load.at_once;
  std::exception_ptr problem;
  wire::Event all_done(context.loop);
  for (int i = 0; i < load.at_once; ++i) {
    context.loop.spawn(play_cases(context, one, left), [&](std::exception_ptr thrown) {
      if (thrown) problem = thrown;
      if (--running == 0) all_done.set();
    });
  }
  co_await all_done.wait(wire::no_deadline);
  if (problem) std::rethrow_exception(problem);
}

double measure_engine(RunContext& context, const scenario::Case& one, const Load& load) {
  const auto began = Clock::now();
  context.loop.run(play_load(context, one, load));
  const std::chrono::duration<double> took = Clock::now() - began;
  return static_cast<double>(load.sessions) / took.count();
}

/// Gives the median of the rounds' ratios.
double compare(RunContext& context, const scenario::Case& one, const SmtpTools& tools, const Load& load,
               int rounds) {
  const auto address = wire::format(*context.target.endpoint(target::EndpointKind::smtp));
  std::vector<double> engine, source, ratio;
  for (int round = 0; round < rounds; ++round) {
    engine.push_back(measure_engine(context, one, load));
    source.push_back(tools.measure_source(address, load));
    ratio.push_back(engine.back() / source.back());
  }
  const auto [least, most] = std::minmax_element(ratio.begin(), ratio.end());
  fmt::print(
      "{:>3} at once: engine {:>6.0f}/s, smtp-source {:>6.0f}/s; ratio {:.2f} (from {:.2f} to {:.2f})\n",
      load.at_once, median_of(engine), median_of(source), median_of(ratio), *least, *most);
  std::fflush(stdout);
  return median_of(ratio);
}

// The content is written out: it is the engine that is measured, not the language's functions.
scenario::Case the_case() {
  std::string content;
  while (content.size() < 1000)
    content += R"(The quick brown fox jumps over the lazy dog, again and again.\r\n)";
  std::string text = scenario_text;
  constexpr std::string_view hole = "@content@";
  text.replace(text.find(hole), hole.size(), content);
  auto file = scenario::load_text(text, "engine_bench", "bench");
  if (!file) throw std::runtime_error(base::format(file.problems()));
  return std::move(file->cases.front());
}

Requirements the_requirements() {
  base::Requirement requirement;
  requirement.id = "R5321-4.2-a";
  requirement.level = "MUST";
  requirement.worst = Verdict::fail;
  return {{requirement.id, requirement}};
}

int compare_all(const std::string& folder, int rounds) {
  const SmtpTools tools(folder);
  const target::Instance sink = tools.start_sink();
  const auto one = the_case();
  const auto requirements = the_requirements();
  wire::EventLoop loop;
  Invariants invariants;
  RunContext context(loop, sink.target(), requirements);
  context.invariants = &invariants;
  fmt::print("sessions per second, medians of {} rounds:\n", rounds);
  bool fast_enough = true;
  for (const auto& load : loads) fast_enough &= compare(context, one, tools, load, rounds) >= required_ratio;
  return fast_enough ? 0 : 1;
}

wire::Task<void> hold_sessions(RunContext& context, int count) {
  Scope scope(context.target, CaseToken(context.token_seed, 0));
  const scenario::Prelude up_to_ehlo;
  std::deque<Dialogue> held;
  for (int i = 0; i < count; ++i) {
    const auto failure = co_await open_dialogue(context, scope, up_to_ehlo, "smtp", held.emplace_back());
    if (failure) throw std::runtime_error(describe(*failure));
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{} sessions held open after EHLO, {} MiB at most\n", held.size(), usage.ru_maxrss / 1024);
}

int hold(const std::string& folder, int count) {
  const auto files = wire::raise_open_file_limit();
  if (files < static_cast<std::size_t>(count) + 50)
    throw std::runtime_error(fmt::format("only {} files may be open", files));
  const target::Instance sink = SmtpTools(folder).start_sink();
  const Requirements none;
  wire::EventLoop loop;
  RunContext context(loop, sink.target(), none);
  loop.run(hold_sessions(context, count));
  return 0;
}

int measure(int argc, char** argv) {
  const std::string folder = argc > 1 ? std::filesystem::absolute(argv[1]).string() : "";
  if (argc == 2) return compare_all(folder, default_rounds);
  if (argc == 3) return compare_all(folder, std::max(1, std::atoi(argv[2])));
  if (argc == 4 && std::strcmp(argv[2], "--hold") == 0) return hold(folder, std::atoi(argv[3]));
  fmt::print(stderr, "usage: engine_bench FOLDER [ROUNDS] | FOLDER --hold SESSIONS\n");
  return 2;
}

}  // namespace
}  // namespace smtpspec::engine

int main(int argc, char** argv) {
  try {
    return smtpspec::engine::measure(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "engine_bench: {}\n", problem.what());
    return 1;
  }
}
