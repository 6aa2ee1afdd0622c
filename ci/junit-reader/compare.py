# SPDX-License-Identifier: Apache-2.0
"""Compares what three readers see in a JUnit file: its own attributes, junitparser (Debian), and count.mjs (stdin)."""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

from junitparser import Error, Failure, JUnitXml, Skipped


def by_hand(path):
    root = ElementTree.parse(path).getroot()
    suites = root.findall("testsuite")
    return {
        "suites": len(suites),
        "tests": int(root.get("tests")),
        "failures": int(root.get("failures")),
        "errors": int(root.get("errors")),
        "skipped": sum(int(suite.get("skipped")) for suite in suites),
    }


def by_junitparser(path):
    cases = [case for suite in JUnitXml.fromfile(path) for case in suite]
    results = [result for case in cases for result in case.result]
    count = lambda kind: sum(isinstance(result, kind) for result in results)
    return {
        "suites": len(JUnitXml.fromfile(path)),
        "tests": len(cases),
        "failures": count(Failure),
        "errors": count(Error),
        "skipped": count(Skipped),
        "names": [f"{case.classname} {case.name}" for case in cases],
        "messages": [r.message for r in results if not isinstance(r, Skipped)],
        "texts": [(r.message, r.text) for r in results],
    }


def main(path):
    ours, python, node = by_hand(path), by_junitparser(path), json.load(sys.stdin)
    problems = [f"{key}: the file says {ours[key]}, junitparser {python[key]}, junit2json {node[key]}"
                for key in ours if not ours[key] == python[key] == node[key]]
    problems += [f"junitparser and junit2json read different {key}" for key in ("names", "messages")
                 if python[key] != node[key]]
    if len(set(python["names"])) != len(python["names"]):
        problems.append("(classname, name) is not unique")
    problems += [f"text does not begin with its message: {message!r}" for message, text in python["texts"]
                 if not (text or "").startswith(message + "\n")]
    raw = open(path, encoding="utf-8", errors="strict").read()  # fails on invalid UTF-8
    if re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|&#x?[0-9a-fA-F]+;", raw):
        problems.append("a control character, or a character reference that may hide one")
    for problem in problems:
        print(f"{path}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{path}: {ours}")
    return 1 if problems else 0


sys.exit(main(sys.argv[1]))
