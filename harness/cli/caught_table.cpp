// SPDX-License-Identifier: Apache-2.0
#include "cli/caught_table.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace smtpspec::cli {

std::string format_caught(const CaughtTable& table) {
  std::string text =
      "# Which cases catch which defect of the embedded server. Written by `smtpspec selftest --write`.\n";
  for (const auto& [defect, ids] : table) text += fmt::format("{}\t{}\n", defect, fmt::join(ids, " "));
  return text;
}

CaughtTable parse_caught(const std::string& text) {
  CaughtTable table;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find('\t');
    if (line.starts_with("#") || tab == std::string::npos) continue;
    auto& ids = table[line.substr(0, tab)];
    std::istringstream words(line.substr(tab + 1));
    for (std::string id; words >> id;) ids.insert(id);
  }
  return table;
}

CaughtTable read_caught(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return parse_caught(text.str());
}

}  // namespace smtpspec::cli
