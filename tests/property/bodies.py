"""What each of the four bodies says of itself, for model.py.

Written from the text of domain.md alone (section 3); quotations are its sentences. Credits and minutes are
Fraction, money is whole cents.
"""
from __future__ import annotations

import calendar
from datetime import date, timedelta
from fractions import Fraction

DAY = timedelta(days=1)
AUTHORS = ("author", "coauthor")
AGREEMENT = date(2023, 10, 11)


def add_months(d, months):
    """ "clamped to the month's end" """
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    month += 1
    return date(year, month, min(d.day, calendar.monthrange(year, month)[1]))


def number(value):
    return Fraction(value)


def half_up(value):
    return int((value + Fraction(1, 2)) // 1)


def four_places(value):
    """ "a program without steps has 4 places, half up" """
    return Fraction(half_up(value * 10000), 10000)


def minutes_of(activity):
    """ "Hours × 60 is an exact rational; where both are given, minutes count." """
    if activity.get("contact_minutes") is not None:
        return number(activity["contact_minutes"])
    if activity.get("contact_hours") is not None:
        return number(activity["contact_hours"]) * 60
    return None


class Body:
    """What most have in common. A cap is (what it counts together, limit, code)."""

    name = unit = ""
    currency = ""
    required = {}  # by designation; None: no total
    requirements = ()
    late_requirements = ()
    recognition = False
    lateness = None  # months; None: "without lateness any later day will do"
    carries = False
    months = 12

    @property
    def designations(self):
        return tuple(self.required)

    def period_end(self, designation, first, starts_on, n):
        """The last day of the n-th period (from 0): "the n-th anniversary is counted from the first date and
        clamped to the month's end" """
        return add_months(first, self.months * (n + 1)) - DAY

    def transfer_refusal(self, designation, origin, on):
        return "NOT_TRANSFERABLE"  # "other pairs … `NOT_TRANSFERABLE`"

    def activity_refusal(self, a, on):
        return None

    def recognition_refusal(self, a):
        return None

    def unknown(self, a):
        return False

    def raw(self, a):
        """What it is worth before caps."""
        raise NotImplementedError

    def same(self, a):
        """What else than the same activity there may be only once in a period."""
        return None

    def caps(self, a, on, recognized):
        """From narrow to wide."""
        return ()

    def late(self, anniversary, renewed_on):
        """(fee in cents, requirements asked for), or None once it has lapsed."""
        if renewed_on < add_months(anniversary, self.lateness):
            return 0, ()
        return None

    def tax_rates(self, jurisdiction, on):
        return ()


class Canfitpro(Body):
    name = "canfitpro"
    unit = "CEC"
    currency = "CAD"
    # "requires 4.0 CECs, and the non-credit requirements `membership` and `cpr-a`"
    required = dict.fromkeys(("FIS", "PTS", "OAS", "PFS", "HWL"), Fraction(4))
    requirements = ("cpr-a", "membership")
    late_requirements = ("practical-exam",)
    recognition = True
    lateness = 12
    carries = True

    STEP = Fraction(1, 2)
    MOST = Fraction(4)
    # "`workshop`, `lecture`, `conference`: attendance + description; …"
    EVIDENCE = {
        "workshop": ("attendance", "description"),
        "lecture": ("attendance", "description"),
        "conference": ("attendance", "description"),
        "correspondence": ("attendance", "description"),
        "course": ("transcript",),
        "published-work": ("copy",),
    }
    SUBJECTS = {"biology", "chemistry", "kinesiology", "physiology", "anatomy", "exercise-science", "nutrition"}

    def activity_refusal(self, a, on):
        # "`master-class` and `workout` are refused (`INELIGIBLE_KIND`), accredited or not"
        if a.get("kind") in ("master-class", "workout"):
            return "INELIGIBLE_KIND"
        # "sent as `activity.completed` without accreditation earns nothing and says so (`NOT_ACCREDITED`)"
        if a.get("accredited_by") != "canfitpro":
            return "NOT_ACCREDITED"
        # "no minutes or hours (published works aside) `BAD_FIELD`"
        if minutes_of(a) is None and a.get("kind") != "published-work":
            return "BAD_FIELD"
        return None

    def recognition_refusal(self, a):
        kind = a.get("kind")
        if kind not in self.EVIDENCE:
            return "INELIGIBLE_KIND"  # "for recognition only those listed"
        if kind == "published-work" and a.get("role") not in AUTHORS:
            return "INELIGIBLE_ROLE"
        if kind == "course" and a.get("passed") is not True:
            return "NOT_PASSED"
        if kind != "published-work" and minutes_of(a) is None:
            return "BAD_FIELD"
        return None

    def raw(self, a):
        """ "120 minutes = 1.0; steps of 0.5, rounded down" """
        minutes = minutes_of(a)
        return Fraction(0) if minutes is None else minutes / 120 // self.STEP * self.STEP

    def caps(self, a, on, recognized):
        if not recognized:  # "at most 4.0 per activity"
            return ((id(a), self.MOST, "ACTIVITY_CAP"),)
        # "at most 4.0 per request; at most 4.0 through recognition per designation and period (`PERIOD_CAP`)"
        return ((id(a), self.MOST, "REQUEST_CAP"), ("recognized", self.MOST, "PERIOD_CAP"))

    def fee(self, credits):
        """ "11.00 CAD per CEC credited" """
        return int(credits * 1100)

    def tax_rates(self, jurisdiction, on):
        """ "HST 13 % ON; 15 % NB, NL, PE; NS 15 % until 2025-03-31 and 14 % after; QC GST 5 % + QST 9.975 %;
        GST 5 % elsewhere in Canada; none outside or where it is unknown" """
        if jurisdiction is None or not (jurisdiction == "CA" or jurisdiction.startswith("CA-")):
            return ()
        province = jurisdiction[3:]  # of `CA` alone none: elsewhere in Canada
        if province == "ON":
            return (Fraction(13, 100),)
        if province in ("NB", "NL", "PE"):
            return (Fraction(15, 100),)
        if province == "NS":
            return (Fraction(15 if on <= date(2025, 3, 31) else 14, 100),)
        if province == "QC":
            return (Fraction(5, 100), Fraction(9975, 100000))
        return (Fraction(5, 100),)

    def late(self, anniversary, renewed_on):
        """ "late while `renewed_on` is before the anniversary + 1 month: fee 20.00 + tax; before the anniversary +
        12 months: 99.00 + tax and the requirement `practical-exam`" """
        if renewed_on < add_months(anniversary, 1):
            return 2000, ()
        if renewed_on < add_months(anniversary, 12):
            return 9900, self.late_requirements
        return None


class Cpc(Body):
    name = "cpc"
    unit = "hour"
    # "No total is published: `required` null, `status` always `in_progress`."
    required = dict.fromkeys(("MCRS", "MCIS", "MCCS", "MCES", "CCDP", "CRS", "CIS", "CES", "CCS"))

    # "Fixed credits by `code`"
    TABLE = {"CDP": 200, "COURSE-5W": 50, "COURSE-4W": 40, "ETHICS-1W": 10, "CERT-SELF-STUDY": 40, "WEBINAR": 1}
    SELF_STUDY = ("CRS", "CIS", "CES", "CCS")

    def activity_refusal(self, a, on):
        # "Authors: `INELIGIBLE_ROLE`. Self-study with another `category` is `BAD_FIELD`."
        if a.get("role") in AUTHORS:
            return "INELIGIBLE_ROLE"
        if a.get("code") == "CERT-SELF-STUDY" and a.get("category") not in self.SELF_STUDY:
            return "BAD_FIELD"
        return None

    def unknown(self, a):
        """ "Unknown codes, and none, are `pending`, `UNKNOWN_ACTIVITY`" """
        return a.get("code") not in self.TABLE

    def raw(self, a):
        return Fraction(self.TABLE.get(a.get("code"), 0))

    def same(self, a):
        # "A second self-study of one category and role in a period is `DUPLICATE_ACTIVITY`."
        if a.get("code") == "CERT-SELF-STUDY":
            return (a["category"], a.get("role") or "attendee")
        return None


class Csep(Body):
    name = "csep"
    unit = "PDC"
    required = {"CSEP-CPT": Fraction(20), "CSEP-CEP": Fraction(30)}
    months = 24
    TRANSFERS = {"CSEP-CPT": ("acsm", "ACSM-CPT"), "CSEP-CEP": ("acsm", "ACSM-CEP")}
    SOCIETIES = ("acsm", "essa", "ecss", "cepa")
    # "affiliates are a list in the program": that list
    AFFILIATES = ("ontario exercise physiology", "oep", "atlantic provinces exercise scientists", "apes")

    def period_end(self, designation, first, starts_on, n):
        """ "CSEP-CPT 20 per 2 years to 31 March of even years; CSEP-CEP 30 to 31 March of odd years" """
        parity = 0 if designation == "CSEP-CPT" else 1
        end = next(date(y, 3, 31) for y in range(starts_on.year, starts_on.year + 4)
                   if y % 2 == parity and date(y, 3, 31) >= starts_on)
        return end

    def transfer_refusal(self, designation, origin, on):
        return transfer_refusal(self.TRANSFERS, designation, origin, on)

    def accredits(self, a, on):
        """ "counts with the other from that date as if the receiving body had accredited it" """
        by = a.get("accredited_by")
        return by == "csep" or by == "acsm" and on >= AGREEMENT

    def presenters(self, a):
        return a.get("presenter_certified_by") or ()

    def by_csep(self, a):
        """ "a workshop without `presenter_certified_by` that csep accredited … counts as CSEP-certified" """
        return a.get("kind") == "workshop" and ("csep" in self.presenters(a) or not self.presenters(a))

    def activity_refusal(self, a, on):
        if a.get("kind") == "conference":
            # "A conference without `quantity` in days is `BAD_FIELD`."
            return None if a.get("quantity") is not None and a.get("unit") == "day" else "BAD_FIELD"
        if a.get("kind") != "workshop":
            return "INELIGIBLE_KIND"  # "other kinds `INELIGIBLE_KIND`"
        # "one certified by none of these is `NOT_ACCREDITED`"
        if self.presenters(a):
            if not set(self.presenters(a)) & {"csep", "acsm", "nsca"}:
                return "NOT_ACCREDITED"
        elif not self.accredits(a, on):
            return "NOT_ACCREDITED"
        # The text is silent on a workshop whose hours nobody knows; as at canfitpro.
        return "BAD_FIELD" if minutes_of(a) is None else None

    def raw(self, a):
        if a["kind"] == "conference":
            # "Conference by provider: CSEP 15/day, regional affiliate or ACSM/ESSA/ECSS/CEPA 12.5/day, other 7.5/day"
            # "(compared without case …)"
            provider = (a.get("provider") or "").lower()
            rate = Fraction(15, 2)
            if provider == "csep":
                rate = Fraction(15)
            elif provider in self.SOCIETIES or provider in self.AFFILIATES:
                rate = Fraction(25, 2)
            return four_places(number(a["quantity"]) * rate)
        # "workshop by a CSEP-certified presenter 2/hour …, by an ACSM- or NSCA-certified one 1/hour"
        return four_places(minutes_of(a) / (30 if self.by_csep(a) else 60))

    def caps(self, a, on, recognized):
        # "at most 20 a period for these (`CATEGORY_CAP`)"
        return (("workshops", Fraction(20), "CATEGORY_CAP"),) if self.by_csep(a) else ()


class Acsm(Body):
    name = "acsm"
    unit = "CEC"
    currency = "USD"
    # "ACSM-CPT 45 per 3 years, ACSM-EP and ACSM-CEP 60"
    required = {"ACSM-CPT": Fraction(45), "ACSM-EP": Fraction(60), "ACSM-CEP": Fraction(60)}
    months = 36
    lateness = 6
    TRANSFERS = {"ACSM-CPT": ("csep", "CSEP-CPT"), "ACSM-CEP": ("csep", "CSEP-CEP")}
    PASSING = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C")
    FAILING = ("C-", "D+", "D", "D-", "F")

    def transfer_refusal(self, designation, origin, on):
        return transfer_refusal(self.TRANSFERS, designation, origin, on)

    def accredits(self, a, on):
        by = a.get("accredited_by")
        return by == "acsm" or by == "csep" and on >= AGREEMENT

    def is_college(self, a):
        return a.get("kind") == "course" and a.get("unit") == "credit-hour"

    def activity_refusal(self, a, on):
        kind = a.get("kind")
        # "these need no accreditation"
        if kind == "committee":
            return None
        if kind == "cpr-aed":  # "from 2025-01-01 (`INELIGIBLE_KIND` before)"
            return None if on >= date(2025, 1, 1) else "INELIGIBLE_KIND"
        if self.is_college(a):
            # "with grade A+ to C (C- D+ D D- F `GRADE_TOO_LOW`; another notation, or no quantity or grade, `BAD_FIELD`)"
            if a.get("grade") in self.FAILING:
                return "GRADE_TOO_LOW"
            if a.get("grade") not in self.PASSING or a.get("quantity") is None:
                return "BAD_FIELD"
            return None
        # "60 minutes = 1, only if accredited by acsm (or csep from 2023-10-11)"
        if not self.accredits(a, on):
            return "NOT_ACCREDITED"
        # The text is silent on an activity whose hours nobody knows; as at canfitpro.
        return "BAD_FIELD" if minutes_of(a) is None else None

    def raw(self, a):
        if a.get("kind") == "committee":
            return Fraction(8)
        if a.get("kind") == "cpr-aed":
            return Fraction(5)
        if self.is_college(a):
            return four_places(number(a["quantity"]) * 10)
        return four_places(minutes_of(a) / 60)

    def caps(self, a, on, recognized):
        # "kind `committee` 8 a calendar year and at most 24 a period, kind `cpr-aed` 5 a calendar year"; "a cap over a
        # route is `PERIOD_CAP`, over a kind or category `CATEGORY_CAP`"
        if a.get("kind") == "committee":
            return (("committee", on.year), Fraction(8), "YEAR_CAP"), ("committee", Fraction(24), "CATEGORY_CAP")
        if a.get("kind") == "cpr-aed":
            return ((("cpr-aed", on.year), Fraction(5), "YEAR_CAP"),)
        return ()

    def late(self, anniversary, renewed_on):
        """ "Late up to 6 months: fee 80.00 USD" """
        return (8000, ()) if renewed_on < add_months(anniversary, 6) else None


def transfer_refusal(pairs, designation, origin, on):
    """ "before that date `rejected`, `NO_AGREEMENT`; other pairs, and designations that the other body does not own,
    `NOT_TRANSFERABLE` (the pair is checked first)" """
    if pairs.get(designation) != (origin["organization"], origin["designation"]):
        return "NOT_TRANSFERABLE"
    return "NO_AGREEMENT" if on < AGREEMENT else None


BODIES = {body.name: body for body in (Canfitpro(), Cpc(), Csep(), Acsm())}
