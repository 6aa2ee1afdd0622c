// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <variant>

namespace smtpspec::cli {

/// Where the bundled files lie.
struct DataFolder {
  std::filesystem::path root;

  std::filesystem::path scenarios() const { return root / "scenarios"; }
  std::filesystem::path requirements() const { return root / "scenarios" / "requirements"; }
  std::filesystem::path targets() const { return root / "fixtures" / "targets"; }
  std::filesystem::path messages() const { return root / "fixtures" / "messages"; }
  std::filesystem::path known_of_pairs() const { return root / "fixtures" / "interop" / "expectations.toml"; }
  std::filesystem::path caught() const { return root / "fixtures" / "defects" / "caught.tsv"; }
};

struct NoDataFolder {
  std::string message;
};

/// Finds the folder: what --data says, else $SMTPSPEC_DATA, else `../share/smtpspec` beside the program, else
/// the source tree that the program was built in.
std::variant<DataFolder, NoDataFolder> find_data_folder(const std::string& option);

/// The path of this program.
std::filesystem::path own_path();

}  // namespace smtpspec::cli
