"""What `preview --json` prints in one process is what the providers hold after the daemon ran in another.

For every shipped rule and check: the moment of one of its scenarios at which it speaks, from customers to owners.
"""

import email
import email.policy
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from notifier.decisions.notices import ApproveAll
from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.intake.parsing import ImportContext
from notifier.model.notices import NoticeState
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.scenarios import Scenario, TimelineEntry
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.learned import write_learned
from notifier.simulation.rows import write
from notifier.store.published_rules import How
from notifier.store.state.changes import delete_rows
from notifier.tick import evaluate
from notifier.wiring import House, open_house
from tests.scenarios import shipped
from tests.support.deciding import a_person_decides
from tests.support.smtp_server import ReceivedMail, SmtpServerProcess, smtp_server
from tests.support.twilio_server import SENDER, TwilioServer, twilio_server
from tests.wire.projects import Moment, live_settings, work, write_settings

APART = int(os.environ.get("NOTIFIER_TEST_CHECKS_APART", "12"))
"""Every rule, and each so-many-th check: what checks say differs in values alone. `make long` takes all."""
NAMES = [*shipped.project().rules, *sorted(shipped.project().checks)[::APART]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the whole test compares: by rule or check, what preview printed; and what the providers hold."""

    shown: dict[str, list[dict[str, Any]]]
    twilio: TwilioServer
    smtp: SmtpServerProcess

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """All messages on this channel that preview printed."""
        drafts = (draft for drafts in self.shown.values() for draft in drafts)
        return [message for draft in drafts for message in draft["messages"] if message["channel"] == channel]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Told]:
    """Previewed in one process, sent by the daemon in another."""
    folder = tmp_path_factory.mktemp("told")
    with twilio_server(folder) as twilio, smtp_server(folder) as smtp:
        moments = {}
        for name in NAMES:
            (folder / name).mkdir()
            write_settings(folder / name, live_settings(twilio, smtp, tick_seconds=3600, dispatch_seconds=0.1))
            shutil.copyfile(migrated_file, folder / name / "notifier.db")
            moments[name] = prepared(folder / name, name, *speaks(name))
        work("preview", list(moments.values()))
        assert (twilio.posts(), smtp.mails()) == (0, [])
        work("run", list(moments.values()))
        shown = {name: json.loads(moment.previewed.read_text()) for name, moment in moments.items()}
        yield Told(shown=shown, twilio=twilio, smtp=smtp)


def speaks(name: str) -> tuple[Scenario, TimelineEntry]:
    """A scenario of its own in which this rule tells somebody, or this check alerts its owner, and when.

    Nobody is told anything before it in that scenario. A rule each of whose notices waits for a person speaks where one
    waits.
    """
    project = shipped.project()
    rule = project.rules.get(name)
    state = NoticeState.TOLD if rule is None else shipped.spoken(rule)
    for scenario in shipped.scenarios_of((project.rules.get(name) or project.checks[name]).place.file):
        for entry in scenario.timeline:
            expect = entry.expect
            notices = (expect and expect.notices) or ()
            alerts = (expect and expect.alerts) or ()
            if any(notice.rule == name and notice.state is state for notice in notices) or any(
                alert.check == name for alert in alerts
            ):
                return scenario, entry
            if notices or alerts:
                break
    raise AssertionError(f"no shipped scenario lets {name} speak first")


def prepared(folder: Path, name: str, scenario: Scenario, told_at: TimelineEntry) -> Moment:
    """The shipped project, live, with the scenario played up to the instant at which it speaks: all but that tick.

    Where each notice of the rule waits for a person, that tick is played as well, and a person approves what waits:
    what it says is told at once.
    """
    for part in ("rules", "templates"):
        (folder / part).symlink_to(shipped.ROOT / part)
    house, imports = open_house(folder), ImportContext.of(shipped.project())
    evaluate(house.database, ruleset(), scenario.timeline[0].at, live=True)  # in force before the first row
    with house.writing() as connection:
        write(connection, scenario.given, imports, scenario.timeline[0].at)
        write_learned(connection, scenario.learned, scenario.timeline[0].at)
    for entry in scenario.timeline[: scenario.timeline.index(told_at) + 1]:
        with house.writing() as connection:
            write(connection, entry.set, imports, entry.at)
            for entity, ids in entry.delete.items():
                delete_rows(connection, entity, ids, entry.at)
        if entry is not told_at:
            evaluate(house.database, ruleset(), entry.at, live=True)
            dispatch_elsewhere(house, entry.at)
    rule = shipped.project().rules.get(name)
    if rule is not None and shipped.spoken(rule) is NoticeState.HELD:
        evaluate(house.database, ruleset(), told_at.at, live=True)
        decision = ApproveAll(name, live=True)
        a_person_decides(house.database, decision, by="marta", reason="the words are right", now=told_at.at)
        dispatch_elsewhere(house, told_at.at)
    assert queued(house) == 0, "what waits already is in no preview"
    # So nobody tries its texts again, folder by folder.
    house.published.publish(house.files, How.FIRST, has_errors=False)
    house.close()
    return Moment(folder=folder, at=told_at.at)


@cache
def ruleset() -> Ruleset:
    """The shipped rules, made ready once: no message is made before a scenario speaks."""
    return ruleset_of(shipped.project(), Renderer(shipped.project(), RenderSettings()), Defaults())


def dispatch_elsewhere(house: House, now: datetime) -> None:
    """What is said before the moment, by other rules or to an owner, goes to providers at which nobody looks."""
    if not queued(house):
        return
    for name in ChannelName:
        with Dispatcher(
            house.database, Outlet(live=True, channel=name), KeepingChannel(), lambda: now, background=in_turn
        ) as dispatcher:
            dispatcher.dispatch(ruleset())


def queued(house: House) -> int:
    with house.database.connect() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) FROM message WHERE state IN ('queued', 'sending')").scalar_one()
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_rule_and_check_speaks(told: Told, name: str) -> None:
    """So that what is compared below is about each of them."""
    spoken = [draft for draft in told.shown[name] if draft["messages"]]
    if name in shipped.project().rules:
        assert any(draft["rule"] == name and draft["kind"] == "notice" for draft in spoken)
    else:
        assert any(draft["kind"] == "alert" for draft in spoken)


def test_twilio_holds_the_texts_that_preview_showed(told: Told) -> None:
    held = told.twilio.messages()
    shown = told.messages("sms")
    assert len(shown) >= len(shipped.project().rules)
    assert Counter((one.to, one.body) for one in held) == Counter((one["to"], one["text"]) for one in shown)
    assert {one.sender for one in held} == {SENDER}
    assert told.twilio.posts() == len(held)


def test_the_mail_server_holds_the_bytes_that_preview_showed(told: Told) -> None:
    held, shown = told.smtp.mails(), told.messages("email")
    assert len(shown) >= len(shipped.project().rules)
    assert Counter(map(read, held)) == Counter(
        (one["to"], one["to"], one["subject"], one["text"], one["html"], one["sha256"]) for one in shown
    )
    assert {mail.sender for mail in held} == {told.smtp.server.sender}


def read(mail: ReceivedMail) -> tuple[str, ...]:
    """Recipient of the envelope and of the header, subject, text, HTML, and the digest of all bytes."""
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    digest = hashlib.sha256(mail.content).hexdigest()
    return (mail.recipient, message["To"], message["Subject"], part(message, "plain"), part(message, "html"), digest)


def part(message: EmailMessage, subtype: str) -> str:
    """A part's text as it is read, with the line ends of this machine."""
    found = message.get_body((subtype,))
    assert found is not None
    content = found.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
