// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "refserver/configuration.hpp"

namespace smtpspec::engine {

/// How the next hop is configured: a correct server that lists these EHLO keywords, has a mailbox for
/// everybody, changes nothing, and refuses nothing for its form, so that what a client sends wrongly is seen
/// and judged, not lost.
std::shared_ptr<const refserver::Configuration> hop_configuration(const std::vector<std::string>& offers);

}  // namespace smtpspec::engine
