# SPDX-License-Identifier: Apache-2.0
"""Free ports for the servers of a test, which may stop and start again on them.

They lie below the range the system takes for outgoing connections: a port from inside it can be
somebody's in the moment between two starts.
"""
import random
import socket
from pathlib import Path

LOWEST = 20000  # browsers refuse some of the lower ones


def first_outgoing():
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


def free_ports(names):
    """A free port for each name; they are held together so that none is given twice."""
    last = max(first_outgoing(), LOWEST + 1000)
    held = {}
    while len(held) < len(names):
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", random.randrange(LOWEST, last)))
            held[names[len(held)]] = s
        except OSError:
            s.close()
    ports = {name: s.getsockname()[1] for name, s in held.items()}
    for s in held.values():
        s.close()
    return ports


def free_port():
    return free_ports(["one"])["one"]
