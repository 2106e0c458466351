"""A port that nobody listens on."""

import socket


def free_port() -> int:
    """Free a moment ago. For what must know its own address before it begins, or that nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
