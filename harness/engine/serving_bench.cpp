// SPDX-License-Identifier: Apache-2.0
// Measures our servers beside Postfix's smtp-sink, at the same client:
//
//   serving_bench FOLDER [ROUNDS]     sessions per second that smtp-source has, at 1, 10 and 50 sessions at
//   once
//
// FOLDER is an unpacked Postfix, such as build/targets/postfix. One session is greeting, HELO, MAIL, RCPT,
// DATA, 1 KiB, QUIT. In every round smtp-source plays against smtp-sink, the next hop under a script that
// judges every step, the next hop left alone, and the embedded server, one after the other.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sys/resource.h>

#include <fmt/format.h>

#include "engine/beside.hpp"
#include "engine/judge.hpp"
#include "engine/matching.hpp"
#include "engine/next_hop.hpp"
#include "engine/smtp_tools_for_bench.hpp"
#include "refserver/server.hpp"
#include "scenario/loader.hpp"

namespace smtpspec::engine {
namespace {

constexpr int default_rounds = 7;
constexpr double required_ratio = 0.9;
constexpr Load loads[] = {{1, 3000}, {10, 5000}, {50, 5000}};
constexpr std::chrono::seconds patience{10};

constexpr char script_text[] = R"(
spec = "RFC 5321"
section = "4.1.1"
title = "One message"
since = "0.1"

[[scenario]]
id = "one-message"
title = "Every step of a session, looked at"
covers = ["R5321-4.2-a"]
role = "server"
steps = [
  { accept = "HELO", expect = { wire = '^HELO [^ ]+\r\n$' } },
  { serve = "MAIL", expect = { command = '^MAIL FROM:<.*>' } },
  { serve = "RCPT", expect = { command = '^RCPT TO:<.*>' } },
  { serve = "DATA", expect = { command = '^DATA$' } },
  { serve = "content", expect = { wire = '\r\n\.\r\n$' } },
  { serve = "QUIT", expect = { ending = "crlf" } },
]
)";

scenario::Awaited awaited_by(const scenario::Step& step) {
  if (const auto* accept = std::get_if<scenario::Accept>(&step.action)) return accept->until;
  return std::get<scenario::Serve>(step.action).until;
}

/// One connection through the steps of a case, each judged as the engine does.
wire::Task<void> play(std::shared_ptr<HopSession> session, const scenario::Case& one,
                      const Requirements& requirements, long& failures) {
  Judge judge(requirements, {}, one);
  const LabelledCodes labelled;
  const scenario::Variables none = [](std::string_view) { return std::nullopt; };
  for (const auto& step : one.steps) {
    auto until = awaited_by(step);
    Event event = co_await session->serve(std::move(until), wire::deadline_after(patience));
    Observation seen;
    seen.event = &event;
    seen.sent_at = session->answered_at();
    const auto grade = match(std::get<scenario::Expectation>(step.answer).condition, seen, labelled, none);
    if (grade.grade == Match::Grade::holds) continue;
    ++failures;
    result::Finding finding;
    finding.verdict = Verdict::fail;
    finding.message = grade.why;
    judge.record(std::move(finding));
    break;
  }
  scenario::Awaited close{scenario::Awaited::Kind::close, {}};
  co_await session->serve(std::move(close), wire::deadline_after(patience));
}

/// Takes connection after connection.
class ScriptedHop {
 public:
  explicit ScriptedHop(wire::EventLoop& loop) : loop_(loop), hop_(loop) {
    auto file = scenario::load_text(script_text, "serving_bench", "bench");
    if (!file) throw std::runtime_error(base::format(file.problems()));
    case_ = std::move(file->cases.front());
    const auto problem = hop_.listen(wire::TcpEndpoint{"127.0.0.1", 0});
    if (!problem.empty()) throw std::runtime_error(problem);
    loop_.spawn(accept_all());
  }

  std::string address() const { return wire::format(hop_.endpoint()); }
  long failures() const { return failures_; }

 private:
  wire::Task<void> accept_all() {
    auto offers = scenario::usual_offers;
    co_await hop_.hold_connections(std::move(offers));
    for (;;) {
      auto session = co_await hop_.accept(false, wire::no_deadline);
      loop_.spawn(play(std::move(session), case_, requirements_, failures_));
    }
  }

