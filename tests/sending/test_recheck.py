"""What becomes of a message before it goes is what the gates say: those of a tick, whatever was told before.

The message in question waits on SMS while its notice was told by mail. Each of them has a twin: a rule that
says the same by SMS alone and was never evaluated. What `draft` decides about the twin is what must become of the
message.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from notifier.decisions.notices import ApproveAll
from notifier.drafting.ruleset import DraftOptions
from notifier.model.notices import NoticeKind, NoticeState, Verdict
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.sending.recheck import examine
from notifier.store.database import read_only
from notifier.store.outbox.commit import commit
from notifier.store.outbox.outgoing import outgoing
from notifier.store.outbox.suppressions import suppress
from notifier.store.reader import Reader
from notifier.store.state.changes import delete_rows
from notifier.store.tables import MESSAGE
from tests.support.deciding import a_person_decides
from tests.support.rig import FILES, NOW, Rig, ana, contract, open_rig, visit

RULE, CHECK = FILES["rules/visits.yaml"].removeprefix("\nrules:\n").split("checks:\n")
LIMITED = RULE + "    limits: { recipients: 1 }\n"
TWIN = RULE.replace("visit-reminder", "twin").replace("[sms, email]", "[sms]")
CHECK = CHECK.replace("[visit-reminder]", "[visit-reminder, twin]")
CALLED_OFF = "what it says is no longer true"
MOVED = "what it says changed since it was told on another channel"
ELSEWHERE = "the customer's address for sms changed"
ZONES = ("America/Bogota", "Europe/Madrid", "Asia/Tokyo", "Pacific/Auckland")


@dataclass(frozen=True, kw_only=True)
class Fate:
    """Where a customer lives, and what befalls between the mail and the SMS."""

    zone: str
    prefers: str | None
    consent: bool | None
    phone: str
    """`same`, `new`, `gone` or `refused` by the provider."""
    visit: str
    """`same`, `moved` or `cancelled`."""
    contradicted: bool
    deleted: bool


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 4 + list(others))


FATES = st.builds(
    Fate,
    zone=st.sampled_from(ZONES),
    prefers=mostly(None, "sms", "email"),
    consent=mostly(None, True, False),
    phone=mostly("same", "new", "gone", "refused"),
    visit=mostly("same", "moved", "cancelled"),
    contradicted=mostly(False, True),
    deleted=mostly(False, False, True),
)


@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    fates=st.lists(FATES, min_size=2, max_size=20),
    hours=st.integers(min_value=0, max_value=44),
    limited=st.booleans(),
    no_provider=mostly(False, False, True),
)
def test_what_becomes_of_a_message_is_what_a_tick_would_decide_for_its_channel(
    migrated_file: Path, fates: list[Fate], hours: int, limited: bool, no_provider: bool
) -> None:
    rule = LIMITED if limited else RULE
    with TemporaryDirectory() as folder:
        shutil.copyfile(migrated_file, Path(folder) / "notifier.db")
        with open_rig(Path(folder), f"sqlite:///{folder}/notifier.db") as rig:
            tell_by_mail(rig, len(fates), rule)
            befall(rig, fates)
            put_in_force(rig, rule, TWIN)
            rig.clock.at = NOW + timedelta(hours=hours, minutes=1)
            if no_provider:
                rig.ruleset = replace(rig.ruleset, unavailable=frozenset({ChannelName.SMS}))
            compare_everything(rig)
            became, twins = becomes(rig), verdicts_on_twins(rig)
    assert became == {f"A-{n}": expected(fate, twins.get(f"A-{n}")) for n, fate in enumerate(fates)}


def expected(fate: Fate, twin: Verdict | None) -> tuple[str, datetime | None]:
    """What must become of the message: `goes`, or why not, and until when it waits."""
    if fate.deleted:  # the visit leads to nobody now, as if it had ended
        return CALLED_OFF, None
    if fate.visit == "moved":
        return MOVED, None
    if fate.visit == "cancelled":
        return CALLED_OFF, None
    assert twin is not None
    if twin.state in (NoticeState.READY, NoticeState.DEFERRED) and fate.phone == "new":
        return ELSEWHERE, None
    if twin.state is NoticeState.READY:
        return "goes", None
    return twin.reason.text, twin.send_at if twin.state is NoticeState.DEFERRED else None


def put_in_force(rig: Rig, *rules: str) -> None:
    rig.reload({"rules/visits.yaml": f"rules:\n{''.join(rules)}checks:\n{CHECK}"})


def tell_by_mail(rig: Rig, count: int, rule: str) -> None:
    """Everybody is told by mail; past the limit of the rule, once a person approved it."""
    put_in_force(rig, rule)
    rig.set(
        customer=[ana(id=f"C-{n}", phone=phone(n)) for n in range(count)],
        contract=[contract(id=f"K-{n}", customer_id=f"C-{n}") for n in range(count)],
        appointment=[of_customer(n) for n in range(count)],
    )
    rig.tick()
    if rule == LIMITED:
        assert "held" in rig.states()[0]
        decision = ApproveAll(rule="visit-reminder", live=False)
        a_person_decides(rig.database, decision, by="Luz", reason="all true", now=NOW)
        rig.tick()
    rig.dispatchers[ChannelName.EMAIL].dispatch(rig.ruleset)


def befall(rig: Rig, fates: Sequence[Fate]) -> None:
    """What happens to everybody between the mail and the SMS."""
    numbered = list(enumerate(fates))
    refused = {f"C-{n}" for n, fate in numbered if fate.phone == "refused"}
    with rig.database.begin() as connection:
        for message in waiting(connection):
            if message.recipient_id in refused:
                suppress(connection, message, reason="opted out", now=NOW)
    rig.set(
        customer=[
            ana(
                id=f"C-{n}",
                timezone=fate.zone,
                preferred_channel=fate.prefers,
                phone={"new": f"+57310{n:07}", "gone": None}.get(fate.phone, phone(n)),
            )
            for n, fate in numbered
        ],
        consent=[
            {"id": f"C-{n}", "customer_id": f"C-{n}", "channel": "sms", "class": "service", "allowed": fate.consent}
            | {"at": NOW}
            for n, fate in numbered
            if fate.consent is not None
        ],
        appointment=[
            of_customer(n, starts_at=NOW + timedelta(hours=47))
            if fate.visit == "moved"
            else of_customer(n, status="cancelled")
            for n, fate in numbered
            if fate.visit != "same"
        ],
        promise=[promise(n) for n, fate in numbered if fate.contradicted],
        charge=[charge(n) for n, fate in numbered if fate.contradicted],
    )
    with rig.database.begin() as connection:
        delete_rows(connection, "customer", [f"C-{n}" for n, fate in numbered if fate.deleted], NOW)


def compare_everything(rig: Rig) -> None:
    """What a tick does first: contradictions are opened; nothing else is decided."""
    with read_only(rig.database) as connection:
        batches = list(draft(rig.ruleset, Reader(connection, live=False), rig.clock()))
    with rig.database.begin() as connection:
        for batch in batches:
            if batch.kind == "check":
                commit(connection, batch, now=rig.clock(), live=False)


def waiting(connection: sa.Connection) -> list[Outgoing]:
    """The SMS that nobody has sent yet."""
    unsent = sa.select(MESSAGE.c.id).where(MESSAGE.c.channel == "sms", MESSAGE.c.state == "queued")
    return outgoing(connection, list(connection.execute(unsent).scalars()))


def becomes(rig: Rig) -> dict[str, tuple[str, datetime | None]]:
    """What becomes of each message, by the appointment's id."""
    with read_only(rig.database) as connection:
        messages = waiting(connection)
        assert {message.notice_state for message in messages} == {NoticeState.TOLD}
        found = examine(rig.ruleset, Reader(connection, live=False), messages, rig.clock(), live=False)
    assert found.batches == ()
    became: dict[str, tuple[str, datetime | None]] = {message.subject_id: ("goes", None) for message in found.fresh}
    became |= {each.message.subject_id: (each.reason, None) for each in found.stale}
    became |= {each.message.subject_id: (each.reason, each.at) for each in found.later}
    return became


