// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_update.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/id_pattern.hpp"
#include "gate/decision.hpp"
#include "gate/deltas.hpp"
#include "gate/expectation_groups.hpp"
#include "gate/offers.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

std::string client_of(const Run& run) {
  const auto found = run.options.find("client");
  return found == run.options.end() ? std::string() : found->second;
}

/// A run and what the file as it stands says of it.
struct Judged {
  const Run* run;
  std::string client;
  Held held;
};

std::vector<Judged> judge(const ExpectationFile& file, const std::vector<Run>& runs) {
  std::vector<Judged> all;
  for (const auto& run : runs) {
    const auto policy = policy_of(run);
    all.push_back({&run, client_of(run), hold(run, file, decide_alone(run, policy), policy)});
  }
  return all;
}

std::set<std::string> with_ids_of(std::set<std::string> ids, const std::vector<Run>& runs) {
  for (const auto& run : runs) {
    for (const auto& result : run.cases) ids.insert(result.id);
  }
  return ids;
}

/// What all runs of one client say of one case.
struct Seen {
  const Run* run = nullptr;
  const CaseResult* result = nullptr;  ///< the first that is red
  std::set<Verdict> verdicts;
  bool needs_entry = false;   ///< red, and no entry speaks of it
  bool needs_change = false;  ///< red, and an entry speaks of it otherwise
  bool passes = false;        ///< in some run, against its entry
  bool holds = false;         ///< in some run, as its entry says
  std::uint32_t entry_line = 0;
};

class Updater {
 public:
  Updater(ExpectationText& text, const std::vector<Run>& runs, const UpdateOptions& options)
      : text_(text), runs_(runs), options_(options), known_ids_(with_ids_of(options.known_ids, runs)) {}

  UpdateReport run() {
    const auto all = judge(text_.file(), runs_);
    for (const auto& judged : all) look_at(judged);
    add_offers();
    narrow_to_clients(all);
    for (const auto& id : order_) change_or_add(id);
    for (const auto& entry : group(deviations_, runs_, known_ids_)) {
      text_.append(entry);
      report_.done.push_back(fmt::format("added: {} {}", words_of(entry.verdicts), subject_of(entry)));
    }
    return std::move(report_);
  }

 private:
  static std::string subject_of(const Expectation& entry) {
    return entry.cases.empty() ? entry.requirement : fmt::format("{}", fmt::join(entry.cases, " "));
  }

  void look_at(const Judged& judged) {
    for (std::size_t i = 0; i < judged.run->cases.size(); ++i) {
      const auto& result = judged.run->cases[i];
      const auto& decided = judged.held.cases[i];
      auto& by_client = seen_[result.id];
      if (by_client.empty()) order_.push_back(result.id);
      auto& seen = by_client[judged.client];
      seen.verdicts.insert(result.verdict);
      seen.passes = seen.passes || decided.delta == Delta::unexpected_pass;
      seen.holds = seen.holds || decided.delta == Delta::as_expected;
      if (decided.entry.line != 0) seen.entry_line = decided.entry.line;
      if (!decided.red || decided.delta == Delta::unexpected_pass) continue;
      if (result.verdict == Verdict::error) {
        leave(fmt::format("{} is an error, which no entry can account for: {}", result.id, result.reason));
        continue;
      }
      if (decided.entry.line == 0 && is_no_longer_offered(result, text_.file().offers)) {
        leave(fmt::format("no longer offered: {}; where that is meant take it out of [offers]",
                          words_of(result.lacks)));
        continue;
      }
      if (is_expired(decided, result)) {
        leave(decided.reason);
        continue;
      }
      seen.needs_entry = seen.needs_entry || decided.entry.line == 0;
      seen.needs_change = seen.needs_change || decided.entry.line != 0;
      if (seen.result == nullptr) seen.run = judged.run, seen.result = &result;
    }
  }

  // A place that the file does not know is new altogether.
  void add_offers() {
    const auto& listed = text_.file().offers;
    auto wanted = listed;
    result::add_all(wanted, offered_by_all(runs_));
    for (const auto& [where, words] : wanted) {
      const auto before = listed.find(where);
      if (before != listed.end() && before->second == words) continue;
      report_.done.push_back(fmt::format("offered: {} {}", where, fmt::join(words, ", ")));
    }
    if (wanted != listed) text_.set_offers(wanted);
  }

  void leave(std::string sentence) {
    if (std::find(report_.left.begin(), report_.left.end(), sentence) == report_.left.end())
      report_.left.push_back(std::move(sentence));
  }

  // Red although the verdict is what the entry says: only its date can be the cause.
  bool is_expired(const CaseDecision& decided, const CaseResult& result) const {
    const auto e = entry_at(decided.entry.line);
    if (!e) return false;
    const auto& entry = text_.file().entries[*e];
    const auto& expected = entry.verdicts;
    return !entry.until.empty() && decided.delta == Delta::regression &&
           std::find(expected.begin(), expected.end(), verdict_for(entry, result)) != expected.end();
  }

