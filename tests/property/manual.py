"""The manual's examples of rules come to what they say.

Every example of creditd-program(5) is a piece of a program and comments of the
form `# FACTS -> WHAT COMES OF IT`. The piece is put into the program at the head
of the manual, compiled, and ruled by rule_json.

FACTS are joined by " + "; each is words KEY=VALUE. A fact that names granted,
renewed, met, request, evidence, decided, paid or adjusted is that event, else an
activity; `on` is its day. Commas in a value stand for spaces, or part a list.
What comes of it, parted by ", ": what each activity or request is credited, and
the code of what cut it; then any of: missing NAME…, required N, total N, carried
N, starts DATE, ends DATE, status WORD, state WORD, due MONEY, owes MONEY (the
sum of fees and taxes), of the last period or request."""

import argparse
import json
import pathlib
import re
import subprocess
import sys
from decimal import Decimal

TOP = pathlib.Path(__file__).resolve().parents[2]
MANUAL = TOP / "worker" / "man" / "creditd-program.5"
BLOCK = re.compile(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", re.DOTALL | re.MULTILINE)
PART = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)
MEMBER = "example/1"


def parts_of(text):
    """{key: text} of the parts that begin at the left margin."""
    return {part.split(":", 1)[0]: part
            for part in PART.split(text) if re.match(r"[a-z_]+:", part)}


def words(value):
    return value.replace(",", " ")


def activity(said, number):
    """The activity that the words describe, and nothing of them left over."""
    made = {"completed_on": said.pop("on", "2026-03-01"),
            "title": said.pop("title", "T%d" % number)}
    if "code" in said:
        made["code"] = said.pop("code")
    else:
        made["kind"] = said.pop("kind", "course")
    for key in ("category", "accredited_by", "role", "unit", "grade"):
        if key in said:
            made[key] = said.pop(key)
    for key, name in (("minutes", "contact_minutes"), ("quantity", "quantity"),
                      ("started", "started_on"), ("provider", "provider")):
        if key in said:
            made[name] = words(said.pop(key))
    if "topics" in said:
        made["topics"] = said.pop("topics").split(",")
    return made


def event(text, number):
    """(SUBMIT body, is it a claim?)"""
    said = dict(word.split("=", 1) for word in text.split())
    received = said.pop("received", None)
    kind = next((k for k in ("granted", "renewed", "met", "request", "evidence",
                             "decided", "paid", "adjusted") if k in said), None)
    on = said.get("on", "2026-03-01")
    if kind in ("granted", "renewed"):
        data = {"designation": said.pop(kind), kind + "_on": on}
        if "jurisdiction" in said:
            data["jurisdiction"] = said.pop("jurisdiction")
        type_ = "certification." + kind
    elif kind == "met":
        data = {"requirement": said.pop("met"), "met_on": on}
        if "expires" in said:
            data["expires_on"] = said.pop("expires")
        type_ = "requirement.met"
    elif kind == "adjusted":
        data = {"designation": said.pop("adjusted"), "on": on, "author": "a",
                "credits": said.pop("credits"), "reason": "r"}
        type_ = "credit.adjusted"
    elif kind == "request":
        data = {"request": said.pop("request"),
                "activity": activity(said, number)}
        type_ = "recognition.requested"
    elif kind == "evidence":
        data = {"request": said.pop("evidence"), "evidence": [
            {"kind": k} for k in said.pop("kinds").split(",")]}
        type_ = "recognition.evidence"
    elif kind == "decided":
        data = {"request": said.pop("decided"), "decision": "approved",
                "reviewer": "r"}
        if "credits" in said:
            data["credits"] = said.pop("credits")
        type_ = "recognition.decided"
    elif kind == "paid":
        data = {"request": said.pop("paid"), "amount": said.pop("amount"),
                "currency": "CAD", "reference": "p"}
        type_ = "recognition.paid"
    else:
        data = {"activity": activity(said, number)}
        type_ = "activity.completed"
    said.pop("on", None)
    if said:
        raise ValueError("unknown words %s in '%s'" % (list(said), text))
    body = {"id": "e%d" % number, "type": type_, "member": MEMBER,
            "data": data}
    if received:
        body["received_on"] = received
    return body, kind in (None, "request")


