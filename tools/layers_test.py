#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule of layers.py, broken once, is caught; the same line where it is right is not."""
import tempfile
import unittest
from pathlib import Path

import layers

MODULES = "const struct module *modules[] = {&account_module, &inbox_module, /* &gone_module */};\n"

# file, its text, a part of what is said about it or None where it is right
CASES = [
    ("base/str.c", '#include "base/str.h"\n', None),
    ("base/str.c", '#include "text/fold.h"\n', "base must not know text"),
    ("text/fold.c", '#include "store/db.h"\n', "text must not know store"),
    ("store/db.c", '#include "text/token.h"\n', None),
    ("store/db.c", '#include "net/http.h"\n', "store must not know net"),
    ("net/http.c", '#include "store/db.h"\n', "net must not know store"),
    ("core/ctx.c", '#include "net/http.h"\n', None),
    ("core/ctx.c", '#include "modules/inbox/inbox.h"\n', "core must not know modules"),
    ("channels/email/parse.c", '#include "core/channel.h"\n', None),
    ("channels/email/parse.c", '#include "store/db.h"\n', "channels must not know store"),
    ("channels/email/parse.c", '#include "channels/telegram/x.h"\n', "inside of another channel"),
    ("modules/inbox/inbox.c", '#include "net/http.h"\n', "modules must not know net"),
    ("modules/inbox/inbox.c", '#include "channels/email/email.h"\n', "must not know channels"),
    ("modules/inbox/inbox.c", '#include "modules/account/account.h"\n', None),
    ("modules/inbox/inbox.c", '#include "modules/inbox/rules.h"\n', None),
    ("modules/inbox/inbox.c", '#include "modules/account/rules.h"\n', "the inside of module"),
    ("modules/account/a.c", '#include "modules/inbox/inbox.h"\n', "stands below account"),
    ("modules/inbox/inbox.c", '#include "modules/gone/gone.h"\n', "must both be in"),
    ("modules/inbox/inbox_test.c", '#include "app/modules.h"\n', None),
    ("modules/inbox/inbox.c", '#include "app/modules.h"\n', "modules must not know app"),
    ("app/main.c", '#include "modules/inbox/inbox.h"\n', None),
    ("inbox/inbox.c", "", "inbox is no layer"),
    ("core/ctx.c", '#include "ctx.h"\n', "from src/ on"),
    ("core/ctx.c", '#include "tests/x.h"\n', "is in no layer"),
    ("net/http.c", "#include <microhttpd.h>\n", None),
    ("core/route.c", "#include <microhttpd.h>\n", "has its home in net/http"),
    ("modules/inbox/inbox.c", "#include <sqlite3.h>\n", "has its home in store/sqlite"),
    ("store/sqlite.c", "#include <libpq-fe.h>\n", "has its home in store/pgsql"),
    ("net/http.c", "#include <curl/curl.h>\n", "has its home in net/client"),
    ("core/ctx.c", "#include <gmime/gmime.h>\n", "has its home in channels/email"),
    ("core/ctx_test.c", "#include <gmime/gmime.h>\n", None),
    ("core/ctx.c", "#include <foo/bar.h>\n", "has no home"),
    ("core/ctx.c", "#include <sys/stat.h>\n#include <string.h>\n", None),
    ("core/ctx_test.c", "#include <cmocka.h>\n", None),
    ("core/ctx.c", "#include <cmocka.h>\n", "belongs to tests"),
    ("core/ctx.c", "void f(void) { free(p); }\n", "free() belongs to"),
    ("core/ctx.c", "void f(void) { int t = time (NULL); }\n", "time() belongs to"),
    ("modules/inbox/inbox.c", 'void f(void) { printf("x"); }\n', "printf() belongs to"),
    ("channels/email/parse.c", 'char *h = getenv("HOME");\n', "getenv() belongs to"),
    ("base/arena.c", "void f(void) { free(malloc(1)); }\n", None),
    ("core/ctx_test.c", "void f(void) { free(malloc(1)); }\n", None),
    ("core/hub.c", "void f(void) { free(malloc(1)); }\n", None),
    ("core/ctx.c", "void f(void) { arena_free(a); x.free(p); x->free(p); }\n", None),
    ("core/ctx.c", "/* free() and time() */ // malloc(\nchar *s = \"free(\";\n", None),
    ("base/str.c", "void f(void) { strcpy(a, b); }\n", "strcpy() is not used"),
    ("app/main.c", 'void f(void) { system("ls"); }\n', "system() is not used"),
    ("net/http.c", 'int n = atoi("1");\n', "atoi() is not used"),
    ("store/db.c", 'void f(void) { sprintf(a, "x"); }\n', "sprintf() is not used"),
]


def said_of(file, text):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in (("app/modules.c", MODULES), (file, text)):
            path = root / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return list(layers.check(root))


class Layers(unittest.TestCase):
    def test_each_rule(self):
        for file, text, expected in CASES:
            with self.subTest(file=file, text=text):
                said = said_of(file, text)
                if expected is None:
                    self.assertEqual(said, [])
                else:
                    self.assertEqual(len(said), 1, said)
                    self.assertIn(expected, said[0])

    def test_line_numbers_survive_comments(self):
        said = said_of("core/ctx.c", "/* one\n two */\nvoid f(void) { free(p); }\n")
        self.assertTrue(said[0].startswith("src/core/ctx.c:3:"), said)


if __name__ == "__main__":
    unittest.main()
