// SPDX-License-Identifier: Apache-2.0
#include "target/command.hpp"

#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <fmt/format.h>

#include "wire/deadline.hpp"

extern char** environ;

namespace smtpspec::target {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The pointers that exec wants, to strings that live elsewhere.
std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool write_all(int file, const std::string& octets) {
  std::size_t written = 0;
  while (written < octets.size()) {
    const ssize_t more = write(file, octets.data() + written, octets.size() - written);
    if (more <= 0) return false;
    written += static_cast<std::size_t>(more);
  }
  return true;
}

/// Something that a program can read these octets from; -1 and errno where there is none to be had.
int readable_with(const std::string& octets) {
  if (octets.empty()) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0) return -1;
  if (write_all(file, octets) && lseek(file, 0, SEEK_SET) == 0) return file;
  close(file);
  return -1;
}

/// Starts a program that reads from `input`, both its outputs going to `output`, in a process group of its
/// own, so that it can be killed with all that it starts. Gives 0 or errno. By posix_spawn, since a queue is
/// listed often and to copy the page tables of a large process takes longer than the command; Boost's
/// launcher by vfork (1.81) lets the child close and open descriptors of the event loop in memory that it
/// shares with us.
int spawn(const std::string& program, const Command& command,
          const std::map<std::string, std::string>& environment, int input, int output, pid_t& child) {
  std::vector<std::string> words{program};
  words.insert(words.end(), command.begin() + 1, command.end());
  std::vector<std::string> settings;
  for (const auto& [name, value] : environment) settings.push_back(name + "=" + value);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int failed = posix_spawn(&child, program.c_str(), &files, &attributes, pointers_to(words).data(),
                                 pointers_to(settings).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

/// One run of a command: reads its output to the end, then waits for it.
class Run {
 public:
  std::variant<CommandEnded, CommandFailed> operator()(const Command& command,
                                                       const std::map<std::string, std::string>& environment,
                                                       std::chrono::milliseconds at_most,
                                                       const std::string& input) {
    const std::string program = find_program(command.front(), environment);
    if (program.empty()) return CommandFailed{fmt::format("there is no program '{}'", command.front())};
    const int read_by_it = readable_with(input);
    if (read_by_it < 0) return CommandFailed{fmt::format("it can be given no input: {}", strerror(errno))};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      close(read_by_it);
      return CommandFailed{fmt::format("no pipe: {}", strerror(errno))};
    }
    output_.assign(ends[0]);
    pid_t child = 0;
    const int failed = spawn(program, command, environment, read_by_it, ends[1], child);
    close(ends[1]);
    close(read_by_it);
    if (failed != 0) return CommandFailed{fmt::format("can't execute '{}': {}", program, strerror(failed))};
    const int status = wait_for(child, at_most);
    if (!at_end_) return CommandFailed{fmt::format("'{}' took longer than {} ms", program, at_most.count())};
    return CommandEnded{status, std::move(text_)};
  }

 private:
  // Reads all that it says, and kills it when that takes too long.
  int wait_for(pid_t child, std::chrono::milliseconds at_most) {
    read_more();
    const auto deadline = wire::deadline_after(at_most);
    while (!at_end_ && wire::FairClock::now() < deadline) loop_.run_for(deadline - wire::FairClock::now());
    if (!at_end_) kill(-child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  void read_more() {
    output_.async_read_some(asio::buffer(buffer_), [this](error_code error, std::size_t got) {
      text_.append(buffer_, std::min(got, max_command_output - text_.size()));
      if (error)
        at_end_ = true;
      else
        read_more();
    });
  }

  asio::io_context loop_{1};
  asio::readable_pipe output_{loop_};
  char buffer_[8192];
  std::string text_;
  bool at_end_ = false;
};

bool is_executable_file(const std::filesystem::path& path) {
  return access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path);
}

}  // namespace

std::variant<CommandEnded, CommandFailed> run_command(const Command& command,
                                                      const std::map<std::string, std::string>& changes,
                                                      std::chrono::milliseconds at_most,
                                                      const std::string& input) {
  return Run()(command, environment_with(changes), at_most, input);
}

std::map<std::string, std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::map<std::string, std::string> environment;
  for (char** setting = environ; *setting; ++setting) {
    const std::string_view text(*setting);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::string& path = environment["PATH"];
  path += path.empty() ? "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin" : ":/usr/local/sbin:/usr/sbin:/sbin";
  for (const auto& [name, value] : changes) environment[name] = value;
  return environment;
}

std::string find_program(const std::string& name, const std::map<std::string, std::string>& environment) {
  if (name.find('/') != std::string::npos) return is_executable_file(name) ? name : "";
  const auto path = environment.find("PATH");
  if (path == environment.end()) return "";
  std::string_view rest = path->second;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (!folder.empty() && is_executable_file(candidate)) return candidate.string();
  }
  return "";
}

}  // namespace smtpspec::target