class Example:
    def __init__(self, document, line):
        self.line = line
        self.document = document
        facts, _, self.wanted = line[1:].partition("->")
        made = [event(text.strip(), n)
                for n, text in enumerate(facts.split(" + "))]
        self.claims = [body["id"] for body, is_claim in made if is_claim]
        self.events = [body for body, _ in made]
        if not any(b["type"] == "certification.granted" for b in self.events):
            self.events.append(event("granted=RT on=2025-01-01", 99)[0])

    def asked(self):
        return json.dumps({"document": self.document, "today": "2026-06-30",
                           "events": self.events})


def same_number(wanted, actual):
    return actual is not None and Decimal(wanted) == Decimal(actual)


def differs(example, ruling):
    """What is not as the example says, or None."""
    if "complaints" in ruling:
        return ruling["complaints"]
    claims = list(example.claims)
    period = ruling["periods"][-1] if ruling["periods"] else {}
    request = ruling["requests"][-1] if ruling["requests"] else {}
    for item in example.wanted.strip().split(", "):
        word, *rest = item.split()
        if word == "missing":
            right = sorted(rest) == sorted(period["missing"])
            actual = period["missing"]
        elif word in ("required", "total", "carried"):
            actual = period["carried_in" if word == "carried" else word]
            right = same_number(rest[0], actual)
        elif word in ("starts", "ends"):
            actual = period[word + "_on"]
            right = rest[0] == actual
        elif word == "status":
            actual = period["status"]
            right = rest[0] == actual
        elif word == "state":
            actual = request["state"]
            right = rest[0] == actual
        elif word == "due":
            actual = request["total_due"]
            right = same_number(rest[0], actual)
        elif word == "owes":
            actual = sum(Decimal(e[5]) for e in ruling["entries"]
                         if e[2] in ("fee", "tax"))
            right = same_number(rest[0], actual)
        else:
            id = claims.pop(0)
            shares = [s for s in ruling["shares"] if s["id"] == id]
            credited = sum(Decimal(s["credited"]) for s in shares)
            code = next((s["code"] for s in shares if s["code"]), None)
            actual = "%s %s" % (credited, code)
            right = same_number(word, credited) and code == (
                rest[0] if rest else None)
        if not right:
            return "'%s' is wanted, it is %s" % (item, actual)
    return None


def examples():
    blocks = BLOCK.findall(MANUAL.read_text().replace("\\&", ""))
    head = parts_of(next(b for b in blocks if b.startswith("program: ")))
    found = []
    for block in blocks:
        document = "".join({**head, **parts_of(block)}.values())
        lines = [line for line in block.splitlines()
                 if line.startswith("# ")]
        if not re.match(r"[a-z_]+:", block):
            continue
        # A piece without a comment must at least compile.
        found += [Example(document, line) for line in lines or [
            "# minutes=0 -> total 0.0"]]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, help="rule_json")
    all_of_them = examples()
    options = parser.parse_args()
    done = subprocess.run(
        [options.program], text=True, stdout=subprocess.PIPE, check=True,
        timeout=60, input="".join(e.asked() + "\n" for e in all_of_them))
    failed = 0
    for example, line in zip(all_of_them, done.stdout.splitlines()):
        difference = differs(example, json.loads(line))
        if difference:
            failed += 1
            print("%s\n  %s" % (example.line, difference))
    print("%d of %d examples of the manual come to what they say" % (
        len(all_of_them) - failed, len(all_of_them)))
    return failed > 0 or len(all_of_them) < 60


if __name__ == "__main__":
    sys.exit(main())
