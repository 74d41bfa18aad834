#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mail.py: a real Dovecot and a real Postfix on loopback, in a temporary folder, for one test.

    with Mail(["desk@dengyu.example", "aiko@buyer.example"]) as mail:
        mail.send("aiko@buyer.example", ["desk@dengyu.example"], raw)    # by SMTP, delivered by LMTP
        raws = mail.wait_for("desk@dengyu.example", 1)                   # read by IMAP

Every domain ending in .example is delivered to Dovecot; a recipient it does not know bounces, anything
else is refused.  Passwords are `secret`.  Ports are free ones: mail.ports has imap (STARTTLS), imaps,
smtp (no sign-in, as another mail server), submission (STARTTLS) and smtps, and oauth, an HTTP token
endpoint at /token whose access tokens XOAUTH2 takes.  The certificate is mail.certificate, for
localhost and 127.0.0.1.  Needs root: the servers change to users of their own.

From a shell or another language: `mail.py serve ADDRESS...` prints one line of JSON and obeys lines on
stdin, answering each with `ok`: stop-imap, start-imap, stop-smtp, start-smtp, add ADDRESS.  It ends
when stdin closes.
"""
import imaplib
import json
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import oauth

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from ports import free_ports  # noqa: E402

PASSWORD = "secret"
POSTFIX_PROGRAMS = "/usr/lib/postfix/sbin"
PORTS = ("imap", "imaps", "lmtp", "sasl", "smtp", "submission", "smtps", "oauth")
DOVECOT = """
protocols = imap lmtp
base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/dovecot.log
auth_verbose = yes
listen = 127.0.0.1
ssl = yes
ssl_cert = <{at}/certificate.pem
ssl_key = <{at}/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_cache_size = 0
first_valid_uid = 1
mail_location = maildir:{at}/mail/%u
lda_mailbox_autocreate = yes
mail_max_userip_connections = 200
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {at}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {at}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {at}/users
  override_fields = uid={uid} gid={gid} home={at}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