  // What the entry is held against: the case's verdict, or that of the requirement it names.
  static Verdict verdict_for(const Expectation& entry, const CaseResult& result) {
    for (const auto& one : result.requirement_verdicts) {
      if (one.requirement == entry.requirement) return one.verdict;
    }
    return result.verdict;
  }

  std::optional<std::size_t> entry_at(std::uint32_t line) const {
    const auto& entries = text_.file().entries;
    for (std::size_t e = 0; e < entries.size() && line != 0; ++e) {
      if (entries[e].position.line == line) return e;
    }
    return std::nullopt;
  }

  // An entry that holds for one client and for none of another's cases becomes the one client's.
  void narrow_to_clients(const std::vector<Judged>& all) {
    for (std::size_t e = 0; e < text_.file().entries.size(); ++e) {
      if (!text_.file().entries[e].client.empty()) continue;
      std::map<std::string, std::pair<bool, bool>> by_client;  // holds somewhere, passes everywhere
      for (const auto& judged : all) {
        const auto& use = judged.held.entries[e];
        auto& [holds, passes] = by_client.try_emplace(judged.client, false, true).first->second;
        holds = holds || !use.holds.empty();
        passes = passes && !use.decided.empty() &&
                 std::all_of(use.decided.begin(), use.decided.end(), [&](std::size_t i) {
                   return judged.held.cases[i].delta == Delta::unexpected_pass;
                 });
      }
      std::string holder;
      bool others_pass = by_client.size() > 1;
      for (const auto& [client, what] : by_client) {
        if (what.first)
          others_pass = others_pass && std::exchange(holder, client).empty();
        else
          others_pass = others_pass && what.second;
      }
      if (!others_pass || holder.empty()) continue;
      text_.set(e, "client", {holder});
      report_.done.push_back(
          fmt::format("narrowed: {} holds for {} alone", place_of(text_.file().entries[e]), holder));
      narrowed_.insert(text_.file().entries[e].position.line);
    }
  }

  void change_or_add(const std::string& id) {
    auto& by_client = seen_[id];
    std::set<std::string> clients;
    std::set<std::set<Verdict>> verdict_sets;
    for (const auto& [client, seen] : by_client) {
      const bool is_unsteady = seen.holds && seen.passes && !narrowed_.contains(seen.entry_line);
      if (!seen.needs_entry && !seen.needs_change && !is_unsteady) continue;
      clients.insert(client);
      verdict_sets.insert(seen.verdicts);
    }
    if (clients.empty()) return;
    const bool is_for_all = clients.size() == by_client.size() && verdict_sets.size() == 1;
    if (is_for_all && change(id, by_client.begin()->second)) return;
    for (const auto& client : clients) {
      const auto& seen = by_client[client];
      if (!is_for_all && change_of_client(id, client, seen)) continue;
      add(seen, id, is_for_all || by_client.size() == 1 ? std::string() : client);
      if (is_for_all) return;
    }
  }

  bool change_of_client(const std::string& id, const std::string& client, const Seen& seen) {
    const auto e = entry_at(seen.entry_line);
    return e && text_.file().entries[*e].client == client && change(id, seen);
  }

  // Only an entry for this one case may be rewritten: a glob's or a requirement's would speak of others too.
  bool change(const std::string& id, const Seen& seen) {
    const auto e = entry_at(seen.entry_line);
    if (!e || text_.file().entries[*e].cases != std::vector<std::string>{id}) return false;
    if (!changed_.insert(*e).second) return true;
    const auto& entry = text_.file().entries[*e];
    std::vector<std::string> words;
    for (const auto verdict : seen.verdicts) words.emplace_back(base::to_string(verdict));
    const std::set<Verdict> before(entry.verdicts.begin(), entry.verdicts.end());
    if (before != seen.verdicts) text_.set(*e, "verdict", words);
    if (!entry.outcomes.empty() && seen.result != nullptr && !seen.result->outcome.empty())
      text_.set(*e, "outcome", {seen.result->outcome});
    report_.done.push_back(fmt::format("changed: {} is {} now; see that its reason still holds",
                                       place_of(entry), fmt::join(words, " or ")));
    return true;
  }

  void add(const Seen& seen, const std::string& id, const std::string& client) {
    const auto* result = seen.result;
    const auto* run = seen.run;
    for (const auto& one : runs_) {  // it never was red: it passes in some runs and holds in others
      for (const auto& other : one.cases) {
        if (result == nullptr && other.id == id && other.verdict != Verdict::pass)
          result = &other, run = &one;
      }
    }
    if (result == nullptr) return;
    drop_from_list(seen, id);
    deviations_.push_back({run, result, seen.verdicts, client, options_.pin_outcomes ? result->outcome : ""});
  }

