"""Debian's Exim as a mail server of the test's own: its configuration, spool and mailboxes in one temporary folder.

It listens on 127.0.0.1 and delivers into files. Nothing of a mail server that the machine may run is touched.
"""

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import IO

from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from tests.support.doorman import Doorman, receive
from tests.support.kept import kept
from tests.support.scratch import short_folder
from tests.support.smtp_server import self_signed

BINARY = shutil.which("exim4") or ("/usr/sbin/exim4" if Path("/usr/sbin/exim4").exists() else None)
"""None where Exim is not installed."""
_STARTS_WITHIN = 20.0

CONFIGURATION = """
primary_hostname = mail.example.com
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
exim_user = {user}
exim_group = {group}
never_users =
keep_environment =
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
host_lookup =
rfc1413_query_timeout = 0s
dsn_advertise_hosts = *
queue_only = true
prod_requires_admin = false
deliver_drop_privilege = true
message_size_limit = 100K
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
acl_smtp_mail = check_sender
acl_smtp_rcpt = check_recipient
acl_smtp_data = check_content

begin acl
check_sender:
  deny
    senders = stranger@example.com
    message = sender not allowed here
  accept
check_recipient:
  accept
    local_parts = ghost : ^bounce[+]
  defer
    local_parts = grey
    message = 4.7.1 greylisted, try again in five minutes
  defer
    local_parts = full
    message = 452 4.2.2 mailbox of $local_part@$domain is full
  deny
    ! domains = example.com
    message = relay not permitted
  require
    verify = recipient
  accept
check_content:
  deny
    message = this looks like spam
    condition = ${{if match{{$h_subject:}}{{spam}}}}
  accept

begin routers
bounces:
  driver = accept
  local_parts = bounce
  local_part_suffix = +*
  transport = notifier
replies:
  driver = accept
  local_parts = replies
  transport = notifier
mailbox:
  driver = accept
  local_parts = ana : ^customer-
  transport = file
  cannot_route_message = Unknown user

begin transports
file:
  driver = appendfile
  directory = {folder}/mail
  user = {user}
  maildir_format
  use_crlf
  envelope_to_add = false
  return_path_add = false
  delivery_date_add = false
notifier:
  driver = pipe
  command = {pipe}
  user = {user}
  return_path_add
  temp_errors = 73 : 75
  timeout = 2m
  log_output
begin retry
* * F,1h,1s
"""


@dataclass(frozen=True, kw_only=True)
class Exim:
    """A running Exim: it takes mails to ana and customer-… at example.com, in the clear or by STARTTLS.

    A mail to ghost is taken, too, and comes back. What goes to bounce+… and to replies is piped into the notifier of
    `project`.
    """

    server: SmtpServer
    folder: Path

    @property
    def certificate(self) -> Path:
        """Whom to trust."""
        return self.folder / "server.pem"

    @cached_property
    def doorman(self) -> Doorman:
        """Runs the notifier for Exim, where root started that."""
        return Doorman(self.project)

    @property
    def project(self) -> Path:
        """The project folder of the notifier into which Exim pipes."""
        return self.folder / "project"

    def give(self, *paths: Path) -> None:
        """Let these files be of the user as whom Exim runs the pipe."""
        for path in paths:
            shutil.chown(path, _user())

    def deliver(self) -> list[bytes]:
        """Deliver everything that waits; all mails so far, as they stand in their files."""
        command: list[str | Path] = [str(BINARY), "-C", str(self.folder / "exim.conf"), "-qff"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/") as process:
            while process.poll() is None:
                self.doorman.look()
                time.sleep(0.02)
        assert process.returncode == 0
        return [file.read_bytes() for file in (self.folder / "mail").glob("new/*")]


@contextmanager
def exim() -> Iterator[Exim]:
    """Runs until the block ends. Raises RuntimeError with Exim's own words where it does not start."""
    # Not pytest's folder: that is closed to the user to whom Exim changes where root starts it.
    folder = Path(tempfile.mkdtemp(prefix="notifier-exim-", dir=short_folder()))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _write(folder, port)
    command: list[str | Path] = [str(BINARY), "-C", folder / "exim.conf", "-bdf"]
    with (
        tempfile.TemporaryFile() as output,
        kept(command, ends_by=signal.SIGKILL, folders=[folder], output=output) as keeper,
    ):
        _wait_for(keeper, port, output)
        server = SmtpServer(
            host="127.0.0.1",
            port=port,
            security=SmtpSecurity.NONE,
            sender="notices@example.com",
            timeout=timedelta(seconds=20),
        )
        yield Exim(server=server, folder=folder)


def _write(folder: Path, port: int) -> None:
    user = _user()
    account = pwd.getpwnam(user)
    group = grp.getgrgid(account.pw_gid).gr_name
    for name in ("spool", "log", "mail", "project"):
        (folder / name).mkdir()
    self_signed(folder, "IP:127.0.0.1")
    pipe = " ".join(receive(folder / "project"))
    if os.geteuid() == 0:
        pipe = str(folder / "pipe")
        Doorman(folder / "project").write(folder / "pipe")
    (folder / "exim.conf").write_text(CONFIGURATION.format(folder=folder, user=user, group=group, port=port, pipe=pipe))
    if os.geteuid() == 0:
        for path in (folder, *(folder / name for name in ("spool", "log", "mail", "project", "server.pem"))):
            os.chown(path, account.pw_uid, account.pw_gid)


def _user() -> str:
    return "nobody" if os.geteuid() == 0 else getpass.getuser()


def _wait_for(keeper: "subprocess.Popen[str]", port: int, output: IO[bytes]) -> None:
    give_up = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < give_up and keeper.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    output.seek(0)
    raise RuntimeError(f"Exim does not listen: {output.read().decode(errors='replace')}")
