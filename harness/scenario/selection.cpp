// SPDX-License-Identifier: Apache-2.0
#include "scenario/selection.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/id_pattern.hpp"
#include "base/nearest_word.hpp"

namespace smtpspec::scenario {
namespace {

using Holds = std::function<bool(const Case&, const std::string&)>;

std::vector<int> version_numbers(std::string_view text) {
  std::vector<int> numbers;
  while (!text.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
  }
  return numbers;
}

bool lies_below(std::string_view part, std::string_view whole, char separator) {
  return part.starts_with(whole) && (part.size() == whole.size() || part[whole.size()] == separator);
}

// "5321", "RFC5321", "5321/4.1"
bool of_rfc(const Case& scenario, std::string_view wanted) {
  if (wanted.starts_with("rfc") || wanted.starts_with("RFC")) wanted.remove_prefix(3);
  const auto slash = wanted.find('/');
  const std::string_view spec = scenario.spec;
  const auto number = spec.starts_with("RFC ") ? spec.substr(4) : spec;
  if (number != wanted.substr(0, slash)) return false;
  return slash == std::string_view::npos || lies_below(scenario.section, wanted.substr(slash + 1), '.');
}

bool has_level(const Case& scenario, const std::string& level, const Catalogue* catalogue) {
  if (scenario.rule && scenario.rule->level == level) return true;
  return std::any_of(scenario.covers.begin(), scenario.covers.end(), [&](const std::string& id) {
    const auto* requirement = catalogue ? catalogue->find(id) : nullptr;
    return requirement && requirement->level == level;
  });
}

bool has_tag(const Case& scenario, const std::string& tag) {
  return std::find(scenario.tags.begin(), scenario.tags.end(), tag) != scenario.tags.end();
}

// All ids and what they begin with, up to each "/".
std::vector<std::string> ids_and_prefixes(const Suite& suite) {
  std::set<std::string> found;
  for (const auto& scenario : suite.cases) {
    for (auto slash = scenario.id.find('/'); slash != std::string::npos;
         slash = scenario.id.find('/', slash + 1)) {
      found.insert(scenario.id.substr(0, slash));
    }
    found.insert(scenario.id);
  }
  return {found.begin(), found.end()};
}

std::string with_nearest(std::string sentence, const std::string& written,
                         const std::vector<std::string>& known) {
  const auto near = base::nearest_word(written, known);
  return near.empty() ? sentence : fmt::format("{}; did you mean '{}'?", sentence, near);
}

std::vector<std::string> all_tags(const Suite& suite) {
  std::set<std::string> tags;
  for (const auto& scenario : suite.cases) tags.insert(scenario.tags.begin(), scenario.tags.end());
  return {tags.begin(), tags.end()};
}

// What one word of one list matches, and what to say when that is nothing.
struct Filter {
  const std::vector<std::string>* words;
  Holds holds;
  std::function<std::string(const std::string&)> complaint;
};

bool any_holds(const Filter& filter, const Case& scenario) {
  return std::any_of(filter.words->begin(), filter.words->end(),
                     [&](const std::string& word) { return filter.holds(scenario, word); });
}

void complain(const Suite& suite, const Filter& filter, std::vector<std::string>& complaints) {
  for (const auto& word : *filter.words) {
    const bool hit = std::any_of(suite.cases.begin(), suite.cases.end(),
                                 [&](const Case& scenario) { return filter.holds(scenario, word); });
    if (!hit) complaints.push_back(filter.complaint(word));
  }
}

Filter id_filter(const Suite& suite, const std::vector<std::string>& words) {
  return {&words,
          [](const Case& scenario, const std::string& word) { return base::selects(word, scenario.id); },
          [&suite](const std::string& word) {
            return with_nearest(fmt::format("no case is called '{}'", word), word, ids_and_prefixes(suite));
          }};
}

std::vector<Filter> narrowing_filters(const Suite& suite, const Selection& selection,
                                      const Catalogue* catalogue) {
  const Filter tags{&selection.tags, has_tag, [&suite](const std::string& word) {
                      return with_nearest(fmt::format("no case has the tag '{}'", word), word,
                                          all_tags(suite));
                    }};
  const Filter levels{&selection.levels,
                      [catalogue](const Case& scenario, const std::string& word) {
                        return has_level(scenario, word, catalogue);
                      },
                      [](const std::string& word) {
                        return with_nearest(fmt::format("no case checks anything of level '{}'", word), word,
                                            {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "spec"});
                      }};
  const Filter rfcs{&selection.rfcs,
                    [](const Case& scenario, const std::string& word) { return of_rfc(scenario, word); },
                    [](const std::string& word) {
                      return fmt::format("no case belongs to RFC {}; write it like 5321 or 5321/4.1", word);
                    }};
  return {id_filter(suite, selection.ids), tags, levels, rfcs};
}

bool named_whole(const Case& scenario, const Selection& selection) {
  return std::find(selection.ids.begin(), selection.ids.end(), scenario.id) != selection.ids.end();
}

bool is_left_out(const Case& scenario, const Selection& selection) {
  if (!selection.suite.empty() && version_numbers(scenario.since) > version_numbers(selection.suite))
    return true;
  const bool unwanted = (scenario.slow && !selection.slow) || (scenario.disruptive && !selection.disruptive);
  return unwanted && !named_whole(scenario, selection);
}

}  // namespace

Selected select(const Suite& suite, const Selection& selection, const Catalogue* catalogue) {
  Selected selected;
  const auto filters = narrowing_filters(suite, selection, catalogue);
  const auto excluded = id_filter(suite, selection.exclude);
  for (const auto& filter : filters) complain(suite, filter, selected.complaints);
  complain(suite, excluded, selected.complaints);
  for (const auto& scenario : suite.cases) {
    const bool wanted = std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
      return filter.words->empty() || any_holds(filter, scenario);
    });
    if (wanted && !any_holds(excluded, scenario) && !is_left_out(scenario, selection))
      selected.cases.push_back(&scenario);
  }
  return selected;
}

std::vector<std::string> complaints_of_ids(const Suite& suite, const std::vector<std::string>& words) {
  std::vector<std::string> complaints;
  complain(suite, id_filter(suite, words), complaints);
  return complaints;
}

}  // namespace smtpspec::scenario
