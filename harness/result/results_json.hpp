// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "result/atomic_file.hpp"
#include "result/model.hpp"

/// `results.json`, the stored form of a run (reports/schemas/results.schema.json). Every string value in it
/// is written in the escape syntax of base::escape_for_display(), so that any octets survive and no reader is
/// misled; times stand in the block `timings` alone.
namespace smtpspec::result {

/// Grows when a reader of the old form would misread the new one. Keys may be added without that.
inline constexpr int results_format = 1;

/// What the gate made of a run: for readers by machine. It follows from the run, so parse_results() passes it
/// over.
struct StoredGate {
  struct Case {
    std::string id;
    bool red = false;
    std::string delta;  ///< none, as-expected, regression, unexpected-pass, changed
    std::string reason;
  };
  std::string verdict;      ///< green, red, ...
  std::vector<Case> cases;  ///< those that are red or that an expectation file speaks of
};

/// The text of results.json, with a newline at its end.
std::string to_json(const Run& run);
std::string to_json(const Run& run, const StoredGate& gate);

/// The same, case by case: the text of a whole suite is larger than the run.
void put_json(const Run& run, const StoredGate& gate, const PutPiece& put);

/// The run that to_json() was given, exactly. `name` stands as the file in every problem.
base::Loaded<Run> parse_results(std::string_view text, const std::string& name);

/// Reads a stored run. A missing file, malformed JSON, a key of the wrong type, and a newer format are
/// problems that say what to do.
base::Loaded<Run> read_results(const std::filesystem::path& path);

}  // namespace smtpspec::result
