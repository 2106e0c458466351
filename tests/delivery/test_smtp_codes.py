"""Every row of the table of SMTP answers has an answer that it decides."""

import pytest

from notifier.delivery.outcomes import Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown
from notifier.delivery.smtp_codes import CONFUSED, FULL, MUCH_LATER, ROWS, SLOW_DOWN, SmtpPhase, broken, decide, row_for

CASES: list[tuple[SmtpPhase, str, type[Outcome]]] = [
    (SmtpPhase.CONNECT, "421 4.3.2 too busy", Retry),
    (SmtpPhase.CONNECT, "450 come back", Retry),
    (SmtpPhase.CONNECT, "554 5.7.1 your address is on a block list", Halt),
    (SmtpPhase.CONNECT, "521 this host takes no mail", Halt),
    (SmtpPhase.HELLO, "450 4.3.2 not now", Retry),
    (SmtpPhase.HELLO, "502 command not implemented", Halt),
    (SmtpPhase.HELLO, "550 5.7.1 who are you", Halt),
    (SmtpPhase.TLS, "454 4.7.0 TLS not available due to temporary reason", Retry),
    (SmtpPhase.TLS, "502 5.5.1 no", Halt),
    (SmtpPhase.LOGIN, "454 4.7.0 temporary authentication failure", Retry),
    (SmtpPhase.LOGIN, "421 4.7.0 too many attempts", Retry),
    (SmtpPhase.LOGIN, "432 4.7.12 a password transition is needed", Halt),
    (SmtpPhase.LOGIN, "535 5.7.8 credentials invalid", Halt),
    (SmtpPhase.LOGIN, "534 5.7.9 mechanism is too weak", Halt),
    (SmtpPhase.LOGIN, "538 5.7.11 encryption required", Halt),
    (SmtpPhase.LOGIN, "504 5.5.4 unrecognized mechanism", Halt),
    (SmtpPhase.SENDER, "451 4.1.8 sender's domain does not resolve just now", Retry),
    (SmtpPhase.SENDER, "452 4.3.1 insufficient system storage", Retry),
    (SmtpPhase.SENDER, "530 5.7.0 authentication required", Halt),
    (SmtpPhase.SENDER, "550 5.7.60 client does not have permission to send as this sender", Halt),
    (SmtpPhase.SENDER, "553 5.1.8 sender rejected", Halt),
    (SmtpPhase.SENDER, "552 message size exceeds fixed maximum", OtherChannel),
    (SmtpPhase.SENDER, "552 5.3.4 too big", OtherChannel),
    (SmtpPhase.SENDER, "550 5.4.5 daily sending quota exceeded", Retry),
    (SmtpPhase.RECIPIENT, "421 4.7.28 unusual rate", Retry),
    (SmtpPhase.RECIPIENT, "450 4.2.0 mailbox busy", Retry),
    (SmtpPhase.RECIPIENT, "450 4.7.1 <ana@example.com> greylisted", Retry),
    (SmtpPhase.RECIPIENT, "451 you are greylisted, try again in five minutes", Retry),
    (SmtpPhase.RECIPIENT, "452 4.2.2 over quota", Retry),
    (SmtpPhase.RECIPIENT, "452 4.5.3 too many recipients", Retry),
    (SmtpPhase.RECIPIENT, "550 5.1.1 <ana@example.com>: user unknown in local table", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 5.1.2 no such domain", SuppressAddress),
    (SmtpPhase.RECIPIENT, "501 5.1.3 bad address syntax", SuppressAddress),
    (SmtpPhase.RECIPIENT, "551 5.1.6 moved", SuppressAddress),
    (SmtpPhase.RECIPIENT, "556 5.1.10 domain takes no mail", SuppressAddress),
    (SmtpPhase.RECIPIENT, "556 domain takes no mail", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 Unknown user", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 No such user here", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 <ana@example.com>: recipient unknown", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 sorry, no mailbox here by that name. (#5.1.1)", SuppressAddress),
    (SmtpPhase.RECIPIENT, "550 mailbox unavailable", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 relay not permitted", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 #5.1.0 address rejected", OtherChannel),
    (SmtpPhase.RECIPIENT, "551 user not local", OtherChannel),
    (SmtpPhase.RECIPIENT, "553 that domain is not in my list of allowed hosts (#5.7.1)", OtherChannel),
    (SmtpPhase.RECIPIENT, "554 5.7.1 <ana@example.com>: relay access denied", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 5.7.1 unknown user blocked by policy", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 5.4.1 access denied", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 5.2.1 mailbox disabled", OtherChannel),
    (SmtpPhase.RECIPIENT, "550 5.1.8 our sender's domain is not known", Halt),
    (SmtpPhase.RECIPIENT, "530 authentication required", Halt),
    (SmtpPhase.RECIPIENT, "552 exceeded storage allocation", Retry),
    (SmtpPhase.RECIPIENT, "552 5.2.2 mailbox full", Retry),
    (SmtpPhase.RECIPIENT, "550 over his quota", Retry),
    (SmtpPhase.RECIPIENT, "503 5.5.1 need MAIL first", Retry),
    (SmtpPhase.RECIPIENT, "354 go ahead", Retry),
    (SmtpPhase.DATA, "451 4.3.0 queue file write error", Retry),
    (SmtpPhase.DATA, "503 bad sequence", Retry),
    (SmtpPhase.DATA, "554 5.5.1 no valid recipients", OtherChannel),
    (SmtpPhase.DATA, "250 done", Retry),
    (SmtpPhase.CONTENT, "421 timeout", Retry),
    (SmtpPhase.CONTENT, "451 4.7.1 greylisted", Retry),
    (SmtpPhase.CONTENT, "452 4.3.1 insufficient storage", Retry),
    (SmtpPhase.CONTENT, "552 5.2.3 too long", OtherChannel),
    (SmtpPhase.CONTENT, "552 too much mail data", OtherChannel),
    (SmtpPhase.CONTENT, "552 5.2.2 mailbox full", Retry),
    (SmtpPhase.CONTENT, "550 5.7.1 spam", OtherChannel),
    (SmtpPhase.CONTENT, "554 content rejected", OtherChannel),
    (SmtpPhase.CONTENT, "554 5.6.0 bad content", OtherChannel),
    (SmtpPhase.CONTENT, "550 5.1.1 user unknown", SuppressAddress),
    (SmtpPhase.CONTENT, "354 what?", Unknown),
    (SmtpPhase.CONTENT, "-1 not SMTP at all", Unknown),
]


def answer(said: str) -> tuple[int, str]:
    code, _, text = said.partition(" ")
    return int(code), text


@pytest.mark.parametrize(("phase", "said", "decision"), CASES)
def test_an_answer_has_its_decision_and_a_reason_of_our_own(
    phase: SmtpPhase, said: str, decision: type[Outcome]
) -> None:
    outcome = decide(phase, *answer(said))
    assert type(outcome) is decision
    reason = getattr(outcome, "reason")  # noqa: B009 - every outcome but Accepted has one
    assert reason
    assert "@" not in reason
    assert answer(said)[1] not in reason


def test_every_row_decides_something() -> None:
    deciding = [row_for(phase, *answer(said)) for phase, said, _ in CASES]
    assert [row for row in ROWS if row not in deciding] == []


def test_the_reason_names_the_codes_that_were_given() -> None:
    assert decide(SmtpPhase.RECIPIENT, 550, "5.1.1 <ana@example.com> unknown") == SuppressAddress(
        reason="nobody receives mail at this address (550 5.1.1)"
    )
    assert decide(SmtpPhase.RECIPIENT, 550, "Unknown user") == SuppressAddress(
        reason="nobody receives mail at this address (550)"
    )


def test_a_status_that_contradicts_its_code_is_not_believed() -> None:
    assert isinstance(decide(SmtpPhase.RECIPIENT, 450, "5.1.1 unknown, perhaps"), Retry)


def test_an_address_cannot_pass_for_a_status() -> None:
    assert isinstance(decide(SmtpPhase.RECIPIENT, 550, "<a#5.1.1@example.com> relay not permitted"), OtherChannel)


def test_greylisting_and_full_mailboxes_are_given_the_time_that_they_take() -> None:
    grey = decide(SmtpPhase.RECIPIENT, 451, "4.7.1 greylisted")
    assert grey == Retry(reason="the mail relay wants us to come later (451 4.7.1)", after=SLOW_DOWN)
    full = decide(SmtpPhase.RECIPIENT, 552, "5.2.2 over quota")
    assert full == Retry(reason="the mailbox is full (552 5.2.2)", after=MUCH_LATER, attempts=FULL)


def test_answers_out_of_the_protocol_are_not_waited_for_forever() -> None:
    assert decide(SmtpPhase.RECIPIENT, -1, "") == Retry(
        reason="the mail relay gave an answer outside of the protocol to RCPT", attempts=CONFUSED
    )


@pytest.mark.parametrize("phase", SmtpPhase)
def test_only_silence_about_the_content_leaves_doubt(phase: SmtpPhase) -> None:
    assert type(broken(phase)) is (Unknown if phase is SmtpPhase.CONTENT else Retry)
