#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layers.py [ROOT]: who may know whom, as docs/ARCHITECTURE.md says it, held by a test.

Reads every C, C++ and header file below src/ and prints what breaks a rule, one line each:
include paths that cross the layers, a module's inside used by another, third-party headers away
from home, and calls that belong to the lower layers or nowhere.
"""
import re
import sys
from pathlib import Path

ALL = {"base", "text", "store", "net", "core", "channels", "modules", "app"}
SEES = {
    "base": set(),
    "text": {"base"},
    "store": {"base", "text"},
    "net": {"base"},
    "core": {"base", "text", "store", "net"},
    "channels": {"base", "text", "core"},
    "modules": {"base", "text", "store", "core"},
    "app": ALL,
}

# Where each third-party header may be included: path prefixes below src/.
HOMES = {
    "microhttpd.h": ("net/http",),
    "curl/": ("net/client", "net/imap", "net/smtp"),
    "sqlite3.h": ("store/sqlite",),
    "libpq-fe.h": ("store/pgsql",),
    "jansson.h": ("base/json",),
    "gmime/": ("channels/email/",),
    "glib": ("channels/email/",),
    "libxml/": ("channels/email/", "core/html", "text/"),
    "unicode/": ("text/", "channels/email/"),
    "sodium.h": ("base/crypto", "core/", "app/", "net/http", "net/imap", "store/"),
    "cld2/": ("text/",),
    "linear.h": ("text/",),
    "brotli/": ("app/", "net/"),
    "execinfo.h": ("app/fault",),
    "cmocka.h": (),
}

SYSTEM = set("""
assert.h ctype.h dirent.h endian.h errno.h fcntl.h float.h getopt.h grp.h inttypes.h langinfo.h
limits.h locale.h malloc.h math.h netdb.h poll.h pthread.h pwd.h sched.h semaphore.h setjmp.h
signal.h spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
stdnoreturn.h string.h strings.h sysexits.h syslog.h termios.h threads.h time.h uchar.h unistd.h
wchar.h wctype.h arpa/inet.h net/if.h netinet/in.h netinet/tcp.h algorithm string vector memory
""".split())

# Calls of the lower layers, and calls nobody may make.
LOWER = {"base", "store", "net", "app"}
# Files of core that own what outlives a request: calls in flight, streams, jobs under way, threads.
OWNERS = ("core/call.c", "core/hub.c", "core/job.c", "core/mail_in.c", "core/worker.c")
LOWER_CALLS = """malloc calloc realloc free strdup strndup time gettimeofday clock_gettime getenv
secure_getenv setenv printf fprintf vprintf vfprintf puts fputs putchar perror""".split()
NEVER_CALLS = "strcpy strcat sprintf vsprintf gets atoi atol atoll system popen strtok rand".split()


def call_pattern(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")


LOWER_CALL, NEVER_CALL = call_pattern(LOWER_CALLS), call_pattern(NEVER_CALLS)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """Comments and strings are not code; their line breaks keep the count."""
    return "\n" * match.group().count("\n") or " "


def is_test(path):
    return path.stem.endswith(("_test", "_fuzz")) or "testing" in path.stem


def module_order(root):
    """The modules from top to bottom, as src/app/modules.c lists them."""
    listed = root / "src" / "app" / "modules.c"
    if not listed.exists():
        return None
    return re.findall(r"&(\w+)_module\b", NOT_CODE.sub(blank, listed.read_text()))


def outside_header(path, name, where):
    """A header in angle brackets: the system's, or one with a home."""
    if name in SYSTEM or name.startswith(("sys/", "linux/")):
        return None
    if name == "cmocka.h":
        return None if is_test(path) else "cmocka.h belongs to tests"
    for prefix, homes in HOMES.items():
        if name.startswith(prefix):
            if where.startswith(homes) or is_test(path):
                return None
            return f"{name} has its home in {', '.join(homes)}"
    return f"{name} has no home: give it one in tools/layers.py"


def module_header(own, name, order):
    """Between modules: only modules/x/x.h, and only of a module that stands above."""
    parts = name.split("/")
    if len(parts) < 3 or parts[1] == own:
        return None
    other = parts[1]
    if parts[2:] != [other + ".h"]:
        return f"{name} is the inside of module {other}; use modules/{other}/{other}.h"
    if order is None:
        return None
    if other not in order or own not in order:
        return f"{name}: {other} and {own} must both be in src/app/modules.c"
    if order.index(other) > order.index(own):
        return f"{name}: module {other} stands below {own}; write an event instead"
    return None


def own_header(path, name, where, order):
    """A header in quotes: ours, from src/ on."""
    layer, target = where.split("/")[0], name.split("/")[0]
    if "/" not in name:
        return f'"{name}" must be written from src/ on'
    if target not in ALL:
        return f"{name} is in no layer"
    if target == "app" and layer == "modules" and is_test(path):
        return None
    if target != layer and target not in SEES[layer]:
        return f"{layer} must not know {target} ({name})"
    if layer == target == "channels" and name.split("/")[1] != where.split("/")[1] \
            and name.count("/") > 1:
        return f"{name} is the inside of another channel"
    if layer == target == "modules":
        return module_header(where.split("/")[1], name, order)
    return None


def check_file(path, src, order):
    where = path.relative_to(src).as_posix()
    layer = where.split("/")[0]
    text = path.read_text(errors="replace")
    if layer not in ALL:
        yield 1, f"{layer} is no layer"
        return
    for n, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            kind, name = found.groups()
            wrong = (outside_header(path, name, where) if kind == "<"
                     else own_header(path, name, where, order))
            if wrong:
                yield n, wrong
    free_to_call = layer in LOWER or where in OWNERS or is_test(path)
    yield from check_calls(free_to_call, NOT_CODE.sub(blank, text))


def check_calls(free_to_call, code):
    for n, line in enumerate(code.splitlines(), 1):
        for call in NEVER_CALL.findall(line):
            yield n, f"{call}() is not used here"
        if not free_to_call:
            for call in LOWER_CALL.findall(line):
                yield n, f"{call}() belongs to {', '.join(sorted(LOWER))}"


def check(root):
    src, order = root / "src", module_order(root)
    for path in sorted(src.rglob("*")):
        if path.suffix in (".c", ".h", ".cc", ".cpp"):
            for n, wrong in check_file(path, src, order):
                yield f"{path.relative_to(root)}:{n}: {wrong}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    wrongs = list(check(root))
    print("\n".join(wrongs + [f"layers: {len(wrongs)} found"]))
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
