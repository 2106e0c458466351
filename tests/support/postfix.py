"""Debian's Postfix as a mail server of the test's own: its configuration, queue and data in one temporary folder.

It must be started by root, listens on 127.0.0.1, and runs as users that the machine has anyway. Nothing of a mail
server that the machine may run is touched. Where Debian's Exim is installed Postfix cannot be, so
`NOTIFIER_TEST_POSTFIX` may name a folder into which its packages were unpacked (`apt-get download postfix liblmdb0 …`,
`dpkg-deb --extract`).
"""

import grp
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from tests.support.doorman import Doorman
from tests.support.kept import kept
from tests.support.scratch import short_folder

ROOT = Path(os.environ.get("NOTIFIER_TEST_POSTFIX", "/"))
MASTER = ROOT / "usr/lib/postfix/sbin/master"
RUNS = MASTER.exists() and os.geteuid() == 0
"""Whether it is there, and may be started."""
_STARTS_WITHIN = 20.0

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {folder}
mail_owner = {owner}
setgid_group = {group}
import_environment = MAIL_CONFIG LD_LIBRARY_PATH={root}/usr/lib/postfix:{root}/usr/lib/x86_64-linux-gnu
maillog_file = {folder}/log/mail
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination = example.com
alias_maps =
local_recipient_maps =
smtpd_reject_unlisted_recipient = no
relay_domains = notices.example.com
transport_maps = inline:{{ {{ notices.example.com = notifier: }} }}
notifier_destination_recipient_limit = 1
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtpd_recipient_restrictions =
smtpd_relay_restrictions = permit_mynetworks, reject
"""
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
notifier unix - n n - 2 pipe flags=RO user=nobody argv={pipe}
"""
QUEUES = "active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace"


@dataclass(frozen=True, kw_only=True)
class Postfix:
    """A running Postfix: a mail to ghost@example.com comes back, and what goes to notices.example.com is piped into the
    notifier of `project`."""

    server: SmtpServer
    folder: Path
    doorman: Doorman

    @property
    def project(self) -> Path:
        """The project folder of the notifier into which Postfix pipes."""
        return self.doorman.project

    @property
    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "log" / "mail").read_text(errors="replace")


@contextmanager
def postfix() -> Iterator[Postfix]:
    """Runs until the block ends. Raises RuntimeError with Postfix's own words where it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-postfix-", dir=short_folder()))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    doorman = _write(folder, port)
    libraries = f"{ROOT}/usr/lib/postfix:{ROOT}/usr/lib/x86_64-linux-gnu"
    environment = {"MAIL_CONFIG": str(folder), "LD_LIBRARY_PATH": libraries, "PATH": "/usr/bin:/bin"}
    command: list[str | Path] = [MASTER, "-c", folder, "-d"]
    with kept(command, ends_by=signal.SIGTERM, folders=[folder], environment=environment) as keeper:
        _wait_for(keeper, port, folder)
        server = SmtpServer(host="127.0.0.1", port=port, security=SmtpSecurity.NONE, sender="notices@example.com")
        yield Postfix(server=server, folder=folder, doorman=doorman)


def _write(folder: Path, port: int) -> Doorman:
    owner = _first("postfix", "daemon")
    group = next(name for name in ("postdrop", "utmp") if name in {each.gr_name for each in grp.getgrall()})
    folder.chmod(0o755)
    for name in ("queue", "data", "log", "project", *(f"queue/{queue}" for queue in QUEUES.split())):
        (folder / name).mkdir()
    given = ("data", *(f"queue/{queue}" for queue in QUEUES.split() if queue != "pid"))
    for name in given:
        os.chown(folder / name, owner.pw_uid, -1)
    for name in ("public", "maildrop"):
        os.chown(folder / "queue" / name, owner.pw_uid, grp.getgrnam(group).gr_gid)
    doorman = Doorman(folder / "project")
    doorman.write(folder / "pipe")
    values = {"folder": folder, "root": str(ROOT).rstrip("/"), "owner": owner.pw_name, "group": group}
    (folder / "main.cf").write_text(MAIN.format(**values))
    (folder / "master.cf").write_text(SERVICES.format(port=port, pipe=folder / "pipe").lstrip())
    return doorman


def _first(*names: str) -> pwd.struct_passwd:
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in names if name in known)


def _wait_for(keeper: "subprocess.Popen[str]", port: int, folder: Path) -> None:
    give_up = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < give_up and keeper.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    log = folder / "log" / "mail"
    raise RuntimeError(f"Postfix does not listen: {log.read_text(errors='replace') if log.exists() else 'no log'}")
