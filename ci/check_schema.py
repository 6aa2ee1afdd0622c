# SPDX-License-Identifier: Apache-2.0
"""Usage: check_schema.py SCHEMA FILE...

Keys that the schema doesn't know are allowed to a reader, but not to us: here every object is closed, so that writer and
schema can't drift apart."""
import json
import sys

from jsonschema import Draft202012Validator


def close(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
            required = set(schema.get("required", ()))
            assert required <= set(schema["properties"]), f"required, but not described: {required}"
        for value in schema.values():
            close(value)
    elif isinstance(schema, list):
        for value in schema:
            close(value)


def check(validator, path):
    with open(path, encoding="utf-8") as file:
        errors = list(validator.iter_errors(json.load(file)))
    for error in errors[:20]:
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}", file=sys.stderr)
    print(f"{path}: {'valid' if not errors else f'{len(errors)} problems'}")
    return not errors


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    close(schema)
    validator = Draft202012Validator(schema)
    return 0 if all([check(validator, path) for path in paths]) else 1


sys.exit(main(sys.argv[1], sys.argv[2:]))
