# SPDX-License-Identifier: Apache-2.0
"""aftersail hours: questions to a calendar, with public holidays from an iCalendar file, and every
time zone of the machine against Python's own reader of the same database."""
import bisect
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest
import zoneinfo

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
    # far from today: the holidays repeat as long as a calendar reaches
    ("open 2070-12-25T10:00", "open", "closed"),
    ("open 2199-12-26T10:00", "open", "closed"),
    ("open 2020-12-25T10:00", "open", "closed"),
    ("open 1935-12-25T10:00", "open", "open"),
    ("add 2060-12-24T12:00 5h", "2060-12-24T17:00:00 here, 2060-12-24T16:00:00Z",
     "2060-12-24T17:00:00 here, 2060-12-24T16:00:00Z"),
    ("add 2060-12-24T12:00 5h1m", "2060-12-27T09:01:00 here, 2060-12-27T08:01:00Z",
     "2060-12-27T09:01:00 here, 2060-12-27T08:01:00Z"),
    ("add 2026-12-24T12:00 0m", "2026-12-24T12:00:00 here, 2026-12-24T11:00:00Z",
     "2026-12-24T12:00:00 here, 2026-12-24T11:00:00Z"),
    # clocks put forward and back
    ("add 2026-03-29T02:30 0h", "2026-03-29T03:30:00 here, 2026-03-29T01:30:00Z",
     "2026-03-29T03:30:00 here, 2026-03-29T01:30:00Z"),
    ("add 2026-10-25T02:30 0h0m", "2026-10-25T02:30:00 here, 2026-10-25T00:30:00Z",
     "2026-10-25T02:30:00 here, 2026-10-25T00:30:00Z"),
    ("changes 2026-01-01T00:00Z 2027-01-01T00:00Z",
     "2026-01-01T00:00:00Z 1:00:00\n2026-03-29T01:00:00Z 2:00:00\n2026-10-25T01:00:00Z 1:00:00",
     "2026-01-01T00:00:00Z 1:00:00\n2026-03-29T01:00:00Z 2:00:00\n2026-10-25T01:00:00Z 1:00:00"),
]
# what is asked, what is said of it
SLIPS = [
    ("open", "open is no question of this command, or lacks a moment."),
    ("open tomorrow", "tomorrow is no moment like"),
    ("open 2026-13-01T10:00", "2026-13-01T10:00 is no moment like"),
    ("open 2026-02-31T10:00", "2026-02-31T10:00 is no moment like"),
    ("open 2026-02-29T10:00", "2026-02-29T10:00 is no moment like"),
    ("open 2026-12-24T24:30", "2026-12-24T24:30 is no moment like"),
    ("open 1899-12-24T12:00", "The years are outside what a calendar can hold."),
    ("open 2201-12-24T12:00Z", "The years are outside what a calendar can hold."),
    ("between 2026-12-24T12:00 2026-02-30T12:00", "2026-02-30T12:00 is no moment like"),
    ("add 2026-12-24T12:00 2x", "2x is no duration like 90m, 8h or 2h30m."),
    ("add 2026-12-24T12:00 -2h", "-2h is no duration like"),
    ("add 2026-12-24T12:00", "add is no question"),
    ("sell 2026-12-24T12:00", "sell is no question"),
    ("open 2026-12-24T12:00 2026-12-25T12:00", "2026-12-25T12:00 is one word too many."),
    ("between 2026-12-24T12:00 2026-12-25T12:00 2026-12-26T12:00", "2026-12-26T12:00 is one word too many."),
    ("--foo open 2026-12-24T12:00", "--foo is no option of this command."),
    ("open 2026-12-24T12:00 --foo", "--foo is no option of this command."),
    ("open 2026-12-24T12:00 --ical", "--ical needs the name of one file."),
]
# zone, an instant in UTC, what its clock shows: rules that changed in the last years
RECENT = [
    ("America/Mexico_City", "2026-07-01T12:00Z", "2026-07-01T06:00:00"),
    ("America/Monterrey", "2026-07-01T12:00Z", "2026-07-01T06:00:00"),
    ("America/Chihuahua", "2026-01-15T12:00Z", "2026-01-15T06:00:00"),
    ("America/Ciudad_Juarez", "2026-01-15T12:00Z", "2026-01-15T05:00:00"),
    ("Africa/Cairo", "2026-07-01T12:00Z", "2026-07-01T15:00:00"),
    ("America/Asuncion", "2026-07-01T12:00Z", "2026-07-01T09:00:00"),
    ("America/Nuuk", "2026-07-01T12:00Z", "2026-07-01T11:00:00"),
    ("Asia/Almaty", "2026-07-01T12:00Z", "2026-07-01T17:00:00"),
    ("America/Coyhaique", "2026-07-01T12:00Z", "2026-07-01T09:00:00"),
]
NO_ZONES = ["CST", "BST", "IST", "PST", "AST", "JST", "ACT", "Mars/Olympus", "../zoneinfo/UTC",
            "/usr/share/zoneinfo/UTC", "posix/UTC", "right/UTC", "localtime", "posixrules", "GMT+5:07"]
