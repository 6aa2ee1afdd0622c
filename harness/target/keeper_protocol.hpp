// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace smtpspec::target {

/// What goes over the socket between us and a keeper: one message a packet, this head first. Both ends are
/// the same program, so nothing here has to last.
struct KeeperRequest {
  enum class Kind : std::uint32_t {
    run,         ///< strings follow, each with a NUL: working folder, input file, `arguments` words,
                 ///< `variables` settings
    run_beside,  ///< the same, beside the main program
    signal,      ///< `number` to the main program
    kill_all,    ///< answered by all_ended
    finish,      ///< `number` is the stop signal, `grace_ms` the time before the kill
  };
  Kind kind = Kind::run;
  std::int32_t number = 0;
  std::uint32_t grace_ms = 0;
  std::uint32_t arguments = 0;
  std::uint32_t variables = 0;
};

struct KeeperEvent {
  enum class Kind : std::uint32_t {
    ready,            ///< the folder is made, the log socket bound; `value` 0 or errno
    started,          ///< `value` is the main program's pid
    beside_started,   ///< `value` is the pid of the one beside it
    could_not_start,  ///< `value` is errno
    main_ended,       ///< `value` is its wait status
    beside_ended,     ///< of the one begun last; `value` is its wait status
    all_ended,        ///< no process is left
  };
  Kind kind = Kind::ready;
  std::int32_t value = 0;
};

constexpr std::size_t max_request_bytes = 128 * 1024;
constexpr std::size_t max_words = 2048;
constexpr std::size_t max_output_bytes = 1024 * 1024;

/// The folder that a keeper makes and what it writes there; the texts must outlive it. A file that has grown
/// too long goes on under its first name, its older part under the second.
struct KeeperPlaces {
  const char* folder;
  const char* output;
  const char* older_output;
  const char* log = nullptr;  ///< null: nobody listens for syslog messages
  const char* older_log = nullptr;
};

/// The name of the syslog socket in a keeper's folder.
constexpr const char* syslog_socket_name = "syslog.socket";

/// Closes all files but the standard streams and one, above all the ends of other keepers' sockets, which
/// would keep those from seeing that we are gone. Safe after a fork.
void close_all_but(int keep);

/// The life of a keeper, from just after the fork; never returns.
[[noreturn]] void be_keeper(int socket, const KeeperPlaces& places);

}  // namespace smtpspec::target
