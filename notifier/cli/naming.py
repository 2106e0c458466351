"""What people call customers, rules, owners and checks on the command line -> those that are meant, or an error."""

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import sqlalchemy as sa

    from notifier.rules.checked import Project
    from notifier.wiring import House


def meant_customer(house: "House", connection: "sa.Connection", asked: str | None) -> str | None:
    """The id of the customer who is named by id, name, phone, mail or a notice's reference; None for None.

    Who is meant is said on stderr where it was not the id. Raises RefusedError where it is nobody, or several.
    """
    from notifier.store.naming import customer_named

    if asked is None:
        return None
    found = customer_named(connection, asked, house.settings.default_country)
    if found.id != asked.strip():
        sys.stderr.write(f"'{asked}' is {found.name} ({found.id})\n")
    return found.id


def meant_rule(house: "House", connection: "sa.Connection | None", asked: str | None) -> str | None:
    """The rule or check of this name, in force or, with a connection, on record. Refuses another: wrong usage."""
    from notifier.store.naming import rules_on_record

    known = {*house.project.rules, *house.project.checks, *(broken.name for broken in house.project.broken)}
    if asked is not None and asked not in known and connection is not None:
        known |= rules_on_record(connection)
    return meant(asked, known, "rule")


def rule_in_force(house: "House", asked: str | None) -> None:
    """Refuses a name that is no rule's: wrong usage. Raises RefusedError for a rule that is set aside."""
    refuse_set_aside(house.project, asked)
    meant(asked, house.project.rules, "rule")


def refuse_set_aside(project: "Project", asked: str | None) -> None:
    """Raises RefusedError for a rule or check that is set aside."""
    from notifier.store.interventions import RefusedError

    if asked is not None and asked in {broken.name for broken in project.broken}:
        raise RefusedError(f"{asked} is set aside until its file is mended; see notifier rules check")


def meant_owner(house: "House", connection: "sa.Connection", asked: str | None) -> str | None:
    """The owner of this id, in owners.yaml or on record. Refuses another: wrong usage."""
    from notifier.store.naming import owners_on_record

    known = set(house.project.owners)
    return meant(asked, known | (set() if asked is None or asked in known else owners_on_record(connection)), "owner")


def meant_check(house: "House", connection: "sa.Connection", asked: str | None) -> str | None:
    """The check of this name, in force or on record. Refuses another: wrong usage."""
    from notifier.store.naming import checks_on_record

    known = set(house.project.checks)
    return meant(asked, known | (set() if asked is None or asked in known else checks_on_record(connection)), "check")


def meant(asked: str | None, known: Collection[str], what: str) -> str | None:
    """The name, if it is one of the known; None for None. Refuses any other: wrong usage, exit code 2."""
    from notifier.model.problems import did_you_mean, one_of

    if asked is None or asked in known:
        return asked
    there = sorted(known)
    hint = did_you_mean(asked, there) or (f"; there are {one_of(there)}" if there else "")
    raise typer.BadParameter(f"there is no {what} '{asked}'{hint}")


def meant_group(connection: "sa.Connection", asked: str | None) -> str | None:
    """The id of the flood that is meant, however it was typed; None for None. Raises RefusedError for no flood."""
    from notifier.store.interventions import RefusedError
    from notifier.store.settling import group_named

    if asked is None:
        return None
    found = group_named(connection, asked)
    if found is None:
        raise RefusedError(f"there is no group {asked.strip()}; notifier contradictions groups lists them")
    return found.id
