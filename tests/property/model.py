"""An independent model of the ruling for the four bodies that ship.

Written from the text of domain.md alone (sections 1 to 3a and 5; what a body says of itself is in bodies.py),
for clarity and not for speed; quotations are its sentences. Credits and minutes are Fraction, money is whole
cents.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from fractions import Fraction

from bodies import BODIES, DAY, Body, add_months, half_up, number

MARKS = (7, 30, 60, 90)
OPENERS = {"certification.granted": "granted_on", "certification.transferred": "transferred_on"}


# --- facts ---------------------------------------------------------------------------------------


@dataclass
class Event:
    """A fact: "One content for an id; of two contents the first to arrive stands"."""

    source: str
    id: str
    type: str
    occurred_at: datetime | None
    data: dict
    reversed: bool = False
    outcome: str = "applied"
    code: str | None = None

    @property
    def key(self):
        return (self.source, self.id)

    def say(self, outcome, code=None):
        self.outcome, self.code = outcome, code


def day(text):
    return date.fromisoformat(text)


DECIMAL_KEYS = {"credits", "contact_minutes", "contact_hours", "quantity", "amount"}


def canonical(value, key=None, free=False):
    """ "null as absent"; "key order, `1.5` or `"1.50"`, width of integers do not matter" """
    if isinstance(value, dict):
        return tuple(
            sorted(
                (k, canonical(v, k, free or k == "extra")) for k, v in value.items() if v is not None
            )
        )
    if isinstance(value, list):
        return ("list",) + tuple(canonical(v, None, free) for v in value)
    if not free and key in DECIMAL_KEYS:
        return number(value)
    return value


def instant(text):
    """ "`occurred_at` as an instant" """
    if text is None:
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


ACTIVITY_KEYS = set(
    "completed_on kind code title provider accredited_by contact_minutes contact_hours quantity unit role topics"
    " presenter_certified_by grade passed category started_on extra".split()
)


def malformed(body):
    """`MALFORMED` is what the protocol refuses: here unknown keys of an activity, and a reversal of itself."""
    data = body["data"]
    if any(k not in ACTIVITY_KEYS for k in data.get("activity", {})):
        return True
    if body["type"] == "event.reversed":
        source = body.get("source", "local")
        return (data.get("source") or source, data["event"]) == (source, body["id"])
    return False


# --- the ruling ----------------------------------------------------------------------------------


@dataclass
class Period:
    designation: str
    starts_on: date
    ends_on: date
    anniversary: date  # its own end + 1 if it were not superseded
    required: Fraction | None
    carried_in: Fraction = Fraction(0)
    accredited: Fraction = Fraction(0)
    recognized: Fraction = Fraction(0)
    adjusted: Fraction = Fraction(0)
    missing: list = field(default_factory=list)
    current: bool = False
    status: str = ""
    notice: int = 0

    @property
    def earned(self):
        return self.accredited + self.recognized + self.adjusted

    @property
    def total(self):
        return self.earned + self.carried_in  # "`total = earned + carried_in`"

    def holds(self, d):
        return self.starts_on <= d <= self.ends_on


@dataclass
class Share:
    """What a claim comes to for one designation."""

    designation: str
    period: Period | None
    credits: Fraction = Fraction(0)  # after decision, duplicates, caps
    code: str | None = None


@dataclass
class Claim:
    event: Event
    activity: dict
    recognized: bool
    on: date
    request: "Request | None" = None
    shares: list = field(default_factory=list)

    @property
    def order(self):
        """ "the total order (`completed_on`, source, event id)" """
        return (self.on, self.event.source, self.event.id)

    @property
    def designations(self):
        return self.event.data.get("designations")


@dataclass
class Request:
    name: str
    claim: Claim
    body: Body
    refusal: str | None = None
    evidence: set = field(default_factory=set)
    decision: Event | None = None
    withdrawn: bool = False
    paid: int = 0
    state: str = ""
    code: str | None = None
    missing: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    credits: Fraction = Fraction(0)
    credited: Fraction = Fraction(0)
    fee: int = 0
    tax: int = 0
    total_due: int = 0
    refund_due: int = 0

    @property
    def activity(self):
        return self.claim.activity

    @property
    def declined(self):
        return self.decision is not None and self.decision.data["decision"] == "declined"

    @property
    def dead(self):
        """ "Refused, declined, withdrawn and reversed claims hold no room under caps and hide no duplicate" """
        return self.refusal is not None or self.withdrawn or self.declined

    @property
    def missing_evidence(self):
        return [k for k in self.body.EVIDENCE.get(self.activity.get("kind"), ()) if k not in self.evidence]

    @property
    def decided_credits(self):
        if self.decision is None or self.decision.data.get("credits") is None:
            return None
        step = self.body.STEP
        return number(self.decision.data["credits"]) // step * step  # "rounded down to the step"

    @property
    def decided(self):
        """ "A decision without credits leaves a published work `awaiting_decision`." """
        if self.decision is None:
            return False
        return self.activity.get("kind") != "published-work" or self.decided_credits is not None


def same_activity(claim):
    """ "The same activity has equal `completed_on`, kind, code, category, title, provider and role (an absent role
    is `attendee`; else absent equals absent, exact text)" """
    a = claim.activity
    return (
        claim.on,
        a.get("kind"),
        a.get("code"),
        a.get("category"),
        a.get("title"),
        a.get("provider"),
        a.get("role") or "attendee",
    )


