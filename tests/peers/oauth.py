# SPDX-License-Identifier: Apache-2.0
"""oauth.py: the least of an OAuth 2 provider, for XOAUTH2: /token renews, /introspect judges.

A refresh token is `refresh-ADDRESS`; each renewal gives a new access token of one hour.  expire()
makes every access token given so far invalid, as a provider does when time passes.
"""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

REFRESH = "refresh-"


class Tokens:
    def __init__(self, port):
        self.owners, self.given = {}, 0
        tokens = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = {key: values[0] for key, values in parse_qs(body).items()}
                status, answer = tokens.answer(self.path, form)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, form):
        if path == "/token":
            return self.renew(form)
        owner = self.owners.get(form.get("token", ""))
        return 200, {"active": bool(owner), "username": owner or ""}

    def renew(self, form):
        refresh = form.get("refresh_token", "")
        if form.get("grant_type") != "refresh_token" or not refresh.startswith(REFRESH):
            return 400, {"error": "invalid_grant"}
        self.given += 1
        token = f"access-{self.given}"
        self.owners[token] = refresh[len(REFRESH):]
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def expire(self):
        self.owners.clear()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
