// SPDX-License-Identifier: Apache-2.0
#include "target/sender_command.hpp"

#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "target/keeper.hpp"
#include "target/log_tail.hpp"
#include "target/obstacle.hpp"
#include "target/placeholders.hpp"
#include "target/private_folder.hpp"
#include "target/signal_name.hpp"
#include "target/target_variables.hpp"
#include "target/templates.hpp"
#include "wire/deadline.hpp"

namespace smtpspec::target {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using wire::FairClock;

constexpr milliseconds look_interval{20};  // whether it was cancelled
constexpr std::size_t kept_output = 64 * 1024;

const Command& security_words(const Send& send, Security security) {
  switch (security) {
    case Security::starttls:
      return send.starttls;
    case Security::tls:
      return send.tls;
    case Security::plain:
      break;
  }
  return send.plain;
}

/// What the target and the request say, by the names of placeholders.
Variables variables_of(const Target& client, const SendRequest& request, const fs::path& folder) {
  Variables variables = known_variables(client);
  variables["root"] = root_of(client, {}).string();
  variables["dir"] = folder.string();
  variables["host"] = request.host;
  variables["port"] = std::to_string(request.port);
  variables["sender"] = request.sender;
  variables["recipients"] = fmt::format("{}", fmt::join(request.recipients, ","));
  variables["message_file"] = (folder / "message").string();
  variables["user"] = request.user;
  variables["password"] = request.password;
  variables["ca"] = request.ca.empty() ? "" : (folder / "ca.pem").string();
  return variables;
}

/// A word of the command, which may stand for several. Addresses and passwords may hold braces of their own,
/// so what is filled in is left as it is.
void append_word(const std::string& word, const Send& send, const SendRequest& request,
                 const Variables& variables, Command& words) {
  const auto append = [&](const Command& more) {
    for (const std::string& one : more) words.push_back(fill_once(one, variables));
  };
  if (word == "{recipients}")
    words.insert(words.end(), request.recipients.begin(), request.recipients.end());
  else if (word == "{security}")
    append(security_words(send, request.security));
  else if (word != "{auth}")
    append({word});
  else if (!request.user.empty())
    append(send.auth);
}

Command command_for(const Send& send, const SendRequest& request, const Variables& variables) {
  Command words;
  for (const std::string& word : send.command) append_word(word, send, request, variables, words);
  return words;
}

std::string with_lf(const std::string& content) {
  std::string text;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\r' && i + 1 < content.size() && content[i + 1] == '\n') continue;
    text += content[i];
  }
  return text;
}

bool write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  return out.flush().good();
}

/// One run of a client, from its folder to its end.
class Sending {
 public:
  Sending(const Target& client, const SendRequest& request, fs::path folder, Keeper& keeper)
      : send_(*client.send),
        request_(request),
        folder_(std::move(folder)),
        variables_(variables_of(client, request, folder_)),
        keeper_(keeper) {}

  std::variant<CommandEnded, CommandFailed> run() {
    if (!write_file(folder_ / "message", send_.takes_lf ? with_lf(request_.content) : request_.content))
      return failed("the message can't be written into " + folder_.string());
    if (!request_.ca.empty() && !write_file(folder_ / "ca.pem", request_.ca))
      return failed("the certificate to trust can't be written into " + folder_.string());
    if (auto why = copy_templates(send_.templates, folder_, variables_)) return failed(*why);
    if (auto failure = prepare()) return *failure;
    Program program = program_of(setup(), command_for(send_, request_, variables_));
    program.input = (folder_ / "message").string();
    return run(program);
  }

 private:
  Setup setup() const {
    Setup setup = send_;
    setup.working_folder = fill_once(setup.working_folder, variables_);
    for (auto& [name, value] : setup.environment) value = fill_once(value, variables_);
    return setup;
  }

  std::optional<CommandFailed> prepare() {
    for (Command command : send_.prepare) {
      for (std::string& word : command) word = fill_once(word, variables_);
      const auto outcome = run(program_of(setup(), command));
      if (const auto* failure = std::get_if<CommandFailed>(&outcome)) return *failure;
      const auto& ended = std::get<CommandEnded>(outcome);
      if (!ended.succeeded())
        return failed(
            fmt::format("its prepare command '{}' {}", command.front(), describe_ending(ended.wait_status)));
    }
    return std::nullopt;
  }

  std::variant<CommandEnded, CommandFailed> run(const Program& program) {
    if (auto why = keeper_.run(program)) return failed(*why);
    for (;;) {
      if (const auto status = keeper_.wait_until_ended(look_interval)) return CommandEnded{*status, output()};
      // It may have ended since: then the next look has its status.
      if (!keeper_.alive() && !keeper_.ending()) return failed("its process was lost");
      const std::string& name = program.argv.front();
      if (request_.cancelled && *request_.cancelled) return failed(fmt::format("'{}' was cancelled", name));
      if (FairClock::now() >= deadline_)
        return failed(fmt::format("'{}' took longer than {} ms", name, send_.within.count()));
    }
  }

  CommandFailed failed(std::string why) const { return {std::move(why), output()}; }
  std::string output() const { return log_tail({keeper_.output_file()}, kept_output); }

  const Send& send_;
  const SendRequest& request_;
  fs::path folder_;
  Variables variables_;
  Keeper& keeper_;
  wire::Deadline deadline_ = wire::deadline_after(send_.within);
};

}  // namespace

Target ready_client(const Target& client, const std::string& root) {
  Variables known = known_variables(client);
  for (const std::string& name : send_names()) known.erase(name);
  for (const char* name : {"user", "password", "dir"}) known.erase(name);
  for (const std::string& name : port_names()) known.erase(name);
  known["root"] = root;
  return fill(client, known);
}

std::optional<std::string> cannot_send(const Target& client, const SendRequest& request) {
  const auto cannot = [&](std::string_view what, std::string_view key) {
    return fmt::format("{} can't {}: its target file has no [send] {}", client.name, what, key);
  };
  if (!request.user.empty() && client.send->auth.empty()) return cannot("be told to authenticate", "auth");
  if (request.security == Security::starttls && client.send->starttls.empty())
    return cannot("be told to begin TLS by STARTTLS", "starttls");
  if (request.security == Security::tls && client.send->tls.empty())
    return cannot("be told to begin with TLS", "tls");
  return std::nullopt;
}

std::variant<CommandEnded, CommandFailed> run_sender_command(const Target& client,
                                                             const SendRequest& request) {
  if (auto why = cannot_send(client, request)) return CommandFailed{*why};
  const fs::path folder = private_folder(client.name, request.directory);
  auto launched = Keeper::launch(folder.string());
  if (auto* why = std::get_if<std::string>(&launched)) return CommandFailed{*why};
  Keeper keeper = std::get<Keeper>(std::move(launched));
  const Target ready = ready_client(client, root_of(client, {}).string());
  return Sending(ready, request, folder, keeper).run();
}

}  // namespace smtpspec::target
