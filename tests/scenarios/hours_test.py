# SPDX-License-Identifier: Apache-2.0
"""aftersail hours: questions to a calendar, with public holidays from an iCalendar file."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from desk import PROGRAM

BERLIN = {"zone": "Europe/Berlin", "days": [{"date": "2026-12-24", "open": ["09:00-13:00"]}],
          "week": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
HOLIDAYS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20201225
DTEND;VALUE=DATE:20201227
RRULE:FREQ=YEARLY
END:VEVENT
END:VCALENDAR
"""
# question, without the holidays, with them
ASKED = [
    ("open 2026-12-25T10:00", "open", "closed"),
    ("open 2026-12-24T10:00", "open", "open"),
    ("open 2026-12-24T13:00", "closed", "closed"),
    ("close 2026-12-25T10:00", "2026-12-25T17:00:00 here, 2026-12-25T16:00:00Z",
     "2026-12-25T10:00:00 here, 2026-12-25T09:00:00Z"),
    ("next 2026-12-24T13:00", "2026-12-25T09:00:00 here, 2026-12-25T08:00:00Z",
     "2026-12-28T09:00:00 here, 2026-12-28T08:00:00Z"),
    ("add 2026-12-24T12:00 2h30m", "2026-12-25T10:30:00 here, 2026-12-25T09:30:00Z",
     "2026-12-28T10:30:00 here, 2026-12-28T09:30:00Z"),
    ("between 2026-12-24T00:00 2026-12-29T00:00", "20:00:00", "12:00:00"),
    ("between 2026-12-29T00:00 2026-12-24T00:00", "-20:00:00", "-12:00:00"),
    ("open 2026-07-01T07:00:00Z", "open", "open"),
    ("open 2026-12-01T07:59:59Z", "closed", "closed"),
]
SLIPS = ["open", "open tomorrow", "open 2026-13-01T10:00", "add 2026-12-24T12:00 2x", "add 2026-12-24T12:00",
         "sell 2026-12-24T12:00", "open 2026-12-24T12:00 2026-12-25T12:00"]


class Hours(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="aftersail-hours-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        self.calendar = self.file("office.json", json.dumps(BERLIN))
        self.holidays = self.file("holidays.ics", HOLIDAYS.replace("\n", "\r\n"))

    def file(self, name, text):
        (self.at / name).write_text(text)
        return str(self.at / name)

    def ask(self, *words):
        return subprocess.run([PROGRAM, "hours", *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=20)

    def test_questions(self):
        for question, plain, closed in ASKED:
            for ical, want in ((), plain), (("--ical", self.holidays), closed):
                with self.subTest(question, ical=bool(ical)):
                    said = self.ask(self.calendar, *ical, *question.split())
                    self.assertEqual((said.stdout, said.stderr, said.returncode), (want + "\n", "", 0))

    def test_slips_are_explained(self):
        for question in SLIPS:
            for ical in (), ("--ical", self.holidays):
                with self.subTest(question, ical=bool(ical)):
                    said = self.ask(self.calendar, *ical, *question.split())
                    self.assertEqual((said.returncode, said.stdout), (2, ""))
                    self.assertIn("QUESTION", said.stderr)

    def test_bad_files_are_named(self):
        cut = self.file("cut.ics", HOLIDAYS[:60])
        broken = self.file("broken.json", "{")
        nowhere = self.file("nowhere.json", json.dumps(dict(BERLIN, zone="Mars/Olympus")))
        at = ("open", "2026-12-24T12:00")
        for named, words in [(cut, (self.calendar, "--ical", cut)),
                             (broken, (broken,)), (nowhere, (nowhere,)),
                             (broken, (broken, "--ical", self.holidays)),
                             (self.at / "none.json", (str(self.at / "none.json"),)),
                             (self.at / "none.ics", (self.calendar, "--ical", str(self.at / "none.ics")))]:
            with self.subTest(named):
                said = self.ask(*words, *at)
                self.assertEqual((said.returncode, said.stdout), (1, ""))
                self.assertTrue(said.stderr.startswith(f"{named}: "), said.stderr)


if __name__ == "__main__":
    unittest.main()
