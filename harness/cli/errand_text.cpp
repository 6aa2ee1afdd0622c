// SPDX-License-Identifier: Apache-2.0
#include "cli/errand_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/shell_word.hpp"
#include "refserver/policy.hpp"
#include "scenario/model.hpp"

namespace smtpspec::cli {
namespace {

using engine::Errand;
using engine::Submission;
using scenario::Certificate;

std::string recipients_in_words(const std::vector<std::string>& recipients) {
  constexpr std::size_t most_listed = 5;
  if (recipients.size() <= most_listed) return fmt::format("{}", fmt::join(recipients, ", "));
  return fmt::format("{} and {} more, all in one transaction", recipients.front(), recipients.size() - 1);
}

std::string protection_in_words(const Submission& submission) {
  if (submission.security == "plain") return {};
  const std::string way = submission.security == "starttls" ? "STARTTLS" : "TLS from the first octet";
  switch (submission.certificate) {
    case Certificate::known:
      return way + "; whom the certificate names is not to be looked at";
    case Certificate::unknown:
      return way + ", and only if its certificate is trusted, which ours is not";
    case Certificate::wrong_name:
      break;
  }
  return way + ", and only if its certificate names it, which ours does not";
}

std::string line(const char* label, const std::string& text) {
  return text.empty() ? std::string{} : fmt::format("    {:<10}{}\n", label, text);
}

std::string what_to_send(const Submission& submission, const std::string& message_file) {
  std::string login;
  if (submission.auth)
    login = fmt::format("{} with the password {}", refserver::Policy{}.auth_user,
                        refserver::Policy{}.auth_password);
  return line("from", "<" + submission.sender + ">") +
         line("to", recipients_in_words(submission.recipients)) +
         line("message", fmt::format("{} ({} octets)", message_file, submission.content.size())) +
         line("MAIL with", submission.mail_parameters) + line("RCPT with", submission.recipient_parameters) +
         line("by", protection_in_words(submission)) + line("log in as", login);
}

std::string swaks(const Errand& errand, const std::string& message_file) {
  const auto& submission = errand.submission;
  // swaks ends what it is given with a line end of its own.
  auto command = fmt::format("head -c -2 {} | swaks --server {} --from {} --to {} --data -",
                             base::shell_word(message_file), wire::format(errand.at),
                             base::shell_word(submission.sender.empty() ? "<>" : submission.sender),
                             base::shell_word(fmt::format("{}", fmt::join(submission.recipients, ","))));
  if (submission.security == "starttls") command += " --tls";
  if (submission.security == "tls") command += " --tls-on-connect";
  if (submission.security != "plain" && submission.certificate != Certificate::known)
    command += " --tls-verify";
  if (submission.auth)
    command += fmt::format(" --auth --auth-user {} --auth-password {}", refserver::Policy{}.auth_user,
                           refserver::Policy{}.auth_password);
  return command;
}

std::string curl(const Errand& errand, const std::string& message_file) {
  const auto& submission = errand.submission;
  auto command =
      fmt::format("curl --url {}://{} --mail-from {}", submission.security == "tls" ? "smtps" : "smtp",
                  wire::format(errand.at), base::shell_word(submission.sender));
  for (const auto& recipient : submission.recipients)
    command += " --mail-rcpt " + base::shell_word(recipient);
  command += " --upload-file " + base::shell_word(message_file);
  if (submission.security == "starttls") command += " --ssl-reqd";
  if (submission.security != "plain" && submission.certificate == Certificate::known)
    command += " --insecure";
  if (submission.auth)
    command += fmt::format(" --user {}:{}", refserver::Policy{}.auth_user, refserver::Policy{}.auth_password);
  return command;
}

// Parameters of MAIL and RCPT have no words on those command lines.
std::string examples(const Errand& errand, const std::string& message_file) {
  const auto& submission = errand.submission;
  if (!submission.mail_parameters.empty() || !submission.recipient_parameters.empty()) return {};
  return fmt::format("  for example\n    {}\n    {}\n", curl(errand, message_file),
                     swaks(errand, message_file));
}

}  // namespace

std::string errand_text(const Errand& errand, const std::string& message_file) {
  if (errand.kind == Errand::Kind::try_again)
    return fmt::format(
        "  now let your client try again what it has kept, if it has kept it: waiting {} s for it\n",
        std::chrono::duration_cast<std::chrono::seconds>(errand.within).count());
  const auto& one = *errand.scenario_case;
  return fmt::format("{}\n  {}\n  send this message with your client to {}, once:\n{}{}", one.id, one.title,
                     wire::format(errand.at), what_to_send(errand.submission, message_file),
                     examples(errand, message_file));
}

}  // namespace smtpspec::cli
