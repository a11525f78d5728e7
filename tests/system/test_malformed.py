"""What the protocol refuses is refused, with its code and a message that names
the key; the id is not used up, and everyone else is served on."""

import struct
import unittest

import msgpack
import zmq

import rig
from partner import pack


def changed(event, path, value):
    """A copy of the event with one value set, or taken out where None."""
    import copy
    made = copy.deepcopy(event)
    place = made
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


GRANT = rig.granted("canfitpro/m", jurisdiction="CA-ON")
ACTIVITY = rig.activity("canfitpro/m", "a1")
REQUEST = rig.requested("canfitpro/m", "r1", "RQ-1")
DECISION = rig.decided("canfitpro/m", "d1", "RQ-1", credits="1.0")
PAYMENT = rig.paid("canfitpro/m", "p1", "RQ-1", "11.00")
WITHDRAWAL = {"id": "w1", "type": "recognition.withdrawn",
              "member": "canfitpro/m", "data": {"request": "RQ-1"}}
EVIDENCE = {"id": "e1", "type": "recognition.evidence", "member": "canfitpro/m",
            "data": {"request": "RQ-1", "evidence": [{"kind": "copy"}]}}
REQUIREMENT = {"id": "q1", "type": "requirement.met", "member": "canfitpro/m",
               "data": {"requirement": "cpr-a", "met_on": "2026-03-01"}}
RENEWAL = {"id": "n1", "type": "certification.renewed", "member": "canfitpro/m",
           "data": {"designation": "FIS", "renewed_on": "2026-12-01"}}
TRANSFER = {"id": "t1", "type": "certification.transferred",
            "member": "canfitpro/m",
            "data": {"designation": "FIS", "transferred_on": "2026-01-01",
                     "from": {"organization": "cpc", "number": "1",
                              "designation": "MCRS"}}}
ADJUSTMENT = {"id": "j1", "type": "credit.adjusted", "member": "canfitpro/m",
              "data": {"designation": "FIS", "credits": "-1.5",
                       "on": "2026-03-01", "reason": "a correction",
                       "author": "j.doe"}}
REVERSAL = rig.reversed_("canfitpro/m", "v1", "a1")

EVENTS = (GRANT, ACTIVITY, REQUEST, DECISION, PAYMENT, WITHDRAWAL, EVIDENCE,
          REQUIREMENT, RENEWAL, TRANSFER, ADJUSTMENT, REVERSAL)

# The keys that each type must have.
REQUIRED = (
    (GRANT, ("designation", "granted_on")),
    (ACTIVITY, ("activity",)),
    (REQUEST, ("request", "activity")),
    (EVIDENCE, ("request", "evidence")),
    (DECISION, ("request", "decision", "reviewer")),
    (PAYMENT, ("request", "amount", "currency", "reference")),
    (WITHDRAWAL, ("request",)),
    (REQUIREMENT, ("requirement", "met_on")),
    (RENEWAL, ("designation", "renewed_on")),
    (TRANSFER, ("designation", "transferred_on", "from")),
    (ADJUSTMENT, ("designation", "credits", "on", "reason", "author")),
    (REVERSAL, ("event", "reason")),
)

TEXT_4K = "x" * 4097

