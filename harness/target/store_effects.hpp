// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "target/target.hpp"

namespace smtpspec::target {

/// Bare LF becomes CRLF; what is CRLF stays.
std::string with_crlf(std::string_view text);

/// What a store with these effects would hold of a content that ends its lines with CRLF. A function, unlike
/// its undoing: two contents that the store can't tell apart become equal. Compare in this form.
std::string as_stored(std::string_view content, const StoreEffects& effects);

/// The content that stored bytes most likely came from, for showing: LF becomes CRLF, `>From ` becomes `From
/// `. What the store has lost (which line ends were bare, which `>From ` was the sender's own) can't come
/// back.
std::string undo_store_effects(std::string_view stored, const StoreEffects& effects);

}  // namespace smtpspec::target
