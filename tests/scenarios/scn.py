# SPDX-License-Identifier: Apache-2.0
"""scn.py: the scenario format: requests over HTTP and what must come back.  See README.md."""
import json
import re
import uuid

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST = re.compile(r"^(%s) (\S+)(?:\s+(.*))?$" % "|".join(METHODS))
CHECK = re.compile(r"^\s+([\w.*]+)\s+(=|has|->|absent)\s*(.*)$")


class Wrong(AssertionError):
    pass


def parse(text):
    """[(title, [(line number, kind, parts)])] of a file."""
    scenes = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        if line.startswith("## "):
            scenes.append((line[3:], []))
            continue
        if not scenes:
            raise ValueError(f"line {n}: a scene begins with '## title'")
        scenes[-1][1].append((n,) + parse_line(n, line))
    return scenes


def parse_line(n, line):
    request, check = REQUEST.match(line), CHECK.match(line)
    if line.startswith("as "):
        return "as", line[3:].strip()
    if request:
        return "request", request.groups()
    if re.fullmatch(r"= \d{3}", line):
        return "status", int(line[2:])
    if check:
        return "check", check.groups()
    raise ValueError(f"line {n}: not understood: {line}")


def at(value, path):
    """Every value a dotted path leads to; `*` goes through a list."""
    found = [value]
    for part in path.split("."):
        following = []
        for v in found:
            if part == "*" and isinstance(v, list):
                following += v
            elif isinstance(v, list) and part.isdigit() and int(part) < len(v):
                following.append(v[int(part)])
            elif isinstance(v, dict) and part in v:
                following.append(v[part])
        found = following
    return found


class Player:
    """Plays the steps of one scene on a desk."""

    def __init__(self, desk):
        self.desk, self.clients, self.client = desk, {}, desk.nobody()
        self.names, self.status, self.body = {"uuid": str(uuid.uuid4())}, None, None

    def fill(self, text):
        return re.sub(r"\$(\w+)", lambda m: str(self.names[m[1]]), text)

    def play(self, steps):
        for n, kind, parts in steps:
            try:
                getattr(self, "do_" + kind)(parts)
            except Wrong as wrong:
                raise Wrong(f"line {n}: {wrong}\n  {self.status} {self.body}") from None

    def do_as(self, who):
        if who not in self.clients:
            self.clients[who] = self.desk.nobody() if who == "nobody" else self.desk.sign_in(who)
        self.client = self.clients[who]

    def do_request(self, parts):
        method, path, body = parts
        body = self.fill(body).encode() if body else None
        headers = {"Content-Type": "application/json"} if body else {}
        answer = self.client.call(method, self.fill(path), body, headers)
        self.status, self.body = answer.status, answer.json if answer.data[:1] in b"{[" else None

    def do_status(self, expected):
        if self.status != expected:
            raise Wrong(f"expected {expected}")

    def do_check(self, parts):
        path, how, text = parts
        found = at(self.body, path)
        if how == "absent":
            good = not found
        elif how == "->":
            good = bool(found)
            self.names[text] = found[0] if found else None
        elif how == "=":
            good = json.loads(self.fill(text)) in found
        else:
            good = any(json.loads(self.fill(text)) in str(v) for v in found)
        if not good:
            raise Wrong(f"{path} {how} {text}: found {found[:3]}")
