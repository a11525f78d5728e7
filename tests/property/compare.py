#!/usr/bin/env python3
"""Random histories through model.py and the C program rule_json; prints each difference, minimized.

    compare.py --program build/tests/rule_json --seed 1 --histories 1000
    compare.py --cases                           # the golden cases, the model alone
"""
from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import model  # noqa: E402
from bodies import BODIES  # noqa: E402
from histories import make  # noqa: E402

TOP = Path(__file__).resolve().parents[2]


class Engine:
    """The C program, kept running."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TOP)

    def rule(self, program, bodies, today):
        line = {"program": program, "today": today.isoformat(), "events": bodies}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"rule_json died on {json.dumps(line)}")
        return json.loads(answer)


# --- differences ---------------------------------------------------------------------------------


def ordered(ruling):
    """Lists of text are sets; entries are sums in any order."""
    out = dict(ruling)
    out.pop("next_due", None)
    out["entries"] = sorted(out["entries"])
    for p in out["periods"]:
        p["missing"] = sorted(p["missing"])
    for r in out["requests"]:
        r["missing"], r["flags"] = sorted(r["missing"]), sorted(r["flags"])
    out["periods"] = {f"{p['designation']} {p['starts_on']}": p for p in out["periods"]}
    out["requests"] = {r["request"]: r for r in out["requests"]}
    out["entries"] = {" ".join(e[:5]): e[5] for e in out["entries"]}
    return out


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), f"{path}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}/{i}")
    elif a != b:
        yield f"{path}: model {json.dumps(a)}, engine {json.dumps(b)}"


def shape(text):
    """A difference without names and dates, so that like ones are shown once."""
    path, _, rest = text.partition(": ")
    parts = path.split("/")
    if parts[1] == "entries":
        return "entries " + (path.split()[2] if len(path.split()) > 2 else "")
    if parts[1] == "verdicts":
        return f"verdicts {parts[-1]} {rest}"
    name = "whole" if len(parts) == 3 else parts[-1]
    return f"{parts[1]} {name} {rest if name in ('code', 'state', 'status', 'missing', 'flags') else ''}"


class Comparer:
    def __init__(self, engine):
        self.engine = engine
        self.idle = 0  # histories whose next_due changes nothing

    def differ(self, program, bodies, today):
        said = self.engine.rule(program, bodies, today)
        due = said["next_due"]
        engine = ordered(said)
        try:
            mine = ordered(model.rule(program, bodies, today))
        except AssertionError as error:
            return [f"/model: {error!r}, engine -"]
        found = list(differences(mine, engine)) or list(self.shuffled(program, bodies, today, engine))
        return found or list(self.due(program, bodies, today, due and date.fromisoformat(due), mine))

    def shuffled(self, program, bodies, today, engine):
        """ "any order of arrival ends the same": another order, which keeps that of what has one id."""
        places = list(range(len(bodies)))
        random.Random(len(bodies)).shuffle(places)
        ids = [(b.get("source") or "local", b["id"]) for b in bodies]
        left = {}
        for place, id_ in enumerate(ids):
            left.setdefault(id_, []).append(place)
        again = ordered(self.engine.rule(program, [bodies[left[ids[p]].pop(0)] for p in places], today))
        for part in ("periods", "requests", "entries"):
            for text in differences(engine[part], again[part], f"/{part}"):
                yield f"/shuffled{text}"

    def due(self, program, bodies, today, due, now):
        """Nothing changes by itself before `next_due`. (A day on which nothing does is only counted.)"""
        last = due - timedelta(days=1) if due else today + timedelta(days=1500)
        span = (last - today).days
        for ahead in {1, 7, 30, 61, 200, 366, 800, span} if span > 0 else ():
            on = today + timedelta(days=min(ahead, span))
            for text in differences(now, ordered(model.rule(program, bodies, on))):
                yield f"/next_due/late: model {json.dumps(f'{on}: {text}')}, engine {json.dumps(str(due))}"
                return
        if due and now == ordered(model.rule(program, bodies, due)):
            self.idle += 1

    def minimize(self, program, bodies, today, wanted):
        """Drops events, then keys of their data, while a difference of the same shape stays."""

        def stays(tried):
            return any(shape(d) == wanted for d in self.differ(program, tried, today))

        size = max(1, len(bodies) // 2)
        while size:
            before = len(bodies)
            at = 0
            while at < len(bodies):
                tried = bodies[:at] + bodies[at + size :]
                if stays(tried):
                    bodies = tried
                else:
                    at += size
            if size > 1 or len(bodies) == before:
                size //= 2
        optional = ("jurisdiction", "designations", "designation", "evidence", "topics", "occurred_at", "expires_on",
                    "credits", "title", "provider", "role", "source", "category")
        for i in range(len(bodies)):
            for key in optional:
                tried = json.loads(json.dumps(bodies))
                body = tried[i]
                needed = body["type"].startswith("certification.") or body["type"] == "credit.adjusted"
                for place in (body, body["data"], body["data"].get("activity", {})):
                    if key in place and not (needed and key in ("designation", "credits")):
                        if not (body["type"] == "recognition.evidence" and key == "evidence"):
                            del place[key]
                if tried != bodies and stays(tried):
                    bodies = tried
        return bodies


# --- golden cases --------------------------------------------------------------------------------


def holds(have, want):
    if isinstance(want, dict):
        return isinstance(have, dict) and all(holds(have.get(k), v) for k, v in want.items())
    if isinstance(want, list):
        return have is not None and sorted(have) == sorted(want)
    return have == want


def last_verdict(bodies, today):
    """How the last of the bodies stands, for its member alone."""
    who = bodies[-1]["member"]
    mine = [b for b in bodies if b["member"] == who]
    ruling = model.rule(who.split("/")[0], mine, today)
    have = dict(ruling["verdicts"][-1])
    if have["outcome"] == "refused":
        have = {"refused": have["code"]}
    ids = [(b.get("source", "local"), b["id"]) for b in mine]
    have["duplicate"] = ids[-1] in ids[:-1] and have.get("outcome") != "conflict"
    name = mine[-1]["data"].get("request")
    have["request"] = next((r for r in ruling["requests"] if r["request"] == name), None)
    return have


def wrong_final(case, played, today):
    """The first balance at the end that is not as wanted, and what it is."""
    for want in case.get("final", []):
        who = want["member"]
        body = who.split("/")[0]
        ruling = model.rule(body, [b for b in played if b["member"] == who], today)
        have = [p for p in ruling["periods"] if p["current"] and p["designation"] == want["designation"]]
        if have:
            have = dict(have[0], member=who, unit=BODIES[body].unit)
            have["period"] = {"starts_on": have["starts_on"], "ends_on": have["ends_on"]}
        if not have or not holds(have, want):
            return want, have
    return None


def golden(path):
    """The model's rulings of every case: each step as expected, the end in any order."""
    failures = 0
    today = date(2026, 6, 30)
    for line in path.read_text().splitlines():
        case = json.loads(line)
        bodies = []
        for step in case["steps"]:
            bodies.append(step["submit"])
            have = last_verdict(bodies, today)
            if model.malformed(bodies[-1]):
                bodies.pop()
            if not holds(have, step["expect"]):
                failures += 1
                print(f"{path.name}: {case['case']}: {step['submit']['id']}\n  want {step['expect']}\n  have {have}")
        rng = random.Random(1)
        count = len(bodies)
        orders = list(itertools.permutations(range(count))) if count <= 5 else [range(count)]
        if count > 5:
            orders += [rng.sample(range(count), count) for _ in range(60)]
        for order in orders:
            # "any other order that keeps the order of steps with the same id"
            if any(i > j and bodies[i]["id"] == bodies[j]["id"] for i, j in itertools.combinations(order, 2)):
                continue
            wrong = wrong_final(case, [bodies[i] for i in order], today)
            if wrong:
                failures += 1
                print(f"{path.name}: {case['case']}: final in order {list(order)}\n  want {wrong[0]}\n  have {wrong[1]}")
                break
    return failures