  wire::EventLoop& loop_;
  NextHop hop_;
  scenario::Case case_;
  const Requirements requirements_;
  long failures_ = 0;
};

std::chrono::microseconds cpu_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto sum = [](const timeval& a, const timeval& b) {
    return std::chrono::seconds(a.tv_sec + b.tv_sec) + std::chrono::microseconds(a.tv_usec + b.tv_usec);
  };
  return std::chrono::duration_cast<std::chrono::microseconds>(sum(used.ru_utime, used.ru_stime));
}

double measure(wire::EventLoop& loop, const SmtpTools& tools, const std::string& address, const Load& load) {
  auto work = [&] { return tools.measure_source(address, load); };
  return loop.run(beside(loop, std::move(work)));
}

/// One of our servers, and what was measured of it.
struct Contestant {
  std::string name;
  std::string address;
  std::vector<double> rates = {};
  std::vector<double> ratios = {};
  std::vector<double> microseconds =
      {};  ///< of CPU, a session; says something on a machine that is busy, too
};

/// Gives the least of the medians of the ratios.
double compare(wire::EventLoop& loop, const SmtpTools& tools, const std::string& sink,
               std::vector<Contestant> ours, const Load& load, int rounds) {
  std::vector<double> of_sink;
  for (int round = 0; round < rounds; ++round) {
    of_sink.push_back(measure(loop, tools, sink, load));
    for (auto& one : ours) {
      const auto before = cpu_time();
      one.rates.push_back(measure(loop, tools, one.address, load));
      one.microseconds.push_back(static_cast<double>((cpu_time() - before).count()) /
                                 static_cast<double>(load.sessions));
      one.ratios.push_back(one.rates.back() / of_sink.back());
    }
  }
  double worst = 1000;
  fmt::print("{:>3} at once: smtp-sink {:>6.0f}/s\n", load.at_once, median_of(of_sink));
  for (const auto& one : ours) {
    const auto [least, most] = std::minmax_element(one.ratios.begin(), one.ratios.end());
    fmt::print(
        "             {:<22} {:>6.0f}/s; ratio {:.2f} (from {:.2f} to {:.2f}); {:.0f} us of CPU each\n",
        one.name, median_of(one.rates), median_of(one.ratios), *least, *most, median_of(one.microseconds));
    worst = std::min(worst, median_of(one.ratios));
  }
  std::fflush(stdout);
  return worst;
}

int compare_all(const std::string& folder, int rounds) {
  const SmtpTools tools(folder);
  const target::Instance sink = tools.start_sink();
  const auto sink_address = wire::format(*sink.target().endpoint(target::EndpointKind::smtp));
  wire::raise_open_file_limit();
  wire::EventLoop loop;
  const ScriptedHop scripted(loop);
  NextHop alone(loop);
  if (auto problem = alone.listen(wire::TcpEndpoint{"127.0.0.1", 0}); !problem.empty())
    throw std::runtime_error(problem);
  refserver::ServerOptions options;
  options.configuration.policy.takes_everybody = true;
  refserver::Server embedded(loop, std::move(options));
  embedded.store().keep_nothing();
  if (const auto problem = embedded.start()) throw std::runtime_error(*problem);
  const std::vector<Contestant> ours{
      {"a script, judged", scripted.address()},
      {"the next hop alone", wire::format(alone.endpoint())},
      {"the embedded server", wire::format(*embedded.endpoint(refserver::Service::smtp))}};
  fmt::print("sessions per second of smtp-source, medians of {} rounds:\n", rounds);
  bool fast_enough = true;
  for (const auto& load : loads)
    fast_enough &= compare(loop, tools, sink_address, ours, load, rounds) >= required_ratio;
  if (scripted.failures() > 0) throw std::runtime_error(fmt::format("{} steps failed", scripted.failures()));
  return fast_enough ? 0 : 1;
}

int measure(int argc, char** argv) {
  if (argc == 2 || argc == 3) {
    const auto folder = std::filesystem::absolute(argv[1]).string();
    return compare_all(folder, argc == 3 ? std::max(1, std::atoi(argv[2])) : default_rounds);
  }
  fmt::print(stderr, "usage: serving_bench FOLDER [ROUNDS]\n");
  return 2;
}

}  // namespace
}  // namespace smtpspec::engine

int main(int argc, char** argv) {
  try {
    return smtpspec::engine::measure(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "serving_bench: {}\n", problem.what());
    return 1;
  }
}
