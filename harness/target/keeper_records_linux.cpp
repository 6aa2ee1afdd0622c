// SPDX-License-Identifier: Apache-2.0

#include "target/keeper_records_linux.hpp"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace smtpspec::target {
namespace {

void open_file(KeeperRecords::File& file) {
  file.descriptor = open(file.name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  file.size = 0;
}

void append(KeeperRecords::File& file, const char* bytes, std::size_t size) {
  if (file.size > max_output_bytes) {
    close(file.descriptor);
    rename(file.name, file.older);
    open_file(file);
  }
  (void)!write(file.descriptor, bytes, size);
  file.size += size;
}

/// How long a syslog message's priority is: `<30>`; 0 when it begins otherwise.
std::size_t priority_length(const char* message, std::size_t size) {
  if (size < 3 || message[0] != '<') return 0;
  std::size_t at = 1;
  while (at < size && at < 4 && message[at] >= '0' && message[at] <= '9') ++at;
  return at > 1 && at < size && message[at] == '>' ? at + 1 : 0;
}

}  // namespace

int open_output_pipe(KeeperRecords& records) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  records.output_read = ends[0];
  records.output_write = ends[1];
  fcntl(records.output_read, F_SETFL, O_NONBLOCK);
  return 0;
}

void open_output_file(KeeperRecords& records) {
  open_file(records.output);
}

// By the socket's short name, for the whole path may be longer than an address of a socket can be.
int open_syslog(KeeperRecords& records, const char* folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path, syslog_socket_name);
  const int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  records.syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool is_bound = records.syslog >= 0 && chdir(folder) == 0 &&
                        bind(records.syslog, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                        chmod(syslog_socket_name, 0666) == 0;
  const int error = is_bound ? 0 : errno;
  if (before >= 0) {
    (void)!fchdir(before);
    close(before);
  }
  if (is_bound) open_file(records.log);
  return error;
}

void copy_output(KeeperRecords& records) {
  static char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = read(records.output_read, buffer, sizeof buffer);
    if (got <= 0) return;
    append(records.output, buffer, static_cast<std::size_t>(got));
  }
}

void copy_syslog(KeeperRecords& records) {
  static char buffer[16 * 1024 + 1];
  if (records.syslog < 0) return;
  for (;;) {
    const ssize_t got = recv(records.syslog, buffer, sizeof buffer - 1, 0);
    if (got < 0) return;
    std::size_t end = static_cast<std::size_t>(got);
    const std::size_t begin = priority_length(buffer, end);
    while (end > begin && (buffer[end - 1] == '\0' || buffer[end - 1] == '\n')) --end;
    if (end == begin) continue;
    for (std::size_t i = begin; i < end; ++i) {
      if (buffer[i] == '\n') buffer[i] = ' ';
    }
    buffer[end] = '\n';
    append(records.log, buffer + begin, end + 1 - begin);
  }
}

}  // namespace smtpspec::target
