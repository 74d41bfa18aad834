#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sizes.py [--built]: what grows unseen is printed and held to a limit.

The ten longest functions (80 lines at most), C files (800), .vue files (250); with --built also the
program (12 MB stripped) and what a browser loads to reach the inbox (350 kB in brotli).
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_LINES, C_LINES, VUE_LINES = 80, 800, 250
PROGRAM_BYTES, FIRST_LOAD_BYTES = 12_000_000, 350_000
FIRST_PAGES = ("SignIn", "Inbox")
ENTRY = re.compile(r"""(?:src|href)="\.?/?((?:assets/)[^"]+\.(?:js|css))\"""")


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


def reachable(manifest, names):
    """The chunks that these need before they can run, styles included."""
    seen, todo, files = set(), list(names), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        files.update([chunk["file"]] + chunk.get("css", []))
        todo += chunk.get("imports", [])
    return files


def first_load_files(dist):
    """The page, its entry, the sign-in and inbox pages, one language and the Latin font."""
    manifest_path = dist / ".vite" / "manifest.json"
    html = (dist / "index.html").read_text()
    if not manifest_path.exists():
        return {"index.html"} | set(ENTRY.findall(html))
    manifest = json.loads(manifest_path.read_text())
    wanted = [name for name, chunk in manifest.items() if chunk.get("isEntry")
              or (chunk.get("isDynamicEntry") and any(page in name for page in FIRST_PAGES))
              or name.endswith("i18n/en.json")]
    return {"index.html"} | reachable(manifest, wanted) | first_fonts(dist)


def first_fonts(dist):
    return {str(f.relative_to(dist)) for f in dist.rglob("*latin-wght-normal*.woff2")
            if "latin-ext" not in f.name}


def brotli_size(path):
    if path.suffix == ".woff2":
        return path.stat().st_size
    done = subprocess.run(["brotli", "-q", "11", "-c", str(path)], capture_output=True, check=True)
    return len(done.stdout)


def first_load():
    dist = ROOT / "web" / "dist"
    if not (dist / "index.html").exists():
        return []
    rows = sorted(((brotli_size(dist / f), f) for f in first_load_files(dist)), reverse=True)
    print("first load, brotli:")
    for size, name in rows:
        print(f"{size / 1000:>8.1f} kB  {name}")
    total = sum(size for size, _ in rows)
    print(f"{total / 1000:>8.1f} kB  together (at most {FIRST_LOAD_BYTES // 1000})")
    return [] if total <= FIRST_LOAD_BYTES else [f"the first load has {total} bytes"]


def main():
    wrongs = longest("longest functions", [row for path in c_files() for row in functions(path)],
                     FUNCTION_LINES, 10)
    wrongs += longest("longest C files", lines_of(c_files()), C_LINES, 5)
    vue = lines_of(path for path in ROOT.glob("web/src/**/*.vue"))
    wrongs += longest("longest .vue files", vue, VUE_LINES, 5)
    if "--built" in sys.argv:
        wrongs += program() + first_load()
    print("\n".join(wrongs + [f"sizes: {len(wrongs)} found"]))
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
