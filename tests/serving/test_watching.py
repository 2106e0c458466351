"""Probes, figures, and what the service says of itself: tried with requests that nobody would think of."""

import json
import re
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from twilio.request_validator import RequestValidator

from notifier.bounces.bounce import BounceKind
from notifier.bounces.verp import BY_HTTP
from notifier.drafting.notices import CONTENT
from notifier.drivers.passes import Passes
from notifier.model.notices import NoticeState, ReasonCode
from notifier.model.outlet import Outlet
from notifier.model.processes import Process
from notifier.model.receipts import ReceiptState
from notifier.model.tokens import token
from notifier.model.types import ChannelName
from notifier.planning.gates import GATES
from notifier.serving.app import build
from notifier.serving.figures import KNOWN_CODES, LEADS, UNMATCHED
from notifier.serving.promises import PATH as PROMISES
from notifier.serving.running import run
from notifier.store.database import open_engine
from notifier.store.outbox import refusals
from tests.serving.conftest import API_TOKEN, KEY, PUBLIC, TOKEN, Service, running
from tests.support.ports import free_port
from tests.support.rig import visit

LABELS = re.compile(r'(\w+)="([^"]*)"')


def test_the_process_lives_and_is_ready(service: Service) -> None:
    assert service.call("GET", "/healthz").text == '{"status":"ok"}'
    assert service.call("GET", "/readyz").text == '{"status":"ready"}'


def test_what_can_be_called_is_described_at_docs(service: Service) -> None:
    page, described = (service.call("GET", path) for path in ("/docs", "/openapi.json"))
    assert (page.status, "/openapi.json" in page.text, described.status) == (200, True, 200)
    assert {"/twilio/status", "/twilio/inbound", "/metrics"} <= json.loads(described.text)["paths"].keys()


def test_without_its_database_it_lives_is_not_ready_and_wants_receipts_to_be_sent_again(service: Service) -> None:
    away = replace(service.parts, database=open_engine("sqlite:////nowhere/at/all.db"))
    with running(away) as port:
        bare = replace(service, port=port)
        assert [bare.call("GET", path).status for path in ("/healthz", "/readyz", "/metrics")] == [200, 503, 503]
        assert bare.twilio("/twilio/status", {"MessageSid": "SM1", "MessageStatus": "delivered"}).status == 503


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_is_not_raised_again(service: Service, number: signal.Signals) -> None:
    """uvicorn would raise it again, which looks like a kill: systemd and Kubernetes would call each end a failure."""
    raised: list[int] = []
    before = signal.signal(number, lambda raised_again, _frame: raised.append(raised_again))
    port = free_port()

    def end_it() -> None:
        bare = replace(service, port=port)
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            with suppress(OSError):
                assert bare.call("GET", "/healthz").status == 200
                break
            time.sleep(0.01)
        signal.raise_signal(number)

    ending = threading.Thread(target=end_it)
    try:
        ending.start()
        run(service.parts, host="127.0.0.1", port=port)
        ending.join()
        assert raised == []
    finally:
        signal.signal(number, before)


def test_any_process_says_of_all_when_they_last_ended_a_pass_and_what_was_refused(service: Service) -> None:
    service.call("GET", "/metrics")  # from here on it counts
    passes = Passes(service.rig.database, service.rig.clock, live=False, host="one")
    for process in (Process.EVALUATING, Process.DISPATCHING_SMS):
        passes.write_one(process)
    service.rig.clock.forward(seconds=30)
    Passes(service.rig.database, service.rig.clock, live=False, host="two").write_one(Process.EVALUATING)
    Passes(service.rig.database, service.rig.clock, live=True, host="live").write_one(Process.SERVING)
    with service.rig.database.begin() as connection:
        for number, code in enumerate(("21606", "21606", "99999", None)):
            outlet = Outlet(live=False, channel=ChannelName.SMS)
            note: dict[str, Any] = {"provider": "twilio", "code": code, "decision": "Halt", "now": service.rig.clock()}
            refusals.note(connection, outlet, f"M-{number}", **note)
    service.rig.clock.forward(minutes=1)
    found = service.call("GET", "/metrics").text
    lines = re.findall(r"notifier_process_last_pass_timestamp_seconds({\S*}) (\S+)", found)
    said = {frozenset(LABELS.findall(labels)): float(at) for labels, at in lines}
    one, sms, two = (
        said.pop(frozenset({("process", process), ("host", host)}))
        for process, host in (("evaluating", "one"), ("dispatching-sms", "one"), ("evaluating", "two"))
    )
    assert (two - one, sms - one, said) == (30, 0, {})
    for code, count in (("21606", "2.0"), ("other", "1.0")):
        assert f'notifier_refusals_total{{code="{code}",provider="twilio"}} {count}' in found
    with service.rig.database.begin() as connection:
        assert not refusals.any_old(connection, now=service.rig.clock())
        later = service.rig.clock() + timedelta(days=31)
        assert (refusals.any_old(connection, now=later), refusals.forget(connection, now=later)) == (True, 4)