# (event, path, a value that the protocol does not take); the message names the
# last word of the path.
VALUES = (
    (ACTIVITY, ("id",), ""),
    (ACTIVITY, ("id",), "x" * 129),
    (ACTIVITY, ("id",), "with space"),
    (ACTIVITY, ("id",), "é"),
    (ACTIVITY, ("id",), 7),
    (ACTIVITY, ("type",), "activity.done"),
    (ACTIVITY, ("type",), 1),
    (ACTIVITY, ("data",), []),
    (ACTIVITY, ("data",), "activity"),
    (ACTIVITY, ("source",), "with space"),
    (ACTIVITY, ("dry_run",), "yes"),
    (ACTIVITY, ("explain",), 1),
    (ACTIVITY, ("occurred_at",), "2026-03-01"),
    (ACTIVITY, ("occurred_at",), "2026-03-01T10:00:00"),
    (ACTIVITY, ("occurred_at",), "2026-03-01T10:00:00.1234567Z"),
    (ACTIVITY, ("occurred_at",), "2026-03-01T25:00:00Z"),
    (ACTIVITY, ("occurred_at",), 1772359200),
    (ACTIVITY, ("data", "activity"), "workshop"),
    (ACTIVITY, ("data", "designations"), []),
    (ACTIVITY, ("data", "designations"), "FIS"),
    (ACTIVITY, ("data", "designations"), ["FIS"] * 65),
    (ACTIVITY, ("data", "designations"), [1]),
    (ACTIVITY, ("data", "activity", "completed_on"), "2026-02-30"),
    (ACTIVITY, ("data", "activity", "completed_on"), "2026-3-01"),
    (ACTIVITY, ("data", "activity", "completed_on"), "1899-12-31"),
    (ACTIVITY, ("data", "activity", "completed_on"), "2200-01-01"),
    (ACTIVITY, ("data", "activity", "completed_on"), "2026-03-01T00:00:00Z"),
    (ACTIVITY, ("data", "activity", "completed_on"), 20260301),
    (ACTIVITY, ("data", "activity", "started_on"), "yesterday"),
    (ACTIVITY, ("data", "activity", "contact_minutes"), -1),
    (ACTIVITY, ("data", "activity", "contact_minutes"), "60.5"),
    (ACTIVITY, ("data", "activity", "contact_minutes"), 10000001),
    (ACTIVITY, ("data", "activity", "contact_minutes"), "sixty"),
    (ACTIVITY, ("data", "activity", "contact_minutes"), True),
    (ACTIVITY, ("data", "activity", "contact_hours"), "1.00001"),
    (ACTIVITY, ("data", "activity", "contact_hours"), "-0.5"),
    (ACTIVITY, ("data", "activity", "contact_hours"), 1000001),
    (ACTIVITY, ("data", "activity", "contact_hours"), float("nan")),
    (ACTIVITY, ("data", "activity", "contact_hours"), float("inf")),
    (ACTIVITY, ("data", "activity", "contact_hours"), 1.23456),
    (ACTIVITY, ("data", "activity", "contact_hours"), ""),
    (ACTIVITY, ("data", "activity", "contact_hours"), "1e3"),
    (ACTIVITY, ("data", "activity", "contact_hours"), "0x10"),
    (ACTIVITY, ("data", "activity", "contact_hours"), " 1"),
    (ACTIVITY, ("data", "activity", "contact_hours"), 1 << 63),
    (ACTIVITY, ("data", "activity", "quantity"), "-1"),
    (ACTIVITY, ("data", "activity", "quantity"), "1000000.0001"),
    (ACTIVITY, ("data", "activity", "unit"), "fortnight"),
    (ACTIVITY, ("data", "activity", "role"), "spectator"),
    (ACTIVITY, ("data", "activity", "passed"), "true"),
    (ACTIVITY, ("data", "activity", "title"), TEXT_4K),
    (ACTIVITY, ("data", "activity", "title"), 5),
    (ACTIVITY, ("data", "activity", "provider"), ["X"]),
    (ACTIVITY, ("data", "activity", "accredited_by"), 5),
    (ACTIVITY, ("data", "activity", "kind"), "with space"),
    (ACTIVITY, ("data", "activity", "kind"), "x" * 129),
    (ACTIVITY, ("data", "activity", "code"), "a b"),
    (ACTIVITY, ("data", "activity", "category"), ""),
    (ACTIVITY, ("data", "activity", "topics"), "biology"),
    (ACTIVITY, ("data", "activity", "topics"), ["t"] * 65),
    (ACTIVITY, ("data", "activity", "presenter_certified_by"), "csep"),
    (ACTIVITY, ("data", "activity", "extra"), []),
    (GRANT, ("data", "designation"), "F S"),
    (GRANT, ("data", "granted_on"), "15.01.2026"),
    (GRANT, ("data", "jurisdiction"), 5),
    (REQUEST, ("data", "request"), "RQ 1"),
    (REQUEST, ("data", "evidence"), {}),
    (REQUEST, ("data", "evidence"), [{"kind": "copy"}] * 65),
    (EVIDENCE, ("data", "evidence"), ["copy"]),
    (EVIDENCE, ("data", "evidence"), [{"kind": 1}]),
    (DECISION, ("data", "decision"), "maybe"),
    (DECISION, ("data", "credits"), "-1.0"),
    (DECISION, ("data", "credits"), "1.00001"),
    (DECISION, ("data", "reviewer"), "J. Doe"),
    (PAYMENT, ("data", "amount"), "0.00"),
    (PAYMENT, ("data", "amount"), "-1.00"),
    (PAYMENT, ("data", "amount"), "1.005"),
    (PAYMENT, ("data", "amount"), "10000000.01"),
    (PAYMENT, ("data", "currency"), 1),
    (PAYMENT, ("data", "reference"), "R 1"),
    (REQUIREMENT, ("data", "expires_on"), "never"),
    (ADJUSTMENT, ("data", "credits"), "1000000.0001"),
    (ADJUSTMENT, ("data", "author"), "J. Doe"),
    (TRANSFER, ("data", "from"), "cpc/1"),
    (TRANSFER, ("data", "from", "organization"), "CPC"),
    (TRANSFER, ("data", "from", "number"), "a/b"),
    (REVERSAL, ("data", "event"), "v1"),
    (REVERSAL, ("data", "event"), ""),
)

