// SPDX-License-Identifier: Apache-2.0
#include "cli/complaints.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

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
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return true;
  const std::string why = std::strerror(errno);
  complain(gate::ExitCode::infrastructure, "standard output can't be written: " + why +
                                               "; send it elsewhere, or name a file by --report text:PATH");
  return false;
}

}  // namespace smtpspec::cli
