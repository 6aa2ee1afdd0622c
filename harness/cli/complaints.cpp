// SPDX-License-Identifier: Apache-2.0
#include "cli/complaints.hpp"

#include <cstdio>

namespace smtpspec::cli {

gate::ExitCode complain(gate::ExitCode code, const std::string& message) {
  std::fprintf(stderr, "smtpspec: %s\n", message.c_str());
  return code;
}

gate::ExitCode complain(const std::vector<base::Diagnostic>& problems) {
  std::fputs(base::format(problems).c_str(), stderr);
  return gate::ExitCode::invalid_file;
}

bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace smtpspec::cli
