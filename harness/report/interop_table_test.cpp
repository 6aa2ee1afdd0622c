// SPDX-License-Identifier: Apache-2.0
#include "report/interop_table.hpp"

#include <gtest/gtest.h>

#include "report/interop_grid.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;

result::Run example() {
  result::Run run;
  run.options["interop"] = "true";
  const auto add = [&run](const char* id, Verdict verdict) {
    run.cases.emplace_back();
    run.cases.back().id = id;
    run.cases.back().verdict = verdict;
  };
  add("interop/a/a/plain", Verdict::pass);
  add("interop/a/a/dots", Verdict::fail);
  add("interop/a/b\x1b[31m/plain", Verdict::pass);
  add("interop/b/a/plain", Verdict::unsupported);
  add("interop/b/a/dots", Verdict::info);
  return run;
}

TEST(InteropTable, SendersDownReceiversAcross) {
  EXPECT_EQ(interop_table(example()),
            "from \\ to  a      b\\x1B[31m\n"
            "a          ✗1 ✓1  ✓1\n"
            "b          –1 ○1\n"
            "\n"
            "✓ arrived as it was   ○ recorded   – unsupported   ! warn   ✗ fail   □ blocked\n\n");
}

TEST(InteropGrid, AnIdSaysWhoAndWhat) {
  const auto id = interop_id("interop/exim@trixie/postfix/a-message");
  EXPECT_EQ(id.sender, "exim@trixie");
  EXPECT_EQ(id.receiver, "postfix");
  EXPECT_EQ(id.message, "a-message");
  EXPECT_EQ(interop_id("").message, "");
  EXPECT_EQ(worst_of(example(), interop_grid(example()).cells[0][0]), Verdict::fail);
}

}  // namespace
}  // namespace smtpspec::report