service stats {{
  client_limit = 1000
}}
"""
OAUTH2 = """
introspection_mode = post
introspection_url = http://127.0.0.1:{oauth}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""
POSTFIX = """
compatibility_level = 3.6
queue_directory = {at}/spool
data_directory = {at}/postfix-data
command_directory = /usr/sbin
daemon_directory = {programs}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {at}/postfix.log
maillog_file_prefixes = {at}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example
mydomain = mail.example
myorigin = mail.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:nobody lives here
default_transport = error:5.1.2 only .example exists
virtual_mailbox_domains = regexp:{at}/postfix/domains
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_tls_cert_file = {at}/certificate.pem
smtpd_tls_key_file = {at}/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_sasl_security_options = noanonymous
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
lmtp_connect_timeout = 2s
lmtp_destination_recipient_limit = 1
in_flow_delay = 0
biff = no
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def wait_until(true, seconds, what):
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def listening(port):
    with socket.socket() as s:
        s.settimeout(0.5)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Mail:
    def __init__(self, addresses):
        self.addresses = list(addresses)
        self.at, self.ports = None, None
        self.dovecot = self.postfix = self.tokens = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.at = Path(tempfile.mkdtemp(prefix="aftersail-mail-"))
        self.at.chmod(0o755)
        self.ports = free_ports(PORTS)
        self.certificate = self.at / "certificate.pem"
        self.write_files()
        self.tokens = oauth.Tokens(self.ports["oauth"])
        try:
            self.start_imap()
            self.start_smtp()
        except BaseException:
            self.show_logs()
            self.stop()
            raise

    def stop(self):
        self.stop_smtp()
        self.stop_imap()
        if self.tokens:
            self.tokens.stop()
        shutil.rmtree(self.at, ignore_errors=True)

    def write_files(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.at / "key.pem", "-out", self.certificate],
            check=True, capture_output=True)
        owner = pwd.getpwnam("nobody")
        names = self.ports | {"at": self.at, "uid": owner.pw_uid, "gid": owner.pw_gid,
                              "programs": POSTFIX_PROGRAMS}
        for folder in ("mail", "home", "postfix", "spool", "postfix-data"):
            (self.at / folder).mkdir()
        for folder in ("mail", "home"):
            os.chown(self.at / folder, owner.pw_uid, owner.pw_gid)
        os.chown(self.at / "postfix-data", pwd.getpwnam("postfix").pw_uid, -1)
        (self.at / "dovecot.conf").write_text(DOVECOT.format(**names))
        (self.at / "oauth2.conf").write_text(OAUTH2.format(**names))
        (self.at / "postfix/main.cf").write_text(POSTFIX.format(**names))
        (self.at / "postfix/master.cf").write_text(MASTER.format(**names))
        (self.at / "postfix/domains").write_text("/\\.example$/ ok\n")
        self.write_users()

    def write_users(self):
        rows = "".join(f"{address}:{{PLAIN}}{PASSWORD}::::::\n" for address in self.addresses)
        (self.at / "users").write_text(rows)

    def add(self, address):
        """One more mailbox, at once."""
        self.addresses.append(address)
        self.write_users()

    # -- the two servers -------------------------------------------------------------------------

    def start_imap(self):
        self.dovecot = self.run("dovecot", "-F", "-c", self.at / "dovecot.conf")
        for name in ("imap", "lmtp", "sasl"):
            wait_until(lambda n=name: listening(self.ports[n]), 60, f"Dovecot's {name} port")

    def start_smtp(self):
        subprocess.run(["postfix", "-c", self.at / "postfix", "check"], check=True,
                       capture_output=True)
        master = Path(POSTFIX_PROGRAMS) / "master"
        self.postfix = self.run(master, "-c", self.at / "postfix", "-d")
        for name in ("smtp", "submission"):
            wait_until(lambda n=name: listening(self.ports[n]), 60, f"Postfix's {name} port")

    def stop_imap(self):
        """IMAP is away, and delivery too: what is sent waits in Postfix's queue."""
        self.dovecot = self.end(self.dovecot)

    def stop_smtp(self):
        self.postfix = self.end(self.postfix)

    def run(self, *command):
        with open(self.at / "out.log", "ab") as log:
            return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True)

    @staticmethod
    def end(child):
        if child is None:
            return
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(2)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def show_logs(self):
        for path in sorted(self.at.glob("*.log")):
            print(f"--- {path.name}\n{path.read_text(errors='replace')[-4000:]}", file=sys.stderr)

    # -- what a test does with them --------------------------------------------------------------

    def send(self, sender, recipients, raw):
        """Hand a mail to the SMTP server as another mail server would."""
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=20) as smtp:
            smtp.sendmail(sender, recipients, raw)

    def imap(self, address):
        context = ssl.create_default_context(cafile=str(self.certificate))
        imap = imaplib.IMAP4_SSL("localhost", self.ports["imaps"], ssl_context=context, timeout=20)
        imap.login(address, PASSWORD)
        return imap

    def append(self, address, raw, folder="INBOX", flags=""):
        """Put a mail into a mailbox without SMTP."""
        with self.imap(address) as imap:
            kind, answer = imap.append(folder, flags, None, raw)
            if kind != "OK":
                raise RuntimeError(f"APPEND: {answer}")

    def read(self, address, folder="INBOX"):
        """All mails of a folder, in order, as bytes; reading sets no flag."""
        with self.imap(address) as imap:
            kind, _ = imap.select(folder, readonly=True)
            if kind != "OK":
                return []
            numbers = imap.search(None, "ALL")[1][0].split()
            return [imap.fetch(n, "(BODY.PEEK[])")[1][0][1] for n in numbers]

    def empty(self, address, folder="INBOX"):
        with self.imap(address) as imap:
            kind, answer = imap.select(folder)
            if kind == "OK" and answer != [b"0"]:
                imap.store("1:*", "+FLAGS", "\\Deleted")
                imap.expunge()

    def wait_for(self, address, count, folder="INBOX", seconds=60):
        """The mails of a folder once there are at least `count`."""
        found = []

        def enough():
            found[:] = self.read(address, folder)
            return len(found) >= count

        try:
            wait_until(enough, seconds, f"{count} mails in {folder} of {address}")
        except TimeoutError as e:
            self.show_logs()
            raise TimeoutError(f"{e}, has {len(found)}") from e
        return list(found)


def obey(mail, line):
    words = line.split()
    acts = {"stop-imap": mail.stop_imap, "start-imap": mail.start_imap,
            "stop-smtp": mail.stop_smtp, "start-smtp": mail.start_smtp}
    if words[:1] == ["add"] and len(words) == 2:
        mail.add(words[1])
    elif line in acts:
        acts[line]()
    else:
        return f"unknown: {line}"
    return "ok"


def main():
    if sys.argv[1:2] != ["serve"]:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Mail(sys.argv[2:]) as mail:
        print(json.dumps({"ports": mail.ports, "certificate": str(mail.certificate),
                          "password": PASSWORD, "folder": str(mail.at)}), flush=True)
        for line in sys.stdin:
            print(obey(mail, line.strip()), flush=True)


if __name__ == "__main__":
    main()
