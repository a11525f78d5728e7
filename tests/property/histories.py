"""Random histories of one member, plausible enough to matter, for compare.py."""
from __future__ import annotations

import json
import random
from datetime import date, timedelta

import model
from bodies import AGREEMENT, BODIES, DAY, add_months

EVIDENCE = [{"kind": k} for k in ("attendance", "description", "transcript", "copy")]


class Maker:
    """One plausible history of one member."""

    def __init__(self, rng, program):
        self.r = rng
        self.program = program
        self.body = BODIES[program]
        self.today = rng.choice([date(2026, 6, 30)] * 3 + [date(2026, 2, 28), date(2025, 3, 31), date(2027, 1, 14)])
        self.number = 0
        self.bodies = []
        designations = list(self.body.designations)
        rng.shuffle(designations)
        self.mine = designations[: rng.choice([1, 1, 1, 2, 2, 3])]
        self.other = designations[-1]
        # A few dates that meet often.
        first = rng.choice(
            [date(2024, 2, 29), date(2024, 1, 31), date(2025, 1, 15), date(2025, 8, 31), date(2024, 6, 30)]
            + [self.today - timedelta(days=rng.randrange(900)) for _ in range(2)]
        )
        if program in ("csep", "acsm"):
            first = self.long_ago()
        self.firsts = [first, first + timedelta(days=rng.choice([0, 1, 90, 200, 366, 500]))]
        self.days = []
        for f in self.firsts:
            for n in range(4):
                a = self.turn(f, n)
                self.days += [a, a - timedelta(days=1), a + timedelta(days=rng.randrange(1, 360))]
                self.days += [a - timedelta(days=rng.choice([89, 90, 91, 92])), add_months(a, 1)]
                self.days += [add_months(a, 1) - timedelta(days=1), add_months(a, 12) - timedelta(days=1)]
        self.days += [self.today, self.today + timedelta(days=1), self.today - timedelta(days=1)]
        self.days += [date(2025, 3, 31), date(2025, 4, 1)]
        if program in ("csep", "acsm"):
            self.days += [AGREEMENT, AGREEMENT - DAY, date(2024, 12, 31), date(2025, 1, 1), date(2026, 3, 31)]
        rng.shuffle(self.days)
        self.busy = self.days[: rng.randrange(3, 9)]
        self.names = [f"RQ-{i}" for i in range(1, rng.choice([2, 3, 4, 6]))]
        # Half of the members are diligent: what they do falls into open periods and is seen through.
        self.diligent = rng.random() < 0.5
        if self.diligent:
            self.firsts = [self.today - timedelta(days=rng.choice([100, 300, 364, 365, 366, 380, 420, 700, 800]))]
            if program in ("csep", "acsm"):
                self.firsts = [self.long_ago()]
            if rng.random() < 0.5:
                self.firsts.append(self.firsts[0] + timedelta(days=rng.choice([0, 1, 90, 366])))
            turn = self.turn(self.firsts[0], 1)
            length = (turn - self.firsts[0]).days
            self.busy = [self.firsts[0] + timedelta(days=rng.randrange(0, length)) for _ in range(rng.randrange(2, 7))]
            self.busy += [turn - timedelta(days=rng.randrange(0, 3))]
            self.busy += [turn + timedelta(days=rng.randrange(0, 60))]
            self.names = [f"RQ-{i}" for i in range(1, rng.randrange(4, 10))]
        self.tidy = rng.random() < 0.6  # a member whose periods are likely to be complete

    def long_ago(self):
        """When somebody was certified whose periods take years."""
        ago = [100, 300, 700, 731, 800, 1000, 1095, 1096, 1100, 1180, 1270, 1280, 1500]
        fixed = [date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31), date(2025, 4, 1), date(2024, 2, 29)]
        fixed += [date(2022, 12, 31), AGREEMENT, date(2023, 8, 31), date(2022, 4, 1)]
        return self.r.choice(fixed + [self.today - timedelta(days=n) for n in ago])

    def turn(self, first, n, name=None):
        """The first day of the n-th period, counted from 0."""
        start = first
        for i in range(n):
            start = self.body.period_end(name or self.mine[0], first, start, i) + DAY
        return start

    def day(self):
        return self.r.choice(self.busy if self.r.random() < (0.95 if self.diligent else 0.7) else self.days)

    def inside(self):
        """A day in the first years."""
        return self.r.choice(self.firsts) + timedelta(days=self.r.randrange(0, 800))

    def some_day(self):
        on = self.day() if self.r.random() < 0.8 else self.inside()
        if on > self.today and self.body.months > 12 and self.r.random() < 0.8:
            on = self.today - timedelta(days=self.r.randrange(0, 1000))  # long periods reach far into the future
        return on.isoformat()

    def add(self, type_, data, id_=None):
        self.number += 1
        body = {"id": id_ or f"{self.r.choice('abxyz')}{self.number}", "type": type_, "member": f"{self.program}/1"}
        body["data"] = {k: v for k, v in data.items() if v is not None}
        if self.r.random() < 0.15:
            body["source"] = self.r.choice(["alpha", "zulu"])
        if type_ == "recognition.decided" and self.r.random() < 0.6 or self.r.random() < 0.03:
            body["occurred_at"] = self.r.choice(
                ["2026-05-01T10:00:00Z", "2026-05-01T12:00:00+02:00", "2026-05-02T00:00:00.5Z", "2026-05-03T00:00:00Z"]
            )
        self.bodies.append(body)
        return body

    def designation(self):
        x = self.r.random()
        return self.r.choice(self.mine) if x < 0.95 else self.other if x < 0.985 else "NOPE"

    def designations(self):
        x = self.r.random()
        if x < 0.6:
            return None
        names = [self.designation() for _ in range(self.r.choice([1, 1, 2]))]
        return names

    def jurisdiction(self):
        if self.r.random() < 0.05:
            return self.r.choice(["CA", "ca-on", "CA-YT", "CA-PE", "CA-NL", "CAN", "CA-ON-1"])
        return self.r.choice(["CA-ON", "CA-QC", "CA-NS", "CA-NB", "CA-BC", "US-NY", None, None])

    def grants(self):
        for name in self.mine:
            for _ in range(self.r.choice([1, 1, 1, 1, 2, 3]) if self.r.random() < 0.97 else 0):
                on = self.firsts[0] if self.r.random() < 0.6 else self.firsts[-1]
                if self.r.random() < (0.03 if self.diligent else 0.15):
                    on = self.day()
                if self.program in ("csep", "acsm") and self.r.random() < 0.3:
                    self.transfer(name, on)
                    continue
                self.add(
                    "certification.granted",
                    {"designation": name, "granted_on": on.isoformat(), "jurisdiction": self.jurisdiction()},
                )
        if self.r.random() < 0.03:
            self.add("certification.granted", {"designation": "NOPE", "granted_on": self.some_day(), "jurisdiction": "CA-ON"})
        if self.r.random() < (0.1 if self.program in ("csep", "acsm") else 0.02):
            self.transfer(self.designation(), date.fromisoformat(self.some_day()))

    def transfer(self, name, on):
        """From the body across the border; not always a pair of the agreement."""
        there = "acsm" if self.program == "csep" else "csep"
        theirs = name.replace(self.program.upper(), there.upper())
        if self.r.random() < 0.1:
            theirs = self.r.choice(["CSEP-CPT", "ACSM-CPT", "ACSM-EP", "CSEP-CEP", "FIS"])
        if self.r.random() < 0.05:
            there = self.r.choice(["canfitpro", "csep", "acsm"])
        data = {"designation": name, "transferred_on": on.isoformat(), "jurisdiction": self.jurisdiction()}
        data["from"] = {"organization": there, "number": "1", "designation": theirs}
        self.add("certification.transferred", data)

    def renewals(self):
        for name in self.mine:
            for first in self.firsts:
                for n in range(1, self.r.randrange(1, 4)):
                    if self.r.random() < 0.75:
                        a = self.turn(first, n, name)
                        after = self.r.choice(
                            [-200, -92, -91, -90, -30, -10, -1, -1, 0, 1, 20, 27, 28, 30, 31, 60, 200, 364, 365, 366, 400]
                        )
                        on = a + timedelta(days=after)
                        if after in (31, 364):
                            late = self.body.lateness or 12
                            on = add_months(a, 1 if after == 31 else late) - timedelta(days=self.r.randrange(2))
                        self.add("certification.renewed", {"designation": name, "renewed_on": on.isoformat()})
        if self.r.random() < 0.1:
            self.add("certification.renewed", {"designation": self.designation(), "renewed_on": self.some_day()})

    def requirements(self):
        names = ["membership", "cpr-a"]
        if self.program != "canfitpro" and self.r.random() < 0.9:
            return
        if self.tidy:
            for first in self.firsts:
                for n in range(0, 3):
                    for name in names + (["practical-exam"] if self.r.random() < 0.5 else []):
                        if self.r.random() < 0.85:
                            on = self.turn(first, n) + timedelta(days=self.r.choice([0, 0, 3, 100, 364, 380]))
                            self.add("requirement.met", {"requirement": name, "met_on": on.isoformat()})
        for _ in range(self.r.randrange(0, 5)):
            data = {"requirement": self.r.choice(names + ["practical-exam", "first-aid"]), "met_on": self.some_day()}
            if self.r.random() < 0.4:
                data["expires_on"] = self.some_day()
            if self.r.random() < 0.3:
                data["designation"] = self.designation()
            self.add("requirement.met", data)

    def activity(self, recognized):
        if self.program != "canfitpro":
            return {"cpc": self.cpc_activity, "csep": self.csep_activity, "acsm": self.acsm_activity}[self.program]()
        a = {"completed_on": self.some_day()}
        kinds = ["workshop", "lecture", "conference", "course", "correspondence", "published-work"]
        x = self.r.random()
        a["kind"] = self.r.choice(kinds) if x < 0.93 else self.r.choice(["master-class", "workout", "webinar"])
        if self.r.random() < 0.02:
            del a["kind"]
            a["code"] = "C-1"
        if a.get("kind") == "published-work":
            a["role"] = self.r.choice(["author"] * 3 + ["coauthor"] * 3 + ["presenter"])
        elif self.r.random() < 0.15:
            a["role"] = self.r.choice(["attendee", "presenter", "author"])
        if a.get("kind") != "published-work" or self.r.random() < 0.3:
            x = self.r.random()
            if x < 0.75:
                a["contact_minutes"] = self.r.choice([0, 30, 59, 60, 119, 120, 180, 240, 300, 359, 480, 600, "240", 900])
            elif x < 0.97:
                a["contact_hours"] = self.r.choice(["1.5", "2.0", 2, "0.9999", "8.25", 10])
            if self.r.random() < 0.05:
                a["contact_hours"] = "12"
        if a.get("kind") == "course":
            a["passed"] = self.diligent or self.r.choice([True, True, True, True, False, None])
            if self.r.random() < 0.4:
                a["topics"] = self.r.choice([["astronomy"], ["biology"], ["astronomy", "nutrition"], []])
        if self.r.random() < (0.1 if recognized else 0.92):
            a["accredited_by"] = "canfitpro" if self.r.random() < 0.97 else "acsm"
        for key, values in (("title", ["T1", "T2"]), ("provider", ["P1", "P2"]), ("category", ["K1"])):
            if self.r.random() < (0.5 if key != "category" else 0.05):
                a[key] = self.r.choice(values)
        return {k: v for k, v in a.items() if v is not None or k == "passed"}

    def cpc_activity(self):
        a = {"completed_on": self.some_day()}
        x = self.r.random()
        a["code"] = self.r.choice(list(BODIES["cpc"].TABLE)) if x < 0.5 else "CERT-SELF-STUDY" if x < 0.9 else "SUMMIT"
        if self.r.random() < 0.05:
            del a["code"]
            a["kind"] = "webinar"
        elif self.r.random() < 0.2:
            a["kind"] = "webinar"
        if a.get("code") == "CERT-SELF-STUDY" or self.r.random() < 0.1:
            a["category"] = self.r.choice(["CRS", "CRS", "CRS", "CIS", "CES", "CCS", "MCRS", None])
        if self.r.random() < 0.4:
            a["role"] = self.r.choice(["attendee", "presenter", "facilitator", "volunteer", "author", "coauthor"])
        if self.r.random() < 0.9:
            a["accredited_by"] = "cpc"
        if self.r.random() < 0.4:
            a["title"] = self.r.choice(["T1", "T2"])
        if self.r.random() < 0.2:
            a["contact_minutes"] = 60
        return a

    def csep_activity(self):
        a = {"completed_on": self.some_day()}
        x = self.r.random()
        a["kind"] = "workshop" if x < 0.55 else "conference" if x < 0.95 else "course"
        if x > 0.98:
            del a["kind"]
            a["code"] = "C-1"
        if a.get("kind") == "conference":
            a["provider"] = self.r.choice(["CSEP", "csep", "ACSM", "Essa", "ecss", "CEPA", "OEP", "Elsewhere", None])
            a["quantity"] = self.r.choice([1, 2, "0.5", "1.25", 3, "0.0001", 0, None])
            a["unit"] = self.r.choice(["day"] * 8 + ["session", None])
        else:
            self.presenters(a)
            self.contact_time(a)
        self.names_of(a)
        if self.r.random() < 0.5:
            a["accredited_by"] = self.r.choice(["csep", "csep", "acsm", "nsca", "CSEP"])
        return {k: v for k, v in a.items() if v is not None}

    def presenters(self, a):
        some = [["csep"], ["acsm"], ["nsca"], ["csep", "acsm"], ["nsca", "acsm"], ["else", "csep"], ["else"], []]
        if self.r.random() < 0.6:
            a["presenter_certified_by"] = self.r.choice(some)

    def contact_time(self, a):
        x = self.r.random()
        if x < 0.8:
            a["contact_minutes"] = self.r.choice([0, 1, 50, 60, 61, 90, 100, 300, 480, 600, 1200, 2700, 3600, "240"])
        elif x < 0.96:
            a["contact_hours"] = self.r.choice(["1.5", "2.0", 2, "0.9999", "8.25", 10, 45])

    def names_of(self, a):
        if self.r.random() < 0.6:
            a["title"] = self.r.choice(["T1", "T2"])
        if self.r.random() < 0.1:
            a["category"] = "K1"
        if self.r.random() < 0.15:
            a["role"] = self.r.choice(["attendee", "presenter", "author"])

    def acsm_activity(self):
        a = {"completed_on": self.some_day()}
        x = self.r.random()
        kinds = ["committee"] * 3 + ["cpr-aed"] * 3 + ["course"] * 4 + ["workshop"] * 4 + ["conference"]
        a["kind"] = self.r.choice(kinds)
        if x > 0.97:
            del a["kind"]
            a["code"] = "C-1"
        if a.get("kind") == "course" or self.r.random() < 0.05:
            a["quantity"] = self.r.choice([1, 3, 3, "1.5", "0.3333", 0, None])
            a["unit"] = self.r.choice(["credit-hour"] * 6 + ["week", None])
            a["grade"] = self.r.choice(["A+", "A", "B-", "C", "C", "C-", "D+", "D-", "F", "a", "87", "Pass", None])
        if a.get("kind") not in ("committee", "cpr-aed", "course") or self.r.random() < 0.3:
            self.contact_time(a)
        self.names_of(a)
        if self.r.random() < (0.9 if a.get("kind") in ("workshop", "conference") else 0.3):
            a["accredited_by"] = self.r.choice(["acsm"] * 4 + ["csep"] * 3 + ["nsca"])
        return {k: v for k, v in a.items() if v is not None}

    def much(self, first, n):
        """What completes a long period at once."""
        start = self.turn(first, n)
        on = start + timedelta(days=self.r.randrange(0, (self.turn(first, n + 1) - start).days))
        a = {"completed_on": on.isoformat(), "kind": "workshop", "accredited_by": self.program}
        a["contact_minutes"] = self.r.choice([2700, 3600, 3600, 1800])
        if self.program == "csep":
            a = {"completed_on": on.isoformat(), "kind": "conference", "unit": "day", "quantity": self.r.choice([1, 2, 2])}
            a["provider"] = "CSEP"
        self.add("activity.completed", {"activity": a})

    def activities(self):
        for _ in range(self.r.randrange(0, 9)):
            self.add("activity.completed", {"activity": self.activity(False), "designations": self.designations()})
            if self.r.random() < 0.15:
                again = json.loads(json.dumps(self.bodies[-1]["data"]))
                if self.r.random() < 0.5 and "contact_minutes" in again["activity"]:
                    again["activity"]["contact_minutes"] = 240
                if self.r.random() < 0.3:
                    again["activity"].setdefault("role", "attendee")
                self.add(self.r.choice(["activity.completed", "activity.completed"]), again)
        if self.tidy and self.program in ("csep", "acsm"):
            for first in self.firsts:
                for n in range(2):
                    if self.r.random() < 0.6:
                        self.much(first, n)
        if self.program == "acsm" and self.r.random() < 0.3:
            start = self.firsts[0].year
            for year in range(start, start + self.r.randrange(3, 5)):
                kind = self.r.choice(["committee", "committee", "committee", "cpr-aed"])
                self.add("activity.completed", {"activity": {"completed_on": f"{year}-12-31", "kind": kind}})
        if self.tidy and self.program == "canfitpro":
            for first in self.firsts:
                for n in range(3):
                    if self.r.random() < 0.5:
                        on = self.turn(first, n) + timedelta(days=self.r.randrange(0, 360))
                        a = {"completed_on": on.isoformat(), "kind": "workshop", "accredited_by": "canfitpro"}
                        a["contact_minutes"] = self.r.choice([480, 480, 240])
                        self.add("activity.completed", {"activity": a})

    def evidence(self):
        return self.r.sample(EVIDENCE, self.r.randrange(0, 5))

    def requests(self):
        if self.program != "canfitpro" and self.r.random() < 0.9:
            return
        names = list(self.names) if self.diligent else []
        for _ in range(self.r.randrange(1, 9) if self.diligent else self.r.randrange(0, 7)):
            name = names.pop() if names and self.r.random() < 0.95 else self.r.choice(self.names)
            data = {"request": name, "activity": self.activity(True), "designations": self.designations()}
            if self.r.random() < 0.7:
                data["evidence"] = EVIDENCE if self.r.random() < (0.95 if self.diligent else 0.7) else self.evidence()
            self.add("recognition.requested", data)
            if self.r.random() < 0.3:
                self.add("recognition.evidence", {"request": name, "evidence": self.evidence() or EVIDENCE})
            if self.r.random() < 0.85:
                for _ in range(self.r.choice([1, 1, 1, 2, 3])):
                    self.decision(name)
            for _ in range(self.r.choice([0, 1, 1, 1, 2])):
                self.payment(name)
            if self.diligent and self.r.random() < 0.4:  # the same activity once more, under another name
                again = json.loads(json.dumps(data))
                again["request"] = names.pop() if names else name
                again["evidence"] = EVIDENCE
                if self.r.random() < 0.4:
                    again.pop("request")
                    again.pop("evidence")
                    again["activity"]["accredited_by"] = "canfitpro"
                    again["activity"].setdefault("contact_minutes", 240)
                    self.add("activity.completed", again)
                else:
                    self.add("recognition.requested", again)
                    self.decision(again["request"])
                    self.payment(again["request"])
            if self.r.random() < 0.06:
                self.add("recognition.withdrawn", {"request": name})
        if self.r.random() < 0.1:
            self.payment("RQ-9")
            self.decision("RQ-9")
            self.add("recognition.evidence", {"request": "RQ-9", "evidence": EVIDENCE})

    def decision(self, name):
        approved = self.r.random() < (0.95 if self.diligent else 0.88)
        data = {"request": name, "decision": "approved" if approved else "declined", "reviewer": "j.doe"}
        if self.r.random() < 0.5:
            data["credits"] = self.r.choice(["0", "0.4", "0.5", "1.75", "2", "3.0", 4, "4.5", "9"])
        self.add("recognition.decided", data)

    def payment(self, name):
        credits = self.r.choice([1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8])
        cents = credits * 550
        rate = self.r.choice([0, 0, 5, 13, 14, 15, 14.975])
        cents += int(cents * rate / 100 + 0.5) + self.r.choice([0, 0, 0, 0, -1, 1, 1000])
        amount = f"{cents // 100}.{cents % 100:02}"
        currency = "CAD" if self.r.random() < 0.95 else "USD"
        self.add("recognition.paid", {"request": name, "amount": amount, "currency": currency, "reference": "R"})

    def adjustments(self):
        for _ in range(self.r.choice([0, 0, 0, 1, 2])):
            data = {"designation": self.designation(), "on": self.some_day(), "reason": "r", "author": "a.b"}
            data["credits"] = self.r.choice(["4", "1.25", "-1", "-0.5", "8", "0.0001", "-9", 0])
            self.add("credit.adjusted", data)

    def reversals(self):
        for _ in range(self.r.choice([0, 0, 1, 1, 2, 4])):
            target = self.r.choice(self.bodies)
            data = {"event": target["id"], "reason": "r"}
            if self.r.random() < 0.8:
                data["source"] = target.get("source", "local")
            if self.r.random() < 0.05:
                data["event"] = "never"
            body = self.add("event.reversed", data)
            if self.r.random() < 0.5:
                body.pop("source", None)
        pairs = [b for b in self.bodies if b["type"] == "event.reversed"]
        if pairs and self.r.random() < 0.1:  # in a circle
            a = self.r.choice(pairs)
            b = self.add("event.reversed", {"event": a["id"], "source": a.get("source", "local"), "reason": "r"})
            a["data"]["event"] = b["id"]
            a["data"]["source"] = b.get("source", "local")
        if pairs and self.r.random() < 0.5:
            target = self.r.choice(pairs)
            self.add("event.reversed", {"event": target["id"], "source": target.get("source", "local"), "reason": "r"})

    def repeats(self):
        for _ in range(self.r.choice([0, 0, 0, 1, 2])):
            body = json.loads(json.dumps(self.r.choice(self.bodies)))
            if self.r.random() < 0.5:
                other = self.r.choice(self.bodies)
                body["type"], body["data"] = other["type"], json.loads(json.dumps(other["data"]))
            absent = {"certification.granted": "jurisdiction", "recognition.decided": "reason"}
            if body["type"] in absent and self.r.random() < 0.5:
                body["data"].setdefault(absent[body["type"]], None)  # "with null as absent"
            if self.r.random() < 0.5:
                self.disguise(body)
            if not model.malformed(body):  # the C harness leaves reversals of themselves to the worker
                self.bodies.append(body)

    def disguise(self, body):
        """The same content in another form: "`1.5` or `"1.50"`, width of integers", null as absent, an instant."""
        activity = body["data"].get("activity", {})
        if isinstance(activity.get("contact_minutes"), int):
            activity["contact_minutes"] = str(activity["contact_minutes"])
        if self.r.random() < 0.5 and activity:
            activity.setdefault("grade", None)
        if isinstance(body["data"].get("credits"), str) and "." in body["data"]["credits"][:-1]:
            body["data"]["credits"] = (body["data"]["credits"] + "000")[: body["data"]["credits"].index(".") + 5]
        if body.get("occurred_at") == "2026-05-01T10:00:00Z":
            body["occurred_at"] = "2026-05-01T05:30:00.000-04:30"
        if body.get("source", "local") == "local":
            body["source"] = "local"

    def history(self):
        self.grants()
        self.renewals()
        self.requirements()
        self.activities()
        self.requests()
        self.adjustments()
        if not self.bodies:
            self.requirements()
            self.add("certification.renewed", {"designation": self.mine[0], "renewed_on": self.some_day()})
        if self.r.random() < 0.02:  # a long one
            for _ in range(self.r.randrange(2, 20)):
                self.activities()
                self.requests()
                self.renewals()
        self.reversals()
        if self.r.random() < 0.5:
            self.r.shuffle(self.bodies)
        self.repeats()
        return self.bodies[:500]


def make(seed, program):
    maker = Maker(random.Random(f"{program}-{seed}"), program)
    bodies = maker.history()
    return bodies, maker.today
