// SPDX-License-Identifier: Apache-2.0
#include "engine/patience.hpp"

#include <vector>

#include <fmt/format.h>

namespace smtpspec::engine {
namespace {

using From = scenario::Prelude::From;
using scenario::Prelude;

void add_greeted_stages(const Patience::Way& way, std::vector<std::string>& stages) {
  const Prelude& prelude = way.prelude;
  const bool helo = prelude.helo || prelude.from == From::helo;
  stages.emplace_back(way.on == "lmtp" ? "LHLO" : helo ? "HELO" : "EHLO");
  if (prelude.tls && way.on != "smtps") stages.insert(stages.end(), {"STARTTLS", "the TLS handshake"});
  if (prelude.auth) stages.emplace_back("AUTH");
  if (prelude.from >= From::mail) stages.emplace_back("MAIL");
  if (prelude.from >= From::rcpt) stages.emplace_back("RCPT");
  if (prelude.from >= From::data) stages.emplace_back("DATA");
}

// The stages that a case passes, in their order, named as its failures name them.
std::vector<std::string> stages_of(const Patience::Way& way) {
  std::vector<std::string> stages{"connecting"};
  if (way.on == "smtps") stages.emplace_back("the TLS handshake");
  if (way.prelude.from >= From::greeting) stages.emplace_back("the greeting");
  if (way.prelude.from >= From::helo) add_greeted_stages(way, stages);
  if (way.to_mail) stages.emplace_back(Patience::mail);
  return stages;
}

}  // namespace

void Patience::note(const Way& way, const PreludeOutcome& outcome) {
  for (const auto& stage : stages_of(way)) {
    auto& row = stages_[{way.on, way.client, stage}];
    if (!outcome || outcome->stage != stage) {
      row = {};
      continue;
    }
    ++row.failures;
    row.silences = outcome->kind == PreludeFailure::Kind::silence ? row.silences + 1 : 0;
    return;
  }
}

const Patience::Row* Patience::row(const Way& way, const std::string& stage) const {
  const auto found = stages_.find({way.on, way.client, stage});
  return found == stages_.end() ? nullptr : &found->second;
}

bool Patience::is_worth_another_try(const Way& way) const {
  for (const auto& stage : stages_of(way)) {
    const auto* known = row(way, stage);
    if (known && known->failures >= in_a_row) return false;
  }
  return true;
}

PreludeOutcome Patience::objection(const Way& way) const {
  for (const auto& stage : stages_of(way)) {
    const auto* known = row(way, stage);
    if (!known || known->silences < in_a_row) continue;
    return PreludeFailure{
        PreludeFailure::Kind::silence, stage,
        fmt::format("not played: {} or more times in a row this target was silent there", in_a_row)};
  }
  return std::nullopt;
}

}  // namespace smtpspec::engine
