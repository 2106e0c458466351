"""What owners read of floods, of what nobody takes, and of causes that came back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from notifier.model.alert_kinds import AlertKind
from notifier.model.settling import CauseAgain, CommonCause
from notifier.model.settling_alerts import CauseAgainAlert, FloodAlert, SettlingAlert
from notifier.model.types import ChannelName
from tests.rendering.support import NOW, renderer
from tests.rendering.test_alerts import CONTRADICTION, OWNER, alerted

CALLBACK = replace(CONTRADICTION, id="X8K3", check="callback-kept", actual=None, actual_currency=None)
FLOOD = FloodAlert(
    check="promised-price-vs-billing",
    group="G-7K3QM-X9T2A",
    count=100_000,
    common=(
        CommonCause(what="charge.written_at", value="2026-03-02 12:05 UTC", count=100_000),
        CommonCause(what="contract.plan", value="FIBRA-300", count=98_000),
    ),
    samples=(CONTRADICTION, CALLBACK),
    holds_rules=("bill-is-ready",),
)
WAITING = SettlingAlert(
    kind=AlertKind.STEP,
    owner="Billing",
    count=2,
    since=NOW - timedelta(hours=4),
    step=1,
    samples=(CONTRADICTION, replace(CALLBACK, acknowledged_by="marta")),
)
AGAIN = CauseAgainAlert(
    again=CauseAgain(
        cause="price-list",
        count=3,
        within=timedelta(days=30),
        first_at=NOW - timedelta(days=20),
        last_at=NOW,
        contradictions=("X7Q2", "X8K3"),
    ),
    about="the list was loaded wrongly",
)
KINDS = (AlertKind.STEP, AlertKind.CAME_BACK, AlertKind.WAIVERS_END)


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
@pytest.mark.parametrize(
    "alert", [FLOOD, *(replace(WAITING, kind=kind) for kind in KINDS), AGAIN], ids=lambda alert: alert.kind.value
)
def test_an_owner_reads_what_waits_and_what_to_type(
    alert: FloodAlert | SettlingAlert | CauseAgainAlert, locale: str, snapshot: SnapshotAssertion
) -> None:
    sms, mail = alerted(alert, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert sms.encoding == "GSM-7"


def test_a_chat_reads_what_a_mail_would_say() -> None:
    _, mail = alerted(FLOOD)
    (chat,) = renderer().render_alert(
        alert=FLOOD, recipient=replace(OWNER, chat="billing"), channels=(ChannelName.CHAT,), reference="R1", now=NOW
    )
    assert (chat.to, chat.subject) == ("billing", mail.subject)
    assert chat.text.splitlines()[:-1] == mail.text.splitlines()[:-1]


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_a_flood_without_any_deadline_reaches_its_owner(locale: str) -> None:
    """Two words of one sale disagree without one; the alert of 100,000 of them must not be lost for that."""
    endless = replace(FLOOD, samples=tuple(each.changed(surfaces_at=None) for each in FLOOD.samples))
    sms, mail = alerted(endless, locale)
    assert "G-7K3QM-X9T2A" in sms.text
    assert not any(said in mail.text for said in ("lo verá", "sees it"))
