"""The mail server process as a test sees it: where it is, what it holds, and what it is to do wrong."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from tests.support.smtp_process import PHASES, SmtpOptions

REPOSITORY = Path(__file__).parents[2]
TRUST = "SSL_CERT_FILE"
"""The variable by which OpenSSL, and so any Python process, is told whom to trust: the test's own certificate."""


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """One mail as the server holds it."""

    sender: str
    recipient: str
    content: bytes
    """As on the wire, after dot-unstuffing: CRLF line ends, and always one at the end."""
    encrypted: bool
    username: str | None
    """Who had logged in."""
    connection: int
    """Which connection brought it, counted from 1."""


class SmtpServerProcess:
    """A running server. The ledger is a file, so it can be read whatever became of the process."""

    def __init__(self, process: "subprocess.Popen[str]", server: SmtpServer, ledger: Path, certificate: Path | None):
        self.server = server
        self.certificate = certificate
        self._process = process
        self._ledger = ledger

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to trust the server's certificate."""
        return {} if self.certificate is None else {TRUST: str(self.certificate)}

    def mails(self) -> list[ReceivedMail]:
        """Everything taken so far, in order; also what was taken without an answer."""
        text = self._ledger.read_text() if self._ledger.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # the server may be writing the last line
        held = (json.loads(line) for line in whole.splitlines())
        return [ReceivedMail(**{**mail, "content": base64.b64decode(mail["content"])}) for mail in held]

    def said(self) -> list[tuple[int, str]]:
        """Every verb that a client has said, with the number of its connection."""
        return [(connection, verb) for connection, verb in self._order(do="said")]

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        self._order(do="hang up")

    def heal(self) -> None:
        """Forget the faults that have not come yet."""
        self._order(do="heal")

    def fault(self, kind: str, times: int = 1, to: str | None = None, **options: Any) -> None:
        """Let the server fail the next `times` times (for mails to `to` alone, from RCPT on).

        - `reject` (code, phase="rcpt"): answers with this code, like 450 or "550 5.1.1"; 421 hangs up as well
        - `close` (phase): hangs up in place of that answer
        - `close_before_data`: hangs up in place of 354
        - `close_in_data`: gets the content, does not take it, hangs up
        - `close_after_data`: takes the mail, hangs up without an answer
        - `slow` (seconds, phase="content"): answers that much later, and takes the mail before
        """
        changes: dict[str, Any]
        match kind:
            case "reject":
                changes = {"action": "answer", "answer": f"{options.pop('code')} no", "phase": "rcpt"}
            case "close":
                changes = {"action": "close"}
            case "close_before_data":
                changes = {"action": "close", "phase": "data"}
            case "close_in_data":
                changes = {"action": "close", "phase": "content"}
            case "close_after_data":
                changes = {"action": "close", "phase": "content", "taken": True}
            case "slow":
                changes = {"action": "slow", "phase": "content", "taken": True}
            case _:
                raise ValueError(f"no such fault: {kind}")
        changes |= options
        phase = changes["phase"]
        if phase not in PHASES:
            raise ValueError(f"no such phase: {phase}")
        if to is not None and phase not in ("rcpt", "data", "content"):
            raise ValueError(f"the recipient is not known yet at {phase}")
        self._order(do="fault", times=times, to=to, **changes)

    def _order(self, **order: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def smtp_server(
    folder: Path,
    *,
    security: SmtpSecurity = SmtpSecurity.NONE,
    username: str | None = None,
    password: str | None = None,
    timeout: timedelta = timedelta(seconds=10),
    sender: str = "notices@example.com",
    names: str = "IP:127.0.0.1,DNS:localhost",
    **options: Any,
) -> Iterator[SmtpServerProcess]:
    """A server on a free port of 127.0.0.1 (or `port`), its files in `folder`; it ends with the block.

    For STARTTLS and TLS a self-signed certificate for `names` is made; whoever connects must trust it by `environment`.
    More `options` are those of `SmtpOptions`.
    """
    ledger = folder / "smtp-ledger.jsonl"
    certificate = None if security is SmtpSecurity.NONE else self_signed(folder, names)
    chosen = SmtpOptions(
        ledger=str(ledger),
        certificate=None if certificate is None else str(certificate),
        encrypted_from_start=security is SmtpSecurity.TLS,
        username=username,
        password=password,
        **options,
    )
    command = [
        sys.executable,
        "-W",
        "ignore::UserWarning",
        "-m",
        "tests.support.smtp_process",
        json.dumps(asdict(chosen)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = json.loads(process.stdout.readline())["port"]
            server = SmtpServer(
                host="127.0.0.1",
                port=port,
                username=username,
                password=password,
                security=security,
                sender=sender,
                timeout=timeout,
            )
            yield SmtpServerProcess(process, server, ledger, certificate)
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def self_signed(folder: Path, names: str) -> Path:
    """A certificate with its key in one PEM file, made by the openssl program, good for two days and these names."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("the openssl program is needed to make a certificate for this test")
    request = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=notifier-test"
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "server.pem"
    subprocess.run(
        [openssl, "req", *request.split(), "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
