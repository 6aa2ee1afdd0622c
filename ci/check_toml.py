# SPDX-License-Identifier: Apache-2.0
"""Usage: check_toml.py SCHEMA FILE..."""
import json
import sys
import tomllib

from jsonschema import Draft202012Validator


def check(validator, path):
    with open(path, "rb") as file:
        errors = list(validator.iter_errors(tomllib.load(file)))
    for error in errors[:20]:
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}", file=sys.stderr)
    return not errors


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    valid = sum(check(validator, path) for path in paths)
    print(f"{schema['title']}: {valid} of {len(paths)} are valid")
    return 0 if valid == len(paths) and paths else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
