// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class Validator;
}

namespace smtpspec::cli {

/// Refuses an empty word: a variable that is not set must not switch off what its option asks for.
CLI::Validator not_empty();

}  // namespace smtpspec::cli
