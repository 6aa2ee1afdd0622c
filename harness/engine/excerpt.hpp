// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "result/model.hpp"

namespace smtpspec::engine {

/// What a result keeps of a target's words: the beginning, and how much more there was. Enough for anything
/// that a server means to say; a reply without an end would otherwise stand in every case of a run.
std::string excerpt(std::string_view octets);

inline constexpr std::size_t max_excerpt_octets = 4096;

/// Room for the dialogues of a whole run. While there is room a session is kept as it is; after that only its
/// beginning.
class DialogueRoom {
 public:
  static constexpr std::size_t all_octets = 32 * 1024 * 1024;
  static constexpr std::size_t octets_when_full = 4096;  ///< of each session

  void take(result::Session& session);

 private:
  std::size_t used_ = 0;
};

}  // namespace smtpspec::engine
