// SPDX-License-Identifier: Apache-2.0
// The one place where toml++ itself is compiled: as part of the program it reads a third faster than as
// Debian's library, and a person waits for it each time the program starts.
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