  // A list that names the case itself gives it up: one entry speaks of one case.
  void drop_from_list(const Seen& seen, const std::string& id) {
    const auto e = entry_at(seen.entry_line);
    if (!e) return;
    auto& left = lists_.try_emplace(*e, text_.file().entries[*e].cases).first->second;
    const auto found = std::find(left.begin(), left.end(), id);
    if (found == left.end() || left.size() == 1) return;
    left.erase(found);
    text_.set(*e, "case", left);
  }

  ExpectationText& text_;
  const std::vector<Run>& runs_;
  const UpdateOptions& options_;
  const std::set<std::string> known_ids_;
  std::vector<std::string> order_;
  std::map<std::string, std::map<std::string, Seen>> seen_;  // by id, then by client
  std::set<std::uint32_t> narrowed_;
  std::set<std::size_t> changed_;
  std::map<std::size_t, std::vector<std::string>> lists_;
  std::vector<Deviation> deviations_;
  UpdateReport report_;
};

// --- prune ---

/// What became of the cases that one entry speaks of, over all runs.
struct Standing {
  std::set<std::string> alive;    ///< as expected, or at least no pass, in some run
  std::set<std::string> passing;  ///< unexpectedly, in every run that played them
  bool was_asked = false;         ///< some run could have shown it
};

Standing standing_of(std::size_t e, const Expectation& entry, const std::vector<Judged>& all) {
  Standing standing;
  for (const auto& judged : all) {
    const auto& use = judged.held.entries[e];
    if (use.of_another_client) continue;
    standing.was_asked = standing.was_asked || could_show(*judged.run, entry, use);
    for (const auto i : use.decided) {
      const auto& id = judged.run->cases[i].id;
      if (judged.held.cases[i].delta == Delta::unexpected_pass)
        standing.passing.insert(id);
      else
        standing.alive.insert(id);
    }
  }
  for (const auto& id : standing.alive) standing.passing.erase(id);
  return standing;
}

class Pruner {
 public:
  Pruner(ExpectationText& text, const std::vector<Run>& runs, const std::set<std::string>& suite_ids)
      : text_(text), runs_(runs), suite_ids_(suite_ids), known_ids_(with_ids_of(suite_ids, runs)) {}

  UpdateReport run() {
    const auto all = judge(text_.file(), runs_);
    for (std::size_t e = 0; e < text_.file().entries.size(); ++e) {
      const auto& entry = text_.file().entries[e];
      const auto standing = standing_of(e, entry, all);
      if (entry.requirement.empty())
        prune_cases(e, standing);
      else if (standing.was_asked && standing.alive.empty() && !standing.passing.empty())
        remove(e, entry.requirement + " is kept");
    }
    return std::move(report_);
  }

 private:
  void prune_cases(std::size_t e, const Standing& standing) {
    const auto& entry = text_.file().entries[e];
    std::vector<std::string> left;
    for (const auto& pattern : entry.cases) {
      for (auto& one : what_is_left(pattern, standing)) left.push_back(std::move(one));
    }
    if (left == entry.cases) return;
    if (left.empty()) return remove(e, "no case of it deviates so any more");
    text_.set(e, "case", left);
    report_.done.push_back(fmt::format("narrowed: {} to {}", place_of(entry), fmt::join(left, " ")));
  }

  std::vector<std::string> what_is_left(const std::string& pattern, const Standing& standing) const {
    const auto of_pattern = [&](const std::set<std::string>& ids) {
      std::set<std::string> found;
      for (const auto& id : ids) {
        if (base::selects(pattern, id)) found.insert(id);
      }
      return found;
    };
    const auto alive = of_pattern(standing.alive), passing = of_pattern(standing.passing);
    if (passing.empty()) {
      const bool is_gone = !suite_ids_.empty() && of_pattern(known_ids_).empty();
      return is_gone ? std::vector<std::string>{} : std::vector<std::string>{pattern};
    }
    return patterns_for(alive, known_ids_);
  }

  void remove(std::size_t e, const std::string& why) {
    const auto& entry = text_.file().entries[e];
    text_.remove(e);
    report_.done.push_back(fmt::format("removed: {}: {}", place_of(entry), why));
  }

  ExpectationText& text_;
  const std::vector<Run>& runs_;
  const std::set<std::string>& suite_ids_;
  const std::set<std::string> known_ids_;
  UpdateReport report_;
};

}  // namespace

UpdateReport update(ExpectationText& text, const std::vector<Run>& runs, const UpdateOptions& options) {
  return Updater(text, runs, options).run();
}

UpdateReport prune(ExpectationText& text, const std::vector<Run>& runs,
                   const std::set<std::string>& known_ids) {
  return Pruner(text, runs, known_ids).run();
}

}  // namespace smtpspec::gate
