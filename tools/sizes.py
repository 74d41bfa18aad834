#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sizes.py [--built]: what grows unseen is printed and held to a limit.

The ten longest functions (80 lines at most), C files (800), .vue files (250); with --built also the
program (12 MB stripped).  What a browser loads first is weighed by web/scripts/size.mjs.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_LINES, C_LINES, VUE_LINES = 80, 800, 250
PROGRAM_BYTES = 12_000_000


def functions(path):
    """(lines, name) of each function: the style puts its braces into the first column."""
    head = opened = None
    for n, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if opened is None and line[:1].isalpha() and "(" in line and not line.endswith(";"):
            head = (n, line)
        elif line == "{" and head:
            opened = head
        elif line.startswith("}") and opened:
            name = re.search(r"(\w+)\s*\(", opened[1])
            yield n - opened[0] + 1, f"{name.group(1) if name else opened[1]} in {path.name}"
            head = opened = None


def c_files():
    for path in sorted(ROOT.glob("src/**/*")):
        if path.suffix in (".c", ".h", ".cc", ".cpp"):
            yield path


def longest(title, rows, limit, shown):
    rows = sorted(rows, reverse=True)
    print(f"{title} (at most {limit}):")
    for lines, name in rows[:shown]:
        print(f"{lines:>8}  {name}")
    return [f"{name}: {lines} lines, at most {limit}" for lines, name in rows if lines > limit]


def lines_of(paths):
    return [(len(path.read_text(errors="replace").splitlines()), str(path.relative_to(ROOT)))
            for path in paths]


def program():
    path = ROOT / "build" / "aftersail"
    if not path.exists():
        return ["build/aftersail is not built"]
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["strip", "-o", out.name, str(path.resolve())], check=True)
        size = Path(out.name).stat().st_size
    print(f"program: {size / 1e6:.1f} MB stripped (at most {PROGRAM_BYTES / 1e6:.0f})")
    return [] if size <= PROGRAM_BYTES else [f"the program has {size} bytes"]


def main():
    wrongs = longest("longest functions", [row for path in c_files() for row in functions(path)],
                     FUNCTION_LINES, 10)
    wrongs += longest("longest C files", lines_of(c_files()), C_LINES, 5)
    vue = lines_of(path for path in ROOT.glob("web/src/**/*.vue"))
    wrongs += longest("longest .vue files", vue, VUE_LINES, 5)
    if "--built" in sys.argv:
        wrongs += program()
    print("\n".join(wrongs + [f"sizes: {len(wrongs)} found"]))
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
