"""creditctl verify proves the books, and names the row that was changed."""

import unittest

import rig


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.Instance(workers=1)
        partner = cls.instance.partner()
        cls.who = rig.member()
        for event in (rig.granted(cls.who), rig.activity(cls.who, "a1"),
                      rig.activity(cls.who, "a2", minutes=240),
                      rig.requested(cls.who, "r1", "RQ-1"),
                      rig.decided(cls.who, "d1", "RQ-1"),
                      rig.paid(cls.who, "p1", "RQ-1", "22.00")):
            partner.submit(event)
        partner.close()

    @classmethod
    def tearDownClass(cls):
        cls.instance.down()

    def test_whole(self):
        """untouched books are whole"""
        self.instance.verify()

    def named(self, table, column, change, where, *names):
        """A row of the member is changed by hand, found, and put back."""
        where = "%s AND member = '%s'" % (where, self.who)
        old = self.instance.sql('SELECT %s::text FROM %s WHERE %s' % (
            column, table, where))
        self.assertEqual(len(old), 1, "one row is changed")
        self.instance.sql("UPDATE %s SET %s = %s WHERE %s" % (
            table, column, change, where))
        try:
            said = self.instance.creditctl("verify", code=1)
            said += self.instance.stderr
        finally:
            self.instance.sql("UPDATE %s SET %s = '%s' WHERE %s" % (
                table, column, old[0][0].replace("'", "''"), where))
        for name in (self.who,) + names:
            self.assertIn(name, said)
        self.instance.verify()

    def test_balance(self):
        """a balance that somebody raised"""
        self.named("balance", "earned", "earned + 10000", "true", "balance")

    def test_entry(self):
        """an entry that somebody raised"""
        self.named("entry", "credits", "credits + 5000", "number = 1", "entry")

    def test_entry_total(self):
        """a total that somebody changed"""
        self.named("entry", "total", "total + 1", "number = 2", "entry")

    def test_request(self):
        """a request that somebody credited"""
        self.named("request", "state", "4", "true", "request")

    def test_event(self):
        """an event whose outcome somebody changed"""
        self.named("event", "outcome", "2", "id = 'a1'", "event")

    def test_fact(self):
        """a fact that somebody changed"""
        self.named("event", "fact", "fact || '\\x00'::bytea", "id = 'a2'",
                   "event")

    def test_change(self):
        """a message whose bytes somebody changed"""
        self.named("change", "body", "set_byte(body, 20, 1)", "version = 2",
                   "change")

    def test_missing_rows(self):
        """rows that somebody took away"""
        for table, where in (("entry", "number = 2"), ("change", "version = 3"),
                             ("event", "id = 'a2'"), ("balance", "true")):
            with self.subTest(table):
                where = "%s AND member = '%s'" % (where, self.who)
                self.instance.sql("CREATE TABLE kept AS SELECT * FROM %s"
                                  " WHERE %s" % (table, where))
                self.instance.sql("DELETE FROM %s WHERE %s" % (table, where))
                try:
                    said = self.instance.creditctl("verify", code=1)
                    said += self.instance.stderr
                finally:
                    self.instance.sql("INSERT INTO %s SELECT * FROM kept"
                                      % table)
                    self.instance.sql("DROP TABLE kept")
                self.assertIn(self.who if table != "event" else "stream", said)
        self.instance.verify()


if __name__ == "__main__":
    unittest.main()
