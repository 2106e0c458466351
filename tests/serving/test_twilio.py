"""What says that it is Twilio's: believed with Twilio's signature alone, and answered once it is committed."""

import socket
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from notifier.serving.bodies import LARGEST
from notifier.serving.parts import Parts
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.tables import CONSENT_ENTRY, RECEIPT, REPLY
from tests.serving.conftest import FORM, OLD_TOKEN, OURS, PUBLIC, SHARED_KEY, TOKEN, Answer, Service, running

XML = '<?xml version="1.0" encoding="UTF-8"?>'
STATUS, INBOUND = "/twilio/status", "/twilio/inbound"


def told(sid: str = "twiliox1", status: str = "delivered", **more: str) -> dict[str, str]:
    """A callback, with fields that nobody needs, one of them empty."""
    given = {"MessageSid": sid, "MessageStatus": status, "To": "+573001234567", "From": "+15005550006", "Blank": ""}
    return given | {"AccountSid": "AC1", "ApiVersion": "2010-04-01"} | more


def kept(service: Service, sid: str) -> list[tuple[str, str | None]]:
    with read_only(service.rig.database) as connection:
        found = sa.select(RECEIPT.c.status, RECEIPT.c.code).where(RECEIPT.c.provider_id == sid)
        return [(row.status, row.code) for row in connection.execute(found.order_by(RECEIPT.c.id))]


def test_a_receipt_of_a_message_that_is_not_ours_is_kept_and_answered_204(service: Service) -> None:
    assert service.twilio(STATUS, told("nobodys1")) == Answer(204, "")
    assert kept(service, "nobodys1") == [("delivered", None)]


def test_doubled_late_and_misordered_receipts_are_answered_204_and_move_the_message_once(service: Service) -> None:
    (sms,) = [row for row in service.rig.messages() if row.channel == "sms"]
    with service.rig.database.begin() as connection:
        connection.execute(sa.text("UPDATE message SET provider_id = 'SM0' WHERE channel = 'sms'"))
    for status in ("delivered", "sent", "delivered", "undelivered"):
        service.rig.clock.forward(seconds=1)
        form = told("SM0", status, ErrorCode="30003" if status == "undelivered" else "")
        assert service.twilio(STATUS, form).status == 204
    assert kept(service, "SM0") == [("delivered", None), ("sent", None), ("undelivered", "30003")]
    (after,) = [row for row in service.rig.messages() if row.id == sms.id]
    assert (after.state, after.error) == ("delivered", None)


@pytest.mark.parametrize(
    "signed",
    [told("forged1", "sent"), told("forged1") | {"ErrorCode": ""}, {}],
    ids=["for another status", "for more fields", "for nothing"],
)
def test_a_forged_receipt_is_refused_and_changes_nothing(service: Service, signed: dict[str, str]) -> None:
    assert service.twilio(STATUS, told("forged1"), signed=signed).status == 403
    assert kept(service, "forged1") == []


def test_a_forged_reply_is_refused_and_opts_nobody_out(service: Service) -> None:
    form = {"MessageSid": "SMforged", "From": "+573001234567", "To": OURS, "Body": "STOP"}
    assert service.twilio(INBOUND, form, signed=form | {"Body": "START"}).status == 403
    assert service.call("POST", INBOUND, urlencode(form).encode(), Content_Type=FORM).status == 403
    with read_only(service.rig.database) as connection:
        assert connection.execute(sa.select(CONSENT_ENTRY).where(CONSENT_ENTRY.c.message_id == "SMforged")).all() == []
        assert connection.execute(sa.select(REPLY.c.id).where(REPLY.c.id == "sms:SMforged")).all() == []


def signed_with(service: Service, token: str, sid: str, algorithm: str | None = None, **headers: str) -> int:
    form = told(sid)
    signature = RequestValidator(token).compute_signature(PUBLIC + STATUS, form, algorithm)
    body = urlencode(form).encode()
    return service.call("POST", STATUS, body, Content_Type=FORM, X_Twilio_Signature=signature, **headers).status