# a text of the calendar file, what it says of which line
BAD_FEEDS = [
    ("RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY", "Line 5 of the calendar file has a repetition"),
    ("DTSTART;VALUE=DATE:20201225", "DTSTART;TZID=Nowhere/Land:20201225T000000",
     "Line 3 of the calendar file names a time zone"),
    ("DTSTART;VALUE=DATE:20201225", "DTSTART:20200231", "Line 3 of the calendar file has a date"),
    ("END:VCALENDAR\n", "", "The calendar file ends in the middle, at line 6."),
]
DATABASE = pathlib.Path("/usr/share/zoneinfo")
UTC = datetime.timezone.utc
FIRST, LAST = (datetime.datetime(y, 1, 1, tzinfo=UTC) for y in (1900, 2100))
SAMPLE = 23 * 86400 + 3607  # seconds


def all_zones():
    """Every zone and every other name of one, as the database lists them."""
    names = set()
    for line in (DATABASE / "tzdata.zi").read_text().splitlines():
        words = line.split()
        if words and words[0] == "Z":
            names.add(words[1])
        elif words and words[0] == "L":
            names.add(words[2])
    rows = (DATABASE / "zone1970.tab").read_text().splitlines()
    return sorted(names | {row.split("\t")[2] for row in rows if not row.startswith("#")})


