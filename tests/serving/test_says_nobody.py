"""What the service logs names nobody: ids alone, whatever is sent to it, and however it fails."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from notifier.bounces.verp import BY_HTTP
from notifier.logs import configure_logs
from notifier.model.tokens import UNSUBSCRIBE, token
from notifier.store.database import open_engine
from tests.serving.conftest import FORM, KEY, TOKEN, Service, running
from tests.support.logs import draw_no_tracebacks

SECRETS = ("3001234567", "3009999999", "buzón", "ana@example.com", "llego tarde", "Ana", TOKEN, KEY)

MAILS = (
    b"From: ana@example.com\nTo: bounce@notices.example.com\nSubject: Ana\n\nllego tarde\n",
    b"From: MAILER-DAEMON@mx.example.org\nTo: bounce@notices.example.com\n\n"
    + "550 5.1.1 <ana@example.com>: el buzón de Ana Ruiz no existe\n".encode(),
)
"""What comes back names whom it did not reach."""


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, down to the smallest."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(level="debug", json=True, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    draw_no_tracebacks()


def test_ids_are_logged_and_nothing_that_people_wrote_or_are_called(service: Service, logged: io.StringIO) -> None:
    reference = service.rig.notices()[0].reference
    link = f"/unsubscribe/{reference}/{token(KEY, UNSUBSCRIBE, reference, 'ana@example.com')}"
    reply = {"MessageSid": "SMlog1", "From": "+573001234567", "To": "+15005550006", "Body": "Ana, llego tarde"}
    status = {"MessageSid": "SMlog2", "MessageStatus": "undelivered", "To": "+573001234567", "ErrorCode": "30003"}
    with running(replace(service.parts, database=open_engine("sqlite:////nowhere/at/all.db"))) as port:
        for each in (service, replace(service, port=port)):
            each.twilio("/twilio/inbound", reply)
            each.twilio("/twilio/status", status)
            each.twilio("/twilio/status", status, signed={})
            each.call("POST", link, b"List-Unsubscribe=One-Click", Content_Type=FORM)
            each.twilio("/twilio/inbound", reply | {"MessageSid": "SMlog3", "From": "+573009999999"})
            for mail in MAILS:
                each.call("POST", f"/bounces/{token(KEY, BY_HTTP)}", mail, Content_Type="message/rfc822")
            each.call("POST", "/twilio/status", b"\xff\xfe=\x00;;&&", Content_Type=FORM)
    printed = logged.getvalue()
    for event in ("reply.heard", "reply.from_nobody", "bounce.leads_nowhere", "unsubscribe.done"):
        assert event in printed
    assert "request.not_stored" in printed
    assert [secret for secret in SECRETS if secret in printed] == []
