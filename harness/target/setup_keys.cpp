// SPDX-License-Identifier: Apache-2.0
#include "target/setup_keys.hpp"

#include "target/signal_name.hpp"

namespace smtpspec::target {
namespace {

using namespace reading;

Key<Setup> prepare() {
  return {{"prepare", KeyForm::commands, "commands to run first, one after the other"},
          [](TomlReader& reader, const fs::path&, Setup& setup) {
            take_commands(reader, "prepare", setup.prepare);
          }};
}

Key<Setup> templates() {
  return {{"templates", KeyForm::text,
           "a folder beside this file: its files are copied to {dir} with placeholders filled"},
          [](TomlReader& reader, const fs::path& folder, Setup& setup) {
            const auto templates = reader.string("templates");
            if (!templates) return;
            setup.templates = (folder / *templates).lexically_normal().string();
            if (!fs::is_directory(setup.templates)) {
              reader.problem("templates",
                             fmt::format("there is no folder '{}' beside this file", *templates));
            }
          }};
}

Keys<Setup> setup_keys() {
  return {
      prepare(),
      templates(),
      settings("environment", &Setup::environment, "environment variables, on top of the harness's own"),
      text("working_folder", &Setup::working_folder,
           "where its programs run; {dir} unless said; empty: where the harness was started"),
      text("root", &Setup::root,
           "folder of unpacked packages, {root}: below $SMTPSPEC_TARGETS or build/targets. "
           "--target NAME@VERSION takes ROOT@VERSION"),
      texts("needs_programs", &Setup::needs_programs,
            "programs that must be installed: paths, or names looked for in PATH"),
      text("get", &Setup::get, "the command by which a person gets `root` or the programs"),
      flag("needs_root", &Setup::needs_root, "only root can run it"),
  };
}

template <typename T>
Keys<T> with_setup_keys(Keys<T> own) {
  auto keys = lifted<T>(setup_keys());
  keys.insert(keys.begin(), own.front());  // the command first
  keys.insert(keys.end(), own.begin() + 1, own.end());
  return keys;
}

}  // namespace

Keys<Start> start_keys() {
  return with_setup_keys<Start>({
      command("command", &Start::command, "the server, staying in the foreground; no shell in between"),
      flag("syslog", &Start::syslog,
           "take syslog messages at {dir}/syslog.socket and keep them in {dir}/log"),
      duration("ready_within", &Start::ready_within, "until it greets at every endpoint; 60s unless said"),
      {{"stop_signal", KeyForm::word, "ends it; TERM unless said", signal_names()},
       [](TomlReader& reader, const fs::path&, Start& start) {
         if (const auto name = reader.word("stop_signal", signal_names()))
           start.stop_signal = signal_number(*name);
       }},
      duration("stop_within", &Start::stop_within, "after that it is killed; 3s unless said"),
  });
}

Keys<Send> send_keys() {
  const std::vector<std::string> endings{"CRLF", "LF"};
  return with_setup_keys<Send>({
      command(
          "command", &Send::command,
          "sends the message on its standard input, and {message_file}, from {sender} to {recipients} by the "
          "server at {host} and {port}; no shell in between"),
      command("auth", &Send::auth,
              "what {auth} in the command stands for when a case has credentials: {user} and {password}"),
      command("plain", &Send::plain, "what {security} stands for in a case without TLS"),
      command("starttls", &Send::starttls,
              "what it stands for where TLS begins by STARTTLS; {ca} may be trusted"),
      command("tls", &Send::tls, "what it stands for where TLS is there from the first octet"),
      {{"line_ending", KeyForm::word, "of the message that it is given; CRLF unless said", endings},
       [=](TomlReader& reader, const fs::path&, Send& send) {
         if (const auto word = reader.word("line_ending", endings)) send.takes_lf = *word == "LF";
       }},
      duration("within", &Send::within, "after that it is killed; 30s unless said"),
  });
}

}  // namespace smtpspec::target