def offset_at(zone, second):
    return int(datetime.datetime.fromtimestamp(second, zone).utcoffset().total_seconds())


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

    def ask(self, *words, **env):
        return subprocess.run([PROGRAM, "hours", *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=20, env=os.environ | env)

    def zone_file(self, zone):
        return self.file("zone.json", json.dumps(dict(BERLIN, zone=zone)))

    def test_questions(self):
        for question, plain, closed in ASKED:
            for ical, want in ((), plain), (("--ical", self.holidays), closed):
                with self.subTest(question, ical=bool(ical)):
                    said = self.ask(self.calendar, *ical, *question.split())
                    self.assertEqual((said.stdout, said.stderr, said.returncode), (want + "\n", "", 0))

    def test_slips_are_explained(self):
        for question, why in SLIPS:
            for ical in (), ("--ical", self.holidays):
                with self.subTest(question, ical=bool(ical)):
                    said = self.ask(self.calendar, *ical, *question.split())
                    self.assertEqual((said.returncode, said.stdout), (2, ""))
                    self.assertTrue(said.stderr.startswith(f"aftersail hours: {why}"), said.stderr)
        said = self.ask(self.calendar, "open", "2026- 1- 2T 1: 2Z")
        self.assertEqual((said.returncode, said.stdout), (2, ""))

    def test_slips_in_chinese(self):
        for words, why in [((self.calendar, "--foo", "open", "2026-12-24T12:00", "--chinese"),
                            "--foo 不是此命令的选项。"),
                           (("--chinese", self.calendar, "add", "2026-12-24T12:00", "1h", "2h"), "2h 是多余的参数。"),
                           (("--chinese",), "缺少日历文件和问题。")]:
            with self.subTest(words):
                said = self.ask(*words)
                self.assertEqual((said.returncode, said.stdout), (2, ""))
                self.assertEqual(said.stderr, f"aftersail hours: {why}\naftersail hours --help\n")

    def test_help_may_stand_anywhere(self):
        whole = self.ask("--help").stdout
        for words in [(self.calendar, "--help"), (self.calendar, "open", "--help"), ("--foo", "--help"),
                      ("--chinese", "--help"), (self.calendar, "a", "b", "c", "d", "--help")]:
            with self.subTest(words):
                said = self.ask(*words)
                self.assertEqual((said.returncode, said.stdout, said.stderr), (0, whole, ""))

    def test_files_that_are_too_large_are_called_so(self):
        large = self.file("large.ics", HOLIDAYS + "X" * (16 << 20))
        office = self.file("large.json", " " * (1 << 20) + json.dumps(BERLIN))
        for named, words in (large, (self.calendar, "--ical", large)), (office, (office,)):
            with self.subTest(named):
                said = self.ask(*words, "open", "2026-12-24T12:00")
                self.assertEqual((said.returncode, said.stdout), (1, ""))
                self.assertEqual(said.stderr, f"{named}: The calendar file is too large.\n")

    def test_help_shows_a_calendar_that_works(self):
        said = self.ask("--help")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        example = re.search(r"^  (\{.*?\]\})$", said.stdout, re.S | re.M)[1]
        asked = self.ask(self.file("example.json", example), "open", "2026-12-24T10:00")
        self.assertEqual((asked.stdout, asked.stderr), ("open\n", ""))

    def test_reasons_are_sentences_in_two_languages(self):
        at = ("open", "2026-12-24T12:00")
        mars = self.zone_file("Mars/Olympus")
        self.assertEqual(self.ask(mars, *at).stderr,
                         f"{mars}: Mars/Olympus is no time zone like Europe/Berlin.\n")
        self.assertEqual(self.ask(mars, "--chinese", *at).stderr,
                         f"{mars}: Mars/Olympus 不是有效的时区（如 Europe/Berlin）。\n")
        for zone in NO_ZONES:
            with self.subTest(zone):
                said = self.ask(self.zone_file(zone), *at)
                self.assertEqual((said.returncode, said.stdout), (1, ""))
                self.assertIn(f": {zone} is no time zone", said.stderr)
        for old, new, why in BAD_FEEDS:
            with self.subTest(new):
                feed = self.file("bad.ics", HOLIDAYS.replace(old, new))
                said = self.ask(self.calendar, "--ical", feed, *at)
                self.assertEqual((said.returncode, said.stdout), (1, ""))
                self.assertTrue(said.stderr.startswith(f"{feed}: {why}"), said.stderr)

    def test_a_machine_without_zones_says_what_to_install(self):
        said = self.ask(self.calendar, "open", "2026-12-24T12:00", TZDIR=str(self.at))
        self.assertEqual((said.returncode, said.stdout), (1, ""))
        self.assertIn("install the package tzdata", said.stderr)

    def test_events_with_times_close_those_times(self):
        feed = self.file("times.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
                         "DTSTART:20261222T120000Z\nDTEND:20261222T140000Z\nEND:VEVENT\nEND:VCALENDAR\n")
        for question, want in [("close 2026-12-22T10:00", "2026-12-22T13:00:00 here, 2026-12-22T12:00:00Z"),
                               ("next 2026-12-22T13:00", "2026-12-22T15:00:00 here, 2026-12-22T14:00:00Z"),
                               ("between 2026-12-22T00:00 2026-12-23T00:00", "6:00:00")]:
            with self.subTest(question):
                self.assertEqual(self.ask(self.calendar, "--ical", feed, *question.split()).stdout, want + "\n")

    def test_old_repetitions_cost_no_time(self):
        event = ("BEGIN:VEVENT\nDTSTART:18000101\nDTEND:18010101\n"
                 "RRULE:FREQ=YEARLY;COUNT={}\nEND:VEVENT\n")
        for count, status in (100, 0), (401, 1):
            feed = self.file("old.ics", "BEGIN:VCALENDAR\n" + event.format(count) * 30000 + "END:VCALENDAR\n")
            before = os.times()
            said = self.ask(self.calendar, "--ical", feed, "open", "2026-12-22T10:00")
            after = os.times()
            self.assertEqual(said.returncode, status, said.stderr)
            self.assertLess(after.children_user - before.children_user, 5)

    def test_recent_zone_rules(self):
        for zone, at, shown in RECENT:
            with self.subTest(zone, at=at):
                said = self.ask(self.zone_file(zone), "add", at, "0m")
                self.assertEqual(said.stdout.split(" here")[0], shown)

    def changes(self, name):
        """The seconds at which the zone's clock changes, and the offsets from then on."""
        said = self.ask(self.zone_file(name), "changes", f"{FIRST:%FT%T}Z", f"{LAST:%FT%T}Z")
        self.assertEqual((said.returncode, said.stderr), (0, ""), name)
        seconds, offsets = [], []
        for line in said.stdout.splitlines():
            moment, offset = line.split()
            sign = -1 if offset[0] == "-" else 1
            h, m, s = map(int, offset.lstrip("-").split(":"))
            seconds.append(int(datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()))
            offsets.append(sign * (h * 3600 + m * 60 + s))
        return seconds, offsets

    def test_every_zone_as_python_reads_it(self):
        zones = all_zones()
        self.assertGreater(len(zones), 550)
        changed = 0
        for name in zones:
            zone = zoneinfo.ZoneInfo(name)
            seconds, offsets = self.changes(name)
            for i, second in enumerate(seconds):
                self.assertEqual(offset_at(zone, second), offsets[i], (name, second))
                if i:
                    self.assertEqual(offset_at(zone, second - 1), offsets[i - 1], (name, second))
            for second in range(seconds[0], int(LAST.timestamp()), SAMPLE):
                at = bisect.bisect_right(seconds, second) - 1
                self.assertEqual(offset_at(zone, second), offsets[at], (name, second))
            changed += len(seconds) - 1
        self.assertGreater(changed, 50000)

    def test_wall_clock_times_that_come_twice_or_never(self):
        draw = random.Random(4)
        names = ["America/Sao_Paulo", "America/Los_Angeles", "Pacific/Apia", "Australia/Lord_Howe",
                 "Europe/Dublin"] + draw.sample(all_zones(), 25)
        for name in names:
            zone = zoneinfo.ZoneInfo(name)
            seconds, offsets = self.changes(name)
            for i in draw.sample(range(1, len(seconds)), min(3, len(seconds) - 1)):
                wall = (datetime.datetime.fromtimestamp(seconds[i], UTC).replace(tzinfo=None)
                        + datetime.timedelta(seconds=(offsets[i] + offsets[i - 1]) // 2))
                want = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
                with self.subTest(name, wall=wall):
                    said = self.ask(self.zone_file(name), "add", f"{wall:%FT%T}", "0m")
                    self.assertTrue(said.stdout.endswith(f"here, {want:%FT%T}Z\n"), said.stdout + said.stderr)

    def test_the_first_and_the_last_day_by_the_wall(self):
        week = {day: ["00:00-08:00", "16:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        for zone in "Asia/Shanghai", "America/New_York", "UTC", "Pacific/Kiritimati", "Pacific/Niue":
            office = self.file("round.json", json.dumps({"zone": zone, "week": week}))
            for span in "1900-01-01T00:00 1900-01-02T00:00", "2200-12-31T00:00 2200-12-31T23:59":
                with self.subTest(zone, span=span):
                    said = self.ask(office, "between", *span.split())
                    self.assertEqual(said.stdout, "15:59:00\n" if "23:59" in span else "16:00:00\n")

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
