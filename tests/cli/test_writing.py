"""`notifier import`, `promise`, `tick` and `run`: what is written, what is refused, and with which exit code."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import TICK, Run, rows_of
from tests.support.kept import end_with_parent

CUSTOMERS = "id,name,phone,email\nC-7,Eva Paz,+573001234599,eva@example.com\nC-8,Raúl Gil,,raul@example.com\n"
BAD = "id,name,phone,email\nC-9,Ok Person,+573001234511,\nC-10,Bad Phone,12345,\n"
BY = ["--by", "marta", "--reason", "from the recording"]


def test_an_import_counts_what_it_did_and_an_unchanged_file_changes_nothing(project: Path, run: Run) -> None:
    file = project / "customers.csv"
    file.write_text(CUSTOMERS, encoding="utf-8")

    first, second = run("import", "customer", file), run("import", "customer", file)

    assert (first.code, first.out) == (0, "customers.csv: 2 read, 2 new, 0 changed, 0 unchanged\n")
    assert second.out == "customers.csv: 2 read, 0 new, 0 changed, 2 unchanged\n"


def test_bad_rows_are_listed_with_place_and_written_aside_and_the_good_ones_kept(project: Path, run: Run) -> None:
    file, errors = project / "customers.csv", project / "bad.csv"
    file.write_text(BAD, encoding="utf-8")

    done = run("import", "customer", file, "--errors", errors)

    assert done.code == 1
    assert done.err.startswith("customers.csv:3: phone: ")
    assert "1 new" in done.out
    assert "1 bad" in done.out
    assert "mend them there and import that file" in done.out
    assert "Bad Phone" in errors.read_text(encoding="utf-8")


def test_stdin_gzip_and_json_output(project: Path, run: Run) -> None:
    packed = project / "customers.csv.gz"
    packed.write_bytes(gzip.compress(CUSTOMERS.encode()))

    from_file = run("import", "customer", packed, "--json").json
    from_stdin = run("import", "customer", "-", "--json", stdin=CUSTOMERS.encode()).json

    assert (from_file["inserted"], from_file["bad"]) == (2, 0)
    assert (from_stdin["file"], from_stdin["unchanged"]) == ("stdin", 2)


def test_wrong_usage_of_import_is_exit_two(project: Path, run: Run) -> None:
    unknown = run("import", "custommer", "x.csv")

    assert unknown.code == 2
    assert "did you mean 'customer'?" in unknown.usage
    assert run("import", "events", "x.jsonl", "--snapshot").code == 2
    assert run("import", "customer", project / "missing.csv").code == 1


def test_an_import_with_a_map_of_another_entity_is_refused(project: Path, run: Run) -> None:
    mapping = project / "map.yaml"
    mapping.write_text("entity: order\ncolumns: { id: order_id }\n", encoding="utf-8")

    done = run("import", "customer", project / "x.csv", "--map", mapping)

    assert done.code in (1, 2)
    assert "order" in done.err


def test_a_promise_is_recorded_compared_and_withdrawn(loaded: Path, run: Run) -> None:
    added = run(
        *("promise", "add", "--id", "P-9", "--subject", "contract:K-1", "--topic", "monthly_price", "--value", "99900"),
        *("--currency", "COP", "--source", "contract", "--made-by", "contract K-1", "--evidence", "clause 4"),
        *("--at", "2026-03-02T09:00:00-05:00", *BY),
    )
    assert (added.code, added.out) == (0, "Promise P-9 is recorded.\n")
    assert run("tick", "--at", TICK).code == 0
    assert {one["promise"] for one in run("contradictions", "list", "--json").json} == {"P-1", "P-9"}

    withdrawn = run("promise", "withdraw", "P-9", "--at", "2026-03-03T11:00:00-05:00", *BY)
    assert withdrawn.out == "Promise P-9 is withdrawn.\n"
    assert run("tick", "--at", "2026-03-03T11:00:00-05:00").code == 0
    assert {one["promise"] for one in run("contradictions", "list", "--json").json} == {"P-1"}


def test_a_promise_that_cannot_be_read_is_refused_and_nothing_is_written(loaded: Path, run: Run) -> None:
    before = rows_of(loaded)
    add = ["promise", "add", "--subject", "contract:K-1", "--source", "sales", *BY]

    topic = run(*add, "--topic", "monthly_prise", "--value", "1", "--currency", "COP")
    value = run(*add, "--topic", "monthly_price", "--value", "79.900", "--currency", "COP")
    currency = run(*add, "--topic", "monthly_price", "--value", "79900")
    gone = run("promise", "withdraw", "P-404", *BY)

    assert topic.code == value.code == currency.code == gone.code == 1
    assert "did you mean 'monthly_price'?" in topic.err
    assert "79.900" in value.err
    assert "currency" in currency.err
    assert "there is no promise P-404" in gone.err
    assert rows_of(loaded) == before


def test_a_tick_says_what_it_decided_and_where_the_messages_are(loaded: Path, run: Run) -> None:
    done = run("tick", "--at", TICK)

    assert done.code == 0
    assert "1 held" in done.out
    assert "1 suppressed" in done.out
    assert f"The messages are in the folder {loaded / 'outbox'}" in done.out
    again = run("tick", "--at", TICK, "--json").json
    assert again["verdicts"] == {}
    assert again["messages"]["accepted"] == 0


def test_a_full_tick_finds_nothing_that_an_incremental_one_left(ticked: Path, run: Run) -> None:
    before = rows_of(ticked)["notice"]

    full = run("tick", "--at", TICK, "--full", "--json").json

    assert full["verdicts"] == {}
    assert rows_of(ticked)["notice"] == before


def test_live_without_credentials_is_warned_of_and_stays_in_the_outbox_folder(loaded: Path, run: Run) -> None:
    with (loaded / ".env").open("a", encoding="utf-8") as settings:
        settings.write("NOTIFIER_LIVE=true\n")
    warning = "NOTIFIER_LIVE: no provider has credentials, so messages still go into the outbox folder"

    previewed, ticked, listed = run("preview", "--at", TICK), run("tick", "--at", TICK), run("notices", "list")

    assert previewed.err.count(warning) == ticked.err.count(warning) == 1
    assert warning not in listed.err
    assert f"The messages are in the folder {loaded / 'outbox'}" in ticked.out


def test_live_a_tick_works_at_the_present_alone_while_preview_shows_any_time(loaded: Path, run: Run) -> None:
    with (loaded / ".env").open("a", encoding="utf-8") as settings:
        settings.write("NOTIFIER_LIVE=true\nNOTIFIER_SMTP_HOST=127.0.0.1\nNOTIFIER_SMTP_PORT=1\n")
    before = rows_of(loaded)

    refused = run("tick", "--at", TICK)
    shown = run("preview", "--at", TICK)

    assert refused.code == 2
    assert "--at: live, a tick sends for real and works at the present; `notifier preview --at` shows another time" in (
        refused.usage
    )
    assert (shown.code, shown.err) == (0, "")
    assert rows_of(loaded) == before
    assert run("tick").out.endswith("Live: no SMS, mail by SMTP\n")


def test_the_daemon_evaluates_sends_and_ends_on_sigterm(loaded: Path) -> None:
    environment = os.environ | {"NOTIFIER_TICK_SECONDS": "0.2", "NOTIFIER_DISPATCH_SECONDS": "0.2"}
    command = [sys.executable, "-m", "notifier", "--project", str(loaded), "run"]
    daemon = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=end_with_parent)
    assert daemon.stderr is not None
    events = []
    for line in daemon.stderr:
        events.append(json.loads(line)["event"])
        if events[-1] == "tick.done":
            break
    daemon.send_signal(signal.SIGTERM)
    rest = daemon.stderr.read()
    daemon.stderr.close()

    assert daemon.wait(timeout=30) == 0
    assert events[:2] == ["daemon.sends", "daemon.started"]
    assert "daemon.ended" in rest
