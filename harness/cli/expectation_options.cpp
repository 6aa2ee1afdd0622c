// SPDX-License-Identifier: Apache-2.0
#include "cli/expectation_options.hpp"

#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "gate/expectation.hpp"

namespace smtpspec::cli {

using gate::ExitCode;
using result::Expectations;

std::variant<Expectations, ExitCode> read_expectations_for(const std::string& path,
                                                           const std::string& target_name) {
  if (path.empty()) return Expectations{};
  auto text = gate::read_expectation_text(path);
  if (!text) return complain(text.problems());
  const auto file = gate::parse_expectations(*text, path);
  if (!file) return complain(file.problems());
  // A version of the same server, postfix@trixie, may well be held against what is known of postfix.
  const auto server = result::server_of(target_name);
  if (!file->target.empty() && file->target != target_name && file->target != server)
    return complain(ExitCode::usage, fmt::format("{} says that it is about the target '{}'; this one is '{}'",
                                                 path, file->target, target_name));
  return Expectations{path, std::move(*text)};
}

std::variant<Expectations, ExitCode> read_expectations_for(const std::string& option,
                                                           const std::string& target_name,
                                                           const DataFolder& data) {
  if (option != "bundled") return read_expectations_for(option, target_name);
  const auto path = data.targets() / "expectations" / (target_name + ".toml");
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return complain(ExitCode::usage,
                    fmt::format("--expectations bundled: there is no {} for the target '{}'; name a file, or "
                                "leave the option out",
                                path.string(), target_name));
  return read_expectations_for(path.string(), target_name);
}

}  // namespace smtpspec::cli
