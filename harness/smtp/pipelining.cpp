// SPDX-License-Identifier: Apache-2.0
#include "smtp/pipelining.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

using Item = PipelineItem;

constexpr std::array<std::pair<std::string_view, PipelineItem>, 18> items_of_verbs{{
    {"MAIL", Item::mail},
    {"RCPT", Item::rcpt},
    {"RSET", Item::rset},
    {"SEND", Item::send},
    {"SOML", Item::send},
    {"SAML", Item::send},
    {"EHLO", Item::ehlo},
    {"HELO", Item::helo},
    {"LHLO", Item::lhlo},
    {"DATA", Item::data},
    {"VRFY", Item::vrfy},
    {"EXPN", Item::expn},
    {"NOOP", Item::noop},
    {"QUIT", Item::quit},
    {"TURN", Item::turn},
    {"HELP", Item::help},
    {"STARTTLS", Item::starttls},
    {"BURL", Item::burl},
}};

bool ends_with_last(std::string_view line) {
  constexpr std::string_view last = " LAST";
  return line.size() > last.size() && equals_ignoring_case(line.substr(line.size() - last.size()), last);
}

/// AUTH PLAIN or EXTERNAL with an initial response needs no further exchange (RFC 4954 section 4).
bool is_one_step(std::string_view auth_line) {
  const std::size_t mechanism = auth_line.find(' ');
  if (mechanism == std::string_view::npos) return false;
  const std::size_t response = auth_line.find(' ', mechanism + 1);
  if (response == std::string_view::npos || response + 1 == auth_line.size()) return false;
  const std::string_view name = auth_line.substr(mechanism + 1, response - mechanism - 1);
  return equals_ignoring_case(name, "PLAIN") || equals_ignoring_case(name, "EXTERNAL");
}

bool is_chunk(Item item) {
  return item == Item::bdat || item == Item::bdat_last;
}

/// RFC 3030 section 2; RFC 4468 3.2 lets BURL stand among the chunks.
bool continues_message(Item item) {
  return is_chunk(item) || item == Item::burl || item == Item::burl_last;
}

/// Commands whose place in a group is free (RFC 2920 3.1), so that any command may follow.
bool may_be_followed(Item item) {
  switch (item) {
    case Item::mail:
    case Item::rcpt:
    case Item::rset:
    case Item::send:
    case Item::auth_one_step:
    case Item::content:
    case Item::burl:
      return true;
    default:
      return false;
  }
}

PipelineVerdict verdict(PipelineLegality legality, PipelineFault fault, std::size_t index) {
  return {legality, fault, index};
}

/// What is wrong with an item because of those before it.
PipelineVerdict check_what_precedes(const std::vector<Item>& group, std::size_t index) {
  if (index == 0) return {};
  if (group[index] == Item::content) {
    return verdict(PipelineLegality::illegal, PipelineFault::content_before_354, index);
  }
  if (group[index] == Item::auth_answer) {
    return verdict(PipelineLegality::illegal, PipelineFault::answer_before_334, index);
  }
  const bool in_unconfirmed_transaction =
      std::any_of(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(index),
                  [](Item item) { return item == Item::mail || item == Item::rcpt; });
  if (is_chunk(group[index]) && in_unconfirmed_transaction) {
    return verdict(PipelineLegality::disputed, PipelineFault::bdat_before_replies, index);
  }
  return {};
}

/// What is wrong with an item because something follows it.
PipelineVerdict check_what_follows(const std::vector<Item>& group, std::size_t index) {
  if (index + 1 == group.size() || may_be_followed(group[index])) return {};
  const Item item = group[index];
  const Item next = group[index + 1];
  if (next == Item::content || next == Item::auth_answer) return {};  // the fault is theirs
  if (item == Item::bdat && continues_message(next)) return {};
  if (is_chunk(item))
    return verdict(PipelineLegality::disputed, PipelineFault::command_after_chunk, index + 1);
  const bool unsaid = item == Item::help || item == Item::helo || item == Item::burl_last;
  return verdict(unsaid ? PipelineLegality::disputed : PipelineLegality::illegal, PipelineFault::must_be_last,
                 index);
}

}  // namespace

PipelineItem pipeline_item(std::string_view command_line) {
  while (!command_line.empty() &&
         std::string_view("\r\n \t").find(command_line.back()) != std::string_view::npos) {
    command_line.remove_suffix(1);
  }
  const std::string verb = to_upper(command_line.substr(0, command_line.find(' ')));
  if (verb == "AUTH") return is_one_step(command_line) ? Item::auth_one_step : Item::auth;
  if (verb == "BDAT") return ends_with_last(command_line) ? Item::bdat_last : Item::bdat;
  if (verb == "BURL" && ends_with_last(command_line)) return Item::burl_last;
  for (const auto& [known, item] : items_of_verbs) {
    if (known == verb) return item;
  }
  return Item::other;
}

std::string_view to_string(PipelineFault fault) {
  switch (fault) {
    case PipelineFault::none:
      return "none";
    case PipelineFault::must_be_last:
      return "must_be_last";
    case PipelineFault::content_before_354:
      return "content_before_354";
    case PipelineFault::answer_before_334:
      return "answer_before_334";
    case PipelineFault::bdat_before_replies:
      return "bdat_before_replies";
    case PipelineFault::command_after_chunk:
      return "command_after_chunk";
  }
  return "unknown";
}

PipelineVerdict check_pipeline(const std::vector<PipelineItem>& group) {
  PipelineVerdict worst;
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (const PipelineVerdict& found : {check_what_precedes(group, i), check_what_follows(group, i)}) {
      if (found.legality > worst.legality) worst = found;
    }
  }
  return worst;
}

}  // namespace smtpspec::smtp
