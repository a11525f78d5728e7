"""schema/program.schema.json says what creditd takes, key for key.

The documents of all programs, and one that uses every key, are valid. Then each
map, list and scalar of that one is spoilt in turn: a key that nobody knows, a
key left out, a value of another kind. What the schema refuses, creditd must
refuse as well, and what no schema can see (names that must exist, dates in
order) is all that creditd may refuse alone: never a key or a kind. At last, the
keys of each map must be those that creditd says it knows there."""

import argparse
import copy
import glob
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "schema" / "program.schema.json").read_text())
EVERY_KEY = TOP / "tests" / "unit" / "programs" / "every-key.yaml"
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
KNOWN = re.compile(r"unknown key 'nobody_knows' \(known here: ([^)]*)\)")


class Loader(yaml.SafeLoader):
    """Dates stay text, as JSON has them."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers
            if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def load(path):
    return yaml.load(pathlib.Path(path).read_text(), Loader)


def places(value, path=()):
    """The path of every map, list and scalar in the document."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, path + (key,))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(item, path + (at,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def put(document, path, value):
    made = copy.deepcopy(document)
    if not path:
        return value
    at(made, path[:-1])[path[-1]] = value
    return made


def kind(value):
    return type(value) if isinstance(value, (dict, list)) else str


FREE = {"note", "assumptions", "address", "read_on", "assumption"}


def spoilt(document):
    """(path, what was done, the document)"""
    for path in places(document):
        value = at(document, path)
        if any(step in FREE for step in path):
            continue
        if isinstance(value, dict):
            yield path, "a new key", put(
                document, path, dict(value, nobody_knows="x"))
            for key in value:
                less = dict(value)
                del less[key]
                yield path + (key,), "left out", put(document, path, less)
        word = value[0] if isinstance(value, list) and value and \
            isinstance(value[0], str) else "X-1"
        for other in ({"nobody_knows": "x"}, [["x"]], word):
            if kind(other) is not kind(value) and path:
                yield path, "shortened" if other == word and word != "X-1" \
                    else "made a %s" % type(other).__name__, put(
                        document, path, other)


def complaints(program, documents):
    done = subprocess.run(
        [program], text=True, stdout=subprocess.PIPE, check=True, timeout=120,
        input="".join(json.dumps({
            "document": json.dumps(d, ensure_ascii=False),
            "today": "2026-06-30", "events": []}) + "\n" for d in documents))
    return [json.loads(line).get("complaints")
            for line in done.stdout.splitlines()]


def keys_known(document, path):
    """The keys that the schema knows at that map."""
    found = set()
    error = next((e for e in VALIDATOR.iter_errors(
        put(document, path, dict(at(document, path), nobody_knows="x")))), None)
    stack = [error] if error else []
    while stack:
        error = stack.pop()
        stack += error.context or []
        if error.validator == "additionalProperties" and \
                list(error.absolute_path) == list(path):
            found |= set(error.schema["properties"])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, help="rule_json")
    options = parser.parse_args()
    wrong = []
    files = sorted(glob.glob(str(TOP / "schema/programs/**/*.yaml"),
                             recursive=True)) + [EVERY_KEY]
    for path in files:
        for error in VALIDATOR.iter_errors(load(path)):
            wrong.append("%s: %s: %s" % (
                path, list(error.absolute_path), error.message[:200]))
    document = load(EVERY_KEY)
    cases = list(spoilt(document))
    said = complaints(options.program, [document] + [c[2] for c in cases])
    if said[0]:
        wrong.append("every-key.yaml: %s" % said[0])
    for (path, what, made), complaint in zip(cases, said[1:]):
        valid = VALIDATOR.is_valid(made)
        if not valid and complaint is None:
            wrong.append("%s %s: the schema refuses it, creditd takes it" % (
                path, what))
        if valid and complaint is not None and \
                what not in ("left out", "shortened"):
            wrong.append("%s %s: creditd refuses it, the schema does not: %s"
                         % (path, what, complaint))
        if what == "a new key" and complaint:
            known = KNOWN.search(complaint)
            theirs = set(re.split(r",\s*", known[1])) if known else set()
            ours = keys_known(document, path)
            if known and "when" not in path and theirs != ours:
                wrong.append("%s: creditd knows %s alone, the schema %s" % (
                    path, sorted(theirs - ours), sorted(ours - theirs)))
    for line in wrong:
        print(line)
    print("%d documents, %d spoilt ones, %d differences" % (
        len(files), len(cases), len(wrong)))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
