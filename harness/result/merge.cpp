// SPDX-License-Identifier: Apache-2.0
#include "result/merge.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/display.hpp"
#include "result/shard.hpp"

namespace smtpspec::result {
namespace {

// These may differ between processes that play one run.
const std::set<std::string>& private_options() {
  static const std::set<std::string> names = {"seed", "jobs", "data"};
  return names;
}

bool is_invariant(const CaseResult& result) {
  return result.id.starts_with("invariants/");
}

std::map<std::string, std::string> shared_options(const Run& run) {
  auto options = run.options;
  for (const auto& name : private_options()) options.erase(name);
  return options;
}

std::string in_quotes(const std::string& text) {
  return fmt::format("'{}'", base::escape_for_display(text));
}

/// Looks for whatever keeps the shards from being one run.
class Inspection {
 public:
  explicit Inspection(const std::vector<ShardRun>& shards) : shards_(shards) {}

  std::optional<std::string> objection() {
    if (shards_.empty()) return "there is nothing to merge";
    if (auto found = objection_to_numbers()) return found;
    for (const auto& one : shards_) {
      if (auto found = difference(shards_.front(), one)) return found;
      if (auto found = objection_to_cases(one)) return found;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> objection_to_numbers() const {
    std::map<std::uint32_t, const ShardRun*> seen;
    std::optional<std::uint32_t> total;
    for (const auto& one : shards_) {
      const auto shard = parse_shard(one.run.shard);
      if (!shard) return fmt::format("{} is no shard: it was played without --shard", one.file);
      if (!total) total = shard->total;
      if (*total != shard->total)
        return fmt::format("{} is one of {} shards, {} one of {}", shards_.front().file, *total, one.file,
                           shard->total);
      const auto [first, fresh] = seen.emplace(shard->index, &one);
      if (!fresh)
        return fmt::format("{} and {} are both shard {}", first->second->file, one.file, one.run.shard);
    }
    return missing(seen, *total);
  }

  static std::optional<std::string> missing(const std::map<std::uint32_t, const ShardRun*>& seen,
                                            std::uint32_t total) {
    constexpr std::size_t most_named = 10;
    std::vector<std::string> numbers;
    for (std::uint32_t i = 1; i <= total; ++i) {
      if (!seen.contains(i)) numbers.push_back(std::to_string(i));
    }
    if (numbers.empty()) return std::nullopt;
    const auto more =
        numbers.size() > most_named ? fmt::format(" and {} more", numbers.size() - most_named) : "";
    numbers.resize(std::min(numbers.size(), most_named));
    return fmt::format("shard {} of {}{} is missing: each process writes its own --report json:PATH",
                       fmt::join(numbers, ", "), total, more);
  }

  static std::optional<std::string> difference(const ShardRun& a, const ShardRun& b) {
    const std::tuple<const char*, const std::string*, const std::string*> facts[] = {
        {"smtpspec", &a.run.tool_version, &b.run.tool_version},
        {"the suite", &a.run.suite_version, &b.run.suite_version},
        {"the target", &a.run.target.name, &b.run.target.name},
        {"the target's version", &a.run.target.version, &b.run.target.version},
        {"the expectation file", &a.run.expectations.file, &b.run.expectations.file},
    };
    for (const auto& [what, of_a, of_b] : facts) {
      // Where a target did not start nobody knows its version.
      const bool is_unknown = of_a == &a.run.target.version && (of_a->empty() || of_b->empty());
      if (*of_a != *of_b && !is_unknown)
        return fmt::format("{} differs: {} in {}, {} in {}", what, in_quotes(*of_a), a.file, in_quotes(*of_b),
                           b.file);
    }
    if (a.run.expectations.text != b.run.expectations.text)
      return fmt::format("{} and {} were held against different texts of {}", a.file, b.file,
                         a.run.expectations.file);
    if (auto found = difference_of_options(a, b)) return found;
    return difference_of_plans(a, b);
  }

  static std::optional<std::string> difference_of_options(const ShardRun& a, const ShardRun& b) {
    auto of_a = shared_options(a.run), of_b = shared_options(b.run);
    for (const auto& [name, value] : of_b) of_a.try_emplace(name, "");
    for (const auto& [name, value] : of_a) {
      if (of_b[name] != value)
        return fmt::format("the option {} differs: {} in {}, {} in {}", name, in_quotes(value), a.file,
                           in_quotes(of_b[name]), b.file);
    }
    return std::nullopt;
  }

  static std::optional<std::string> difference_of_plans(const ShardRun& a, const ShardRun& b) {
    const auto [in_a, in_b] =
        std::mismatch(a.run.plan.begin(), a.run.plan.end(), b.run.plan.begin(), b.run.plan.end());
    if (in_a == a.run.plan.end() && in_b == b.run.plan.end()) return std::nullopt;
    const auto& id = in_a != a.run.plan.end() ? *in_a : *in_b;
    return fmt::format("{} and {} are of different plans ({} and {} cases), from {} on", a.file, b.file,
                       a.run.plan.size(), b.run.plan.size(), in_quotes(id));
  }

  static std::optional<std::string> objection_to_cases(const ShardRun& one) {
    const auto shard = *parse_shard(one.run.shard);
    auto next = one.run.cases.begin();
    for (const auto& id : one.run.plan) {
      if (shard_of(id, shard.total) != shard.index) continue;
      if (next == one.run.cases.end() || next->id != id)
        return fmt::format("{} lacks the case {}, which is its own", one.file, in_quotes(id));
      ++next;
    }
    if (next != one.run.cases.end() && !is_invariant(*next))
      return fmt::format("{} has the case {}, which is not its own", one.file, in_quotes(next->id));
    return std::nullopt;
  }

  const std::vector<ShardRun>& shards_;
};

void add_verdicts(CaseResult& sum, const CaseResult& part) {
  for (const auto& one : part.requirement_verdicts) {
    const auto known = std::find_if(sum.requirement_verdicts.begin(), sum.requirement_verdicts.end(),
                                    [&](const auto& other) { return other.requirement == one.requirement; });
    if (known == sum.requirement_verdicts.end())
      sum.requirement_verdicts.push_back(one);
    else
      known->verdict = std::max(known->verdict, one.verdict);
  }
}

// A shard that had nowhere to look says only that.
void add_invariant(CaseResult& sum, CaseResult part) {
  if (part.looked_at == 0) return;
  if (sum.looked_at == 0) {
    sum = std::move(part);
    return;
  }
  sum.verdict = std::max(sum.verdict, part.verdict);
  sum.looked_at += part.looked_at;
  sum.broken += part.broken;
  for (auto& finding : part.findings) {
    if (sum.findings.size() < most_places) sum.findings.push_back(std::move(finding));
  }
  add_verdicts(sum, part);
  name_breaches(sum);
}

// The endpoint that a whole run names: plain SMTP where there is one.
bool tells_more(const TargetFacts& a, const TargetFacts& b) {
  const auto rank = [](const TargetFacts& facts) {
    return std::pair{!facts.banner.empty(), facts.address.starts_with("smtp://")};
  };
  return rank(a) > rank(b);
}

/// Takes in one shard after the other.
class Sum {
 public:
  explicit Sum(const Run& first) {
    whole_.tool_version = first.tool_version;
    whole_.suite_version = first.suite_version;
    whole_.target = first.target;
    whole_.options = first.options;
    whole_.expectations = first.expectations;
    whole_.started = first.started;
    plan_ = first.plan;
  }

  void add(Run shard) {
    auto offers = std::move(whole_.target.offers);
    add_all(offers, shard.target.offers);
    if (tells_more(shard.target, whole_.target)) whole_.target = std::move(shard.target);
    if (whole_.target.version.empty()) whole_.target.version = std::move(shard.target.version);
    whole_.target.offers = std::move(offers);
    if (whole_.aborted.empty()) whole_.aborted = shard.aborted;
    whole_.started = std::min(whole_.started, shard.started);
    whole_.duration = std::max(whole_.duration, shard.duration);
    for (auto& one : shard.requirements) requirements_.emplace(one.id, std::move(one));
    for (auto& one : shard.cases) {
      if (!is_invariant(one)) {
        cases_.emplace(one.id, std::move(one));
        continue;
      }
      const auto [known, fresh] = invariants_.try_emplace(one.id, one);
      if (!fresh) add_invariant(known->second, std::move(one));
    }
  }

  Run whole(const std::vector<std::string>& invariant_ids) {
    for (const auto& id : plan_) whole_.cases.push_back(std::move(cases_.at(id)));
    for (const auto& id : invariant_ids) {
      if (const auto found = invariants_.extract(id)) whole_.cases.push_back(std::move(found.mapped()));
    }
    for (auto& [id, rest] : invariants_) whole_.cases.push_back(std::move(rest));
    for (auto& [id, one] : requirements_) whole_.requirements.push_back(std::move(one));
    return std::move(whole_);
  }

 private:
  Run whole_;
  std::vector<std::string> plan_;
  std::map<std::string, CaseResult> cases_;
  std::map<std::string, CaseResult> invariants_;
  std::map<std::string, base::Requirement> requirements_;
};

}  // namespace

std::variant<Run, NotOneRun> merge_shards(std::vector<ShardRun> shards,
                                          const std::vector<std::string>& invariant_ids) {
  if (auto objection = Inspection(shards).objection()) return NotOneRun{std::move(*objection)};
  std::sort(shards.begin(), shards.end(), [](const ShardRun& a, const ShardRun& b) {
    return parse_shard(a.run.shard)->index < parse_shard(b.run.shard)->index;
  });
  Sum sum(shards.front().run);
  for (auto& one : shards) sum.add(std::move(one.run));
  return sum.whole(invariant_ids);
}

void name_breaches(CaseResult& invariant) {
  if (invariant.broken == 0) return;
  invariant.outcome = "broken";
  invariant.reason = fmt::format("broken in {} of {} replies", invariant.broken, invariant.looked_at);
}

}  // namespace smtpspec::result
