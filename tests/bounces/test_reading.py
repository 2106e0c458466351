"""What else comes back: complaints, reports in other forms, letters of people, noise."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.bounces.bounce import BounceKind
from notifier.bounces.reading import MOST_READ, read_bounce
from tests.bounces.mails import ADDRESS, REFERENCE, names, real

SENDER = ADDRESS.sender(REFERENCE)


def report(fields: str, *, kind: str = "delivery-status", words: str = "Sorry.", head: str = "") -> bytes:
    """A report with these fields, and our mail behind it."""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: {SENDER}\n{head}MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n--b\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--b\nContent-Type: message/rfc822\n\nReturn-Path: <{SENDER}>\nMessage-ID: <7k3qm-x9t2a@example.com>\n"
        "To: ana@example.org\nSubject: Visita\n\nHola\n--b--\n"
    ).encode()


def letter(words: str, *, sender: str = "MAILER-DAEMON@mx.example.org", head: str = "") -> bytes:
    """A mail without parts."""
    return f"Return-Path: <>\nFrom: {sender}\nTo: {SENDER}\nSubject: Hola\n{head}\n{words}\n".encode()


def failed(*lines: str, reporter: str = "mx.example.net") -> str:
    return "\n".join(
        [f"Reporting-MTA: dns; {reporter}", "", "Final-Recipient: rfc822; ana@example.org", "Action: failed", *lines]
    )


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        (failed("Status: 5.1.1"), BounceKind.HARD, "5.1.1"),
        (failed("Status: 5.0.0"), BounceKind.SOFT, None),
        (failed("Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.1.1 no"), BounceKind.HARD, "550 5.1.1"),
        (failed("Status: 5.1.1", "Diagnostic-Code: smtp; 554-5.7.1 a policy"), BounceKind.OURS, "554 5.7.1"),
        (failed("Status: 5.1.1", "Diagnostic-Code: x-unix; input/output error"), BounceKind.HARD, "5.1.1"),
        (failed("Status: 5.0.0", "Diagnostic-Code: smtp; 550-#5.1.1 no\n 550 such"), BounceKind.HARD, "550 5.1.1"),
        (failed("Status: 5.2.0", "Diagnostic-Code: smtp; 550 said 192.0.2.55 5.1.1.9"), BounceKind.SOFT, "550 5.2.0"),
        (failed("Status: 4.4.7"), BounceKind.SOFT, "4.4.7"),
        (failed(), BounceKind.SOFT, None),
        # Blank lines too many, and one that is missing: fields stand in other blocks.
        ("\n\n" + failed("Status: 5.1.1").replace("\n\n", "\n\n\n\n") + "\n\n", BounceKind.HARD, "5.1.1"),
        (failed("Status: 5.1.1").replace("\n\n", "\n"), BounceKind.HARD, "5.1.1"),
        # A second line that is not folded, as nullmailer writes it, with fields after it.
        (
            "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ana@example.org\nDiagnostic-Code: SMTP; 554-5.7.1 no\n"
            "554 5.7.1 never\nAction: failed\nStatus: 5.7.1",
            BounceKind.OURS,
            "554 5.7.1",
        ),
        ("Action: delivered\nStatus: 2.0.0", BounceKind.DELIVERED, "delivered"),
        ("Action: relayed (to a server without reports)\nStatus: 2.0.0", BounceKind.DELIVERED, "relayed"),
        ("Action: delivered\n\nFinal-Recipient: rfc822; b@x\nAction: failed\nStatus: 5.1.1", BounceKind.HARD, "5.1.1"),
    ],
)
def test_a_report_is_read_by_its_fields_wherever_they_stand(fields: str, kind: BounceKind, code: str | None) -> None:
    bounce = read_bounce(report(fields))
    assert (bounce.kind, bounce.meaning.code) == (kind, code)


def test_a_report_for_international_addresses_is_one(  # RFC 6533
) -> None:
    fields = failed("Status: 5.1.1").replace("rfc822; ana@", "utf-8; josé@")
    assert read_bounce(report(fields, kind="global-delivery-status")).kind is BounceKind.HARD


def test_a_report_that_is_encoded_is_read() -> None:
    fields = "Content-Transfer-Encoding: quoted-printable\n\n" + failed("Status: 5.1.=\n1").replace(
        "Action:", "Action=3A"
    )
    content = report("").replace(b"message/delivery-status\n\n", f"message/global-delivery-status\n{fields}".encode())
    assert (read_bounce(content).kind, read_bounce(content).meaning.code) == (BounceKind.HARD, "5.1.1")


@pytest.mark.parametrize(
    ("reporter", "kind"), [("mx.example.org", BounceKind.HARD), ("example.org", BounceKind.HARD)] + [
        (host, BounceKind.SOFT) for host in ("relay.example.net", "anexample.org", "")
    ],
)  # fmt: skip
def test_exims_unrouteable_address_is_dead_where_the_address_is_at_home(reporter: str, kind: BounceKind) -> None:
    """Our own relay says the same of every address, once it has lost its way out."""
    words = "The following address(es) failed:\n\n  ana@example.org\n    Unrouteable address\n"
    assert read_bounce(report(failed("Status: 5.0.0", reporter=reporter), words=words)).kind is kind


def test_a_fault_of_theirs_condemns_no_address() -> None:
    """A vacation rule of Exim that failed on our accent came back as `failed`, 5.0.0."""
    words = "  ana@example.org\n    vacation transport: contains non-printing character 195\n"
    assert read_bounce(report(failed("Status: 5.0.0", reporter="mx.example.org"), words=words)).kind is BounceKind.SOFT


def test_a_report_in_the_copy_of_our_mail_is_none() -> None:
    """Whatever we, or who forwards our mail, sent: only what the server wrote counts."""
    inner = report(failed("Status: 5.1.1"))
    outer = letter("", sender="ana@example.org").replace(b"\n\n\n", b"\nContent-Type: message/rfc822\n\n" + inner, 1)
    assert read_bounce(outer).kind is BounceKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("feedback", "kind", "code"),
    [
        ("abuse", BounceKind.COMPLAINT, "abuse"),
        ("fraud", BounceKind.COMPLAINT, "fraud"),
        ("a word that nobody knows", BounceKind.COMPLAINT, "other"),
        ("not-spam", BounceKind.DELIVERED, "not-spam"),
        ("auth-failure", BounceKind.UNREADABLE, "auth-failure"),
    ],
)
def test_a_complaint_leads_to_the_mail_that_it_is_about(feedback: str, kind: BounceKind, code: str) -> None:
    fields = f"Feedback-Type: {feedback}\nUser-Agent: Provider/1.0\nVersion: 1\nOriginal-Mail-From: <{SENDER}>"
    bounce = read_bounce(
        report(fields, kind="feedback-report").replace(f"To: {SENDER}".encode(), b"To: fbl@example.com")
    )
    assert (bounce.kind, bounce.meaning.code) == (kind, code)
    assert ADDRESS.reference_in(bounce.addresses[0]) == REFERENCE
    assert bounce.message_ids == ("7k3qm-x9t2a@example.com",)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        # An empty envelope sender and a mail server's name prove nothing; no language is guessed at.
        (letter("No se ha podido entregar su mensaje. El buzón no existe."), BounceKind.UNREADABLE),
        (letter("Gracias. Estaré fuera.", sender="ana@example.org"), BounceKind.AUTO_REPLY),
        (letter("I am away", sender="ana@example.org", head="Auto-Submitted: auto-replied\n"), BounceKind.AUTO_REPLY),
        # A person who quotes a bounce.
        (letter("> 550 5.1.1 no such user\nWhat is this?", sender="ana@example.org"), BounceKind.AUTO_REPLY),
        (letter("The server said: 550 5.1.1 no such user"), BounceKind.HARD),
        (letter("The server said: 550 5.7.1 no"), BounceKind.OURS),
        # Our own mail behind the words may hold figures of any kind.
        (letter("It failed.\n\nReceived: from app\nSubject: 550 5.1.1 Calle 12"), BounceKind.UNREADABLE),
        (letter("Your order 550 is ready.", sender="shop@example.org"), BounceKind.AUTO_REPLY),
        # flufl.bounce stumbles over a mail without From.
        (b"Subject: failure notice\n\n<ana@example.org>:\nSorry, no mailbox. (#5.1.1)\n", BounceKind.HARD),
        (b"", BounceKind.UNREADABLE),
        (b"\0\xff" * 100, BounceKind.UNREADABLE),
    ],
)
def test_what_has_no_report_is_a_bounce_only_where_a_server_says_so(content: bytes, kind: BounceKind) -> None:
    assert read_bounce(content).kind is kind


def test_when_a_server_ends_its_tries_is_read() -> None:
    late = report("Final-Recipient: rfc822; ana@x\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: {}")
    for date, found in [("Thu, 05 Mar 2026 09:35:45 -0500", "2026-03-05T14:35:45+00:00"), ("soon", None)]:
        until = read_bounce(late.replace(b"{}", date.encode())).tries_until
        assert (until and until.isoformat()) == found


def test_parts_without_end_are_unreadable() -> None:
    content = letter("").rstrip()
    for number in range(1_200):
        content += f'\nContent-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}'.encode()
    assert read_bounce(content).kind in (BounceKind.UNREADABLE, BounceKind.AUTO_REPLY)


def test_only_the_first_megabyte_counts() -> None:
    assert read_bounce(real("postfix-550-unknown") + b"x" * MOST_READ * 2).kind is BounceKind.HARD


def test_a_name_that_is_repeated_a_thousand_times_is_kept_once_and_many_names_are_cut() -> None:
    head = f"X-Copy: {SENDER}\n" * 1_000 + "".join(f"X-Other: a+{number}@example.com\n" for number in range(1_000))
    assert len(read_bounce(letter("", head=head)).addresses) == 20


@settings(max_examples=60)
@given(st.sampled_from(sorted(names())), st.data())
def test_a_real_bounce_that_is_damaged_has_an_answer_that_names_nobody(name: str, data: st.DataObject) -> None:
    content = bytearray(real(name))
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["cut", "byte", "double", "newline"]))
        if kind == "cut":
            del content[place : place + data.draw(st.integers(1, 200))]
        elif kind == "byte":
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "double":
            content[place:place] = content[place : place + 200]
        else:
            content[place:place] = b"\n\n"
        if not content:
            break
    bounce = read_bounce(bytes(content))
    assert "@" not in bounce.meaning.reason


def test_nothing_is_changed_in_the_mail_by_reading_it() -> None:
    content = real("postfix-alias")
    assert read_bounce(content) == read_bounce(content)


def test_a_html_only_mail_has_an_answer() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@mx.example.org", SENDER
    mail.set_content("<p>550 5.1.1</p>", subtype="html")
    assert read_bounce(mail.as_bytes()).kind is BounceKind.UNREADABLE
