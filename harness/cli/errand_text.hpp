// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/serving.hpp"

namespace smtpspec::cli {

/// What a person is asked to do with his client, in words and as command lines of usual clients. The message
/// lies in this file.
std::string errand_text(const engine::Errand& errand, const std::string& message_file);

}  // namespace smtpspec::cli
