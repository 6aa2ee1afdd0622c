// SPDX-License-Identifier: Apache-2.0
#include "scenario/schema.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenario/manual.hpp"
#include "scenario/step_table.hpp"

namespace smtpspec::scenario {
namespace {

TEST(Schema, ThePublishedOneIsUpToDate) {
  std::ifstream file(SMTPSPEC_SOURCE_DIR "/reports/schemas/scenario.schema.json");
  std::ostringstream published;
  published << file.rdbuf();
  EXPECT_EQ(published.str(), scenario_schema())
      << "write it anew: smtpspec schema > reports/schemas/scenario.schema.json";
}

TEST(Schema, EveryKindAndKeyOfTheTableIsInIt) {
  const auto schema = nlohmann::json::parse(scenario_schema());
  const auto& step = schema.at("$defs").at("step").at("properties");
  for (const auto& kind : step_kinds()) {
    EXPECT_TRUE(step.contains(std::string(kind.key.name))) << kind.key.name;
    for (const auto& extra : kind.extras) EXPECT_TRUE(step.contains(std::string(extra.name))) << extra.name;
  }
  for (const auto& key : condition_keys()) {
    EXPECT_TRUE(schema.at("$defs").at("alternative").at("properties").contains(std::string(key.name)))
        << key.name;
  }
}

TEST(Manual, EveryKindAndKeyOfTheTableIsInIt) {
  const auto manual = scenario_manual();
  for (const auto& kind : step_kinds()) {
    EXPECT_NE(manual.find("| `" + std::string(kind.key.name) + "` |"), std::string::npos) << kind.key.name;
  }
  for (const auto* keys :
       {&scenario_keys(), &prelude_keys(), &condition_keys(), &delivered_keys(), &modifier_keys()}) {
    for (const auto& key : *keys) {
      EXPECT_NE(manual.find("| `" + std::string(key.name) + "`"), std::string::npos) << key.name;
      EXPECT_FALSE(key.meaning.empty()) << key.name;
    }
  }
}

}  // namespace
}  // namespace smtpspec::scenario
