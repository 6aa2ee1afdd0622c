# SPDX-License-Identifier: Apache-2.0
"""Usage: check_untested.py SCENARIOS. Every requirement whose breach can be seen is covered by a scenario, or untested.tsv says why not."""
import fnmatch
import pathlib
import sys
import tomllib

VISIBLE = ("wire-server", "wire-client", "delivery")


def load(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def covers(node):
    """The ids under every `covers` of a scenario file, those of rows, steps and alternatives too."""
    if isinstance(node, list):
        return {id for child in node for id in covers(child)}
    if not isinstance(node, dict):
        return set()
    own = node.get("covers", [])
    return set(own).union(*(covers(child) for key, child in node.items() if key != "covers"))


def lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("#"):
                yield number, line.rstrip("\n").split("\t")


def errors(path, visible, uncovered):
    """What is wrong with each line, then what no line speaks of."""
    named = set()
    for number, columns in list(lines(path))[1:]:
        if len(columns) != 2 or not all(columns):
            yield f"{path}:{number}: not a requirement, a tab and a reason"
            continue
        matched = set(fnmatch.filter(visible, columns[0]))
        if not matched & uncovered:
            yield f"{path}:{number}: {columns[0]} " + ("is covered by a scenario: stale" if matched else "matches no requirement whose breach can be seen")
        if matched & named & uncovered:
            yield f"{path}:{number}: {columns[0]} is matched by an earlier line, too"
        named |= matched
    for id in sorted(uncovered - named):
        yield f"{path}: {id} is covered by no scenario, and no line says why"


def main(folder):
    catalogue = [row for file in sorted(folder.glob("requirements/*.toml")) for row in load(file)["requirement"]]
    visible = {row["id"] for row in catalogue if row["testable"] in VISIBLE}
    covered = set().union(*(covers(load(file)) for file in folder.glob("rfc*/*.toml")))
    found = list(errors(folder / "requirements/untested.tsv", visible, visible - covered))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    print(f"requirements: of {len(visible)} whose breach can be seen {len(visible & covered)} are covered by scenarios")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
