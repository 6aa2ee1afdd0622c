// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/finish.hpp"
#include "cli/selection_options.hpp"
#include "gate/exit_code.hpp"

namespace smtpspec::cli {

/// `serve SCENARIO`: the server's side of cases for a person's own client, round after round.
struct ServeScenario {
  SelectionOptions selection;  ///< its words are what is played
  std::string address;
  std::uint16_t port = 0;
  std::string patience = "30s";  ///< how long a client may take over each step
  std::string wait;              ///< how long it may take to connect; "": for ever
  std::string message_file;      ///< where the message to send is put; "": in a folder of its own
  std::vector<std::string> reports;
  LogChoice log;
  bool once = false;
  bool keeps_a_queue = false;  ///< --queue
  bool strict = false;
  bool quiet = false;

  gate::ExitCode execute();
};

}  // namespace smtpspec::cli
