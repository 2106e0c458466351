"""Receipts of a company's own SMS gateway: kept once, believed with the token alone."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from notifier.store.database import read_only
from notifier.store.tables import RECEIPT
from tests.serving.conftest import FORM, Answer, Service, running, service

__all__ = ["service"]

TOKEN = "g" * 32


@pytest.fixture
def gateway(service: Service) -> Iterator[Service]:
    with running(replace(service.parts, gateway_token=TOKEN)) as port:
        yield replace(service, port=port)


def said(service: Service, body: object, *, token: str = TOKEN, kind: str = "application/json") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service.call("POST", "/gateway/status", content, Content_Type=kind, Authorization=f"Bearer {token}")


def test_a_receipt_is_kept_once(gateway: Service) -> None:
    receipt = {"id": "G-1", "status": "undelivered", "code": "27", "to": "+573001234567"}
    assert [said(gateway, receipt).status for _ in range(2)] == [204, 204]
    with read_only(gateway.rig.database) as connection:
        rows = connection.execute(sa.select(RECEIPT).where(RECEIPT.c.provider == "gateway")).all()
    assert [(row.provider_id, row.status, row.code) for row in rows] == [("G-1", "undelivered", "27")]
    assert "+57" not in str(rows)


def test_anything_else_is_refused(gateway: Service, service: Service) -> None:
    assert said(gateway, {"id": "G-2", "status": "sent"}, token="another").status == 401
    assert said(service, {"id": "G-2", "status": "sent"}).status == 403
    unreadable: list[object] = [b"{", [], {"id": "G-2"}, {"id": "G 2", "status": "sent"}]
    for body in unreadable:
        assert said(gateway, body).status == 400
    assert said(gateway, b"id=G-2", kind=FORM).status == 415
