"""`notifier consent`: who wants no more at which address, who said so, and what people decide about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, By, Json, Reason, group, parse_one

if TYPE_CHECKING:
    import sqlalchemy as sa

    from notifier.model.types import Address, NoticeClass
    from notifier.wiring import House

app = group("consent", "Who wants no more, at which address: show, set, import, export.")

WHATSAPP = "whatsapp:"
"""Before a number: what is said of WhatsApp there, and not of SMS."""
WORDS = {"in": "in", "out": "out", "lift": "lifted"}
"""What people type, and the word of the ledger."""
Classes = Annotated[
    list[str] | None,
    typer.Option(
        "--class", metavar="NAME", help="Of this class; may be given several times. Default: see the command."
    ),
]


@app.command()
def show(
    context: typer.Context,
    who: Annotated[
        str | None,
        typer.Argument(metavar="WHO", help="A phone, a mail, or a customer; without it, what waits for a decision."),
    ] = None,
    json: Json = False,
) -> None:
    """What holds at an address and all that was said about it; without an address, the replies that a person must read.

    A reply that only sounds like an opt-out mutes all but safety until you decide: consent set ADDRESS out, or lift.

    [dim]notifier consent show +573001234567[/dim]
    """
    from notifier.answers.documents.consent import consent_document
    from notifier.cli.shown.consent import history_table, standings_table
    from notifier.store.consent import entries_at, undecided
    from notifier.store.consent import ledger_at as held_at
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        live = house.settings.live
        places = undecided(connection, live=live) if who is None else _places(house, connection, who)
        entries, ledger = entries_at(connection, places), held_at(connection, places, live=live)
        timezone = house.settings.display_timezone
    if json:
        print_json([consent_document(place, ledger, entries) for place in places])
    elif not places:
        print_text("Nothing waits for a decision." if who is None else f"{who} has no address.")
    else:
        out().print(standings_table(places, ledger, timezone))
        if who is not None and entries:
            out().print(history_table(entries, timezone))


@app.command("set")
def set_(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A phone, a mail, or whatsapp:+573001234567.")],
    word: Annotated[
        str,
        typer.Argument(metavar="in|out|lift", help="A yes; no more; or as if nothing had been said."),
    ],
    by: By,
    reason: Reason,
    classes: Classes = None,
    register: Annotated[
        str | None, typer.Option("--register", metavar="NAME", help="With lift: the address left this register.")
    ] = None,
    at: At = None,
) -> None:
    """Write down what somebody wants. Nothing is ever deleted: the last word counts. Without --class, every class.

    A yes to WhatsApp is one of its own: whatsapp:+573001234567. Where the provider blocks the address, only the person
    can lift that, by answering START.

    [dim]notifier consent set +573001234567 out --by marta --reason 'asked for it on the phone'[/dim]
    """
    from notifier.decisions.consent import SetConsent
    from notifier.model.consent import Word
    from notifier.model.types import NoticeClass

    said = Word(WORDS[parse_one(word, list(WORDS), "word")])
    if register is not None and said is not Word.LIFTED:
        raise typer.BadParameter("--register goes with lift; a register's list comes in by notifier consent import")
    of = _classes(classes) or list(NoticeClass)

    def decision(house: "House") -> SetConsent:
        place = _address(address, house.settings.default_country)
        return SetConsent(place, said, of, register, live=house.settings.live)

    carry_out(context, decision, by, reason, at)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a column of numbers or mails.")],
    register: Annotated[str, typer.Option("--register", metavar="NAME", help="Its name: RNE, REPEP, No Llame.")],
    by: By,
    reason: Reason,
    classes: Classes = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="The column with the addresses, where it is unclear.")
    ] = None,
    at: At = None,
) -> None:
    """Bring in a regulator's list: who stands in it gets no marketing, or none of the classes that --class names.

    Numbers without a country code are of NOTIFIER_DEFAULT_COUNTRY. Lines without an address are shown with their place,
    and all others count. Whoever left the list is lifted by hand: consent set ADDRESS lift --register NAME.

    [dim]notifier consent import rne.csv --register RNE --by marta --reason 'list of 1 March'[/dim]
    """
    from notifier.consent.registers import read_register
    from notifier.decisions.consent import ImportRegister
    from notifier.model.types import NoticeClass

    of = _classes(classes) or [NoticeClass.MARKETING]
    problems: list[object] = []

    def decision(house: "House") -> ImportRegister:
        read = read_register(file, country=house.settings.default_country, column=column)
        problems.extend(read.problems)
        return ImportRegister(register.strip(), read.addresses, of)

    carry_out(context, decision, by, reason, at)
    if problems:
        print_problems(problems)
        raise typer.Exit(FOUND_PROBLEMS)


@app.command()
def export(context: typer.Context) -> None:
    """The whole ledger as CSV on stdout, oldest first: for a regulator, an auditor, or another system.

    [dim]notifier consent export > consent.csv[/dim]
    """
    import csv
    import sys

    from notifier.model.instants import utc_text
    from notifier.store.consent import all_entries
    from notifier.store.database import read_only

    modes = {True: "live", False: "sandbox", None: ""}
    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["at", "channel", "address", "class", "word", "source", "register", "by", "reason", "mode"])
        for each in all_entries(connection):
            channel, address = each.address
            said = [each.notice_class, each.word, each.source, each.register or "", each.by, each.reason]
            writer.writerow([utc_text(each.at), channel, address, *said, modes[each.live]])


def _classes(names: list[str] | None) -> "list[NoticeClass]":
    from notifier.model.types import NoticeClass

    return [NoticeClass(parse_one(name, list(NoticeClass), "class")) for name in dict.fromkeys(names or ())]


def _address(text: str, country: str) -> "Address":
    """The address, as it is stored. Refuses what is none: wrong usage, exit code 2."""
    from notifier.model.formats import email_address
    from notifier.model.phones import phone_number
    from notifier.model.types import ChannelName

    try:
        if "@" in text:
            return ChannelName.EMAIL, email_address(text)
        if text.startswith(WHATSAPP):
            return ChannelName.WHATSAPP, phone_number(text.removeprefix(WHATSAPP), country)
        return ChannelName.SMS, phone_number(text, country)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _places(house: "House", connection: "sa.Connection", who: str) -> "list[Address]":
    """The address that is named, or those of the customer who is."""
    from notifier.cli.naming import meant_customer
    from notifier.model.types import TO_PHONES, ChannelName
    from notifier.store.reader import Reader

    try:
        return [_address(who, house.settings.default_country)]
    except typer.BadParameter:
        customer = meant_customer(house, connection, who)
    found = Reader(connection, live=house.settings.live).customers([customer or ""])
    row = found.get(customer or "")
    numbers = TO_PHONES if house.project.speaks_whatsapp else (ChannelName.SMS,)
    places = [] if row is None else [*((channel, row.phone) for channel in numbers), (ChannelName.EMAIL, row.email)]
    return [(channel, address) for channel, address in places if address is not None]
