"""`notifier receive` and `notifier bounces`: mails that come in are taken, and those that came back are listed."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS, explained
from notifier.cli.house import opened
from notifier.cli.options import Json, group

if TYPE_CHECKING:
    from notifier.bounces.verp import BounceAddress
    from notifier.wiring import House

TRY_AGAIN = 75
"""EX_TEMPFAIL (sysexits.h): the mail server keeps the mail and brings it again."""

app = group("bounces", "Mails that came back: list, show, and where they come in.")


Mailbox = Annotated[
    bool, typer.Option("--imap", help="Read what is new in the mailbox of the settings, instead of standard input.")
]


def receive(context: typer.Context, imap: Mailbox = False) -> None:
    """Take a mail from standard input: mail servers pipe it. Exit code 0 when it is kept.

    A mail that came back says what became of one of ours. What a person answered is a reply, as a text message is: it
    is kept, passed on to the owner of its rule, and answered once a day; an opt-out counts. What a machine answers
    counts for nothing. What leads nowhere is kept, too (`notifier bounces list --nowhere`).

    Whatever keeps it from being kept (the database is away, a setting is wrong), the exit code is 75: the mail server
    tries again later. With --imap, problems end with exit code 1.

    [dim]notifier receive < mail.eml[/dim]

    [dim]notifier receive --imap[/dim]
    """
    _receive(context, imap=imap)


def receive_bounce(context: typer.Context, imap: Mailbox = False) -> None:
    """The same as `notifier receive`, under its former name.

    [dim]notifier receive-bounce < bounce.eml[/dim]
    """
    _receive(context, imap=imap)


def _receive(context: typer.Context, *, imap: bool) -> None:
    if imap:
        _read_mailbox(context)
        return
    try:
        _take_stdin(context)
    except Exception as error:  # noqa: BLE001 - whatever it is, the mail must not be lost
        sentences = explained(error)
        if sentences is None:
            import structlog

            structlog.get_logger().exception("bounce.failed")
            sentences = [f"the mail was not kept: {type(error).__name__}"]
        print_problems(sentences)
        raise typer.Exit(TRY_AGAIN) from None


def _take_stdin(context: typer.Context) -> None:
    from notifier.bounces.reading import MOST_READ
    from notifier.consent.mails import receive_mail
    from notifier.receipts.bounces import Way

    content = sys.stdin.buffer.read(MOST_READ)
    while sys.stdin.buffer.read(MOST_READ):
        pass  # a mail server whose pipe breaks takes it for a failure
    with opened(context, warn=False) as house:
        _address(house)
        assert house.mail_desk is not None, "there is an address for bounces"
        receive_mail(house.database, content, house.mail_desk, way=Way.PIPE, now=house.clock())


def _read_mailbox(context: typer.Context) -> None:
    from notifier.receipts.mailbox import MailboxError, ReadReport, read_mailbox

    with opened(context, warn=False) as house:
        mailbox = house.settings.bounce_mailbox
        if mailbox is None:
            raise typer.BadParameter("there is no mailbox in the settings; NOTIFIER_BOUNCE_IMAP_HOST names its server")
        _address(house)
        total, more = ReadReport(), True
        try:
            while more:
                report = read_mailbox(house.database, mailbox, house.take_mail, house.clock)
                total.update(report)
                more = report.more
        except MailboxError as error:
            print_problems([str(error)])
            raise typer.Exit(FOUND_PROBLEMS) from error
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(total.items()))
    print_text(f"{total.total()} new in the mailbox{': ' + kinds if kinds else ''}")


def _address(house: "House") -> "BounceAddress":
    """Raises ProblemsError where the settings name no address for bounces."""
    from notifier.model.problems import ProblemsError

    address = house.settings.bounces
    if address is None:
        what = "no address for bounces is set, or there is no key; set it, and NOTIFIER_TOKEN_KEY"
        raise ProblemsError([house.settings.problem("bounce_address", what)])
    return address


@app.command("list")
def list_(
    context: typer.Context,
    nowhere: Annotated[bool, typer.Option("--nowhere", help="Only what leads to no notice.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = 50,
    json: Json = False,
) -> None:
    """What came back, the latest first: what it says, and of which notice. Counts of the last 14 days stand above it.

    [dim]notifier bounces list --nowhere[/dim]
    """
    from datetime import timedelta

    from notifier.answers.documents.bounces import bounce_document
    from notifier.cli.shown.bounces import bounces_table, counts_text
    from notifier.store.bounces import bounces, counts
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        found = bounces(connection, nowhere=nowhere, limit=limit)
        numbers = counts(connection, since=house.clock() - timedelta(days=14))
        timezone = house.settings.display_timezone
    if json:
        print_json([bounce_document(each) for each in found])
        return
    print_text(counts_text(numbers))
    if found:
        out().print(bounces_table(found, timezone))


@app.command()
def address(context: typer.Context) -> None:
    """Where bounces come in: the address and, where NOTIFIER_PUBLIC_URL is set, the URL to which a service posts them.

    [dim]notifier bounces address[/dim]
    """
    from notifier.bounces.verp import BY_HTTP
    from notifier.model.tokens import token

    with opened(context, warn=False, reads=True) as house:
        known, url = _address(house), house.settings.public_url
    local_part, _, domain = known.address.rpartition("@")
    print_text(f"by mail: {local_part}+REFERENCE-TOKEN@{domain}")
    if url is not None:
        print_text(f"by HTTP: {url}/mails/{token(known.key, BY_HTTP)} (a secret)")


@app.command()
def show(
    context: typer.Context,
    bounce: Annotated[str, typer.Argument(metavar="ID", help="As the list prints it, or its beginning.")],
) -> None:
    """The mail itself, as it came: only of what leads to no notice, and for 30 days.

    [dim]notifier bounces show 0195d2c8-0000-7000[/dim]
    """
    from notifier.store.bounces import content_of
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        content = content_of(connection, bounce)
    if content is None:
        print_problems([f"there is no mail '{bounce}' that leads nowhere, or its text is forgotten by now"])
        raise typer.Exit(FOUND_PROBLEMS)
    print_text(content.decode("utf-8", errors="replace").replace("\r\n", "\n"))
