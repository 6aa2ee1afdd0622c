// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "scenario/model.hpp"
#include "scenario/table_reader.hpp"

/// The parts of a scenario, each read from its table. Internal to the loader.
namespace smtpspec::scenario {

/// Where a list of steps stands: in a group only what sends may stand.
enum class StepPlace { dialogue, group };

Prelude read_prelude(const TableReader& table);
std::vector<Step> read_steps(Reading& reading, const toml::node& list, StepPlace place = StepPlace::dialogue);
/// `expect` or `one_of` of a step.
Answer read_answer(const TableReader& step);
DeliveredCheck read_delivered(Reading& reading, const toml::node& table);
std::vector<DeliveredCheck> read_deliveries(Reading& reading, const toml::node& value);
/// What `needs` says; each item that says nothing known is reported.
void read_needs(const TableReader& table, std::vector<Need>& into);
/// The action of a step, by the key that names it.
Action read_action(const TableReader& step, const std::string& word);

/// Names that a dialogue uses but never makes: sessions that nobody opened, labels of `same_as` that no
/// answer has.
void check_names(Reading& reading, const Case& scenario);

base::Verdict read_verdict(const TableReader& table, std::string_view key, base::Verdict otherwise);

}  // namespace smtpspec::scenario
