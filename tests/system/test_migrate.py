"""Schema steps: safe to repeat, safe when two run at once; rights are least."""

import subprocess
import os
import unittest

import rig


class Migrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.instance = rig.shared()

    def fresh(self, name):
        """An empty database of the instance's PostgreSQL; its DSN."""
        self.instance.sql("CREATE DATABASE %s" % name)
        self.addCleanup(self.instance.sql,
                        "DROP DATABASE %s WITH (FORCE)" % name)
        return self.instance.dsn.replace("dbname=creditd", "dbname=" + name)

    def migrate(self, dsn):
        return subprocess.Popen(
            [self.instance.values["creditctl"], "--dsn", dsn, "migrate"],
            env=dict(os.environ, CREDITD_SCHEMA=str(rig.TOP / "schema")),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def versions(self, dsn):
        done = subprocess.run(
            ["psql", "-XAtqc", "SELECT version FROM schema_version ORDER BY 1",
             dsn], text=True, capture_output=True, check=True)
        return done.stdout.split()

    def test_repeated(self):
        """again is harmless, and says that there was nothing to do"""
        dsn = self.fresh("repeated")
        for _ in range(3):
            running = self.migrate(dsn)
            output = running.communicate(timeout=60)[0]
            self.assertEqual(running.returncode, 0, output)
        steps = sorted((rig.TOP / "schema").glob("[0-9]*.sql"))
        self.assertEqual(len(self.versions(dsn)), len(steps))

    def test_two_at_once(self):
        """eight at once on an empty database: each step once, all succeed"""
        dsn = self.fresh("at_once")
        running = [self.migrate(dsn) for _ in range(8)]
        for each in running:
            output = each.communicate(timeout=60)[0]
            self.assertEqual(each.returncode, 0, output)
        steps = sorted((rig.TOP / "schema").glob("[0-9]*.sql"))
        self.assertEqual(len(self.versions(dsn)), len(steps))

    def test_rights(self):
        """the worker's role can add to the logs, and change nothing in them"""
        for statement in (
                "UPDATE entry SET credits = 0", "DELETE FROM entry",
                "UPDATE event SET outcome = 0", "DELETE FROM event",
                "UPDATE change SET topic = ''", "DELETE FROM change",
                "DELETE FROM body", "TRUNCATE entry", "DROP TABLE entry",
                "INSERT INTO program (organization, revision, document, digest)"
                " VALUES (1, 99, '', '')",
                "UPDATE digest_key SET key = key", "CREATE TABLE mine (x int)"):
            with self.subTest(statement):
                with self.assertRaisesRegex(
                        AssertionError, "permission denied|must be owner"):
                    self.instance.sql(
                        "SET ROLE creditd_worker; " + statement)
        self.instance.sql("SET ROLE creditd_worker; SELECT 1 FROM event LIMIT 1")


if __name__ == "__main__":
    unittest.main()
