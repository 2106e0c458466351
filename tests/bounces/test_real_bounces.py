"""Each of 25 real mails of seven mail servers says what became of our mail, and leads to its notice."""

import pytest

from notifier.bounces.bounce import BounceKind
from notifier.bounces.reading import read_bounce
from tests.bounces.mails import ADDRESS, FOLDER, REFERENCE, names, real

HARD, SOFT, OURS, DELAYED, AUTO = (
    BounceKind.HARD,
    BounceKind.SOFT,
    BounceKind.OURS,
    BounceKind.DELAYED,
    BounceKind.AUTO_REPLY,
)
SAYS = {
    "courier-451-delay": (DELAYED, "451 4.7.1"),
    "courier-552-full": (SOFT, "552 5.2.2"),
    "dma-550-unknown": (HARD, "550 5.1.1"),
    "exim-451-delay": (DELAYED, "451 4.7.1"),
    "exim-451-given-up": (SOFT, "451 4.7.1"),
    "exim-550-unknown": (HARD, "550 5.1.1"),
    "exim-552-full": (SOFT, "552 5.2.2"),
    "exim-alias": (HARD, "550 5.1.1"),
    "exim-autoreply": (AUTO, None),
    "exim-local-unknown": (HARD, None),
    "nullmailer-451-given-up": (DELAYED, "451 4.7.1"),
    "opensmtpd-451-delay": (DELAYED, "451 4.7.1"),
    "opensmtpd-451-given-up": (SOFT, "4.4.7"),
    "opensmtpd-550-unknown": (HARD, "550 5.1.1"),
    "postfix-451-delay": (DELAYED, "451 4.7.1"),
    "postfix-451-given-up": (SOFT, "451 4.7.1"),
    "postfix-550-unknown": (HARD, "550 5.1.1"),
    "postfix-552-full-ret-hdrs-envid": (SOFT, "552 5.2.2"),
    "postfix-554-policy": (OURS, "554 5.7.1"),
    "postfix-alias": (HARD, "550 5.1.1"),
    "postfix-local-unknown": (HARD, "5.1.1"),
    "sendmail-451-delay": (DELAYED, "451 4.7.1"),
    "sendmail-554-policy": (OURS, "554 5.7.1"),
    "sendmail-alias": (HARD, "550 5.1.1"),
    "sendmail-autoreply": (AUTO, None),
}


def test_all_of_them_are_looked_at() -> None:
    assert list(names()) == list(SAYS)


@pytest.mark.parametrize("name", SAYS)
def test_it_says_what_became_of_the_mail_and_leads_to_its_notice(name: str) -> None:
    bounce = read_bounce(real(name))
    assert (bounce.kind, bounce.meaning.code) == SAYS[name]
    assert ADDRESS.reference_in(bounce.addresses[0]) == REFERENCE
    assert "@" not in bounce.meaning.reason


@pytest.mark.parametrize("name", SAYS)
def test_without_the_token_of_our_address_it_proves_nothing(name: str) -> None:
    bounce = read_bounce((FOLDER / f"{name}.eml").read_bytes())
    assert {ADDRESS.reference_in(each) for each in bounce.addresses} == {None}


@pytest.mark.parametrize("name", SAYS)
def test_line_ends_and_what_a_pipe_puts_before_it_change_nothing(name: str) -> None:
    """Exim writes a line `From …` before a mail in a pipe where it is told so; IMAP servers end lines in CRLF."""
    piped = b"From MAILER-DAEMON Thu Mar 05 09:32:01 2026\n" + real(name)
    for content in (real(name).replace(b"\n", b"\r\n"), piped):
        bounce = read_bounce(content)
        assert (bounce.kind, bounce.meaning.code) == SAYS[name]
        assert ADDRESS.reference_in(bounce.addresses[0]) == REFERENCE


@pytest.mark.parametrize("name", [name for name in SAYS if "autoreply" not in name])
def test_a_server_that_writes_to_another_address_names_the_mail_all_the_same(name: str) -> None:
    """Where the To is lost on the way (a forwarded mailbox), the returned head has our address, or our Message-ID."""
    head, _, rest = real(name).partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if b"7k3qm" not in line.lower()]
    bounce = read_bounce(b"\n".join([*lines, b"To: bounces@example.com"]) + b"\n\n" + rest)
    led = [each for each in bounce.addresses if ADDRESS.reference_in(each) == REFERENCE]
    assert led or any(each.startswith(REFERENCE.lower()) for each in bounce.message_ids)
