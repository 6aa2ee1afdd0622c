# SPDX-License-Identifier: Apache-2.0
"""Leaves in a stored run only the cases of a list, or all but these. some_cases.py only|without LIST RUN"""
import json
import sys

mode, listed, path = sys.argv[1:]
with open(listed, encoding="utf-8") as file:
    ids = set(file.read().split())
with open(path, encoding="utf-8") as file:
    run = json.load(file)
kept = [index for index, case in enumerate(run["cases"]) if (case["id"] in ids) == (mode == "only")]
run["cases"] = [run["cases"][index] for index in kept]
run["timings"]["cases"] = [run["timings"]["cases"][index] for index in kept]
with open(path, "w", encoding="utf-8") as file:
    json.dump(run, file)
