"""Settings from the environment and `.env`: right defaults, and every mistake at once, without secrets."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from notifier.model.problems import ProblemsError
from notifier.settings import load_settings


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("NOTIFIER_")]:
        monkeypatch.delenv(name)


def problems(folder: Path) -> str:
    with pytest.raises(ProblemsError) as raised:
        load_settings(folder)
    return str(raised.value)


def test_without_any_setting_nothing_is_sent_for_real_and_everything_stays_in_the_folder(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.live is False
    assert settings.outbox == tmp_path / "outbox"
    assert settings.database_url == f"sqlite:///{tmp_path / 'notifier.db'}"
    assert (settings.defaults.locale, settings.defaults.timezone, settings.defaults.country) == ("en", "UTC", "US")


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(
        "NOTIFIER_COMPANY=Fibra\nNOTIFIER_DEFAULT_TIMEZONE=America/Bogota\nNOTIFIER_OUTBOX=/var/outbox\n"
        'NOTIFIER_SMS_PRICES={"CO": 0.0520, "US": "0.0079"}\nOTHER_PROGRAM=1\n'
    )
    monkeypatch.setenv("NOTIFIER_COMPANY", "Otra")
    settings = load_settings(tmp_path)
    assert settings.company == settings.rendering.company == "Otra"
    assert settings.default_timezone == "America/Bogota"
    assert settings.outbox == Path("/var/outbox")
    assert settings.rendering.price("CO") == Decimal("0.0520")
    assert settings.rendering.price("US") == Decimal("0.0079")


def test_every_mistake_is_named_at_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "NOTIFIER_LVIE=true\nNOTIFIER_DEFAULT_TIMEZONE=Bogota\n# a comment\nNOTIFIER_LIVE=maybe\n"
        "NOTIFIER_SMS_PRICES={oops\nNOTIFIER_FROM_ADDRESS=a@example.com, b@example.com\nNOTIFIER_TICK_SECONDS=0\n"
    )
    said = problems(tmp_path)
    assert ".env:1:1: unknown setting 'NOTIFIER_LVIE'; did you mean 'NOTIFIER_LIVE'?" in said
    assert ".env:2:1: NOTIFIER_DEFAULT_TIMEZONE: unknown zone 'Bogota'; did you mean 'America/Bogota'?" in said
    assert ".env:4:1: NOTIFIER_LIVE: " in said
    assert '.env:5:1: NOTIFIER_SMS_PRICES: it is not JSON; write it like {"CO": "0.052", "US": "0.0079"}' in said
    assert ".env:6:1: NOTIFIER_FROM_ADDRESS: two e-mail addresses in one" in said
    assert ".env:7:1: NOTIFIER_TICK_SECONDS: Input should be greater than 0" in said


def test_a_mistake_in_the_environment_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFIER_DEFAULT_COUNTRY", "Colombia")
    assert problems(tmp_path).startswith("environment:1:1: NOTIFIER_DEFAULT_COUNTRY: unknown country 'Colombia'")


def test_what_cannot_stand_in_a_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NOTIFIER_UNSUBSCRIBE_URL=http://example.com/bye\n")
    assert "unsubscribe_url: one-click unsubscribing needs an https:// URL" in problems(tmp_path)


def test_no_secret_is_printed_with_the_settings_or_with_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_DATABASE_URL", "postgresql://user:hunter2@db/notifier")
    settings = load_settings(tmp_path)
    assert settings.database_url.endswith("hunter2@db/notifier")
    assert "hunter2" not in repr(settings) + str(settings)
    monkeypatch.setenv("NOTIFIER_LIVE", "hunter3")
    assert "hunter" not in problems(tmp_path)


def test_a_file_that_is_not_text_is_said_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"NOTIFIER_COMPANY=\xff\xfe\n")
    assert problems(tmp_path) == ".env:1:1: it is not UTF-8 text; save it as UTF-8"
