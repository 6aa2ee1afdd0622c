// SPDX-License-Identifier: Apache-2.0
#include "target/command.hpp"

#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <fmt/format.h>

extern char** environ;

namespace smtpspec::target {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
using boost::system::error_code;

/// How a command is run: in a group of its own, so that it can be killed with all that it started, and with
/// an environment of its own. (The library's process_environment does not link header-only in Boost 1.81.)
class Manner {
 public:
  explicit Manner(const std::map<std::string, std::string>& environment) {
    for (const auto& [name, value] : environment) settings_.push_back(name + "=" + value);
    for (const std::string& setting : settings_) pointers_.push_back(setting.c_str());
    pointers_.push_back(nullptr);
  }

  template <typename Launcher, typename Path>
  error_code on_setup(Launcher& launcher, const Path&, const char* const*&) {
    launcher.env = pointers_.data();
    return {};
  }

  template <typename Launcher, typename Path>
  error_code on_exec_setup(Launcher&, const Path&, const char* const*&) {
    setpgid(0, 0);
    return {};
  }

 private:
  std::vector<std::string> settings_;
  std::vector<const char*> pointers_;
};

/// One run of a command: reads its output to the end, then waits for it.
class Run {
 public:
  std::variant<CommandEnded, CommandFailed> operator()(const Command& command,
                                                       const std::map<std::string, std::string>& environment,
                                                       std::chrono::milliseconds at_most) {
    const std::string program = find_program(command.front(), environment);
    if (program.empty()) return CommandFailed{fmt::format("there is no program '{}'", command.front())};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return CommandFailed{fmt::format("no pipe: {}", strerror(errno))};
    output_.assign(ends[0]);
    Manner manner(environment);
    error_code failed;
    // vfork, since a queue is listed often, and to copy the page tables of a large process takes longer than
    // the command.
    process::process child = process::posix::vfork_launcher()(
        loop_.get_executor(), failed, program, std::vector<std::string>(command.begin() + 1, command.end()),
        process::process_stdio{nullptr, ends[1], ends[1]}, manner);
    close(ends[1]);
    if (failed) return CommandFailed{fmt::format("can't execute '{}': {}", program, failed.message())};

    read_more();
    loop_.run_for(at_most);
    if (!at_end_) {
      kill(-child.id(), SIGKILL);
      error_code ignored;
      child.wait(ignored);
      return CommandFailed{fmt::format("'{}' took longer than {} ms", program, at_most.count())};
    }
    error_code ignored;
    child.wait(ignored);
    return CommandEnded{child.native_exit_code(), std::move(text_)};
  }

 private:
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
                                                      std::chrono::milliseconds at_most) {
  return Run()(command, environment_with(changes), at_most);
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
