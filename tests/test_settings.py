"""Settings from the environment and `.env`: right defaults, and every mistake at once, without secrets."""

import os
import traceback
from decimal import Decimal
from pathlib import Path

import pytest

from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import ImapMailbox, SmtpServer, TwilioAccount
from notifier.model.problems import ProblemsError
from notifier.model.types import ChannelName
from notifier.settings import Settings
from notifier.settings_sources import load_settings
from notifier.wiring import House


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("notifier.settings_sources.SECRETS", tmp_path / "no secrets")
    for name in [name for name in os.environ if name.upper().startswith("NOTIFIER_")]:
        monkeypatch.delenv(name)


def problems(folder: Path) -> str:
    with pytest.raises(ProblemsError) as raised:
        load_settings(folder)
    return str(raised.value)


def what_is_wrong(folder: Path) -> str:
    """With what is missing, which stops nothing but sending."""
    try:
        found = load_settings(folder)
    except ProblemsError as error:
        return str(error)
    assert found.live  # what is shown is what would be sent
    return "\n".join(str(problem) for problem in found.incomplete)


def test_without_any_setting_nothing_is_sent_for_real_and_everything_stays_in_the_folder(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.live is False
    assert settings.outbox == tmp_path / "outbox"
    assert settings.database_url == f"sqlite:///{tmp_path / 'notifier.db'}"
    assert (settings.defaults.locale, settings.defaults.timezone, settings.defaults.country) == ("en", None, "US")


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
    assert ".env:2:1: NOTIFIER_DEFAULT_TIMEZONE: it is no zone; did you mean 'America/Bogota'?" in said
    assert ".env:4:1: NOTIFIER_LIVE: " in said
    assert '.env:5:1: NOTIFIER_SMS_PRICES: it is not JSON; write it like {"CO": "0.052", "US": "0.0079"}' in said
    assert ".env:6:1: NOTIFIER_FROM_ADDRESS: it is not one e-mail address; write it like" in said
    assert ".env:7:1: NOTIFIER_TICK_SECONDS: Input should be greater than 0" in said


def test_a_mistake_in_the_environment_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFIER_DEFAULT_COUNTRY", "Colombia")
    assert problems(tmp_path).startswith(
        "environment:1:1: NOTIFIER_DEFAULT_COUNTRY: it is no country; use its two-letter ISO 3166 code"
    )


def test_unsubscribing_takes_an_address_that_is_safe_to_click(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NOTIFIER_UNSUBSCRIBE_URL=http://example.com/bye\n")
    assert "NOTIFIER_UNSUBSCRIBE_URL: one-click unsubscribing needs an https:// URL" in problems(tmp_path)


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


def refusal(folder: Path) -> ProblemsError | None:
    try:
        load_settings(folder)
    except ProblemsError as error:
        return error
    return None


ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
PASSWORD = "tR0ub4dor&3"
TWILIO = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "twilio_from": "+15005550006"}
RELAY = {"smtp_host": "smtp.example.com", "from_address": "hello@andina.example"}
LOGIN = {"smtp_username": "mailer", "smtp_password": PASSWORD}


def write(folder: Path, **values: str) -> None:
    """The project's `.env`."""
    lines = [f'NOTIFIER_{name.upper()}="{value}"\n' for name, value in values.items()]
    (folder / ".env").write_text("".join(lines), encoding="utf-8")


def test_with_credentials_live_is_live_and_the_providers_are_there(tmp_path: Path) -> None:
    write(tmp_path, live="true", **TWILIO, **RELAY, **LOGIN)
    settings = load_settings(tmp_path)
    assert (settings.live, settings.warnings) == (True, ())
    assert settings.twilio == TwilioAccount(account_sid=ACCOUNT, auth_token=TOKEN, sender="+15005550006")
    assert settings.smtp == SmtpServer(
        host="smtp.example.com", username="mailer", password=PASSWORD, sender="hello@andina.example"
    )


@pytest.mark.parametrize("provider", [TWILIO, RELAY])
def test_one_provider_is_enough_to_be_live(tmp_path: Path, provider: dict[str, str]) -> None:
    write(tmp_path, live="true", **provider)
    assert load_settings(tmp_path).live


def test_live_without_any_credentials_stays_in_the_sandbox_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, company="Fibra", live="true")
    settings = load_settings(tmp_path)
    assert not settings.live
    assert [str(warning) for warning in settings.warnings] == [
        ".env:2:1: warning: NOTIFIER_LIVE: no provider has credentials, so messages still go into the outbox folder"
    ]


