// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/serve_scenario.hpp"
#include "cli/stop_signals.hpp"
#include "cli/target_options.hpp"
#include "refserver/delivery_folder.hpp"
#include "refserver/maildir.hpp"
#include "refserver/server.hpp"
#include "sender/defects.hpp"

namespace smtpspec::cli {
namespace {

constexpr std::chrono::milliseconds watch_interval{20};

struct ServeCommand {
  std::string address = "127.0.0.1";
  std::uint16_t port = 2525;
  std::uint16_t submission_port = 0;
  std::uint16_t smtps_port = 0;
  std::uint16_t lmtp_port = 0;
  std::string ca_out;
  std::string save;
  std::string maildirs;
  std::string defect;
  std::vector<std::string> without;
  ServeScenario scenario;

  ExitCode execute() const;

  /// The scenario's, on our port. `strange` is an option that was given and is not for it; null: none.
  ExitCode execute_scenario(const CLI::Option* strange);

 private:
  std::vector<refserver::ListenAt> services() const;
};

std::vector<refserver::ListenAt> ServeCommand::services() const {
  using refserver::Service;
  std::vector<refserver::ListenAt> all{{Service::smtp, wire::TcpEndpoint{address, port}}};
  if (submission_port) all.push_back({Service::submission, wire::TcpEndpoint{address, submission_port}});
  if (smtps_port) all.push_back({Service::smtps, wire::TcpEndpoint{address, smtps_port}});
  if (lmtp_port) all.push_back({Service::lmtp, wire::TcpEndpoint{address, lmtp_port}});
  return all;
}

wire::Task<void> until_stopped(wire::EventLoop& loop, refserver::Server& server) {
  while (stop_signal_word().empty()) co_await wire::sleep_for(loop, watch_interval);
  co_await server.stop();
}

/// A message that can't be written is told and no reason to stop serving.
template <typename Folder>
void save_deliveries(refserver::DeliveryStore& store, const std::string& path) {
  auto folder = std::make_shared<Folder>(path);
  store.on_delivery([folder](const refserver::Delivery& delivery) {
    const std::string problem = folder->write(delivery);
    if (!problem.empty()) complain(ExitCode::infrastructure, problem);
  });
}

ExitCode ServeCommand::execute() const {
  if (sender::find_defect(defect))
    return complain(ExitCode::usage,
                    fmt::format("the defect {} breaks the embedded target where it sends; `serve` only "
                                "receives. It is for `run` and `interop`",
                                defect));
  auto configuration = configure(defect, without);
  if (auto* code = std::get_if<ExitCode>(&configuration)) return *code;
  note_stop_signals();
  wire::raise_open_file_limit();
  wire::EventLoop loop;
  refserver::ServerOptions options;
  options.configuration = std::get<target::EmbeddedConfiguration>(configuration).server;
  options.listen = services();
  refserver::Server server(loop, std::move(options));
  server.store().keep_nothing();
  if (!save.empty()) save_deliveries<refserver::DeliveryFolder>(server.store(), save);
  if (!maildirs.empty()) save_deliveries<refserver::Maildirs>(server.store(), maildirs);
  if (const auto problem = server.start()) return complain(ExitCode::infrastructure, *problem);
  if (!ca_out.empty()) {
    std::ofstream out(ca_out);
    out << server.certificate_pem();
    if (!out.flush()) return complain(ExitCode::infrastructure, fmt::format("{} can't be written", ca_out));
  }
  print(
      fmt::format("serving on {}; recipients user@example.test and user+WORD@example.test, AUTH {} / {}; "
                  "Ctrl-C ends it\n",
                  wire::format(*server.endpoint(refserver::Service::smtp)), refserver::Policy{}.auth_user,
                  refserver::Policy{}.auth_password));
  loop.run(until_stopped(loop, server));
  return ExitCode::green;
}

ExitCode ServeCommand::execute_scenario(const CLI::Option* strange) {
  if (strange)
    return complain(ExitCode::usage,
                    fmt::format("{} is for the embedded server, which a scenario is played without",
                                strange->get_name()));
  scenario.address = address;
  scenario.port = port;
  // Whoever names a case wants it, whatever its tags.
  scenario.selection.slow = true;
  scenario.selection.profile = "disruptive";
  return scenario.execute();
}

std::vector<CLI::Option*> add_embedded_options(CLI::App& sub, ServeCommand& command) {
  const auto group = "The embedded server";
  auto* save = sub.add_option("--save", command.save, "Write every message it delivers here, as files");
  save->type_name("DIR");
  std::vector<CLI::Option*> all{
      sub.add_option("--submission-port", command.submission_port, "Also serve submission (AUTH needed)"),
      sub.add_option("--smtps-port", command.smtps_port, "Also serve SMTP inside TLS"),
      sub.add_option("--lmtp-port", command.lmtp_port, "Also serve LMTP"),
      sub.add_option("--ca-out", command.ca_out, "Write the certificate here, for clients to trust")
          ->type_name("FILE"),
      save,
      sub.add_option("--maildirs", command.maildirs,
                     "Write every message it delivers below here, into a Maildir for each local part")
          ->type_name("DIR")
          ->excludes(save),
      sub.add_option("--defect", command.defect, "Break it in this way"),
      sub.add_option("--without", command.without, "Switch an extension off")->type_name("EXT"),
  };
  for (auto* option : all) option->group(group);
  return all;
}

// Gives --once.
CLI::Option* add_scenario_options(CLI::App& sub, ServeScenario& scenario) {
  auto* once =
      sub.add_flag("--once", scenario.once, "End after the first round, with the exit code of `run`");
  std::vector<CLI::Option*> all{
      once,
      sub.add_flag(
          "--queue", scenario.keeps_a_queue,
          "Your client keeps what could not be sent, and you make it try again when you are told to"),
      sub.add_option("--wait", scenario.wait, "Give up when nobody has connected after this time: 30s, 5m"),
      sub.add_option("--patience", scenario.patience, "How long your client may take over each step")
          ->capture_default_str(),
      sub.add_option("--message", scenario.message_file,
                     "Where the message to send is put; else in a folder that goes at the end")
          ->type_name("FILE"),
      sub.add_option("--data", scenario.selection.data, "Folder with the bundled scenarios and fixtures")
          ->type_name("DIR"),
      sub.add_option("--report", scenario.reports, "FORMAT:PATH[:OPTION], as of `run`; of the last round")
          ->type_name("FORMAT:PATH"),
      sub.add_flag("--strict", scenario.strict, "A missed SHOULD is red"),
      sub.add_flag("-q,--quiet", scenario.quiet, "Verdicts without dialogues"),
      sub.add_option("--format", scenario.log.format, "console, plain, github or gitlab")
          ->check(CLI::IsMember({"console", "plain", "github", "gitlab"})),
  };
  for (auto* option : all) option->group("A scenario's server");
  return once;
}

const CLI::Option* first_given(const std::vector<CLI::Option*>& options) {
  for (const auto* option : options) {
    if (option->count() > 0) return option;
  }
  return nullptr;
}

}  // namespace

void add_serve(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<ServeCommand>();
  auto& sub = *app.add_subcommand(
      "serve", "Leave a server running for clients of your own: the embedded one, or a scenario's");
  sub.add_option(
      "cases", command->scenario.selection.words,
      "Cases with role = \"server\", as of `run`: their server is played for each message that your client "
      "sends, and judges it. None: the embedded server");
  sub.add_option("--address", command->address, "Where it listens")->capture_default_str();
  sub.add_option("--port", command->port, "Of SMTP; 0: any free one")->capture_default_str();
  auto* once = add_scenario_options(sub, command->scenario);
  const auto of_embedded = add_embedded_options(sub, *command);
  sub.callback([command, once, of_embedded, &code] {
    if (!command->scenario.selection.words.empty())
      code = command->execute_scenario(first_given(of_embedded));
    else if (once->count() > 0)
      code = complain(ExitCode::usage, "--once goes with a scenario");
    else
      code = command->execute();
  });
}

}  // namespace smtpspec::cli