class Ruling:
    def __init__(self, program, bodies, today):
        self.body = BODIES[program]
        self.today = today
        self.received = []  # for each body: (what, event)
        self.events = {}
        self.periods = []
        self.requests = {}
        self.claims = []
        self.entries = {}
        for body in bodies:
            self.receive(body)
        self.facts = sorted(self.events.values(), key=lambda e: e.key)
        self.rule()

    # "One content for an id; of two contents the first to arrive stands"
    def receive(self, body):
        if malformed(body):
            self.received.append(("refused", None))
            return
        event = Event(
            body.get("source") or "local",
            body["id"],
            body["type"],
            instant(body.get("occurred_at")),
            {k: v for k, v in body["data"].items() if v is not None},
        )
        first = self.events.setdefault(event.key, event)
        if first is event:
            self.received.append(("new", event))
        elif (first.type, first.occurred_at, canonical(first.data)) == (
            event.type,
            event.occurred_at,
            canonical(event.data),
        ):
            self.received.append(("duplicate", first))
        else:
            self.received.append(("conflict", first))

    def rule(self):
        self.reverse()
        self.refuse()
        self.collect_grants()
        self.collect_requests()
        self.collect_claims()
        self.open_periods()
        self.finish_claims()
        self.finish_requests()
        self.finish_others()
        self.finish_periods()

    def standing(self, *types):
        return [e for e in self.facts if e.type in types and not e.reversed and e.outcome != "rejected"]

    def post(self, event, account, value, designation=None, period=None):
        key = (event.source, event.id, account, designation, period.starts_on if period else None)
        if value:
            assert key not in self.entries
            self.entries[key] = value

    # --- reversals

    def reverse(self):
        """ "Reversals can be reversed, which restores the target; in a circle they have no effect" """
        reversals = {e.key: e for e in self.facts if e.type == "event.reversed"}

        def target(r):
            return (r.data.get("source") or r.source, r.data["event"])

        circular = set()
        for key in reversals:
            seen, at = [], key
            while at in reversals and at not in seen:
                seen.append(at)
                at = target(reversals[at])
            if at == key and at in seen:
                circular.add(key)

        memo = {}

        def effective(key):
            if key in circular:
                return False
            if key not in memo:
                memo[key] = not any(target(r) == key and effective(k) for k, r in reversals.items())
            return memo[key]

        for e in self.facts:
            e.reversed = any(target(r) == e.key and effective(k) for k, r in reversals.items())
        for e in self.facts:
            if e.type == "event.reversed":
                if target(e) not in self.events:
                    e.say("pending", "UNKNOWN_EVENT")
            if e.reversed:
                e.say("applied", "REVERSED")

    # --- eligibility, what needs no date

    def refuse(self):
        """ "`NOT_OFFERED`, then `UNKNOWN_DESIGNATION`, are checked before all else; eligibility before dates" """
        for e in self.facts:
            code = self.refusal(e)
            if code and (not e.reversed or code in ("NOT_OFFERED", "UNKNOWN_DESIGNATION")):
                e.say("rejected", code)

    def refusal(self, e):
        d = e.data
        # "Bodies without recognition: `rejected`, `NOT_OFFERED`."
        if e.type.startswith("recognition.") and not self.body.recognition:
            return "NOT_OFFERED"
        # "names that the program does not know are `rejected`, `UNKNOWN_DESIGNATION`, if none is known"
        names = d.get("designations")
        if names is None and d.get("designation") is not None:
            names = [d["designation"]]
        if names is not None and not any(n in self.body.designations for n in names):
            return "UNKNOWN_DESIGNATION"
        if e.type == "certification.transferred":
            return self.body.transfer_refusal(d["designation"], d["from"], day(d["transferred_on"]))
        if e.type == "activity.completed":
            return self.body.activity_refusal(d["activity"], day(d["activity"]["completed_on"]))
        if e.type == "recognition.requested":
            return self.body.recognition_refusal(d["activity"])
        if e.type == "recognition.paid" and d["currency"] != self.body.currency:
            return "BAD_FIELD"  # "Payments in another currency are `rejected`, `BAD_FIELD`"
        if e.type == "requirement.met":
            if d["requirement"] not in self.body.requirements + self.body.late_requirements:
                return "BAD_FIELD"
        return None

    # --- certifications

    def collect_grants(self):
        """ "on the same day the greatest (source, id) stands"; "Of several grants of one designation on one day the
        others have no effect, nor does their jurisdiction" """
        by_day = {}
        for e in self.standing(*OPENERS):
            by_day[(e.data["designation"], day(e.data[OPENERS[e.type]]))] = e  # facts are in order of key
        self.grants = by_day

    def held(self):
        return sorted({designation for designation, _ in self.grants})

    def jurisdiction(self, on):
        """ "The jurisdiction of a date is that of the latest standing grant or transfer on or before it that names one,
        else of the first that does"; "of two designations granted on one day the greatest (source, id) is the
        latest" """
        naming = sorted(
            (granted_on, e.key, e.data["jurisdiction"])
            for (_, granted_on), e in self.grants.items()
            if e.data.get("jurisdiction") is not None
        )
        if not naming:
            return None
        before = [n for n in naming if n[0] <= on]
        return (before[-1] if before else naming[0])[2]

    # --- requests

    def collect_requests(self):
        """ "Of two with one name the first in the total order stands" """
        asked = []
        for e in self.facts:
            if e.type == "recognition.requested" and not e.reversed:
                a = e.data["activity"]
                asked.append(Claim(e, a, True, day(a["completed_on"])))
        for claim in sorted(asked, key=lambda c: c.order):
            e = claim.event
            name = e.data["request"]
            if name in self.requests:
                if e.outcome != "rejected":  # "(its own refusal goes first)"
                    e.say("applied", "ID_CONFLICT")
                continue
            # "One refused, or naming only unknown designations, is `declined` and keeps the name."
            request = Request(name, claim, self.body, refusal=e.code if e.outcome == "rejected" else None)
            claim.request = request
            request.evidence = {p["kind"] for p in e.data.get("evidence") or []}
            self.requests[name] = request
        # "Evidence, decisions and payments belong to the name, whenever they come"
        for e in self.standing("recognition.evidence", "recognition.decided", "recognition.paid", "recognition.withdrawn"):
            if e.type == "recognition.paid":  # "payments on arrival"
                self.post(e, "payment", -self.cents(e))
            request = self.requests.get(e.data["request"])
            if request is None:
                e.say("pending", "UNKNOWN_REQUEST")
            elif e.type == "recognition.evidence":
                request.evidence |= {p["kind"] for p in e.data["evidence"]}
            elif e.type == "recognition.paid":
                request.paid += self.cents(e)  # "each payment event counts"
            elif e.type == "recognition.withdrawn":
                request.withdrawn = True
            elif request.decision is None or self.later(e, request.decision):
                request.decision = e

    @staticmethod
    def cents(e):
        value = number(e.data["amount"]) * 100
        assert value.denominator == 1
        return int(value)

    @staticmethod
    def later(a, b):
        """ "the one with the latest `occurred_at` counts (none is earliest), then the greatest (source, id)" """
        never = datetime.min.replace(tzinfo=timezone.utc)
        return (a.occurred_at or never, a.key) > (b.occurred_at or never, b.key)

    # --- claims

    def collect_claims(self):
        for e in self.standing("activity.completed"):
            a = e.data["activity"]
            self.claims.append(Claim(e, a, False, day(a["completed_on"])))
        self.claims += [r.claim for r in self.requests.values() if not r.dead]
        self.claims.sort(key=lambda c: c.order)

    def concerns(self, claim, designation):
        """ "default: all the member's that accept it" """
        return claim.designations is None or designation in claim.designations

    def credit(self, claim):
        """What it is worth before duplicates and caps."""
        raw = self.body.raw(claim.activity)
        if not claim.recognized:
            return raw
        decided = claim.request.decided_credits
        # "A published work has no hours: its credits are those of the decision, within the caps."
        if claim.activity["kind"] == "published-work":
            return decided or Fraction(0)
        # "can lower a request below its hours, never raise it above them"
        return raw if decided is None else min(raw, decided)

    def tax(self, cents, on):
        where = self.jurisdiction(on)
        return sum(half_up(cents * rate) for rate in self.body.tax_rates(where, on))

    def covered(self, request):
        """ "the largest number of steps whose fee and tax are covered" """
        steps = 0
        while steps < 8:
            fee = self.body.fee((steps + 1) * self.body.STEP)
            if fee + self.tax(fee, request.claim.on) > request.paid:
                break
            steps += 1
        return steps * self.body.STEP

    def counts(self, claim, credits):
        """What of `credits` counts now. "Credits post when evidence and decision are there, as far as they are paid
        for." """
        if not claim.recognized:
            return credits
        request = claim.request
        if request.missing_evidence or not request.decided:
            return Fraction(0)
        return min(credits, self.covered(request))

    def inside(self, period):
        """The claims that a period holds, in the total order."""
        return [
            c
            for c in self.claims
            # "dated after today … it holds no room, hides nothing"
            if c.on <= self.today and period.holds(c.on) and self.concerns(c, period.designation)
        ]

    def hide(self, claims, designation, period):
        """Gives each claim its share; those that are no duplicates come back."""
        hidden = set()
        stand = []
        # "Accredited stands before recognized, then the total order."
        for claim in sorted(claims, key=lambda c: (c.recognized, c.order)):
            share = Share(designation, period)
            claim.shares.append(share)
            keys = [same_activity(claim)]
            if self.body.same(claim.activity) is not None:
                keys.append(self.body.same(claim.activity))
            if any(k in hidden for k in keys):
                share.code = "DUPLICATE_ACTIVITY"
                continue
            hidden.update(keys)
            share.credits = self.credit(claim)
            stand.append((claim, share))
        return sorted(stand, key=lambda x: x[0].order)

    def cut(self, stand):
        """ "5. caps, narrow to wide"; "Where a cap must cut, it cuts the latest claim in the total order …, partly if
        need be." A waiting request holds its room. """
        of_each = [self.body.caps(c.activity, c.on, c.recognized) for c, _ in stand]
        for level in range(max(map(len, of_each), default=0)):
            left = {}
            for (_, share), caps in zip(stand, of_each):
                if level < len(caps):
                    together, limit, code = caps[level]
                    room = left.setdefault(together, limit)
                    if share.credits > room:
                        share.credits = room
                        share.code = share.code or code
                    left[together] = room - share.credits

    def fill(self, period):
        """Rules all claims, adjustments and requirements that a period holds."""
        designation = period.designation
        stand = self.hide(self.inside(period), designation, period)
        self.cut(stand)
        for claim, share in stand:
            if claim.recognized:
                period.recognized += self.counts(claim, share.credits)
            else:
                period.accredited += share.credits
        for e in self.standing("credit.adjusted"):
            # "Adjustments count in the period that holds `on`, outside all caps"
            if e.data["designation"] == designation and period.holds(day(e.data["on"])):
                period.adjusted += number(e.data["credits"])
                self.post(e, "adjustment", number(e.data["credits"]), designation, period)
        period.missing = [
            name for name in self.body.requirements if not self.met(name, period, period.ends_on, period.ends_on)
        ]

    def met(self, name, period, last, valid_until):
        """ "met within the period, not expired at its end"; "without `designation` they serve all; what expires on the
        last day still serves" """
        for e in self.standing("requirement.met"):
            d = e.data
            if d["requirement"] != name or d.get("designation") not in (None, period.designation):
                continue
            if not period.starts_on <= day(d["met_on"]) <= last:
                continue
            if d.get("expires_on") is not None and day(d["expires_on"]) < valid_until:
                continue
            return True
        return False

    def complete(self, period):
        """ "(without a required total: until nothing is `missing`)" """
        return not period.missing and (period.required is None or period.total >= period.required)

    # --- periods

    def open_periods(self):
        for e in self.standing("certification.renewed"):
            if e.data["designation"] not in self.held():
                e.say("pending", "UNKNOWN_CERTIFICATION")
        for designation in self.held():
            granted = sorted(on for d, on in self.grants if d == designation)
            # "Renewals apply in the order (`renewed_on`, source, id)"
            renewals = sorted(
                (day(e.data["renewed_on"]), e.key, e)
                for e in self.standing("certification.renewed")
                if e.data["designation"] == designation
            )
            for on, _, e in renewals:
                if on < granted[0]:  # "dated before the first, it is `OUTSIDE_PERIOD`"
                    e.say("applied", "OUTSIDE_PERIOD")
            for at, first in enumerate(granted):
                superseded = granted[at + 1] if at + 1 < len(granted) else None
                # "A renewal dated before a superseding grant belongs to the certification before it"
                mine = [e for on, _, e in renewals if on >= first and (superseded is None or on < superseded)]
                self.certification(designation, first, superseded, mine)
        self.periods.sort(key=lambda p: (p.designation, p.starts_on))

    def period(self, designation, first, starts_on, n, superseded):
        ends_on = self.body.period_end(designation, first, starts_on, n)
        after = ends_on + DAY
        if superseded is not None:  # "earlier periods end the day before"
            ends_on = min(ends_on, superseded - DAY)
        return Period(designation, starts_on, ends_on, after, self.body.required[designation])

    def certification(self, designation, first, superseded, renewals):
        n = 0
        last = self.period(designation, first, first, n, superseded)
        self.fill(last)
        self.periods.append(last)
        for e in renewals:
            on = day(e.data["renewed_on"])
            if on < last.starts_on:  # "one dated before that period begins is `applied`, `OUTSIDE_PERIOD`"
                e.say("applied", "OUTSIDE_PERIOD")
                continue
            if (last.ends_on - on).days > 90:  # "more than 90 days before its end `pending`, `OUTSIDE_PERIOD`"
                e.say("pending", "OUTSIDE_PERIOD")
                continue
            fee = 0
            asked = ()
            if on > last.ends_on and self.body.lateness:
                late = self.body.late(last.anniversary, on)
                if late is None:  # "Later: `pending`, `LAPSED`"
                    e.say("pending", "LAPSED")
                    continue
                fee, asked = late
            # "Renewal waits (`pending`, `REQUIREMENTS_MISSING`) until the period is complete."
            # "`practical-exam`, met between the period's first day and `renewed_on`"; the text is silent on its expiry:
            # it serves while it is valid on the day that asks for it.
            if not self.complete(last) or not all(self.met(name, last, on, on) for name in asked):
                e.say("pending", "REQUIREMENTS_MISSING")
                continue
            if superseded is not None and last.anniversary >= superseded:
                # "A period that would begin on or after a superseding date is not opened (its renewal is `applied`)."
                continue
            self.post(e, "fee", fee)  # "Late fees post once and do not gate."
            self.post(e, "tax", self.tax(fee, on))
            n += 1
            following = self.period(designation, first, last.anniversary, n, superseded)
            self.carry(e, last, following)
            self.fill(following)
            self.periods.append(following)
            last = following

    def carry(self, renewal, closing, following):
        """ "the surplus over the requirement, at most 4.0, only of recognized credits earned in the closing period.
        Carried-in credits are used up first, accredited next, recognized last." """
        if not self.body.carries:
            return
        surplus = max(Fraction(0), closing.total - closing.required)
        carried = min(surplus, closing.recognized, Fraction(4))
        following.carried_in = carried
        self.post(renewal, "carry_out", carried, closing.designation, closing)
        self.post(renewal, "carry_in", carried, following.designation, following)

    def finish_periods(self):
        """Status and notice: what today changes."""
        for at, p in enumerate(self.periods):
            after = at + 1 < len(self.periods) and self.periods[at + 1].designation == p.designation
            p.current = not after  # "The current period is the last one opened"
            done = self.complete(p)
            # "`status` always `in_progress`" where no total is required
            p.status = "complete" if done and p.required is not None else "in_progress"
            # "Past its last day a period is `grace` while a late renewal is possible, then `lapsed`, even if complete"
            if not after and self.body.lateness and self.today > p.ends_on:
                p.status = "grace" if self.today < add_months(p.anniversary, self.body.lateness) else "lapsed"
            left = (p.ends_on - self.today).days
            # The text is silent on a short period that is still to begin: nobody is reminded of it.
            if p.current and not done and 0 <= left <= 90 and p.starts_on <= self.today:
                p.notice = min(m for m in MARKS if m >= left)

    # --- what everything comes to

    def no_period_code(self, designation, on):
        """ "A claim dated after the last opened period is `applied`, `OUTSIDE_PERIOD`, 0 …; before the first,
        `BEFORE_CERTIFICATION`" """
        mine = [p for p in self.periods if p.designation == designation]
        return "BEFORE_CERTIFICATION" if on < mine[0].starts_on else "OUTSIDE_PERIOD"

    def finish_claims(self):
        for claim in self.claims:
            held = [d for d in self.held() if self.concerns(claim, d)]
            have = {s.designation for s in claim.shares}
            for d in held:
                if d not in have:
                    code = "FUTURE_DATE" if claim.on > self.today else self.no_period_code(d, claim.on)
                    claim.shares.append(Share(d, None, code=code))
            claim.shares.sort(key=lambda s: s.designation)
            if claim.recognized:
                continue
            e = claim.event
            outcome, code = self.stands(claim)
            if outcome is None:
                best = self.best(claim)
                outcome, code = "applied", best.code
                if self.body.unknown(claim.activity):
                    outcome, code = "pending", "UNKNOWN_ACTIVITY"
            e.say(outcome, code)
            for s in claim.shares:
                if s.period is not None:
                    self.post(e, "credit", s.credits, s.designation, s.period)

    @staticmethod
    def best(claim):
        """ "`code` is that [greatest] share's"; "of equal shares one with a period names the code, then the first by
        name" """
        return min(claim.shares, key=lambda s: (-s.credits, s.period is None, s.designation))

    def stands(self, claim):
        """Outcome and code of a claim without a period; (None, None) if it has one. "A claim or request without a
        period has its period's code, whatever else it wants" """
        if claim.on > self.today:  # "(before any other period code and `UNKNOWN_CERTIFICATION`)"
            return "pending", "FUTURE_DATE"
        if not claim.shares:
            return "pending", "UNKNOWN_CERTIFICATION"
        best = self.best(claim)
        if best.period is None:
            return "applied", best.code
        return None, None

    def finish_requests(self):
        for r in self.requests.values():
            e = r.claim.event
            a = r.activity
            # "where subjects are named and none is listed, the request is not refused but flagged `SUBJECT_NOT_LISTED`
            # for the reviewer": no flag where it is refused for another reason and nobody reviews it.
            if r.refusal is None and a.get("kind") == "course" and a.get("topics") and not self.body.SUBJECTS & set(a["topics"]):
                r.flags = ["SUBJECT_NOT_LISTED"]
            if r.dead:
                # "Withdrawn beats declined beats all; both take credit back, what was paid becomes refund due."
                r.state = "withdrawn" if r.withdrawn else "declined"
                r.refund_due = r.paid
                if r.refusal is None:
                    e.say("applied", r.state.upper())
                r.code = "WITHDRAWN" if r.withdrawn else e.code
                continue
            r.missing = sorted(r.missing_evidence)
            best = self.best(r.claim) if r.claim.shares else None
            if best is not None:
                r.credits = best.credits
            r.fee = self.body.fee(r.credits)
            r.tax = self.tax(r.fee, r.claim.on)
            r.total_due = r.fee + r.tax
            outcome, code = self.stands(r.claim)
            placed = outcome is None
            # "`state` names the first thing still wanted, in that order"
            if r.missing:
                r.state = "awaiting_evidence"
                wanted = "EVIDENCE_MISSING"
            elif not r.decided or not placed:
                # "Without a period that holds it, a request stops at `awaiting_decision`"
                r.state = "awaiting_decision"
                wanted = "DECISION_MISSING"
            else:
                r.credited = min(r.credits, self.covered(r))
                if r.paid < r.total_due:
                    r.state, wanted = "awaiting_payment", "PAYMENT_MISSING"
                else:
                    r.state, wanted = "credited", None
                    r.refund_due = r.paid - r.total_due
                fee = self.body.fee(r.credited)
                self.post(e, "fee", fee)
                self.post(e, "tax", self.tax(fee, r.claim.on))
                for s in r.claim.shares:
                    if s.period is not None:
                        self.post(e, "credit", min(s.credits, r.credited), s.designation, s.period)
            if placed:
                outcome, code = ("pending", wanted) if wanted else ("applied", best.code)
            e.say(outcome, code)
            r.code = code

    def finish_others(self):
        for e in self.standing("credit.adjusted"):
            designation, on = e.data["designation"], day(e.data["on"])
            if designation not in self.held():
                e.say("pending", "UNKNOWN_CERTIFICATION")
            elif not any(p.designation == designation and p.holds(on) for p in self.periods):
                e.say("applied", self.no_period_code(designation, on))
        for e in self.standing("requirement.met"):
            held = self.held()
            if e.data.get("designation") is not None:
                held = [d for d in held if d == e.data["designation"]]
            if not held:
                e.say("pending", "UNKNOWN_CERTIFICATION")

    # --- as JSON

    def json(self):
        verdicts = []
        for what, event in self.received:
            if what == "refused":
                verdicts.append({"outcome": "refused", "code": "MALFORMED"})
            elif what == "conflict":
                verdicts.append({"outcome": "conflict", "code": "ID_CONFLICT"})
            else:
                verdicts.append({"outcome": event.outcome, "code": event.code})
        return {
            "verdicts": verdicts,
            "periods": [self.period_json(p) for p in self.periods],
            "requests": [self.request_json(self.requests[n]) for n in sorted(self.requests)],
            "entries": sorted(
                [
                    s,
                    i,
                    account,
                    designation or "",
                    starts_on.isoformat() if starts_on else "",
                    money(value) if account in ("fee", "tax", "payment") else credits(value),
                ]
                for (s, i, account, designation, starts_on), value in self.entries.items()
            ),
        }

    def period_json(self, p):
        required = p.required
        return {
            "designation": p.designation,
            "starts_on": p.starts_on.isoformat(),
            "ends_on": p.ends_on.isoformat(),
            "current": p.current,
            "required": None if required is None else credits(required),
            "remaining": None if required is None else credits(max(Fraction(0), required - p.total)),
            "earned": credits(p.earned),
            "carried_in": credits(p.carried_in),
            "total": credits(p.total),
            "routes": {
                "accredited": credits(p.accredited),
                "recognized": credits(p.recognized),
                "adjusted": credits(p.adjusted),
            },
            "missing": sorted(p.missing),
            "status": p.status,
            "notice": p.notice,
        }

    def request_json(self, r):
        return {
            "request": r.name,
            "state": r.state,
            "code": r.code,
            "missing": sorted(r.missing),
            "flags": sorted(r.flags),
            "credits": credits(r.credits),
            "credited": credits(r.credited),
            "fee": money(r.fee),
            "tax": money(r.tax),
            "total_due": money(r.total_due),
            "paid": money(r.paid),
            "refund_due": money(r.refund_due),
            "currency": self.body.currency,
        }


def credits(value):
    """ "decimal strings with at least one decimal for credits" """
    scaled = Fraction(value) * 10000
    assert scaled.denominator == 1, value
    whole, rest = divmod(abs(int(scaled)), 10000)
    text = f"{whole}.{rest:04}".rstrip("0")
    return ("-" if scaled < 0 else "") + text + ("0" if text.endswith(".") else "")


def money(cents):
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


def rule(program, bodies, today):
    return Ruling(program, bodies, today).json()
