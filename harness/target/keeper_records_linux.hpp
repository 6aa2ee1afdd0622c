// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "target/keeper_protocol.hpp"

namespace smtpspec::target {

/// What a server's programs say, by their output and, where somebody listens, by syslog, each written to a
/// file of its own. Of the keeper: system calls over fixed buffers and nothing else.
struct KeeperRecords {
  /// A file that starts anew when it has grown too long.
  struct File {
    const char* name = nullptr;
    const char* older = nullptr;
    int descriptor = -1;
    std::size_t size = 0;
  };

  int output_read = -1;   ///< a pipe: what is to be written to the output file ...
  int output_write = -1;  ///< ... and where the programs write it
  int syslog = -1;        ///< stays so when nobody asked for it; poll() then ignores it
  File output;
  File log;
};

/// Makes the pipe. 0 or errno.
int open_output_pipe(KeeperRecords& records);

/// Begins the file of what comes out of the pipe, in the keeper's folder, which must be there.
void open_output_file(KeeperRecords& records);

/// Binds the socket in `folder` to which programs that know only syslog write. 0 or errno.
int open_syslog(KeeperRecords& records, const char* folder);

/// Moves what the programs have written into the output file.
void copy_output(KeeperRecords& records);

/// Writes what came by syslog as lines: without priority, one line a message.
void copy_syslog(KeeperRecords& records);

}  // namespace smtpspec::target