# (event, the path of a map): a key that nobody knows is refused in each.
UNKNOWN = (
    (ACTIVITY, ()), (ACTIVITY, ("data",)), (ACTIVITY, ("data", "activity")),
    (GRANT, ("data",)), (REQUEST, ("data",)), (REQUEST, ("data", "activity")),
    (EVIDENCE, ("data", "evidence", 0)), (DECISION, ("data",)),
    (PAYMENT, ("data",)), (WITHDRAWAL, ("data",)), (REQUIREMENT, ("data",)),
    (RENEWAL, ("data",)), (TRANSFER, ("data",)), (TRANSFER, ("data", "from")),
    (ADJUSTMENT, ("data",)), (REVERSAL, ("data",)),
)


def raw_event(extra=b"", pairs=0, activity_extra=None):
    """An activity in bytes of its own making: `extra` are more pairs of the
    top map."""
    who = "canfitpro/m"
    event = rig.activity(who, "x1")
    if activity_extra is not None:
        event["data"]["activity"]["extra"] = {"k": "EXTRA"}
    packed = pack(event)
    if activity_extra is not None:
        packed = packed.replace(pack("EXTRA"), activity_extra, 1)
    return bytes([packed[0] + pairs]) + packed[1:] + extra


def nested(depth):
    return b"\x91" * depth + b"\xc0"


# (what, bytes, a word that the message has)
BYTES = (
    ("nothing at all", b"", ""),
    ("a truncated map", raw_event()[:-3], ""),
    ("bytes after the map", raw_event() + b"\xc0", "after"),
    ("a list", pack([1, 2]), "map"),
    ("text", pack("hello"), "map"),
    ("nil", b"\xc0", "map"),
    ("the byte 0xc1", b"\xc1", ""),
    ("a key that is an int", raw_event(b"\x01\xc0", 1), "key"),
    ("a key that is bin", raw_event(b"\xc4\x01x\xc0", 1), "key"),
    ("a bin value", raw_event(activity_extra=b"\xc4\x01x"), "bin"),
    ("an ext value", raw_event(activity_extra=b"\xd4\x01x"), "ext"),
    ("a timestamp ext", raw_event(activity_extra=b"\xd6\xff\0\0\0\0"), "ext"),
    ("nesting 9 deep", raw_event(activity_extra=nested(5)), "deep"),
    ("nesting 60,000 deep", b"\x91" * 60000, ""),
    ("a key twice", raw_event(pack("id") + pack("x2"), 1), "id"),
    ("a key twice in extra",
     raw_event(activity_extra=b"\x82\xa1a\x01\xa1a\x02"), "a"),
    ("text that is not UTF-8", raw_event(activity_extra=b"\xa2\xc3\x28"),
     "UTF-8"),
    ("a surrogate in text", raw_event(activity_extra=b"\xa3\xed\xa0\x80"),
     "UTF-8"),
    ("an overlong form", raw_event(activity_extra=b"\xa2\xc0\x80"), "UTF-8"),
    ("NUL in text", raw_event(activity_extra=b"\xa3a\x00b"), "NUL"),
    ("a map of 4 milliards", b"\xdf\xff\xff\xff\xff", ""),
    ("a list of 134 millions", b"\xdd\x08\x00\x00\x00", ""),
    ("text of 4 GB", b"\xdb\xff\xff\xff\xffabc", ""),
)


