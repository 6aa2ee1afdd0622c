// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "refserver/behaviour.hpp"
#include "refserver/feature.hpp"
#include "refserver/policy.hpp"

namespace smtpspec::refserver {

/// All that decides how a session goes.
struct Configuration {
  FeatureSet features;
  Policy policy;
  Behaviour behaviour;  ///< correct unless a defect turned its knobs
};

}  // namespace smtpspec::refserver
