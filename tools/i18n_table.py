#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""i18n_table.py OUT.c EN.json ZH.json: the texts that the server says itself, as a sorted C table.

Only those of errors and states, which is what the command line and an API's caller read; the console
brings its own copy of all.
"""
import json
import sys

PREFIXES = ("error.", "account.", "chat.", "customer.", "email.", "inbox.", "inbound.", "mail.", "job.",
            "hours.")


def c_string(text):
    out = "".join(c if " " <= c < "\x7f" and c not in '"\\?' else "".join(f"\\{b:03o}" for b in c.encode())
                  for c in text)
    return f'"{out}"'


def main():
    out, english, chinese = sys.argv[1], *[json.load(open(p, encoding="utf-8")) for p in sys.argv[2:]]
    keys = sorted((k for k in english if k.startswith(PREFIXES)), key=str.encode)
    rows = "".join(f"\t{{{c_string(k)}, {{{c_string(english[k])}, {c_string(chinese[k])}}}}},\n" for k in keys)
    with open(out, "w", encoding="ascii") as f:
        f.write('#include "core/i18n.h"\n\nconst struct i18n_row i18n_rows[] = {\n'
                f"{rows}}};\nconst size_t i18n_count = sizeof i18n_rows / sizeof *i18n_rows;\n")


main()
