#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""i18n_check.py [ROOT]: the texts a person reads, in every language, and all of them used.

- a key the server fails with or the console shows stands in en.json and in zh-CN.json;
- a translation has the same placeholders as English, and no key that English has not;
- a key of en.json is used somewhere: as a whole literal, or below a prefix put together at run time
  such as t(`status.${s}`);
- the widget's languages all have the same keys as its English.
"""
import json
import re
import sys
from pathlib import Path

COMPLETE = ("en", "zh-CN")
KEY = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"
FAIL = re.compile(r'\bfail\(\s*\w+\s*,\s*E_\w+\s*,\s*"([^"]+)"')
# Keys on their way to a person by other means: refuse(..., "key"), .key = "key", return "key".
HANDED = re.compile(r'(?:\brefuse\(|\bkey = |\breturn (?=")).*')
IN_C = re.compile(r'"(' + KEY + r')"')
SHOWN = re.compile(r"""(?<![\w$])\$?t[ce]?\(\s*(['"`])(""" + KEY + r")\1")
ATTRIBUTE = re.compile(r"""\b(?:keypath|path|titleKey|title-key)[=:]\s*["'](""" + KEY + r")[\"']")
LITERAL = re.compile(r"""["'`](""" + KEY + r""")["'`]""")
PREFIX = re.compile(r"`(" + KEY.replace("+)+", "+)*") + r"\.)\$\{")
JOINED = re.compile(r"""["'](""" + KEY.replace("+)+", "+)*") + r"""\.)(?:["']\s*\+|%s|%\.\*s|["'])""")
# The console's messages give @ { } a meaning of their own; as themselves they are quoted.
ESCAPED = re.compile(r"\{'[^']*'\}")
PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")
WORDS_OF_SERVER = (".c", ".h", ".sql")
WORDS_OF_CONSOLE = (".vue", ".ts", ".js", ".html")


def placeholders(text):
    return set(PLACEHOLDER.findall(ESCAPED.sub("", text)))


def read_language(path):
    """The keys of one file; a key that stands twice is an error of its own."""
    wrong = []

    def pairs(rows):
        seen = {}
        for key, value in rows:
            if key in seen:
                wrong.append(f"{path.name}: {key} stands twice")
            seen[key] = value
        return seen

    words = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=pairs)
    for key, value in words.items():
        if not isinstance(value, str):
            wrong.append(f"{path.name}: {key} is not a text")
        elif not re.fullmatch(r"(?:[^@{}]|" + ESCAPED.pattern + r"|\{\s*\w+\s*\})*", value):
            wrong.append(f"{path.name}: {key}: write @ {{ }} as {{'@'}}")
        elif not value.strip():
            wrong.append(f"{path.name}: {key} is empty")
    return {k: v for k, v in words.items() if isinstance(v, str)}, wrong


def sources(root, folder, endings):
    skip = {"node_modules", "dist"}
    for path in sorted((root / folder).rglob("*")):
        test = re.search(r"(_test|_fuzz|\.spec|\.test)$", path.stem)
        if path.suffix in endings and not skip & set(path.parts) and not test:
            yield path, path.read_text(encoding="utf-8", errors="replace")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


class Uses:
    """What the sources say: keys that must exist, and what makes a key count as used."""

    def __init__(self, root):
        self.must, self.literals, self.prefixes = [], set(), set()
        for path, text in sources(root, "src", WORDS_OF_SERVER):
            self.take(root, path, text, (FAIL,))
            self.take_handed(root, path, text)
        for path, text in sources(root, "web", WORDS_OF_CONSOLE):
            self.take(root, path, text, (SHOWN, ATTRIBUTE))

    def take(self, root, path, text, patterns):
        for pattern in patterns:
            for found in pattern.finditer(text):
                key = found.group(found.lastindex)
                self.must.append((f"{path.relative_to(root)}:{line_of(text, found.start())}", key))
        self.literals.update(LITERAL.findall(text))
        self.prefixes.update(PREFIX.findall(text))
        self.prefixes.update(JOINED.findall(text))

    def take_handed(self, root, path, text):
        for n, line in enumerate(text.splitlines(), 1):
            for part in HANDED.findall(line):
                self.must += [(f"{path.relative_to(root)}:{n}", key) for key in IN_C.findall(part)]

    def has(self, key):
        return key in self.literals or key.startswith(tuple(self.prefixes))


def check_languages(folder, complete):
    languages, wrong = {}, []
    for path in sorted(folder.glob("*.json")):
        languages[path.stem], more = read_language(path)
        wrong += more
    english = languages.get("en", {})
    for name in complete or languages:
        for key in sorted(english.keys() - languages.get(name, {}).keys()):
            wrong.append(f"{folder.name}/{name}.json: {key} is missing")
    for name, words in languages.items():
        for key, text in words.items():
            if key not in english:
                wrong.append(f"{folder.name}/{name}.json: {key} is not in en.json")
            elif placeholders(text) != placeholders(english[key]):
                wrong.append(f"{folder.name}/{name}.json: {key} has other placeholders than English")
    return english, wrong


def check(root):
    folder = root / "i18n"
    if not folder.exists():
        return []
    english, wrong = check_languages(folder, COMPLETE)
    uses = Uses(root)
    wrong += [f"{where}: {key} is not in en.json" for where, key in uses.must if key not in english]
    wrong += [f"i18n/en.json: {key} is used nowhere" for key in english if not uses.has(key)]
    if (folder / "widget").exists():
        wrong += check_languages(folder / "widget", None)[1]
    return wrong


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    wrongs = check(root)
    print("\n".join(wrongs + [f"i18n: {len(wrongs)} found"]))
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
