"""The service on a port of this machine, with a message that Twilio has taken."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from twilio.request_validator import RequestValidator

from notifier.bounces.verp import BounceAddress
from notifier.consent.mails import MailDesk
from notifier.intake.parsing import ImportContext
from notifier.model.types import ChannelName
from notifier.serving.app import build
from notifier.serving.parts import Parts
from tests.support.confirming import Provider
from tests.support.rig import Rig, ana, open_rig, visit

TOKEN = "twilio-token-of-the-tests"
OLD_TOKEN = "twilio-token-before-it"
SHARED_KEY = "shared-key-of-the-tests"
KEY = "k" * 32
API_TOKEN = "t" * 32
OURS = "+15005550006"
BOUNCES = BounceAddress(address="bounce@notices.example.com", key=KEY)
PUBLIC = "https://notices.example.com/hooks"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Service:
    """A running service, and the notifier beside it."""

    port: int
    rig: Rig
    parts: Parts

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request; underscores in the names of headers are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.read().decode())

    def twilio(self, path: str, form: Mapping[str, str], *, signed: Mapping[str, str] | None = None) -> Answer:
        """A form as Twilio sends it; `signed` is another one that its signature is for."""
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, dict(form if signed is None else signed))
        return self.call("POST", path, urlencode(form).encode(), Content_Type=FORM, X_Twilio_Signature=signature)


@contextmanager
def running(parts: Parts, port: int = 0) -> Iterator[int]:
    """The port of the service, in a thread of this process; a free one unless a test names it."""
    server = uvicorn.Server(
        uvicorn.Config(build(parts), host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Ana was told of a visit by SMS and by mail."""
    folder = tmp_path_factory.mktemp("serving")
    channels: Any = {ChannelName.SMS: Provider("twilio"), ChannelName.EMAIL: Provider("smtp")}
    with open_rig(folder, f"sqlite:///{folder / 'notifier.db'}", channels) as rig:
        rig.set(customer=[ana()], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        parts = Parts(
            database=rig.database,
            clock=rig.clock,
            live=False,
            company="Fibra",
            public_url=PUBLIC,
            auth_tokens=(TOKEN, OLD_TOKEN),
            shared_key=SHARED_KEY,
            token_key=KEY,
            project=lambda: rig.ruleset.project,
            our_numbers=frozenset({OURS}),
            desk=MailDesk(
                bounces=BOUNCES,
                live=False,
                company="Fibra",
                project=lambda: rig.ruleset.project,
                ours=frozenset({"notices@example.com"}),
            ),
            api_token=API_TOKEN,
            imports=lambda: ImportContext.of(rig.ruleset.project),
        )
        with running(parts) as port:
            yield Service(port, rig, parts)
