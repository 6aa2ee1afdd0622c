// SPDX-License-Identifier: Apache-2.0
#include "target/command.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc has vfork; the library thinks of feature macros in which it is not.
#define BOOST_POSIX_HAS_VFORK 1
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/group.hpp>
#include <boost/process/posix.hpp>
#include <fmt/format.h>

#include "wire/deadline.hpp"

extern char** environ;

namespace smtpspec::target {
namespace {

namespace asio = boost::asio;
namespace process = boost::process;
using boost::system::error_code;

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

/// Of what we have open a command gets nothing but what it is given: a connection of ours that it held would
/// not end with us.
struct CloseAllElse : process::extend::handler {
  template <typename Executor>
  void on_exec_setup(Executor&) const {
    close_range(STDERR_FILENO + 1, ~0U, 0);
  }

  // The library looks for a child that could not be executed, but does not wait for its end.
  template <typename Executor>
  void on_error(Executor& started, const std::error_code&) const {
    if (started.pid > 0) waitpid(started.pid, nullptr, 0);
  }
};

/// Starts a program that reads from `input`, both its outputs going to `output`, in a process group of its
/// own, so that it can be killed with all that it starts. By vfork, since a queue is listed often and to copy
/// the page tables of a large process takes longer than the command. (Boost.Process v2 has that too, but in
/// 1.81 its child runs our exit handlers where the program can't be executed, in memory that it shares with
/// us.)
process::child start(const std::string& program, const Command& command,
                     const std::map<std::string, std::string>& environment, int input, int output,
                     process::group& group, std::error_code& failed) {
  process::environment settings;
  for (const auto& [name, value] : environment) settings[name] = value;
  const std::vector<std::string> words(command.begin() + 1, command.end());
  const auto& fd = process::posix::fd;
  return process::child(process::exe = program, process::args = words, settings, fd.bind(STDIN_FILENO, input),
                        fd.bind(STDOUT_FILENO, output), fd.bind(STDERR_FILENO, output), CloseAllElse(), group,
                        process::posix::use_vfork, failed);
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
    process::group group;
    std::error_code failed;
    auto child = start(program, command, environment, read_by_it, ends[1], group, failed);
    close(ends[1]);
    close(read_by_it);
    if (failed) return CommandFailed{fmt::format("can't execute '{}': {}", program, failed.message())};
    const int status = wait_for(child, group, at_most);
    if (!at_end_) return CommandFailed{fmt::format("'{}' took longer than {} ms", program, at_most.count())};
    return CommandEnded{status, std::move(text_)};
  }

 private:
  // Reads all that it says, and kills it when that takes too long.
  int wait_for(process::child& child, process::group& group, std::chrono::milliseconds at_most) {
    read_more();
    const auto deadline = wire::deadline_after(at_most);
    while (!at_end_ && wire::FairClock::now() < deadline) loop_.run_for(deadline - wire::FairClock::now());
    std::error_code ignored;
    if (!at_end_) group.terminate(ignored);
    group.detach();  // what it has left running in good time is not ours to end
    child.wait(ignored);
    return child.native_exit_code();
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
