// SPDX-License-Identifier: Apache-2.0
#include "cli/expectation_options.hpp"

#include <fmt/format.h>

#include "cli/complaints.hpp"

namespace smtpspec::cli {

using gate::ExitCode;
using result::Expectations;

std::optional<ExitCode> complain_of_another_target(const gate::ExpectationFile& file,
                                                   const std::string& target_name) {
  if (gate::is_about(file, target_name)) return std::nullopt;
  return complain(ExitCode::usage, fmt::format("{} says that it is about the target '{}'; this one is '{}'",
                                               file.name, file.target, target_name));
}

std::variant<Expectations, ExitCode> read_expectations_for(const std::string& path,
                                                           const std::string& target_name) {
  if (path.empty()) return Expectations{};
  auto text = gate::read_expectation_text(path);
  if (!text) return complain(text.problems());
  const auto file = gate::parse_expectations(*text, path);
  if (!file) return complain(file.problems());
  if (const auto code = complain_of_another_target(*file, target_name)) return *code;
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