# --- main ----------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(TOP / "build/tests/rule_json"), help="path of rule_json")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--histories", type=int, default=1000, help="of each body")
    parser.add_argument("--body", choices=sorted(BODIES), action="append")
    parser.add_argument("--most", type=int, default=20, help="differences to show")
    parser.add_argument("--cases", action="store_true", help="only the golden cases")
    options = parser.parse_args()
    failures = 0
    for path in sorted((TOP / "tests/cases").glob("*.jsonl")):
        failures += golden(path)
    print(f"golden cases: {failures} failures of the model")
    if options.cases:
        return 1 if failures else 0
    comparer = Comparer(Engine(options.program))
    shown = {}
    agree = count = events = 0
    for seed in range(options.seed, options.seed + options.histories):
        for body in options.body or sorted(BODIES):
            bodies, today = make(seed, body)
            found = comparer.differ(body, bodies, today)
            count += 1
            events += len(bodies)
            agree += not found
            for text in found:
                kind = f"{body} {shape(text)}"
                shown[kind] = shown.get(kind, 0) + 1
                if shown[kind] > 1 or len(shown) > options.most:
                    continue
                least = comparer.minimize(body, bodies, today, shape(text))
                print(f"\nseed {seed} {body} today {today}: {text}\n  minimized:")
                for b in least:
                    print("    " + json.dumps({k: v for k, v in b.items() if k != "member"}))
                for d in comparer.differ(body, least, today):
                    print("  " + d)
    print(f"\n{agree} of {count} histories ({events} events) agree, seeds {options.seed} and up")
    print(f"{comparer.idle} with a next_due on which nothing changes")
    for kind, times in sorted(shown.items(), key=lambda x: -x[1]):
        print(f"  {times:6} × {kind}")
    return 1 if shown or failures else 0


if __name__ == "__main__":
    sys.exit(main())
