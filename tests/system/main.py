"""Runs the system tests: one file a promise, one line a test.

main.py [--counts FILE] [PATTERN…]; a pattern is part of a test's name, such as
"test_cases" or "test_kill.Killed.test_worker"."""

import argparse
import importlib
import pathlib
import shutil
import sys
import time
import traceback
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


class Report(unittest.TestResult):
    """One line as each test ends, and what went wrong with it."""

    def __init__(self):
        super().__init__()
        self.began = time.monotonic()
        self.passed = 0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def say(self, word, test):
        module, _, name = test.id().partition(".")
        text = test.shortDescription() or name
        print("%-6s %6.1f s  %s: %s" % (
            word, time.monotonic() - self.began, module, text), flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.say("ok", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say("FAILED", test)
        traceback.print_exception(*error, file=sys.stdout)
        sys.stdout.flush()

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            super().addSubTest(test, subtest, error)
            self.say("FAILED", subtest)
            traceback.print_exception(*error, file=sys.stdout)
            sys.stdout.flush()


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", help="write 'passed failed' to this file")
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_args()

    chosen = []
    for path in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for test in tests_of(
                unittest.defaultTestLoader.loadTestsFromModule(module)):
            if not options.patterns or any(
                    p in test.id() for p in options.patterns):
                chosen.append(test)

    import rig
    shutil.rmtree(rig.LOGS, ignore_errors=True)
    report = Report()
    suite = unittest.TestSuite(chosen)
    suite.run(report)
    failed = len({test.id().split(" ")[0] for test, _ in
                  report.failures + report.errors})
    passed = report.passed
    if rig._shared is not None:
        try:
            rig._shared.down()
        except AssertionError as error:
            print("FAILED the shared instance: %s" % error)
            failed += 1
    if options.counts:
        pathlib.Path(options.counts).write_text("%d %d\n" % (passed, failed))
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