def test_while_the_auth_token_is_changed_both_are_believed_and_no_third(service: Service) -> None:
    tokens = (TOKEN, OLD_TOKEN, "token-of-somebody")
    assert [signed_with(service, token, f"rotated{i}") for i, token in enumerate(tokens)] == [204, 204, 403]
    assert [bool(kept(service, f"rotated{i}")) for i in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("token", "algorithm", "says", "status"),
    [
        (SHARED_KEY, "HMAC_SHA256", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", 204),
        (TOKEN, "HMAC_SHA256", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", 403),
        (SHARED_KEY, None, "", 403),
        (SHARED_KEY, "HMAC_SHA256", "", 403),
        (TOKEN, None, "algorithm=HMAC_SHA1", 204),
        (TOKEN, None, "algorithm=NONE", 403),
        (SHARED_KEY, None, "algorithm=HMAC_MD5", 403),
    ],
)
def test_the_newer_signature_is_believed_with_the_shared_key_alone(
    service: Service, token: str, algorithm: str | None, says: str, status: int
) -> None:
    sid = f"newer{abs(hash((token, algorithm, says)))}"
    headers = {"X_Twilio_Webhooks_Signature_Settings": says} if says else {}
    assert signed_with(service, token, sid, algorithm, **headers) == status
    assert bool(kept(service, sid)) is (status == 204)


def test_without_a_shared_key_the_newer_signature_is_refused(service: Service) -> None:
    says = {"X_Twilio_Webhooks_Signature_Settings": "key=k,algorithm=HMAC_SHA256"}
    with running(replace(service.parts, shared_key=None)) as port:
        assert signed_with(replace(service, port=port), SHARED_KEY, "newer0", "HMAC_SHA256", **says) == 403


def test_a_request_without_a_signature_or_signed_for_another_address_is_refused(service: Service) -> None:
    body = b"MessageSid=forged2&MessageStatus=delivered"
    assert service.call("POST", STATUS, body, Content_Type=FORM).status == 403
    here = service.call("POST", f"{STATUS}?a=1", body, Content_Type=FORM, X_Twilio_Signature="x" * 28)
    assert here.status == 403
    assert kept(service, "forged2") == []


def test_the_query_counts_as_it_came(service: Service) -> None:
    assert service.twilio(f"{STATUS}?b=%C3%B1&a=1+2", told("queried1")).status == 204


def test_a_signed_form_that_says_nothing_of_a_message_is_refused(service: Service) -> None:
    assert service.twilio(STATUS, {"MessageSid": "SM9"}).status == 400
    assert service.twilio(STATUS, {"MessageSid": "+57 300", "MessageStatus": "sent"}).status == 400
    assert service.twilio(INBOUND, {"Body": "hola"}).status == 400


@pytest.mark.parametrize("path", [STATUS, INBOUND])
def test_what_is_too_large_or_no_form_is_refused_before_it_is_read(service: Service, path: str) -> None:
    large = service.call("POST", path, b"x=" + b"1" * LARGEST, Content_Type=FORM)
    assert large.status == 413
    assert service.call("POST", path, b"{}", Content_Type="application/json").status == 415
    assert service.call("POST", path, b"x=1").status == 415


def test_a_body_that_grows_while_it_is_read_is_refused_too(service: Service) -> None:
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    head = f"POST {STATUS} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as wire:
        wire.sendall(head + chunk * 3 + b"0\r\n\r\n")
        assert wire.recv(64).startswith(b"HTTP/1.1 413")


def test_a_request_that_ends_before_its_body_does_changes_nothing(service: Service) -> None:
    body = b"MessageSid=cut1&MessageStatus=delivered"
    head = f"POST {STATUS} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 500\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as wire:
        wire.sendall(head + body)
    assert service.call("GET", "/healthz").status == 200
    assert kept(service, "cut1") == []


def test_a_reply_becomes_a_contact_once_with_the_notice_that_it_answers(service: Service) -> None:
    form = {"MessageSid": "SMin1", "From": "+573001234567", "To": "+15005550006", "Body": "¿A qué hora llegan?"}
    first, second = (service.twilio(INBOUND, form) for _ in range(2))
    reference = service.rig.notices()[0].reference
    heard = "Fibra: your message was passed on to those who answer for this. Questions: +57 601 7945501."
    assert (first.status, first.text) == (200, f"{XML}<Response><Message>{heard} Ref. {reference}</Message></Response>")
    assert (second.status, second.text) == (200, f"{XML}<Response />")
    with read_only(service.rig.database) as connection:
        (contact,) = connection.execute(sa.select(CONTACT).where(CONTACT.c.channel == "sms")).all()
    assert (contact.customer_id, contact.channel, contact.direction) == ("C-1", "sms", "inbound")
    assert contact.subject == f"notice:{reference}"
    assert contact.attributes == {"text": "¿A qué hora llegan?"}


def test_stop_by_whatsapp_is_heard_for_whatsapp_alone_and_read_is_delivered(service: Service) -> None:
    form = {"MessageSid": "SMwa1", "From": "whatsapp:+573001234567", "To": f"whatsapp:{OURS}", "Body": "STOP"}
    assert "no more messages from us by WhatsApp" in service.twilio(INBOUND, form).text
    with read_only(service.rig.database) as connection:
        said = sa.select(CONSENT_ENTRY.c.channel, CONSENT_ENTRY.c.address).where(CONSENT_ENTRY.c.message_id == "SMwa1")
        assert set(connection.execute(said)) == {("whatsapp", "+573001234567")}
    assert service.twilio(STATUS, told("SMwa2", "read", To="whatsapp:+573001234567")).status == 204
    with read_only(service.rig.database) as connection:
        (kept_,) = connection.execute(sa.select(RECEIPT).where(RECEIPT.c.provider_id == "SMwa2")).all()
    assert (kept_.channel, kept_.state) == ("whatsapp", "delivered")
    ours = {"MessageSid": "SMwa3", "From": f"whatsapp:{OURS}", "To": f"whatsapp:{OURS}", "Body": "STOP"}
    assert service.twilio(INBOUND, ours).text == f"{XML}<Response />"


def test_a_reply_from_nobody_we_know_is_answered_and_its_text_kept(service: Service) -> None:
    assert service.twilio(INBOUND, {"MessageSid": "SMin2", "From": "+573009999999", "Body": "hola"}).status == 200
    with read_only(service.rig.database) as connection:
        (text,) = connection.execute(sa.text("SELECT text FROM reply WHERE id = 'sms:SMin2'")).scalars()
    assert text == "hola"


def test_without_credentials_or_a_public_address_nothing_is_believed(service: Service) -> None:
    from dataclasses import replace

    from tests.serving.conftest import running

    parts: Parts = replace(service.parts, public_url=None)
    with running(parts) as port:
        bare: Any = replace(service, port=port, parts=parts)
        assert bare.twilio(STATUS, told("early1")).status == 503


def test_what_comes_from_our_own_number_is_not_heard(service: Service) -> None:
    answer = service.twilio(INBOUND, {"MessageSid": "SMin3", "From": OURS, "To": OURS, "Body": "STOP"})
    assert (answer.status, answer.text) == (200, f"{XML}<Response />")
    with read_only(service.rig.database) as connection:
        assert connection.execute(sa.select(REPLY.c.id).where(REPLY.c.id == "sms:SMin3")).all() == []
