"""The benchmark still runs: a tiny state, every comparison once, on SQLite. Its figures here are meaningless."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from aiohttp import web

from bench.bare_clients import bare_aiohttp
from bench.callbacks import PATH, STEPS, Course, LostCallbackError, accept_all, call, callback
from bench.harness import Bench, Case, Job, UnequalError
from bench.outbox_state import ready
from bench.providers import Stored, UnequalLedgerError, stub
from bench.report import PAGE, environment, table, write_json
from bench.sections import load, names
from bench.sections.callbacks import refuse_losses
from bench.sending import BEGIN
from bench.state import States
from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.types import ChannelName
from notifier.receipts.taking import take

TINY = 0.0005


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    states = States(tmp_path_factory.mktemp("bench"), with_postgres=False)
    return Bench(states=states, scale=TINY, quick=True, rounds=1)


def test_the_rules_find_what_the_statements_written_by_hand_find(bench: Bench, tmp_path: Path) -> None:
    results = list(load("evaluation")(bench))
    assert {result.case.other.name for result in results} > {"hand-written SQL"}
    assert all(ratio > 0 for result in results for ratio in result.ratios)
    assert table(results).count("\n") == len(results) + 1
    kept = write_json(tmp_path, environment(bench, 1.0), bench, results)
    assert len(json.loads(kept.read_text(encoding="utf-8"))["results"]) == len(results)


def test_an_import_writes_what_the_bare_script_writes(bench: Bench) -> None:
    (result,) = load("imports")(bench)
    assert result.ratios
    assert result.target == "≥ 0.6"


def test_what_is_stored_is_compared_with_nothing_stored(bench: Bench) -> None:
    results = list(load("stored")(bench))
    assert [result.target for result in results] == ["≤ 1.5", "≤ 2", "≤ 2", "≤ 1.3", "≤ 0.2"]
    assert all(ratio > 0 for result in results for ratio in result.ratios)


def test_an_incident_is_told_and_corrected_at_two_sizes(bench: Bench) -> None:
    results = list(load("incidents")(bench))
    assert [result.target for result in results] == ["≤ 1.25", "≤ 1.25", "≤ 2", "", ""]
    assert all(ratio > 0 for result in results for ratio in result.ratios)


def test_the_report_of_contacts_counts_what_the_script_counts(bench: Bench) -> None:
    (result,) = load("contacts")(bench)
    assert result.case.other.name == "hand-written SQL for its main figures"
    assert result.ratios


def test_what_is_due_is_made_ready_with_the_texts_that_a_task_for_each_message_has(bench: Bench) -> None:
    results = list(load("pipeline")(bench))
    assert {"2,500 a second", "300 MB"} < {result.case.other.name for result in results}
    assert all(ratio > 0 for result in results for ratio in result.ratios)
    assert "rendering both channels" in bench.profiles["pipeline, SQLite: where the time goes"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:twilio")  # the SDK's own transport, which ours does without
def test_our_side_and_the_bare_clients_hand_over_each_message_exactly_once(bench: Bench) -> None:
    results = list(load("dispatch")(bench))
    names = " ".join(result.case.other.name for result in results)
    assert all(name in names for name in ("Twilio's SDK, asynchronous", "aiosmtplib, 8", "by hand", "segments / rate"))
    assert all(ratio > 0 for result in results for ratio in result.ratios)
    told = {title: text for title, text in bench.profiles.items() if title.startswith("dispatch")}
    assert any("the costliest lines:" in text for text in told.values())


def test_a_run_knows_whether_it_has_to_make_its_state(tmp_path: Path) -> None:
    with States(tmp_path, with_postgres=False) as first:
        assert not first.are_kept(TINY)
        first.at(TINY)
    with States(tmp_path, with_postgres=False) as second:
        assert second.are_kept(TINY)
        assert not second.are_kept(2 * TINY)


@pytest.mark.parametrize("wrong", ["one twice", "one not at all", "another text"])
def test_what_a_provider_did_not_get_just_so_has_no_rate(wrong: str) -> None:
    messages = [Stored(to=f"+57310000000{number}", text=f"Visita {number}", payload=b"") for number in range(3)]
    sent = {
        "one twice": [*messages, messages[0]],
        "one not at all": messages[1:],
        "another text": [*messages[1:], Stored(to=messages[0].to, text="Visita 0.", payload=b"")],
    }[wrong]
    with stub(ChannelName.SMS) as provider:
        bare_aiohttp(provider, messages)
        provider.check(messages)
        bare_aiohttp(provider, sent)
        with pytest.raises(UnequalLedgerError):
            provider.check(messages)


def test_sides_that_return_different_things_have_no_ratio(bench: Bench) -> None:
    case = Case(name="unequal", ours=Job(name="one", run=lambda: 1), other=Job(name="two", run=lambda: 2))
    with pytest.raises(UnequalError, match="one and two differ"):
        bench.compare("smoke", case)


def test_sides_take_turns_and_what_prepares_a_run_is_not_measured(bench: Bench) -> None:
    heard: list[str] = []

    def job(name: str) -> Job:
        return Job(name=name, before=lambda: heard.append(f"before {name}"), run=lambda: heard.append(name))

    bench.compare("smoke", Case(name="turns", ours=job("a"), other=job("b"), rounds=2))
    assert heard == ["before a", "a", "before b", "b"] * 2


def test_every_section_can_be_loaded() -> None:
    assert {"callbacks", "dispatch", "evaluation", "imports", "incidents", "pipeline", "start", "tick"} <= set(names())
    assert all(callable(load(name)) for name in names())
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in names() if f"<!-- results: {name} -->" not in page] == [], "`--write` needs a place"


@pytest.mark.parametrize("loses", [None, 3])
def test_callbacks_come_at_their_instants_and_a_refused_one_has_no_result(loses: int | None) -> None:
    heard: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        heard.append(await request.read())
        return web.Response(status=503 if len(heard) == loses else 204)

    async def called() -> list[float]:
        app = web.Application()
        app.router.add_post(PATH, take)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            return await call(runner.addresses[0][1], callbacks, 100)
        finally:
            await runner.cleanup()

    callbacks = [callback(f"SM{number}", step) for step in STEPS for number in range(3)]
    began = time.perf_counter()
    if loses is not None:
        with pytest.raises(LostCallbackError, match="was answered 503"):
            asyncio.run(called())
        return
    seconds = asyncio.run(called())
    assert time.perf_counter() - began > 8 / 100
    assert sorted(heard) == sorted(made.body for made in callbacks)
    course = Course(seconds=sorted(seconds), cpu=1.0)
    assert 0 < course.share(0.5) <= course.share(1.0) == max(seconds)


def test_a_receipt_that_is_not_in_the_database_is_missed(bench: Bench) -> None:
    state = bench.states.at(TINY)
    with ready(state.databases[0], state.ruleset, 4) as outbox:
        sids = accept_all(outbox, 4)
        callbacks = [callback(sid, step) for step in STEPS for sid in sids]
        receipts = [receipt_of(sid, step, None) for step in STEPS for sid in sids]
        take(outbox.database, receipts[:-1], now=BEGIN)
        with pytest.raises(LostCallbackError, match="of 12 callbacks 11 are stored, of 4 messages 3 arrived"):
            refuse_losses(outbox, "ours", callbacks, 4)
        take(outbox.database, receipts, now=BEGIN)
        refuse_losses(outbox, "ours", callbacks, 4)