def test_figures_have_labels_from_closed_lists_alone(service: Service) -> None:
    for path in ("/wp-login.php", "/healthz", "/metrics"):
        service.call("GET", path)
    service.rig.clock.forward(minutes=1)
    with service.rig.database.begin() as connection:
        connection.execute(sa.text("UPDATE message SET provider_id = 'SM1' WHERE channel = 'sms'"))
    service.twilio("/twilio/status", {"MessageSid": "SM1", "MessageStatus": "delivered"})
    service.twilio("/twilio/status", {"MessageSid": "SM2", "MessageStatus": "undelivered", "ErrorCode": "30999"})
    bounced = b"To: x@example.com\nFrom: MAILER-DAEMON@mx.example.org\n\nThe server said: 550 5.1.1 no such user\n"
    service.call("POST", f"/bounces/{token(KEY, BY_HTTP)}", bounced, Content_Type="message/rfc822")
    service.rig.set(appointment=[visit(id="A-3"), visit(id="A-4", customer_id="C-404", contract_id=None)])
    service.rig.tick()
    service.rig.dispatch()
    service.rig.clock.forward(minutes=1)
    found = service.call("GET", "/metrics").text
    labels: dict[str, set[str]] = {}
    for name, value in LABELS.findall(found):
        labels.setdefault(name, set()).add(value)
    routes = labels.pop("route")
    assert {"/healthz", UNMATCHED} <= routes <= {*build(service.parts).openapi()["paths"], UNMATCHED}
    assert labels.pop("channel") == set(ChannelName)
    assert labels.pop("status") <= {"200", "204", "400", "401", "403", "404", "405", "413", "415", "422", "503"}
    assert {"", "other"} <= labels.pop("code") <= {"", "other", *KNOWN_CODES}
    assert labels.pop("process", set()) <= set(Process)
    labels.pop("host", None)
    assert labels.pop("state") <= {*NoticeState, *ReceiptState}
    assert labels.pop("reason") <= set(ReasonCode)
    assert "reachable" in labels["gate"]
    assert labels.pop("gate") <= {"", CONTENT, *(gate.__name__ for gate in GATES)}
    assert labels.pop("kind") == set(BounceKind)
    assert labels.pop("leads") == set(LEADS)
    assert labels.keys() <= {"le", "provider", "what", "owner"}
    assert "notifier_due_to_accepted_seconds_count 2.0" in found
    assert "notifier_due_to_delivered_seconds_count 1.0" in found
    assert 'notifier_provider_results_total{code="other",provider="twilio",state="undelivered"} 1.0' in found
    assert 'notifier_bounces_total{kind="hard",leads="nowhere"} 1.0' in found
    assert "notifier_queue_age_seconds" in found
    assert "_created" not in found


@pytest.mark.filterwarnings("ignore")
def test_what_the_description_allows_and_forbids_is_answered_as_it_says(service: Service) -> None:
    app = build(service.parts)
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.config.update(base_url=f"http://127.0.0.1:{service.port}")
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)

        @settings(max_examples=5, database=None, suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def tried(case: schemathesis.Case[Any]) -> None:
            if case.path.startswith("/twilio/") and isinstance(case.body, dict):
                form = {name: str(value) for name, value in case.body.items()}
                signature = RequestValidator(TOKEN).compute_signature(PUBLIC + case.path, form)
                case.headers["X-Twilio-Signature"] = signature
            excluded: list[Any] = []
            if case.path == PROMISES:
                case.headers["Authorization"] = f"Bearer {API_TOKEN}"
                excluded.append(
                    positive_data_acceptance
                )  # topics and rows are the project's: no description knows them
            case.call_and_validate(excluded_checks=excluded)

        tried()
