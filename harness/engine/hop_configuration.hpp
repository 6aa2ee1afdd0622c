// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "refserver/configuration.hpp"
#include "target/target.hpp"

namespace smtpspec::engine {

/// How the next hop is configured: a correct server that lists these EHLO keywords, has a mailbox for
/// everybody, changes nothing, and refuses nothing for its form, so that what a client sends wrongly is seen
/// and judged, not lost. Whoever authenticates has to say what the target is told to say.
std::shared_ptr<const refserver::Configuration> hop_configuration(
    const std::vector<std::string>& offers, const std::optional<target::Credentials>& credentials);

}  // namespace smtpspec::engine
