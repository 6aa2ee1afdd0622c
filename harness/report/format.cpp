// SPDX-License-Identifier: Apache-2.0
#include "report/format.hpp"

#include <utility>

#include "report/annotations.hpp"
#include "report/console.hpp"
#include "report/html.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "result/results_json.hpp"

namespace smtpspec::report {
namespace {

using gate::Decision;
using result::PutPiece;
using result::Run;
using result::WriteFailure;

void render_junit(const Run& run, const Decision& decision, std::string_view option, const PutPiece& put) {
  put(junit(run, decision, {option == "gitlab"}));
}

// What the gate says stands beside the run for whoever reads it by machine; smtpspec itself decides again.
result::StoredGate stored(const Run& run, const Decision& decision) {
  result::StoredGate gate;
  gate.verdict = to_string(decision.exit_code);
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& decided = decision.cases[i];
    if (!decided.red && decided.delta == gate::Delta::none) continue;
    gate.cases.push_back(
        {run.cases[i].id, decided.red, std::string(to_string(decided.delta)), decided.reason});
  }
  return gate;
}

void render_json(const Run& run, const Decision& decision, std::string_view, const PutPiece& put) {
  result::put_json(run, stored(run, decision), put);
}

void render_text(const Run& run, const Decision& decision, std::string_view option, const PutPiece& put) {
  put(console(run, decision, {false, true, option == "verbose"}));
}

void render_markdown(const Run& run, const Decision& decision, std::string_view, const PutPiece& put) {
  put(markdown(run, decision));
}

void render_code_quality(const Run& run, const Decision& decision, std::string_view, const PutPiece& put) {
  put(code_quality(run, decision));
}

void render_html(const Run& run, const Decision& decision, std::string_view, const PutPiece& put) {
  put(html(run, decision));
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {{"junit", "JUnit XML for CI; option gitlab: with file and line attributes", {"gitlab"}}, render_junit},
      {{"json", "results.json, from which every report can be made again", {}}, render_json},
      {{"text", "what the console shows, without colours; option verbose: every dialogue", {"verbose"}},
       render_text},
      {{"html", "one page that needs no network and no script", {}}, render_html},
      {{"codequality", "GitLab's artifacts:reports:codequality", {}}, render_code_quality},
      {{"markdown", "a short summary, for example for $GITHUB_STEP_SUMMARY", {}}, render_markdown},
  };
  return table;
}

base::Loaded<std::vector<ReportRequest>> parse_report_requests(const std::vector<std::string>& arguments) {
  const std::vector<FormatWords> words(formats().begin(), formats().end());
  const auto read = parse_report_arguments(arguments, words);
  if (!read) return read.problems();
  std::vector<ReportRequest> requests;
  for (const auto& one : *read) requests.push_back({&formats()[one.format], one.path, one.option});
  return requests;
}

std::vector<WriteFailure> check_reports(const std::vector<ReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    if (auto failed = result::check_writable(request.path)) failures.push_back(std::move(*failed));
  }
  return failures;
}

std::vector<WriteFailure> write_reports(const Run& run, const Decision& decision,
                                        const std::vector<ReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    const auto pieces = [&](const PutPiece& put) {
      request.format->render(run, decision, request.option, put);
    };
    if (auto failed = result::write_file_atomically(request.path, pieces))
      failures.push_back(std::move(*failed));
  }
  return failures;
}

}  // namespace smtpspec::report
