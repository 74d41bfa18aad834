#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The power cut forgets what it must and keeps what it must, on plain files and under SQLite."""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from powercut import PowerCut

# What a program does in the folder, in Python's thin wrappers of the system calls, and the files left.
BEGIN = """
import os, mmap
w = lambda name, flags=0: os.open(name, os.O_RDWR | os.O_CREAT | flags, 0o600)
folder = os.open('.', os.O_RDONLY)
"""
CASES = [
    ("written, not synced", "os.write(w('a'), b'one')", {}),
    ("written and synced", "f = w('a'); os.write(f, b'one'); os.fsync(f)", {"a": b"one"}),
    ("fdatasync does as well", "f = w('a'); os.write(f, b'one'); os.fdatasync(f)", {"a": b"one"}),
    ("the last write is lost",
     "f = w('a'); os.write(f, b'one'); os.fsync(f); os.write(f, b'two')", {"a": b"one"}),
    ("a change in the middle is lost",
     "f = w('a'); os.write(f, b'abcdef'); os.fsync(f); os.pwrite(f, b'XY', 2)", {"a": b"abcdef"}),
    ("a change in the middle is kept",
     "f = w('a'); os.write(f, b'abcdef'); os.fsync(f); os.pwrite(f, b'XY', 2); os.fsync(f)",
     {"a": b"abXYef"}),
    ("vectors", "f = w('a'); os.writev(f, [b'ab', b'cd']); os.pwritev(f, [b'X', b'Y'], 1); os.fsync(f)",
     {"a": b"aXYd"}),
    ("appended", "f = w('old', os.O_APPEND); os.write(f, b'+'); os.fsync(f)", {"old": b"before+"}),
    ("O_DSYNC needs no fsync", "os.write(w('a', os.O_DSYNC), b'one')", {"a": b"one"}),
    ("cut shorter, lost", "os.ftruncate(w('old'), 2)", {"old": b"before"}),
    ("cut shorter, kept", "f = w('old'); os.ftruncate(f, 2); os.fsync(f)", {"old": b"be"}),
    ("shorter and longer again", "f = w('old'); os.ftruncate(f, 2); os.ftruncate(f, 4); os.fsync(f)",
     {"old": b"be\0\0"}),
    ("O_TRUNC, then less", "f = w('old', os.O_TRUNC); os.pwrite(f, b'x', 2); os.fsync(f)",
     {"old": b"\0\0x"}),
    ("another descriptor syncs", "f = w('a'); os.write(f, b'one'); os.fsync(w('a'))", {"a": b"one"}),
    ("a duplicate writes", "f = w('a'); os.write(os.dup(f), b'one'); os.fsync(f)", {"a": b"one"}),
    ("a reused descriptor is another file",
     "f = w('a'); os.write(f, b'one'); os.close(f); g = w('b'); os.write(g, b'two'); os.fsync(g)",
     {"b": b"two"}),
    ("stdio", "f = open('a', 'wb'); f.write(b'one'); f.flush(); os.fsync(f.fileno()); f.write(b'two'); f.flush()",
     {"a": b"one"}),
    ("mapped", "f = w('old'); m = mmap.mmap(f, 6); m[0:1] = b'B'; os.fsync(f)", {"old": b"Before"}),
    ("mapped, lost", "f = w('old'); m = mmap.mmap(f, 6); m[0:1] = b'B'; m.flush()", {"old": b"before"}),
    ("unlinked, comes back", "os.unlink('old')", {"old": b"before"}),
    ("unlinked for good", "os.unlink('old'); os.fsync(folder)", {"old": None}),
    ("unlinked and made anew",
     "os.unlink('old'); f = w('old'); os.write(f, b'new'); os.fsync(f)", {"old": b"new"}),
    ("synced after unlink", "f = w('a'); os.write(f, b'one'); os.unlink('a'); os.fsync(f)", {}),
    ("renamed, lost", "os.rename('old', 'new')", {"old": b"before"}),
    ("renamed, kept", "os.rename('old', 'new'); os.fsync(folder)", {"old": None, "new": b"before"}),
    ("written, renamed over, not synced",
     "f = w('a'); os.write(f, b'one'); os.fsync(f); os.rename('a', 'old')", {"a": b"one"}),
    ("written, synced, renamed over, folder synced",
     "f = w('a'); os.write(f, b'one'); os.fsync(f); os.rename('a', 'old'); os.fsync(folder)",
     {"old": b"one"}),
    ("renamed over before its bytes were synced: empty",
     "f = w('a'); os.write(f, b'one'); os.rename('a', 'new'); os.fsync(folder)", {"new": b""}),
    ("renamed, then the file synced",
     "f = w('a'); os.write(f, b'one'); os.rename('a', 'new'); os.fsync(f)", {"new": b"one"}),
    ("linked, lost", "os.link('old', 'new')", {}),
    ("linked, kept", "os.link('old', 'new'); os.fsync(folder)", {"new": b"before"}),
    ("a folder's names, not its files' bytes", "os.write(w('a'), b'one'); os.fsync(folder)", {"a": b""}),
    ("a folder below", "os.mkdir('d'); f = w('d/a'); os.write(f, b'one'); os.fsync(f)", {"d/a": b"one"}),
    ("outside is not touched", "f = w('../outside'); os.write(f, b'one'); os.fsync(f)", {}),
]

