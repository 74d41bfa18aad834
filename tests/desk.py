# SPDX-License-Identifier: Apache-2.0
"""A real desk for tests: the program on a temporary folder, spoken to over HTTP.

    with Desk(demo=True) as desk:
        mei = desk.sign_in('mei.lin@dengyu.example')
        mei.get('/conversations?list=all')['items']

AFTERSAIL_BIN names the program (default build/aftersail); Desk(pgsql=URL) runs on that database.
"""
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse
import uuid
from pathlib import Path

from ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("AFTERSAIL_BIN", str(ROOT / "build" / "aftersail"))
PASSWORD = "aftersail-demo"


def fresh_database(url):
    """A new database beside the given one; the name is dropped by nobody: the cluster is temporary."""
    name = "t" + uuid.uuid4().hex[:12]
    subprocess.run(["psql", "-qX", url, "-c", f"CREATE DATABASE {name}"], check=True)
    return url.rsplit("/", 1)[0] + "/" + name


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def json(self):
        return json.loads(self.data)


class Client:
    """Somebody who talks to the desk: an agent by cookie, a visitor by token, or nobody."""

    def __init__(self, port, cookie=None, token=None):
        self.port, self.cookie, self.token = port, cookie, token

    def call(self, method, path, body=None, headers=None, timeout=30):
        head = dict(headers or {})
        if self.cookie:
            head["Cookie"] = "aftersail=" + self.cookie
        if self.token:
            head["Authorization"] = "Bearer " + self.token
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            head.setdefault("Content-Type", "application/json")
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            base = "" if path.startswith(("/api", "/healthz", "//")) else "/api/v1"
            c.request(method, base + path, body, head)
            r = c.getresponse()
            return Answer(r.status, r.headers, r.read())
        finally:
            c.close()

    def want(self, status, method, path, body=None, **kw):
        a = self.call(method, path, body, **kw)
        assert a.status == status, f"{method} {path}: {a.status} {a.data[:300]!r}, wanted {status}"
        return a.json if a.data and "json" in a.headers.get("Content-Type", "") else a

    def get(self, path, status=200, **kw):
        return self.want(status, "GET", path, **kw)

    def post(self, path, body=None, status=201, **kw):
        return self.want(status, "POST", path, body, **kw)

    def patch(self, path, body, status=200, **kw):
        return self.want(status, "PATCH", path, body, **kw)

    def upload(self, path, data, kind="application/octet-stream"):
        return self.want(201, "POST", path, data, headers={"Content-Type": kind})

    def stream(self, path):
        return Stream(self, path)


class Stream:
    """Server-sent events, read line by line."""

    def __init__(self, client, path):
        head = {"Cookie": "aftersail=" + client.cookie} if client.cookie else {}
        if client.token:
            head["Authorization"] = "Bearer " + client.token
        self.c = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
        self.c.request("GET", "/api/v1" + path, headers=head)
        self.r = self.c.getresponse()
        assert self.r.status == 200, self.r.status

    def next(self, event=None, seconds=30):
        """The next event (of that name) as (name, data)."""
        end = time.time() + seconds
        name, data = "message", ""
        while time.time() < end:
            if self.c.sock:
                self.c.sock.settimeout(max(0.1, end - time.time()))
            line = self.r.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data += line[6:]
            elif line == "" and (data or name != "message"):
                if event in (None, name):
                    return name, json.loads(data or "{}")
                name, data = "message", ""
        raise AssertionError(f"no event {event or ''} within {seconds} s")

    def close(self):
        self.r.close()  # it holds the socket too
        self.c.close()


class Desk:
    def __init__(self, demo=False, pgsql=None, folder=None, flags=(), env=None, program=None):
        self.program = program or PROGRAM
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="aftersail-desk-")
        self.data = os.path.join(self.folder, "data")
        self.port = free_port()
        self.flags = list(flags)
        self.env = {**os.environ, **(env or {})}
        self.pgsql = fresh_database(pgsql) if pgsql else None
        self.process = None
        self.demo = demo

    def command(self, *args, **kw):
        flags = ["--data", self.data] + (["--database", self.pgsql] if self.pgsql else [])
        return subprocess.run([self.program, *args, *flags], env=self.env, capture_output=True, text=True, **kw)

    def prepare(self):
        if self.demo:
            done = self.command("demo")
        else:
            done = self.command("init", "--email", "admin@desk.example", input=PASSWORD + "\n")
        assert done.returncode == 0, done.stderr

    def start(self, wait=20):
        flags = ["--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        flags += ["--database", self.pgsql] if self.pgsql else []
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([self.program, "serve", *flags, *self.flags], stderr=self.log, env=self.env)
        end = time.time() + wait
        while time.time() < end:
            try:
                if self.nobody().call("GET", "/healthz", timeout=2).status == 200:
                    return self
            except OSError:
                assert self.process.poll() is None, "the desk ended: " + self.tail()
                time.sleep(0.02)
        raise AssertionError("the desk does not answer: " + self.tail())

    def tail(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()[-3000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=30):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(seconds)
            assert code == 0, f"the desk ended with {code}: {self.tail()}"

    def __enter__(self):
        try:
            if not os.path.exists(self.data):
                self.prepare()
            return self.start()
        except BaseException:
            self.clean()
            raise

    def __exit__(self, kind, *_):
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            self.clean()

    def clean(self):
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text):
        """One statement straight on the database, as text."""
        if self.pgsql:
            return subprocess.run(["psql", "-qXAt", self.pgsql, "-c", text], check=True, capture_output=True,
                                  text=True).stdout.strip()
        db = sqlite3.connect(os.path.join(self.data, "aftersail.db"), timeout=20, isolation_level=None)
        try:
            return "\n".join("|".join(str(v) for v in row) for row in db.execute(text).fetchall())
        finally:
            db.close()

    def nobody(self):
        return Client(self.port)

    def sign_in(self, email="admin@desk.example", password=PASSWORD):
        a = self.nobody().call("POST", "/session", {"email": email, "password": password})
        assert a.status == 201, a.data
        return Client(self.port, cookie=a.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])

    def visitor(self, key="demo-shop", language="en", **more):
        s = self.nobody().post(f"/chat/{urllib.parse.quote(key)}/start",
                               {"client_id": uuid.uuid4().hex, "language": language, **more})
        return Client(self.port, token=s["token"])
