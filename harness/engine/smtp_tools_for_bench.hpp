// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <variant>
#include <vector>

#include "target/command.hpp"
#include "target/instance.hpp"

namespace smtpspec::engine {

struct Load {
  int at_once;
  long sessions;  ///< of one client in one round
};

/// Postfix's test programs, run from the folder they were unpacked to.
class SmtpTools {
 public:
  explicit SmtpTools(const std::string& folder)
      : sbin_(folder + "/usr/sbin/"),
        environment_{
            {"LD_LIBRARY_PATH", folder + "/usr/lib/postfix:" + folder + "/usr/lib/x86_64-linux-gnu"}} {}

  target::Instance start_sink() const {
    target::Target sink;
    sink.kind = target::Target::Kind::started;
    sink.name = "smtp-sink";
    sink.recipient = "user+{token}@example.test";
    sink.endpoints[target::EndpointKind::smtp] = "127.0.0.1:{port}";
    sink.start.emplace();
    sink.start->command = {sbin_ + "smtp-sink"};
    if (geteuid() == 0) sink.start->command.insert(sink.start->command.end(), {"-u", "nobody"});
    sink.start->command.insert(sink.start->command.end(), {"-m", "10000", "127.0.0.1:{port}", "1000"});
    sink.start->environment = environment_;
    auto started = target::start(sink);
    if (auto* failed = std::get_if<target::StartFailed>(&started)) throw std::runtime_error(failed->why);
    return std::get<target::Instance>(std::move(started));
  }

  /// Sessions per second of smtp-source.
  double measure_source(const std::string& address, const Load& load) const {
    const target::Command command{sbin_ + "smtp-source",
                                  "-s",
                                  std::to_string(load.at_once),
                                  "-m",
                                  std::to_string(load.sessions),
                                  "-l",
                                  "1024",
                                  address};
    const auto began = std::chrono::steady_clock::now();
    const auto outcome = target::run_command(command, environment_, std::chrono::minutes(5));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto* ended = std::get_if<target::CommandEnded>(&outcome);
    if (!ended || !ended->succeeded()) throw std::runtime_error("smtp-source failed");
    return static_cast<double>(load.sessions) / took.count();
  }

 private:
  std::string sbin_;
  std::map<std::string, std::string> environment_;
};

inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace smtpspec::engine