# A program that commits rows and says so; what it has said must be there after a power cut.
WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA journal_mode = ' + sys.argv[2]); db.execute('PRAGMA synchronous = ' + sys.argv[3])
db.execute('PRAGMA wal_autocheckpoint = 20')
db.execute('CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY, filler TEXT)')
n = db.execute('SELECT coalesce(max(n), 0) FROM said').fetchone()[0]
while True:
    n += 1
    db.execute('INSERT INTO said VALUES (?, ?)', (n, 'x' * (n * 37 % 3000)))
    print(n, flush=True)
"""
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable


class Folder(unittest.TestCase):
    def setUp(self):
        self.at = Path(tempfile.mkdtemp(prefix="aftersail-powercut-"))
        self.data = self.at / "data"
        self.data.mkdir()
        self.addCleanup(shutil.rmtree, self.at)


class Files(Folder):
    def run_case(self, script):
        (self.data / "old").write_bytes(b"before")
        cut = PowerCut(self.data)
        subprocess.run([PYTHON, "-c", BEGIN + script], cwd=self.data, env=cut.env(), check=True)
        cut.cut()
        return {str(p.relative_to(self.data)): p.read_bytes()
                for p in self.data.rglob("*") if p.is_file()}

    def test_each_case(self):
        for what, script, left in CASES:
            with self.subTest(what):
                shutil.rmtree(self.data)
                self.data.mkdir()
                expected = {"old": b"before"} | left
                expected = {name: text for name, text in expected.items() if text is not None}
                self.assertEqual(self.run_case(script), expected)


class Sqlite(Folder):
    def commit_for(self, seconds, journal, synchronous):
        """The last row the program said was committed before it was killed and the power went."""
        cut = PowerCut(self.data)
        command = [PYTHON, "-c", WRITER, str(self.data / "db"), journal, synchronous]
        with subprocess.Popen(command, env=cut.env(), stdout=subprocess.PIPE) as child:
            time.sleep(seconds)
            child.send_signal(signal.SIGKILL)
            said = child.stdout.read().split(b"\n")[:-1]
        cut.cut()
        cut.clear()
        return int(said[-1]) if said else 0

    def rows(self):
        """How many rows are there, counting from 1 without a gap; -1 when the file is damaged."""
        try:
            db = sqlite3.connect(self.data / "db")
            with db:
                found = [n for (n,) in db.execute("SELECT n FROM said ORDER BY n")]
                sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            db.close()
        except sqlite3.Error:
            return -1
        return len(found) if sound and found == list(range(1, len(found) + 1)) else -1

    def test_what_was_acknowledged_is_kept(self):
        # A rollback journal's commit is its unlinking, which FULL does not sync and EXTRA does.
        for journal, synchronous in (("WAL", "FULL"), ("DELETE", "EXTRA")):
            with self.subTest(journal):
                shutil.rmtree(self.data)
                self.data.mkdir()
                for _ in range(5):
                    said = self.commit_for(random.uniform(0.3, 0.8), journal, synchronous)
                    self.assertGreater(said, 0)
                    self.assertGreaterEqual(self.rows(), said)

    def test_off_is_found_out(self):
        said = self.commit_for(0.8, "WAL", "OFF")
        self.assertGreater(said, 0)
        self.assertLess(self.rows(), said)


if __name__ == "__main__":
    unittest.main()
