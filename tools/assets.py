#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assets.py OUT.S OUT.c DEPFILE ROOT: what the program serves and ships, as parts of the program.

Takes web/dist (the console, the widget, the demo shop), i18n/*.json and the demo company below
ROOT. Text is kept as it is, with brotli and with gzip; a strong ETag is made of the content.
"""
import gzip
import hashlib
import pathlib
import shutil
import subprocess
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
         ".jpg": "image/jpeg", ".woff2": "font/woff2", ".json": "application/json",
         ".webmanifest": "application/manifest+json", ".ico": "image/x-icon", ".pdf": "application/pdf",
         ".txt": "text/plain; charset=utf-8"}
PACKED = {".html", ".js", ".css", ".svg", ".webmanifest", ".txt"}


def sources(root):
    """(address, file, served): what is not served is for the program itself."""
    dist = root / "web" / "dist"
    for f in sorted(dist.rglob("*")) if dist.is_dir() else []:
        inside = f.relative_to(dist)
        if f.is_file() and f.suffix in TYPES and not any(p.startswith(".") for p in inside.parts):
            yield "/" + inside.as_posix(), f, True
    for f in sorted((root / "demo").glob("*.json")):
        yield "demo/" + f.name, f, False
    for f in sorted((root / "demo" / "files").glob("*")):
        yield "demo/files/" + f.name, f, False


def packed(f, work):
    """The file's content after gzip and brotli, as files; None where it is not worth it."""
    data = f.read_bytes()
    if f.suffix not in PACKED or len(data) < 300:
        return None, None
    name = hashlib.sha256(data).hexdigest()[:24]
    gz, br = work / (name + ".gz"), work / (name + ".br")
    if not gz.exists():
        gz.write_bytes(gzip.compress(data, 9, mtime=0))
    if not br.exists() and shutil.which("brotli"):
        subprocess.run(["brotli", "-q", "11", "-f", "-o", br, f], check=True)
    return gz, br if br.exists() else None


def main():
    asm, code, dep, root = (pathlib.Path(a) for a in sys.argv[1:5])
    root = root.resolve()
    work = asm.resolve().parent / "packed"
    work.mkdir(parents=True, exist_ok=True)
    lines, rows, used = [".section .rodata\n"], [], []
    for n, (address, f, served) in enumerate(sources(root)):
        used.append(f)
        gz, br = packed(f, work) if served else (None, None)
        cells = []
        for kind, part in (("raw", f), ("gz", gz), ("br", br)):
            if part is None:
                cells.append("NULL, NULL")
                continue
            label = f"asset_{n}_{kind}"
            lines.append(f'.balign 16\n.hidden {label}\n.global {label}\n{label}:\n.incbin "{part.resolve()}"\n'
                         f".hidden {label}_end\n.global {label}_end\n{label}_end:\n.byte 0\n")
            cells.append(f"{label}, {label}_end")
            rows.append(f"extern const char {label}[], {label}_end[];\n")
        tag = hashlib.sha256(f.read_bytes()).hexdigest()[:20]
        kind = TYPES.get(f.suffix, "application/octet-stream")
        lines_c = f'\t{{"{address}", "{kind}", "\\"{tag}\\"", {str(served).lower()}, {", ".join(cells)}}},\n'
        rows.append(("row", lines_c))
    lines.append('.section .note.GNU-stack,"",@progbits\n')
    asm.write_text("".join(lines))
    externs = "".join(r for r in rows if isinstance(r, str))
    table = "".join(r[1] for r in rows if not isinstance(r, str))
    code.write_text(f'#include "app/assets.h"\n\n{externs}\nconst struct asset assets[] = {{\n{table}\t{{0}},\n}};\n')
    # Named even while it is missing: then this runs again at the next build, when there may be a console.
    used.append(root / "web" / "dist" / ".stamp")
    dep.write_text(f"{asm} {code}: " + " ".join(str(u).replace(" ", "\\ ") for u in used) + "\n")


main()
