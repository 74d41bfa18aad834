#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_python.py FOLDER [NAME_test.py...]: the Python tests of a folder, one file after the other.

Ends with `N passed, N failed, N skipped`; what tools/test adds up.
"""
import sys
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    """Counts each test once, however many of its subtests fail."""

    def counts(self):
        bad = {getattr(test, "test_case", test).id() for test, _ in self.failures + self.errors}
        bad |= {test.id() for test in self.unexpectedSuccesses}
        return max(self.testsRun - len(bad) - len(self.skipped), 0), len(bad), len(self.skipped)


def main():
    here = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(here))
    names = sys.argv[2:] or sorted(path.name for path in here.glob("*_test.py"))
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromName(name.removesuffix(".py")) for name in names)
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result)
    passed, failed, skipped = runner.run(suite).counts()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or skipped else 0)


if __name__ == "__main__":
    main()
