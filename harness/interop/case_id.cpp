// SPDX-License-Identifier: Apache-2.0
#include "interop/case_id.hpp"

#include <fmt/format.h>

namespace smtpspec::interop {
namespace {

// The part that stands at `index` between slashes; a server's name that a `*` can stand for where there is
// none.
std::string_view part(std::string_view text, int index) {
  for (; index > 0; --index) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return "any";
    text.remove_prefix(slash + 1);
  }
  return text.substr(0, text.find('/'));
}

}  // namespace

std::string case_id(std::string_view sender, std::string_view receiver, std::string_view message) {
  return fmt::format("{}/{}/{}/{}", target_name, sender, receiver, message);
}

std::vector<std::string> possible_ids(std::string_view pattern, const Corpus& corpus) {
  const auto sender = part(pattern, 1), receiver = part(pattern, 2);
  std::vector<std::string> ids;
  for (const auto& message : corpus) {
    ids.push_back(case_id(sender, receiver, message.id));
    ids.push_back(case_id("any", "any", message.id));
  }
  return ids;
}

}  // namespace smtpspec::interop