def test_whatsapp_has_a_sender_of_its_own_also_beside_a_gateway_for_sms(tmp_path: Path) -> None:
    account = {name: value for name, value in TWILIO.items() if name != "twilio_from"}
    gateway = {"sms_gateway_url": "https://sms.example.com/v1", "sms_gateway_token": TOKEN}
    write(tmp_path, live="true", twilio_whatsapp_from="+15005550007", **account, **gateway)
    settings = load_settings(tmp_path)
    assert (settings.twilio, settings.warnings, settings.incomplete) == (None, (), ())
    assert settings.twilio_whatsapp == TwilioAccount(account_sid=ACCOUNT, auth_token=TOKEN, sender="+15005550007")
    assert settings.twilio_signing_tokens == (TOKEN,)
    house = House(tmp_path, settings)
    assert house.destination == "SMS by your own gateway, WhatsApp by Twilio, no mail"
    assert house.unavailable == {ChannelName.EMAIL, ChannelName.CHAT}
    assert type(house.channels[ChannelName.WHATSAPP]).__name__ == "TwilioWhatsApp"
    write(tmp_path, live="true", **TWILIO)
    assert ChannelName.WHATSAPP in House(tmp_path, load_settings(tmp_path)).unavailable


def test_without_live_credentials_send_nothing(tmp_path: Path) -> None:
    write(tmp_path, **TWILIO, **RELAY)
    assert (load_settings(tmp_path).live, load_settings(tmp_path).warnings) == (False, ())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"twilio_account_sid": ACCOUNT, "twilio_from": "72345"}, "ACCOUNT_SID: its token is missing; set NOTIFIER_"),
        ({"twilio_auth_token": TOKEN, "twilio_from": "Andina"}, "AUTH_TOKEN: its account is missing; set NOTIFIER_"),
        ({"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN}, "ACCOUNT_SID: there is no sender; set NOTIFIER_"),
        ({"twilio_whatsapp_from": "+15005550006"}, "TWILIO_WHATSAPP_FROM: there is no account; set NOTIFIER_TWILIO_"),
        (TWILIO | {"twilio_whatsapp_from": "Fibra"}, "TWILIO_WHATSAPP_FROM: it is a number like +15005550006"),
        ({"twilio_from": "+15005550006"}, "TWILIO_FROM: there is no account; set NOTIFIER_TWILIO_ACCOUNT_SID and"),
        (
            TWILIO | {"twilio_messaging_service_sid": "MG" + "0" * 32},
            "SERVICE_SID: a messaging service chooses the number itself; remove this, or NOTIFIER_TWILIO_FROM",
        ),
        (RELAY | {"smtp_username": "mailer"}, "SMTP_USERNAME: its password is missing; set NOTIFIER_SMTP_PASSWORD"),
        (RELAY | {"smtp_password": PASSWORD}, "SMTP_PASSWORD: its user is missing; set NOTIFIER_SMTP_USERNAME"),
        (LOGIN, "SMTP_USERNAME: there is no relay; set NOTIFIER_SMTP_HOST"),
        ({"smtp_host": "smtp.example.com"}, "SMTP_HOST: the sender of mails is missing; set NOTIFIER_FROM_ADDRESS"),
        (RELAY | LOGIN | {"smtp_security": "none"}, "SMTP_SECURITY: the password would be sent in the clear; use"),
        (TWILIO | {"twilio_from": "300 123 4567"}, "TWILIO_FROM: it is a number like +15005550006, a short code, or"),
        (TWILIO | {"twilio_base_url": "http://twilio.example"}, "BASE_URL: only https:// keeps the token secret"),
        (TWILIO | {"twilio_base_url": "https://a:b@twilio.example"}, "BASE_URL: it holds a user or a password; those"),
        (TWILIO | {"twilio_base_url": "api.twilio.com"}, "BASE_URL: it is not the address of an API; write it like"),
        (RELAY | {"smtp_host": "smtp://smtp.example.com:25"}, "SMTP_HOST: it is not the name of a machine; write it"),
        (TWILIO | {"twilio_auth_token": "f0e1 d2c3"}, "AUTH_TOKEN: it holds a space, a line end or a character that"),
        (RELAY | LOGIN | {"smtp_password": "tR0ub\\n4dor"}, "SMTP_PASSWORD: it holds a line end, or spaces around it"),
        (RELAY | {"smtp_port": "70000"}, "SMTP_PORT: Input should be less than or equal to 65535"),
        (RELAY | {"smtp_security": "ssl"}, "SMTP_SECURITY: Input should be 'starttls', 'tls' or 'none'"),
        ({"secrets_dir": "nowhere"}, "SECRETS_DIR: there is no such folder; name"),
    ],
)
def test_credentials_that_are_not_whole_are_a_problem_with_a_remedy(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    write(tmp_path, live="true", **given)
    assert said in what_is_wrong(tmp_path)


def test_what_is_missing_is_said_only_where_something_would_be_sent(tmp_path: Path) -> None:
    write(tmp_path, twilio_account_sid=ACCOUNT, twilio_from="72345")
    assert load_settings(tmp_path).incomplete == ()
    write(tmp_path, live="true", twilio_account_sid=ACCOUNT, twilio_from="72345")
    assert len(load_settings(tmp_path).incomplete) == 1


def test_all_that_is_wrong_with_the_credentials_is_said_at_once(tmp_path: Path) -> None:
    write(tmp_path, twilio_account_sid="AC1", smtp_username="mailer", live="perhaps")
    assert [problem.split(": ", 2)[:2] for problem in problems(tmp_path).splitlines()] == [
        [".env:1:1", "NOTIFIER_TWILIO_ACCOUNT_SID"],  # not 32 digits
        [".env:1:1", "NOTIFIER_TWILIO_ACCOUNT_SID"],  # no token
        [".env:1:1", "NOTIFIER_TWILIO_ACCOUNT_SID"],  # no sender
        [".env:2:1", "NOTIFIER_SMTP_USERNAME"],  # no password
        [".env:2:1", "NOTIFIER_SMTP_USERNAME"],  # no relay
        [".env:3:1", "NOTIFIER_LIVE"],
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_this_machine_may_be_spoken_to_in_the_clear(tmp_path: Path, host: str) -> None:
    write(tmp_path, **RELAY | LOGIN | {"smtp_host": host, "smtp_security": "none"})
    assert load_settings(tmp_path).warnings == ()


def test_mail_in_the_clear_to_another_machine_is_warned_of(tmp_path: Path) -> None:
    write(tmp_path, **RELAY, smtp_security="none")
    (warning,) = load_settings(tmp_path).warnings
    assert "NOTIFIER_SMTP_SECURITY: mails are sent to another machine in the clear" in str(warning)


def test_twilio_may_be_played_by_a_server_on_this_machine(tmp_path: Path) -> None:
    write(tmp_path, **TWILIO, twilio_base_url="http://127.0.0.1:4010/")
    assert load_settings(tmp_path).twilio_base_url == "http://127.0.0.1:4010"


def test_the_environment_wins_over_the_file_and_the_file_over_the_folder_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "notifier_twilio_auth_token").write_text(f"{TOKEN}\n")
    (secrets / "NOTIFIER_SMTP_PASSWORD").write_text("from-the-folder")
    (secrets / "notifier_smtp_username").write_text("folder")
    (secrets / "another_program").write_text("1")
    given = {name: value for name, value in (TWILIO | RELAY).items() if name != "twilio_auth_token"}
    write(tmp_path, secrets_dir="secrets", smtp_password="from-the-file", **given)
    monkeypatch.setenv("NOTIFIER_SMTP_USERNAME", "environment")
    settings = load_settings(tmp_path)
    assert settings.twilio is not None
    assert settings.twilio.auth_token == TOKEN
    assert settings.smtp is not None
    assert (settings.smtp.username, settings.smtp.password) == ("environment", "from-the-file")


def test_the_folder_of_secrets_of_a_container_is_read_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "run"
    secrets.mkdir()
    monkeypatch.setattr("notifier.settings_sources.SECRETS", secrets)
    (secrets / "notifier_database_url").write_text("postgresql://u:p@db/notifier")
    (secrets / "notifier_company").write_text("")
    assert load_settings(tmp_path).database_url == "postgresql://u:p@db/notifier"
    assert load_settings(tmp_path).company == "Notifier"


def test_what_is_wrong_in_the_folder_of_secrets_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    (secrets / "notifier_smtp_password").mkdir(parents=True)  # what docker makes of a file that is not there
    (secrets / "notifier_twilio_auth_tokn").write_text(TOKEN)
    (secrets / "notifier_smtp_port").write_text(TOKEN)
    monkeypatch.setenv("NOTIFIER_SECRETS_DIR", str(secrets))
    said = problems(tmp_path)
    assert f"{secrets}/notifier_twilio_auth_tokn:1:1: unknown setting 'notifier_twilio_auth_tokn'; did you mean" in said
    assert f"{secrets}/notifier_smtp_port:1:1: NOTIFIER_SMTP_PORT: Input should be a valid integer" in said
    assert "notifier_smtp_password" in said
    assert "but found a directory instead" in said
    assert TOKEN not in said
    (secrets / "notifier_smtp_port").write_bytes(b"\xff\xfe")
    assert f"{secrets}:1:1: a file in it cannot be read: each must be UTF-8 text" in problems(tmp_path)


def test_an_empty_value_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass on variables that nobody set as empty ones."""
    write(tmp_path, twilio_account_sid="", smtp_host="", live="")
    monkeypatch.setenv("NOTIFIER_TWILIO_AUTH_TOKEN", "")
    assert (load_settings(tmp_path).twilio, load_settings(tmp_path).live) == (None, False)


MISPLACED = [TOKEN, "hunter2", "pass word\twith\\odd'{chars}", "'; did you mean 'hunter2'?", "x" * 60, "a@b@c"]
"""What is given to a wrong setting; one looks like a part of our own sentences."""


@pytest.mark.parametrize(
    ("place", "secret"), [("file", TOKEN), ("folder", TOKEN), *(("environment", one) for one in MISPLACED)]
)
def test_no_problem_repeats_a_value_whatever_setting_a_secret_is_given_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, secret: str
) -> None:
    refused = set()
    for name in Settings.model_fields:
        variable = f"NOTIFIER_{name.upper()}"
        folder = tmp_path / name
        (folder / "secrets").mkdir(parents=True)
        with monkeypatch.context() as given:
            given.setattr("notifier.settings_sources.SECRETS", folder / "secrets")
            match place:
                case "environment":
                    given.setenv(variable, secret)
                case "file":
                    (folder / ".env").write_text(f'{variable}="{secret}"\n')
                case _:
                    (folder / "secrets" / variable.lower()).write_text(secret)
            error = refusal(folder)
        if error is not None:
            refused.add(name)
            assert variable in str(error)
            assert secret not in "".join(traceback.format_exception(error))
    assert {"twilio_account_sid", "smtp_port", "live", "from_address", "default_timezone", "sms_prices"} <= refused


def test_what_cannot_stand_in_a_header_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """The other check of an address: this one is of international mail, not of our headers."""
    write(tmp_path, from_address="añá@bücher.example", unsubscribe_url="https://a:hunter2@x y")
    said = problems(tmp_path)
    assert "exactly one plain e-mail address" in said
    assert "bücher" not in said
    write(tmp_path, unsubscribe_url="https://a:hunter2@x y")
    assert "hunter2" not in problems(tmp_path)


def test_settings_are_printed_without_their_secrets(tmp_path: Path) -> None:
    write(tmp_path, **TWILIO, **RELAY, **LOGIN, database_url="postgresql://u:hunter2@db/notifier")
    settings = load_settings(tmp_path)
    for printed in (repr(settings), str(settings), repr(settings.twilio), repr(settings.smtp)):
        for secret in (TOKEN, PASSWORD, "hunter2"):
            assert secret not in printed


def test_an_address_of_a_domain_outside_ascii_is_known_to_mail_by_its_a_label(tmp_path: Path) -> None:
    write(tmp_path, from_address="avisos@bücher.example")
    assert load_settings(tmp_path).from_address == "avisos@xn--bcher-kva.example"


@pytest.mark.parametrize("name", ["company", "from_name"])
def test_a_name_that_customers_read_has_nothing_that_they_cannot_see(tmp_path: Path, name: str) -> None:
    write(tmp_path, **{name: "Andina \u202e59"})
    said = f"{name.upper()}: it holds the character U+202E (right-to-left override), which nobody sees; leave it out"
    assert said in problems(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'NOTIFIER_COMPANY="Andina\nNOTIFIER_DEFAULT_LOCALE=es-CO\n',
            [".env:1:1: the quote that begins the value is not closed on its line; close it"],
        ),
        (
            'NOTIFIER_COMPANY="Andina\nNOTIFIER_REPLY_TO="a@example.com"\nNOTIFIER_LIVE=false\n',
            [".env:1:1: the quote that begins the value is not closed on its line; close it"],
        ),
        ("NOTIFIER_COMPANY=Andina\n\nNOTIFIER_LIVE true\n", [".env:3:1: the line cannot be read; write NAME=value"]),
        ("NOTIFIER_COMPANY: Andina\n", [".env:1:1: the line cannot be read; write NAME=value"]),
        (
            "NOTIFIER_LIVE\n",
            [".env:1:1: 'NOTIFIER_LIVE' has no value; write NOTIFIER_LIVE=value, or remove the line"],
        ),
        (
            "NOTIFER_COMPANY=Andina\nPATH=/bin\nCOMPANY=x\n",
            [".env:1:1: unknown setting 'NOTIFER_COMPANY'; did you mean 'NOTIFIER_COMPANY'?"],
        ),
        (
            "NOTIFIER_COMPNY=Andina\nNOTIFIER_LIVE true\n",
            [
                ".env:1:1: unknown setting 'NOTIFIER_COMPNY'; did you mean 'NOTIFIER_COMPANY'?",
                ".env:2:1: the line cannot be read; write NAME=value",
            ],
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_not_as_if_it_were_not_there(tmp_path: Path, text: str, said: list[str]) -> None:
    (tmp_path / ".env").write_text(text)
    assert problems(tmp_path).splitlines() == said


def test_a_settings_file_that_is_no_file_is_not_as_if_it_were_not_there(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.mkdir()  # what a container makes of a file that is not there
    assert problems(tmp_path) == ".env:1:1: this is a folder, not a file; rename or remove it"
    path.rmdir()
    os.mkfifo(path)
    assert problems(tmp_path) == ".env:1:1: this is a pipe, not a file; rename or remove it"
    path.unlink()
    path.symlink_to("nowhere")
    assert problems(tmp_path) == ".env:1:1: cannot be read: the link leads nowhere; mend or remove it"


def test_a_misspelt_setting_in_the_environment_is_refused_and_what_others_set_there_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Kubernetes sets where a service is called notifier, or notifier-db.
    for name in (
        "NOTIFIER_SERVICE_HOST",
        "NOTIFIER_PORT",
        "NOTIFIER_PORT_8080_TCP_ADDR",
        "NOTIFIER_DB_SERVICE_PORT_SQL",
    ):
        monkeypatch.setenv(name, "tcp://10.0.0.1:8080")
    monkeypatch.setenv("NOTIFIER_PROJECT", ".")
    load_settings(tmp_path)
    monkeypatch.setenv("NOTIFIER_DEFAULT_LOCAL", "es-CO")
    monkeypatch.setenv("NOTIFIER_QQ", "1")
    assert problems(tmp_path).splitlines() == [
        "environment:1:1: unknown setting 'NOTIFIER_DEFAULT_LOCAL'; did you mean 'NOTIFIER_DEFAULT_LOCALE'?",
        "environment:1:1: unknown setting 'NOTIFIER_QQ'; remove it, or rename it if it is another program's",
    ]


def test_a_public_address_is_told_to_twilio_and_with_a_key_stands_in_mails(tmp_path: Path) -> None:
    write(tmp_path, **TWILIO, public_url="https://notices.example.com/hooks/")
    settings = load_settings(tmp_path)
    assert settings.twilio is not None
    assert settings.twilio.status_callback == "https://notices.example.com/hooks/twilio/status"
    assert settings.rendering.unsubscribe_url is None

    write(tmp_path, public_url="https://notices.example.com", token_key="k" * 32)
    settings = load_settings(tmp_path)
    assert settings.rendering.unsubscribe_url == "https://notices.example.com/unsubscribe/{reference}/{token}"
    assert "k" * 32 in settings.secrets
    assert "k" * 32 not in repr(settings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"public_url": "http://notices.example.com"}, "only https://"),
        ({"public_url": "https://notices.example.com/?a=1"}, "it is not where a service is reached"),
        ({"public_url": "https://u:p@notices.example.com"}, "it is not where a service is reached"),
        ({"public_url": "notices.example.com"}, "it is not where a service is reached"),
        ({"token_key": "short"}, "32 letters"),
        ({"unsubscribe_url": "https://x.example/{token}"}, "set NOTIFIER_TOKEN_KEY"),
    ],
)
def test_what_the_service_cannot_use_is_refused(tmp_path: Path, given: dict[str, str], said: str) -> None:
    write(tmp_path, **given)
    assert said in problems(tmp_path)


BOUNCES = {"bounce_address": "bounce@notices.andina.example", "token_key": "k" * 32}
MAILBOX = {"bounce_imap_host": "imap.andina.example", "bounce_imap_username": "b", "bounce_imap_password": PASSWORD}


def test_bounces_have_an_address_and_a_mailbox_where_the_settings_name_them(tmp_path: Path) -> None:
    write(tmp_path, **RELAY)
    settings = load_settings(tmp_path)
    assert (settings.bounces, settings.bounce_mailbox) == (None, None)
    write(tmp_path, **RELAY, **BOUNCES, **MAILBOX)
    settings = load_settings(tmp_path)
    assert settings.smtp is not None
    assert settings.smtp.bounces == settings.bounces == BounceAddress(address=BOUNCES["bounce_address"], key="k" * 32)
    assert settings.bounce_mailbox == ImapMailbox(host="imap.andina.example", username="b", password=PASSWORD)
    assert PASSWORD in settings.secrets
    assert PASSWORD not in repr(settings.bounce_mailbox)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"bounce_address": "bounce@andina.example"}, "BOUNCE_ADDRESS: the key of its tokens is missing"),
        ({"bounce_address": "bounce+x@andina.example", "token_key": "k" * 32}, "without a plus sign"),
        ({"bounce_address": f"{'b' * 40}@andina.example", "token_key": "k" * 32}, "its name is too long"),
        (MAILBOX, "BOUNCE_IMAP_HOST: there is no address for bounces"),
        ({**BOUNCES, "bounce_imap_host": "imap.example"}, "set NOTIFIER_BOUNCE_IMAP_PASSWORD"),
        ({**BOUNCES, **MAILBOX, "bounce_imap_security": "none"}, "the password would be sent in the clear"),
    ],
)
def test_what_is_missing_for_bounces_is_said(tmp_path: Path, values: dict[str, str], said: str) -> None:
    write(tmp_path, live="true", **RELAY, **values)
    assert said in what_is_wrong(tmp_path)
