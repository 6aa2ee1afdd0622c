# SPDX-License-Identifier: Apache-2.0
"""README.md of published old and new versions, and a Markdown page for each pair. published_versions.py COMPARISONS OUT OLD+NEW...

COMPARISONS has OLD+NEW.json and OLD+NEW.table of each pair, the comparison as JSON and as Markdown, and OLD+NEW.unsteady, the ids of the
cases that were not the same twice and are left out of both. A case that is broken or fixed is
explained by what somebody has read of the version in which it is red: its expectation file, else what ci/published_versions.toml has.
"""
import collections
import json
import os
import re
import sys
import tomllib

folder, out, pairs = sys.argv[1], sys.argv[2], sys.argv[3:]
kinds = ("broken", "fixed", "changed", "gone", "new")


def listed(value):
    return value if isinstance(value, list) else [value]


def escaped(text):
    return re.sub(r"([\\`*<>\[\]])", r"\\\1", text)


def selects(pattern, case):  # as base::selects: an id, a prefix of it up to a '/', either with '*'
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))) + "(/.*)?", case, re.DOTALL) is not None


def entries_of(path):
    with open(path, "rb") as file:
        return tomllib.load(file)["expect"]


def file_of(target):
    return f"fixtures/targets/expectations/{target}.toml"


def expectations_of(target):
    if os.path.exists(file_of(target)):
        return entries_of(file_of(target))
    return [entry for entry in entries_of("ci/published_versions.toml") if entry["target"] == target]


def reason_of(expectations, case, verdict):
    """The reason of the entry that decides: that of the most letters which names the case."""
    found = [(len(pattern.replace("*", "")), entry["reason"]) for entry in expectations
             if verdict in listed(entry["verdict"]) for pattern in listed(entry["case"]) if selects(pattern, case)]
    return max(found)[1] if found else None


class Pair:
    def __init__(self, pair):
        self.old, self.new = pair.split("+")
        self.name = self.new.split("@")[0]
        with open(os.path.join(folder, pair + ".json"), encoding="utf-8") as file:
            self.matrix = json.load(file)
        with open(os.path.join(folder, pair + ".table"), encoding="utf-8") as file:
            self.table = file.read()
        with open(os.path.join(folder, pair + ".unsteady"), encoding="utf-8") as file:
            self.unsteady = file.read().split()
        self.count = collections.Counter(change["kind"] for change in self.matrix["changes"])
        self.reasons = {kind: self.explain(kind, column) for kind, column in (("broken", 1), ("fixed", 0))}

    def explain(self, kind, column):
        """Cases by the reason why they are red in that column; those that nobody has read stand under None."""
        verdicts = {row["case"]: row["cells"][column].get("verdict") for row in self.matrix["rows"]}
        expectations = expectations_of((self.old, self.new)[column])
        reasons = collections.defaultdict(list)
        for change in self.matrix["changes"]:
            if change["kind"] == kind:
                case = change["case"]
                reasons[reason_of(expectations, case, verdicts[case])].append(case)
        return reasons

    def version(self, column):
        return self.matrix["columns"][column]["version"]

    def unread(self):
        return sum(len(reasons.get(None, [])) for reasons in self.reasons.values())

    def page(self):
        title = f"# {self.name}: {self.version(0)} and {self.version(1)}\n"
        if not self.count:
            return title + "\nEvery case is the same.\n\n" + self.summary()
        lines = [title, f"What is not the same, with both dialogues: [{self.name}.html]({self.name}.html).\n"]
        for kind, reasons in self.reasons.items():
            if reasons:
                lines.append(f"## {kind.capitalize()}: {self.count[kind]}\n")
            for reason, cases in sorted(reasons.items(), key=lambda item: item[0] is None):
                lines.append((escaped(reason) if reason else "As measured; RFC and dialogue have not been read a second time.") + "\n")
                lines += [f"- `{case}`" for case in cases] + [""]
        return "\n".join(lines) + "\n## All that differs\n\n" + self.summary()

    def links(self):
        page = f", [page]({self.name}.html)" if self.count else ""
        return f"[Markdown]({self.name}.md){page}"

    def summary(self):
        """The comparison as Markdown, without its heading."""
        return self.table.split("\n", 2)[2]


compared = [Pair(pair) for pair in pairs]
for pair in compared:
    with open(os.path.join(out, pair.name + ".md"), "w", encoding="utf-8") as file:
        file.write(pair.page())

first = compared[0].matrix["columns"][0]
day = min(column["started"] for pair in compared for column in pair.matrix["columns"])[:10]
unsteady = [f"`{case}` ({pair.name})" for pair in compared for case in pair.unsteady]
left_out = f"\n\nLeft out, because it was not the same twice: {', '.join(unsteady)}." if unsteady else ""
text = f"""# Old and new

Suite {first['suite_version']}, smtpspec {first['tool_version']}, {day}: an old version of each server and a new one, configured by the same target file. Only cases
in which the target is the server; those in which it is a client or a relay are left out to keep it short, and so is what is
disruptive or slow. Made by `ci/publish-versions`; nothing here is written by hand.

*Broken* is a case whose verdict is worse in the new version, *fixed* one whose verdict is better, *changed* one in which the server does
something else without that. What is broken or fixed, but for the invariants, was so twice. A page has the cases that are not the
same, with both dialogues, and counts only those; its Markdown counts all.{left_out}

| server | old | new | cases | {' | '.join(kinds)} | not read |
|---|---|---|---|{'---|' * len(kinds)}---|
"""
for pair in compared:
    counts = " | ".join(str(pair.count[kind]) for kind in kinds)
    text += (f"| {pair.name}: {pair.links()} | {pair.version(0)} | {pair.version(1)} "
             f"| {pair.matrix['cases']} | {counts} | {pair.unread()} |\n")
text += f"""
The columns differ as measured. RFC and dialogue have had a second reading for the versions that have a file in
[`fixtures/targets/expectations/`](../../../fixtures/targets/expectations), {', '.join(f'`{target}`' for pair in compared for target in (pair.old, pair.new) if os.path.exists(file_of(target)))}:
where a case is red in one of these, its Markdown gives the reason. Of the other versions only what is broken or fixed was read, a
dialogue or more for each reason in [`ci/published_versions.toml`](../../../ci/published_versions.toml). *Not read* counts the broken and fixed cases that have no
reason: of these nobody has said yet whether the server is to blame.
"""
with open(os.path.join(out, "README.md"), "w", encoding="utf-8") as file:
    file.write(text)
