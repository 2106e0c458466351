"""Ports and addresses of servers for tests."""

import os
import socket

LISTEN_VARIABLE = "FAKES_LISTEN_AT"
"""The environment variable with the address at which fakes listen, where machines other than this one reach them."""


def listens_at() -> str:
    """The address at which a fake listens: this machine's own, unless a variable says another."""
    return os.environ.get(LISTEN_VARIABLE, "127.0.0.1")


def free_port() -> int:
    """Free a moment ago. For what must know its own address before it begins, or that nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
