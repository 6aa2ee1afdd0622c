# SPDX-License-Identifier: Apache-2.0
"""README.md of published pairs: which servers in which versions, when, and what came out. published_interop_readme.py RUN SERVER..."""
import collections
import json
import sys

path, names = sys.argv[1], sys.argv[2:]
with open(path, encoding="utf-8") as file:
    run = json.load(file)

kinds = ("pass", "warn", "fail", "info", "unsupported")
messages = {case["id"].split("/")[3] for case in run["cases"]}
print(f"""# Messages through every pair of servers

Suite {run['suite_version']}, smtpspec {run['tool_version']}, {run['timings']['started'][:10]}: {len(messages)} messages through {len(names) ** 2} pairs, {len(run['cases'])} cases. Made by `ci/publish-interop`; nothing here
is written by hand.

- [interop.html](interop.html): one page, without network access; a cell opens the difference in octets and both dialogues
- [interop.md](interop.md): the same for reading here

{run['target']['software']}.

Every `fail` and `warn` has had a second reading of the RFC and the dialogues, and stands with its reason in
[`fixtures/interop/expectations.toml`](../../../fixtures/interop/expectations.toml). What a sender did to a message is told of every pair that it sends in, what a
receiver did of every pair that it receives in; there is no score.

![Sender by receiver](interop.png)

| sender | {' | '.join(kinds)} |
|---|{'---|' * len(kinds)}""")
for name in names:
    count = collections.Counter(case["verdict"] for case in run["cases"] if case["id"].split("/")[1] == name)
    print(f"| {name} | {' | '.join(str(count[kind]) for kind in kinds)} |")