class Malformed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()
        cls.partner = cls.instance.partner()

    @classmethod
    def tearDownClass(cls):
        cls.partner.close()

    def refused(self, body, code="MALFORMED", names="", key=None):
        """The body is refused with that code, and the message names the key."""
        if key is None:
            key = body["member"] if isinstance(body, dict) else "canfitpro/m"
        tag = self.partner.send(b"SUBMIT", key, body)
        verb, answer = self.partner.wait_for(tag)
        self.assertEqual((verb, answer.get("code")), (b"REFUSED", code), answer)
        self.assertIn(names, answer["message"])
        self.assertGreater(len(answer["message"]), 10)

    def test_templates_are_well_formed(self):
        """what the refused ones are made from is itself taken"""
        for event in EVENTS:
            with self.subTest(event["type"]):
                event = dict(event, member=rig.member())
                self.assertIn(self.partner.submit(event)["outcome"],
                              ("applied", "pending", "rejected"))

    def test_values(self):
        """a value of another type, form or range is refused, by its key"""
        for event, path, value in VALUES:
            with self.subTest(path=".".join(path), value=repr(value)[:40]):
                self.refused(changed(event, path, value), names=path[-1])

    def test_missing_keys(self):
        """a key that a type must have is named when it is missing"""
        for event, keys in REQUIRED:
            for key in keys:
                with self.subTest(type=event["type"], key=key):
                    self.refused(changed(event, ("data", key), None),
                                 names=key)
        for key in ("id", "type", "data"):
            with self.subTest(key=key):
                self.refused(changed(ACTIVITY, (key,), None), names=key)
        without = changed(ACTIVITY, ("member",), None)
        self.refused(without, names="member", key="canfitpro/m")
        self.refused(changed(ACTIVITY, ("data", "activity", "completed_on"),
                             None), names="completed_on")
        self.refused(changed(ACTIVITY, ("data", "activity", "kind"), None),
                     names="kind")

    def test_unknown_keys(self):
        """a key that nobody knows is refused at every level"""
        for event, path in UNKNOWN:
            with self.subTest(type=event["type"], path=path):
                self.refused(changed(event, path + ("contact_minuts",), 240),
                             names="contact_minuts")

    def test_extra_is_free(self):
        """data.activity.extra takes what it likes, within the limits"""
        event = rig.activity(rig.member(), "x1", extra={
            "room": "B", "any": [1, 2.5, None, True], "deep": {"a": {"b": 1}}})
        self.assertEqual(self.partner.submit(event)["outcome"], "pending")

    def test_bytes(self):
        """what is no map of msgpack as the protocol wants it is refused"""
        for what, data, word in BYTES:
            with self.subTest(what):
                self.refused(data, names=word)

    def test_members(self):
        """a member that is not organization/number, or of nobody's"""
        for who in ("canfitpro", "canfitpro/", "/1", "Canfitpro/1",
                    "canfitpro/a b", "canfitpro/a/b", "canfitpro/" + "1" * 65,
                    "9body/1", "a" * 33 + "/1", "canfitpro/é"):
            with self.subTest(who):
                self.refused(dict(ACTIVITY, member=who), names="member")
        self.refused(dict(ACTIVITY, member="nobody/1"), names="nobody")
        self.refused(dict(ACTIVITY, member=5), key="canfitpro/m",
                     names="member")

    def test_key_frame(self):
        """frame 4 equals the body's member"""
        self.refused(dict(ACTIVITY), key="canfitpro/other", names="member")
        self.refused(dict(ACTIVITY), key="", names="member")
        tag = self.partner.send(
            b"QUERY", "canfitpro/1", {"query": "balance", "member":
                                      "canfitpro/2"})
        verb, answer = self.partner.wait_for(tag)
        self.assertEqual(answer["code"], "MALFORMED")
        self.assertIn("member", answer["message"])

    def test_queries(self):
        """queries are as strict as events"""
        who = "canfitpro/m"
        for key, body, names in (
                (who, {"query": "balanced", "member": who}, "query"),
                (who, {"member": who}, "query"),
                (who, {"query": 1, "member": who}, "query"),
                ("", {"query": "balance"}, "member"),
                (who, {"query": "balance", "member": who, "x": 1}, "x"),
                (who, {"query": "event", "member": who}, "id"),
                ("canfitpro", {"query": "balances", "organization":
                               "canfitpro", "limit": 0}, "limit"),
                ("canfitpro", {"query": "changes", "organization":
                               "canfitpro", "limit": 10001}, "limit"),
                ("canfitpro", {"query": "changes", "organization":
                               "canfitpro", "after": []}, "after"),
                ("canfitpro", {"query": "changes", "organization":
                               "canfitpro", "after": {"x": {}}}, "after"),
                ("canfitpro", {"query": "changes", "organization":
                               "canfitpro", "after": {"65": {
                                   "offset": -1, "chain": ""}}}, "offset"),
                ("canfitpro", {"query": "changes", "organization":
                               "canfitpro", "after": {"65": {
                                   "offset": 1, "chain": "xyz"}}}, "chain"),
                (who, {"query": "changes", "member": who,
                       "after_version": -1}, "after_version"),
                (who, {"query": "transcript", "member": who,
                       "from": "soon"}, "from"),
                ("canfitpro", {"query": "requests", "organization":
                               "canfitpro", "state": "lost"}, "state")):
            with self.subTest(body):
                tag = self.partner.send(b"QUERY", key, body)
                verb, answer = self.partner.wait_for(tag)
                self.assertEqual((verb, answer.get("code")),
                                 (b"REFUSED", "MALFORMED"), answer)
                self.assertIn(names, answer["message"])

    def test_id_is_not_used_up(self):
        """mend the cause and send it again with the same id"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        wrong = rig.activity(who, "a1")
        wrong["data"]["activity"]["contact_minuts"] = 120
        self.refused(wrong, names="contact_minuts")
        answer = self.partner.submit(rig.activity(who, "a1"))
        self.assertEqual((answer["outcome"], answer["duplicate"]),
                         ("applied", False))

    def test_decimals(self):
        """a float that is a decimal, a string and an integer are the same"""
        who = rig.member()
        for again, hours in enumerate((1.5, "1.5", "1.50", "1.5000")):
            event = rig.activity(who, "a1")
            del event["data"]["activity"]["contact_minutes"]
            event["data"]["activity"]["contact_hours"] = hours
            answer = self.partner.submit(event)
            self.assertEqual(answer["duplicate"], again > 0, answer)
        event["data"]["activity"]["contact_hours"] = "1.6"
        self.assertEqual(self.partner.submit(event)["outcome"], "conflict")


class Frames(unittest.TestCase):
    """The envelope, before any body is looked at."""

    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()

    def setUp(self):
        self.partner = self.instance.partner()
        self.addCleanup(self.partner.close)

    def exchange(self, *frames):
        """Sends the frames as they are; the one reply's frames."""
        self.partner.socket.send_multipart(list(frames))
        self.assertTrue(self.partner.socket.poll(5000), "no reply")
        return self.partner.socket.recv_multipart()

    def answered(self, code, *frames, tag=b"t"):
        from partner import unpack
        reply = self.exchange(*frames)
        self.assertEqual(reply[:4], [b"", b"CREDIT1", b"REFUSED", tag])
        body = unpack(reply[4])
        self.assertEqual(body["code"], code, body)
        return body["message"]

    def dropped(self, *frames):
        """No answer to these; the next message on the connection has one."""
        self.partner.socket.send_multipart(list(frames))
        self.assertEqual(self.partner.ping()["versions"], [1])

    def test_version(self):
        """another version is refused by its name, with the ones it speaks"""
        message = self.answered("UNSUPPORTED_VERSION", b"", b"CREDIT2",
                                b"PING", b"t", b"")
        self.assertIn("CREDIT1", message)
        self.answered("UNSUPPORTED_VERSION", b"", b"\xff\xfe", b"PING", b"t",
                      b"")

    def test_verb(self):
        """a verb that there is not"""
        message = self.answered("MALFORMED", b"", b"CREDIT1", b"SUMBIT", b"t",
                                b"canfitpro/1", pack({}))
        self.assertIn("SUBMIT", message)

    def test_control_is_for_operators(self):
        """CONTROL is no verb of the partners' endpoint"""
        reply = self.exchange(b"", b"CREDIT1", b"CONTROL", b"t", b"",
                              pack({"control": "today", "date": "2027-01-01"}))
        self.assertEqual(reply[2], b"REFUSED")

    def test_frames_missing_or_more(self):
        """a body that is missing, and a frame too many"""
        self.answered("MALFORMED", b"", b"CREDIT1", b"SUBMIT", b"t")
        self.answered("MALFORMED", b"", b"CREDIT1", b"SUBMIT", b"t",
                      b"canfitpro/1")
        self.answered("MALFORMED", b"", b"CREDIT1", b"SUBMIT", b"t",
                      b"canfitpro/1", pack({}), b"more")
        self.answered("MALFORMED", b"", b"CREDIT1", b"PING", b"t", b"", b"",
                      b"", b"")

    def test_tag(self):
        """64 bytes of any kind are echoed; 65 are too many"""
        tag = bytes(range(64))
        reply = self.exchange(b"", b"CREDIT1", b"PING", tag, b"")
        self.assertEqual(reply[:4], [b"", b"CREDIT1", b"PONG", tag])
        self.partner.socket.send_multipart(
            [b"", b"CREDIT1", b"PING", b"x" * 65, b""])
        self.assertTrue(self.partner.socket.poll(5000))
        reply = self.partner.socket.recv_multipart()
        self.assertEqual(reply[2], b"REFUSED")
        self.assertIn(b"tag", reply[-1])

    def test_too_broken(self):
        """no delimiter, or fewer than 3 frames after it: dropped"""
        self.dropped(b"CREDIT1")
        self.dropped(b"garbage", b"more garbage")
        self.dropped(b"CREDIT1", b"PING", b"t", b"body")
        self.dropped(b"")
        self.dropped(b"", b"CREDIT1")
        self.dropped(b"", b"CREDIT1", b"PING")
        self.dropped(*[b"x"] * 40)
        self.dropped(b"", *[b"x" * 300] * 2)

    def test_req(self):
        """a REQ socket, also with REQ_CORRELATE, gets its envelope back"""
        from partner import unpack
        for correlate in (0, 1):
            req = self.partner.context.socket(zmq.REQ)
            req.linger = 0
            req.setsockopt(zmq.REQ_CORRELATE, correlate)
            req.connect(self.instance.events)
            self.addCleanup(req.close)
            req.send_multipart([b"CREDIT1", b"PING", b"t", b""])
            self.assertTrue(req.poll(5000))
            reply = req.recv_multipart()
            self.assertEqual(reply[:3], [b"CREDIT1", b"PONG", b"t"])
            self.assertEqual(unpack(reply[3])["versions"], [1])

    def test_envelope(self):
        """at most two frames of 255 bytes in front of the delimiter"""
        reply = self.exchange(b"one", b"x" * 255, b"", b"CREDIT1", b"PING",
                              b"t", b"")
        self.assertEqual(reply[:5], [b"one", b"x" * 255, b"", b"CREDIT1",
                                     b"PONG"])
        self.dropped(b"1", b"2", b"3", b"", b"CREDIT1", b"PING", b"t", b"")
        self.dropped(b"x" * 256, b"", b"CREDIT1", b"PING", b"t", b"")

    def test_sizes(self):
        """64 KiB are taken, up to 1 MiB answered TOO_LARGE, more cut off"""
        who = rig.member()
        event = rig.activity(who, "a1", extra={"pad": ""})
        room = 65536 - len(pack(event))
        # Text has 4 KiB at most, so the padding is many texts in a list.
        event["data"]["activity"]["extra"] = {"pad": ["x" * 4000] * (
            (room - 100) // 4003)}
        self.assertLessEqual(len(pack(event)), 65536)
        self.assertEqual(self.partner.submit(event)["outcome"], "pending")
        body = pack({"id": "x"}) + b"\0" * 70000
        self.answered("TOO_LARGE", b"", b"CREDIT1", b"SUBMIT", b"t",
                      who.encode(), body)
        self.answered("TOO_LARGE", b"", b"CREDIT1", b"SUBMIT", b"t",
                      who.encode(), b"\0" * 1000000)
        self.partner.socket.send_multipart(
            [b"", b"CREDIT1", b"SUBMIT", b"t", who.encode(), b"\0" * 1100000])
        other = self.instance.partner()
        self.addCleanup(other.close)
        self.assertEqual(other.ping()["versions"], [1])

    def test_garbage_on_the_wire(self):
        """bytes that are no ZeroMQ at all disturb nobody"""
        import socket
        host, port = self.instance.events[len("tcp://"):].split(":")
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096, b"\0" * 64,
                     struct.pack(">Q", 1 << 62) * 8):
            with socket.create_connection((host, int(port)), 5) as raw:
                raw.sendall(data)
        self.assertEqual(self.partner.ping()["versions"], [1])

    def test_dry_run_stores_nothing(self):
        """a dry run is an ANSWER, and the id stays free"""
        who = rig.member()
        self.partner.submit(rig.granted(who))
        event = rig.activity(who, "a1", minutes=240)
        tag = self.partner.send(b"SUBMIT", who, dict(event, dry_run=True))
        verb, body = self.partner.wait_for(tag)
        self.assertEqual((verb, body["dry_run"]), (b"ANSWER", True))
        self.assertEqual(body["balances"][0]["earned"], "2.0")
        answer = self.partner.query("balance", member=who)
        self.assertEqual(answer["balances"][0]["earned"], "0.0")
        self.assertFalse(self.partner.submit(event)["duplicate"])


if __name__ == "__main__":
    unittest.main()
