"""Processes of the section `callbacks`: `python -m bench.callback_processes ours|bare|send URL …`.

`ours` is the service, `bare` a FastAPI handler that inserts one row, as anybody would write it; they print their port.
`send` is a daemon that sends mails at a steady pace: it prints a line when it begins, and at its end how many it sent.
Each ends with its standard input.
"""

import socket
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import structlog
import uvicorn
from fastapi import FastAPI, Form, Response

from bench.callbacks import KEPT_OPEN, PATH, PUBLIC_URL
from bench.project import load_ruleset
from bench.providers import SENDER
from bench.sending import BEGIN
from bench.stubs import AUTH_TOKEN
from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from notifier.delivery.smtp_email import SmtpEmail
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.dispatch import Dispatcher
from notifier.serving.app import build
from notifier.serving.parts import Parts
from notifier.store.database import open_engine

BARE = sa.Table(
    "bare_callback",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sid", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
)
_BEGAN = time.perf_counter()


def clock() -> datetime:
    """The time in the state of the benchmark."""
    return BEGIN + timedelta(seconds=time.perf_counter() - _BEGAN)


def ours(database: sa.Engine) -> FastAPI:
    """The service."""
    return build(
        Parts(
            database=database, clock=clock, live=True, company="Fibra", public_url=PUBLIC_URL, auth_tokens=(AUTH_TOKEN,)
        )
    )


def bare(database: sa.Engine) -> FastAPI:
    """One row for each request, nothing else: no signature is checked, and no message found."""
    BARE.create(database, checkfirst=True)
    app = FastAPI()

    @app.post(PATH, status_code=204)
    def insert(
        sid: Annotated[str, Form(alias="MessageSid")], status: Annotated[str, Form(alias="MessageStatus")]
    ) -> Response:
        with database.begin() as connection:
            connection.execute(sa.insert(BARE).values(sid=sid, status=status))
        return Response(status_code=204)

    return app


def serve(app: FastAPI) -> None:
    """Serve on a free port until the standard input ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1_000)
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=KEPT_OPEN)
        )

        def end() -> None:
            sys.stdin.read()
            server.should_exit = True

        threading.Thread(target=end, daemon=True).start()
        print(listening.getsockname()[1], flush=True)
        server.run(sockets=[listening])


def send(database: sa.Engine, relay: int, project: Path, seconds: float) -> None:
    """Send what waits, so that it lasts about so many `seconds`, until the standard input ends."""
    ruleset = load_ruleset(project)
    outlet = Outlet(live=True, channel=ChannelName.EMAIL)
    server = SmtpServer(host="127.0.0.1", port=relay, security=SmtpSecurity.NONE, sender=SENDER)
    with database.connect() as connection:
        waiting = connection.exec_driver_sql("SELECT count(*) FROM message WHERE state = 'queued'").scalar_one()
    ended = threading.Event()
    with Dispatcher(database, outlet, SmtpEmail(server), clock, pace=Pace(waiting / seconds)) as dispatcher:

        def end() -> None:
            sys.stdin.read()
            ended.set()
            dispatcher.stop()

        threading.Thread(target=end, daemon=True).start()
        dispatcher.dispatch(ruleset, at_most=timedelta())  # one lease: builds statements, which a daemon does once
        print("sends", flush=True)
        sent = 0
        while not ended.wait(0.2):
            sent += dispatcher.dispatch(ruleset, at_most=timedelta(seconds=2)).accepted
    print(sent, flush=True)


def main() -> None:
    """Play the role that the command line names."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    role, url, *rest = sys.argv[1:]
    database = open_engine(url)
    match role:
        case "ours":
            serve(ours(database))
        case "bare":
            serve(bare(database))
        case "send":
            send(database, int(rest[0]), Path(rest[1]), float(rest[2]))
        case _:
            raise ValueError(role)


if __name__ == "__main__":
    main()
