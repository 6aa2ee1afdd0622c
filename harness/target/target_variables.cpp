// SPDX-License-Identifier: Apache-2.0
#include "target/target_variables.hpp"

namespace smtpspec::target {

const std::vector<std::string>& port_names() {
  static const std::vector<std::string> names{"port", "submission_port", "smtps_port", "lmtp_port",
                                              "relay_port"};
  return names;
}

Variables known_variables(const Target& target) {
  Variables variables = target.variables;
  for (const std::string& port : port_names()) variables[port];
  if (!target.version.empty()) variables["version"] = target.version;
  variables["version"];  // a file may say in [variables] what stands for none
  variables["dir"];
  variables["root"];
  variables["domain"] = target.domain;
  variables["relay_domain"] = target.relay_domain;
  variables["user"] = target.credentials ? target.credentials->user : "";
  variables["password"] = target.credentials ? target.credentials->password : "";
  return variables;
}

}  // namespace smtpspec::target
