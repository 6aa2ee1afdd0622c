#!/usr/bin/python3
"""Reads reports as strictly as their readers do, whatever a hostile server had put into its replies.

usage: check_report_bytes.py CASES FILE...     CASES: how many cases each results.json and junit.xml must hold; - for any

No octet of a report may act on a terminal: no control character but LF, no C1, no bidirectional control, no U+FFFE or
U+FFFF, no invalid UTF-8. XML and JSON must be well-formed, HTML and Markdown without an element that a server had sent; in CSV
and on a terminal such an element is text as any other.
"""
import json
import sys
import unicodedata
import xml.etree.ElementTree

FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def objection(character):
    if character == "\n":
        return None
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE
    if is_noncharacter or unicodedata.category(character) in FORBIDDEN:
        return f"holds U+{ord(character):04X}"
    return None


def check_text(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        for character in line:
            if why := objection(character):
                return f"{path}:{number}: {why}"
    return None


def check_counts(path, text, cases):
    if path.endswith(".json"):
        cases_of_it = json.loads(text)["cases"]
        if isinstance(cases_of_it, int):
            return None  # of a comparison: how many
        found = len([case for case in cases_of_it if not case["id"].startswith("invariants/")])
    elif path.endswith(".xml"):
        root = xml.etree.ElementTree.fromstring(text)
        names = [case for case in root.iter("testcase") if not case.get("name").startswith("invariants/")]
        found = len(names)
    else:
        is_markup = path.endswith((".html", ".md"))
        return f"{path}: it holds a script that the server sent" if is_markup and "<script>alert" in text else None
    return None if cases == "-" or found == int(cases) else f"{path}: {found} cases instead of {cases}"


def main():
    cases, *paths = sys.argv[1:]
    for path in paths:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8", "strict")
        if path.endswith(".csv"):
            text = text.replace("\r\n", "\n")  # RFC 4180 section 2
        for why in (check_text(path, text), check_counts(path, text, cases)):
            if why:
                sys.exit(why)
        print(f"{path}: {len(text)} characters made of harmless octets")


main()
