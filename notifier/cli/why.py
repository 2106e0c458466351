"""`notifier why`: each part of each condition with its value, every verdict, and for a notice what was so back then."""

from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_problems
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer, rule_in_force
from notifier.cli.options import At, Json


def why(
    context: typer.Context,
    customer: Annotated[
        str | None, typer.Argument(metavar="CUSTOMER", help="Id, name, phone, mail or a notice's reference.")
    ] = None,
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule.")] = None,
    notice: Annotated[
        str | None, typer.Option("--notice", metavar="REF", help="The reference of a notice, as a caller reads it out.")
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Why a customer is told something, or not; or why a notice became what it is.

    [dim]notifier why C-01 installation-reminder[/dim]

    [dim]notifier why --notice 7K3QM-X9T2A[/dim]
    """
    if (customer is None) == (notice is None):
        raise typer.BadParameter("name a customer, or a notice with --notice REF")
    if notice is not None:
        _notice(context, notice, at, json=json)
    else:
        assert customer is not None
        _customer(context, customer, rule, at, json=json)


def _customer(context: typer.Context, customer: str, rule: str | None, at: At, *, json: bool) -> None:
    from notifier.answers.documents.why import customer_why_document
    from notifier.answers.why import why_customer
    from notifier.cli.shown.files import not_in_force_lines
    from notifier.cli.shown.why import customer_report

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        rule_in_force(house, rule)
        print_problems(not_in_force_lines(house))
        rules, now = None if rule is None else [rule], at or house.clock()
        with house.reading() as reader:
            named = meant_customer(house, reader.connection, customer)
            assert named is not None
            found = why_customer(house.ruleset, reader, house.directory, named, now, rules=rules)
    if json:
        print_json(customer_why_document(found))
        return
    console = out()
    for part in customer_report(found):
        console.print(part)


def _notice(context: typer.Context, reference: str, at: At, *, json: bool) -> None:
    from notifier.answers.documents.why import notice_why_document
    from notifier.answers.why import why_notice
    from notifier.cli.shown.files import not_in_force_lines
    from notifier.cli.shown.why import notice_report
    from notifier.store.database import read_only
    from notifier.store.naming import no_such_notice

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        print_problems(not_in_force_lines(house))
        with read_only(house.database) as connection:
            found = why_notice(house.ruleset, connection, house.directory, reference)
        if found is None:
            with read_only(house.database) as connection:
                raise no_such_notice(connection, reference)
        if json:
            print_json(notice_why_document(found))
            return
        console = out()
        for part in notice_report(found, at or house.clock()):
            console.print(part)