def verdicts_on_twins(rig: Rig) -> Mapping[str, Verdict]:
    """What a tick would decide about the twins, by the appointment's id."""
    with read_only(rig.database) as connection:
        options = DraftOptions(rules=["twin"])
        batches = list(draft(rig.ruleset, Reader(connection, live=False), rig.clock(), options))
    drafts = [each for batch in batches for each in batch.drafts]
    return {each.subject_id: each.verdict for each in drafts if (each.rule, each.kind) == ("twin", NoticeKind.NOTICE)}


def phone(number: int) -> str:
    return f"+57300{number:07}"


def of_customer(number: int, **changes: Any) -> dict[str, Any]:
    return visit(id=f"A-{number}", customer_id=f"C-{number}", contract_id=f"K-{number}", **changes)


def promise(number: int) -> dict[str, Any]:
    of_contract = {"customer_id": f"C-{number}", "subject_type": "contract", "subject_id": f"K-{number}"}
    price = {"topic": "monthly_price", "value": "79900", "value_number": Decimal(79900), "currency": "COP"}
    return {"id": f"P-{number}", "made_at": NOW, "source": "sales", **of_contract, **price}


def charge(number: int) -> dict[str, Any]:
    price = {"kind": "recurring", "amount": Decimal(111860), "currency": "COP", "billed": False, "proration": False}
    return {"id": f"X-{number}", "contract_id": f"K-{number}", "customer_id": f"C-{number}", **price}
