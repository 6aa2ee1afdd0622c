# SPDX-License-Identifier: Apache-2.0
"""README.md of a published comparison: which servers in which versions, when, and what came out. published_readme.py RUNS TARGET..."""
import collections
import json
import os
import sys

folder, names = sys.argv[1], sys.argv[2:]
kinds = ("pass", "warn", "fail", "info", "unsupported")


def run_of(name):
    with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


runs = [(name, run_of(name)) for name in names]
day = min(run["timings"]["started"] for _, run in runs)[:10]
first = runs[0][1]
print(f"""# Servers side by side

Suite {first['suite_version']}, smtpspec {first['tool_version']}, {day}, played as a stranger (127.0.0.2 where a server tells clients apart).
What the servers do as clients, when they send mail on, is in it too. Made by `ci/publish`; nothing here is written by hand.

- [comparison.html](comparison.html): one page, without network access; a cell opens the dialogue
- [comparison.md](comparison.md), [comparison.csv](comparison.csv), [comparison.json](comparison.json): the same for reading here, for tables, for programs
- [versions](versions/README.md): an old and a new version of seven of them, what is broken, fixed and changed

Every `fail` and `warn` has had a second reading of the RFC and the dialogue, and stands with its reason in
[`fixtures/targets/expectations/`](../../fixtures/targets/expectations). It says what a server does as its target file configures it, no more: there is no
score, and a server that offers less has less to be judged on.

| server | version | {' | '.join(kinds)} |
|---|---|{'---|' * len(kinds)}""")
for name, run in runs:
    count = collections.Counter(case["verdict"] for case in run["cases"])
    software, version = run["target"]["software"], run["target"]["version"]
    version = f"{software} {version or run['tool_version']}"  # the embedded server is of the program itself
    print(f"| {name} | {version} | {' | '.join(str(count[kind]) for kind in kinds)} |")
