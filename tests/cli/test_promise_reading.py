"""`notifier promise read`: it shows what a text promises, and records only what a person confirms."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

CALL = """Asesor: Le queda en 79.900 al mes durante doce meses.
Cliente: ¿Y cuándo me llaman?
Asesor: Lo llamo hoy antes de las cinco.
"""
AT = ("--at", "2026-03-12T10:00:00-05:00")
SIGNED = ("--source", "sales", "--made-by", "agent 7", "--by", "marta")


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call-8841.txt"
    path.write_text(CALL, encoding="utf-8")
    return path


def recorded(run: Run) -> list[dict[str, Any]]:
    return [each for each in run("promise", "list", "--json").json if each["id"] != "P-1"]


def test_json_gives_exactly_what_is_proposed_and_records_nothing(loaded: Path, run: Run, call: Path) -> None:
    found = run("promise", "read", call, *AT, "--country", "CO", "--locale", "es-CO", "--json").json
    assert found[0] == {
        "topic": "monthly_price",
        "value": "79900",
        "currency": "COP",
        "said": "79.900 al mes",
        "confidence": 0.9,
    }
    assert [(each["topic"], each["value"]) for each in found[1:]] == [
        ("price_hold", "P12M"),
        ("callback", "2026-03-12T17:00:00-05:00"),
    ]
    assert found[2]["assumed"] == "17:00: no se dijo si de la mañana o de la tarde"
    assert recorded(run) == []


def test_nothing_promised_is_an_empty_list(loaded: Path, run: Run) -> None:
    assert run("promise", "read", "-", *AT, "--locale", "es-CO", "--json", stdin="¿Cuánto vale?".encode()).json == []
    assert "Ninguna" not in run("promise", "read", "-", *AT, "--locale", "es-CO", stdin=b"hola").err
    assert "No se encontró ninguna promesa." in run("promise", "read", "-", *AT, "--locale", "es-CO", stdin=b"hola").out


def test_without_a_terminal_it_shows_in_the_language_and_records_nothing(loaded: Path, run: Run, call: Path) -> None:
    shown = run("promise", "read", call, *AT, "--contract", "K-1", "--locale", "es-CO")
    assert "mensualidad: $79.900" in shown.out
    assert "dijo: «79.900 al mes»" in shown.out
    assert "se supuso: 17:00" in shown.out
    assert "Nada se registró" in shown.out
    assert recorded(run) == []
    english = run("promise", "read", "-", *AT, "--locale", "en-US", stdin=b"I'll call you tomorrow at 3pm.")
    assert "call back: Friday, March 13, 2026, 3:00" in english.out


def test_yes_records_all_as_ordinary_promises_with_the_words_as_evidence(loaded: Path, run: Run, call: Path) -> None:
    done = run("promise", "read", call, *AT, "--contract", "K-1", "--locale", "es-CO", "--yes", *SIGNED)
    assert (done.code, done.out.count("is recorded.")) == (0, 3)
    callback, price, hold = sorted(recorded(run), key=lambda each: each["topic"])
    assert (hold["topic"], hold["value"]) == ("price_hold", "true")
    assert (price["value"], price["currency"], price["subject"], price["customer"]) == (
        "79900",
        "COP",
        "contract:K-1",
        "C-1",
    )
    assert (price["evidence"], price["source"], price["made_by"]) == ("“79.900 al mes”", "sales", "agent 7")
    assert (price["made_at"], callback["value"]) == ("2026-03-12T15:00:00Z", "2026-03-12T22:00:00Z")


def test_yes_leaves_out_a_day_of_which_there_is_another_reading(
    loaded: Path, run: Run, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "notifier.capture.second_opinion.dateparser_opinion", lambda: lambda *_: date.fromisoformat("2026-03-19")
    )
    options = ("--contract", "K-1", "--locale", "es-CO")
    (*_, doubted) = run("promise", "read", call, *AT, *options, "--json").json
    assert (doubted["topic"], doubted["doubt"]) == ("callback", "dateparser: 2026-03-19")
    done = run("promise", "read", call, *AT, *options, "--yes", *SIGNED)
    assert (done.code, done.out.count("is recorded.")) == (1, 2)
    assert "otra lectura: dateparser: 2026-03-19" in done.out
    assert "Hay otra lectura de llamada de vuelta" in done.err
    assert {each["topic"] for each in recorded(run)} == {"monthly_price", "price_hold"}


def test_in_a_terminal_each_is_confirmed_by_itself(
    loaded: Path, run: Run, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.cli.promise_reading.is_a_person", lambda: True)
    answers = b"y\nn\nn\n"
    done = run("promise", "read", call, *AT, "--contract", "K-1", "--locale", "es-CO", *SIGNED, stdin=answers)
    assert done.out.count("¿Registrar esta promesa?") == 3
    assert [each["topic"] for each in recorded(run)] == ["monthly_price"]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--contract", "K-1", "--yes", "--by", "marta"), "say who promised: --source"),
        (("--contract", "K-1", "--yes", "--source", "sales"), "say who confirms it: --by"),
        (("--contract", "K-1", "--yes", "--source", "seller", "--by", "marta"), "'seller' is no source"),
        (("--contract", "K-1", "--subject", "order:O-1"), "give one of them"),
        (("--subject", "K-1"), "'K-1' is no row"),
        (("--subject", "kontract:K-1"), "is no type of row"),
        (("--json", "--yes"), "--json only shows"),
        (("--locale", "fr-FR"), "texts in 'fr' cannot be read"),
        (("--currency", "PESOS"), "'PESOS' is not a currency"),
        (("--country", "Colombia"), "Colombia"),
        (("--at", "2026-03-12"), "has no time zone"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    loaded: Path, run: Run, call: Path, options: tuple[str, ...], what: str
) -> None:
    given = options if "--locale" in options else ("--locale", "es-CO", *options)
    done = run("promise", "read", call, *given)
    assert done.code == 2
    assert what in done.usage
    assert recorded(run) == []


def test_files_that_cannot_be_read_are_refused(loaded: Path, run: Run, tmp_path: Path) -> None:
    assert "cannot be read" in run("promise", "read", tmp_path / "none.txt").usage
    latin = tmp_path / "latin.txt"
    latin.write_bytes("señal".encode("latin-1"))
    assert "is not UTF-8" in run("promise", "read", latin).usage
    large = tmp_path / "large.txt"
    large.write_text("a " * 30_000)
    assert "50,000 are read" in run("promise", "read", large, "--locale", "es-CO").usage


def test_the_text_is_shown_as_it_is_and_prints_nothing_else(loaded: Path, run: Run) -> None:
    text = "Le queda en 79.900 al mes [red]\u202e{{ 7*7 }}\x1b[31m pesos".encode()
    shown = run("promise", "read", "-", *AT, "--locale", "es-CO", stdin=text)
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "49" not in shown.out
