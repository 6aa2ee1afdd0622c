// SPDX-License-Identifier: Apache-2.0
#include "target/templates.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "target/placeholders.hpp"

namespace smtpspec::target {
namespace fs = std::filesystem;
namespace {

std::optional<std::string> copy_template(const fs::path& from, const fs::path& to,
                                         const Variables& variables) {
  std::ifstream in(from, std::ios::binary);
  if (!in) return fmt::format("the template {} can't be read", from.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto slips = misspelt_placeholders(text, variables);
  if (!slips.empty())
    return fmt::format("the template {} has an unknown placeholder {}", from.string(), slips.front());
  std::ofstream out(to, std::ios::binary);
  out << fill(text, variables);
  out.close();
  if (!out) return fmt::format("{} can't be written", to.string());
  return std::nullopt;
}

}  // namespace

std::optional<std::string> copy_templates(const fs::path& from, const fs::path& to,
                                          const Variables& variables) {
  if (from.empty()) return std::nullopt;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(from, failed)) {
    const fs::path target = to / entry.path().lexically_relative(from);
    if (entry.is_directory())
      fs::create_directories(target, failed);
    else if (auto why = copy_template(entry.path(), target, variables))
      return why;
  }
  if (failed) return fmt::format("the templates in {} can't be read: {}", from.string(), failed.message());
  return std::nullopt;
}

}  // namespace smtpspec::target
