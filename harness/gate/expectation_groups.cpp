// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_groups.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gate/what_came.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

std::string parent_of(const std::string& id) {
  return id.substr(0, std::min(id.rfind('/'), id.size()));
}

// A scenario stands at least two levels below the first word of an id, so that no section, and no folder of
// scenarios, is ever named as a whole.
bool may_be_a_scenario(const std::string& prefix) {
  return std::count(prefix.begin(), prefix.end(), '/') >= 2;
}

std::set<std::string> broken_requirements(const CaseResult& result) {
  std::set<std::string> broken;
  for (const auto& one : result.requirement_verdicts) {
    if (one.verdict == result.verdict && (one.verdict == Verdict::warn || one.verdict == Verdict::fail))
      broken.insert(one.requirement);
  }
  return broken;
}

// What the entries of one group have in common. Cases that were not judged are told apart by what stopped
// them.
struct Cause {
  std::string section;  ///< the file's id
  std::set<Verdict> verdicts;
  std::set<std::string> requirements;
  std::string client;
  std::string outcome;

  auto operator<=>(const Cause&) const = default;
};

Cause cause_of(const Deviation& deviation) {
  const auto& id = deviation.result->id;
  const auto file = id.find('/', id.find('/') + 1);
  return {id.substr(0, file), deviation.verdicts, broken_requirements(*deviation.result), deviation.client,
          deviation.outcome};
}

std::string citation(const Run& run, const std::string& id) {
  for (const auto& one : run.requirements) {
    if (one.id == id) return fmt::format("{} {}, RFC {} section {}", one.id, one.level, one.rfc, one.section);
  }
  return id;
}

std::string reason_for(const std::vector<const Deviation*>& members,
                       const std::set<std::string>& requirements) {
  constexpr std::size_t most_messages = 2;
  std::vector<std::string> messages, citations;
  for (const auto* one : members) {
    const auto message = what_came(*one->result);
    const bool is_new = std::find(messages.begin(), messages.end(), message) == messages.end();
    if (is_new && !message.empty() && messages.size() < most_messages) messages.push_back(message);
  }
  for (const auto& id : requirements) citations.push_back(citation(*members.front()->run, id));
  auto text = fmt::format("{}: {}", reason_to_be_written, fmt::join(messages, "; "));
  return citations.empty() ? text : fmt::format("{} ({})", text, fmt::join(citations, "; "));
}

using Groups = std::vector<std::pair<Cause, std::vector<const Deviation*>>>;

Groups by_cause(const std::vector<Deviation>& deviations) {
  Groups groups;
  std::map<Cause, std::size_t> index;
  for (const auto& one : deviations) {
    const auto [at, fresh] = index.try_emplace(cause_of(one), groups.size());
    if (fresh) groups.emplace_back(at->first, std::vector<const Deviation*>{});
    groups[at->second].second.push_back(&one);
  }
  return groups;
}

/// Whether a requirement is broken wherever it is looked at, and only as these verdicts say.
bool is_broken_everywhere(const std::string& requirement, const std::set<Verdict>& verdicts,
                          const std::vector<Run>& runs) {
  for (const auto& run : runs) {
    for (const auto& result : run.cases) {
      const bool was_judged = result.verdict <= Verdict::fail && result.verdict != Verdict::unsupported;
      for (const auto& one : result.requirement_verdicts) {
        if (was_judged && one.requirement == requirement && !verdicts.contains(one.verdict)) return false;
      }
    }
  }
  return true;
}

bool is_one_root_cause(const Cause& cause, const std::vector<Run>& runs) {
  const bool is_breach = cause.verdicts.size() == 1 && *cause.verdicts.begin() >= Verdict::warn &&
                         *cause.verdicts.begin() <= Verdict::fail;
  return is_breach && cause.requirements.size() == 1 && cause.client.empty() && cause.outcome.empty() &&
         is_broken_everywhere(*cause.requirements.begin(), cause.verdicts, runs);
}

// Groups of several sections whose one requirement is broken wherever it is looked at become one.
void join_root_causes(Groups& groups, const std::vector<Run>& runs) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto cause = groups[i].first;
    if (cause.section.empty() || !is_one_root_cause(cause, runs)) continue;
    const auto is_same = [&](const auto& other) {
      return other.first.section != cause.section && other.first.verdicts == cause.verdicts &&
             other.first.requirements == cause.requirements && other.first.client == cause.client;
    };
    const auto first = groups.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::none_of(first, groups.end(), is_same)) continue;
    groups[i].first.section.clear();
    for (auto other = first; other != groups.end(); ++other) {
      if (is_same(*other))
        groups[i].second.insert(groups[i].second.end(), other->second.begin(), other->second.end());
    }
    groups.erase(std::remove_if(first, groups.end(), is_same), groups.end());
  }
}

}  // namespace

std::vector<std::string> patterns_for(const std::set<std::string>& ids,
                                      const std::set<std::string>& known_ids) {
  std::map<std::string, std::size_t> rows_known;
  for (const auto& id : known_ids) ++rows_known[parent_of(id)];
  std::map<std::string, std::size_t> rows_here;
  for (const auto& id : ids) ++rows_here[parent_of(id)];
  std::vector<std::string> patterns;
  for (const auto& id : ids) {
    const auto parent = parent_of(id);
    const auto here = rows_here[parent];
    const bool is_whole = here > 1 && here == rows_known[parent] && may_be_a_scenario(parent);
    if (!is_whole)
      patterns.push_back(id);
    else if (patterns.empty() || patterns.back() != parent)
      patterns.push_back(parent);
  }
  return patterns;
}

std::vector<Expectation> group(const std::vector<Deviation>& deviations, const std::vector<Run>& runs,
                               const std::set<std::string>& known_ids) {
  auto groups = by_cause(deviations);
  join_root_causes(groups, runs);
  std::vector<Expectation> entries;
  for (const auto& [cause, members] : groups) {
    Expectation entry;
    std::set<std::string> ids;
    for (const auto* one : members) ids.insert(one->result->id);
    if (cause.section.empty())
      entry.requirement = *cause.requirements.begin();
    else
      entry.cases = patterns_for(ids, known_ids);
    entry.verdicts.assign(cause.verdicts.begin(), cause.verdicts.end());
    if (!cause.outcome.empty()) entry.outcomes = {cause.outcome};
    entry.client = cause.client;
    entry.reason = reason_for(members, cause.requirements);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace smtpspec::gate
