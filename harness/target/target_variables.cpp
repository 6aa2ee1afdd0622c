// SPDX-License-Identifier: Apache-2.0
#include "target/target_variables.hpp"

#include <filesystem>

namespace smtpspec::target {
namespace {

/// For a target that needs a second server behind it: `{smtpspec} serve`.
std::string own_program() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).string();
}

}  // namespace

const std::vector<std::string>& port_names() {
  static const std::vector<std::string> names{"port", "submission_port", "smtps_port", "lmtp_port",
                                              "relay_port"};
  return names;
}

const std::vector<std::string>& send_names() {
  static const std::vector<std::string> names{"host", "sender", "recipients", "message_file",
                                              "ca",   "auth",   "security"};
  return names;
}

Variables known_variables(const Target& target) {
  Variables variables = target.variables;
  for (const std::string& port : port_names()) variables[port];
  if (!target.version.empty()) variables["version"] = target.version;
  variables["version"];  // a file may say in [variables] what stands for none
  variables["smtpspec"] = own_program();
  variables["dir"];
  variables["root"];
  variables["domain"] = target.domain;
  variables["host_name"] = "mx." + target.domain;
  variables["relay_domain"] = target.relay_domain;
  variables["user"] = target.credentials ? target.credentials->user : "";
  variables["password"] = target.credentials ? target.credentials->password : "";
  return variables;
}

}  // namespace smtpspec::target
