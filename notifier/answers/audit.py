"""What is published is held against the state: where a page or a list says something else, file and line.

A page is a promise to everybody who reads it. So each claim is compared with every row that it is about, in one grouped
statement for each entry of `rules/published.yaml`; hours are compared day by day, holidays and changed days included.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.answers.audited_hours import SiteCalendar, calendars_of, hours_apart
from notifier.evaluation.emitter import Emitter
from notifier.intake.published.claims import Kind, PublishedClaim
from notifier.intake.published.lists import claims_of_csv, claims_of_yaml
from notifier.intake.published.pages import structured_data
from notifier.intake.published.schema_org import claims_of
from notifier.model.problems import Place, Problem, did_you_mean
from notifier.model.quantities import Quantity
from notifier.model.schema import Schema
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.values import NUMERIC_TYPES, canonical, number_of, parse_value
from notifier.rules.checked import Project, Published
from notifier.rules.findings import Findings
from notifier.rules.published_file import usually_published
from notifier.rules.regular_files import read_regular_file

PAGES, CSV, YAML = (".html", ".htm", ".xhtml"), (".csv", ".tsv"), (".yaml", ".yml")
_KINDS = {
    Kind.PRICE: (TopicType.MONEY,),
    Kind.TERM: (TopicType.DURATION, TopicType.TEXT),
    Kind.LISTED: tuple(TopicType),
}
HOURS = "opening_hours"
"""What a list calls the topic of opening hours."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One claim, and one value of the state that is another."""

    place: Place
    published: str
    """The entry of `rules/published.yaml`."""
    name: str
    """What the page calls the thing, as the state calls it, too."""
    topic: str
    said: str
    actual: str
    rows: int
    """How many rows have this value; of hours, on how many days they differ."""
    example: str
    """`charge:X-9`"""
    hurts: bool
    """Whether the state is worse for the customer than what is published."""
    owner: str | None
    details: tuple[str, ...] = ()
    """Of hours: on which days, and how."""


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What a comparison found."""

    claims: int
    """How many were read that an entry is about."""
    differences: tuple[Difference, ...]
    """By file and line."""
    problems: tuple[Problem, ...]
    """What could not be read, and claims about something that the state does not know."""

    def with_problems(self, problems: Iterable[Problem]) -> "Audit":
        """The same, with problems that were met before."""
        return replace(self, problems=tuple(sorted({*problems, *self.problems})))


def audit(connection: sa.Connection, project: Project, files: Mapping[str, bytes], now: datetime) -> Audit:
    """Holds the files, by their paths below the project folder, against the state at `now`."""
    entries = project.published or usually_published(project.schema)
    findings = Findings()
    differences: list[Difference] = []
    count = 0
    for entry in entries.values():
        said = (claim for file in files if entry.reads(file) for claim in _claims(file, files[file], entry, findings))
        asked = [claim for claim in said if _concerns(entry, claim) and not _is_over(claim, now)]
        if asked:
            compare = _hours if entry.is_of_hours else _values
            for found in compare(connection, project, entry, asked, now, findings):
                count += 1
                differences += found
    return Audit(
        claims=count,
        differences=tuple(sorted(differences, key=lambda each: (each.place, each.published, each.actual))),
        problems=tuple(sorted(set(findings.problems))),
    )


def published_files(project: Project, _: Iterable[Path] = ()) -> tuple[dict[str, bytes], list[Problem]]:
    """The files that the entries of the project name, by their paths below its folder, and what could not be read."""
    found: dict[str, bytes] = {}
    problems = []
    for entry in project.published.values():
        for pattern in entry.files:
            paths = sorted(path for path in project.folder.glob(pattern) if path.is_file())
            if not paths:
                problems.append(
                    Problem(entry.place, f"no file is called '{pattern}' below {project.folder.name or '.'}")
                )
            for path in paths:
                name = path.relative_to(project.folder).as_posix()
                if name not in found:
                    _read_into(found, path, name, problems)
    return found, problems


def named_files(project: Project, paths: Iterable[Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """The same for files that a person names."""
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    folder = project.folder.resolve()
    for path in paths:
        whole = path.resolve()
        name = whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else path.as_posix()
        _read_into(found, path, name, problems)
    return found, problems


def _read_into(found: dict[str, bytes], path: Path, name: str, problems: list[Problem]) -> None:
    if path.suffix.lower() not in (*PAGES, *CSV, *YAML):
        problems.append(Problem(Place(name), "this is no page (.html) and no list (.csv, .yaml)"))
        return
    try:
        found[name] = read_regular_file(path)
    except ValueError as error:
        problems.append(Problem(Place(name), str(error)))


def _claims(file: str, content: bytes, entry: Published, findings: Findings) -> list[PublishedClaim]:
    suffix = Path(file).suffix.lower()
    if suffix in CSV:
        return claims_of_csv(content, file, entry.columns, findings)
    if suffix in YAML:
        return claims_of_yaml(content, file, entry.columns, findings)
    try:
        html = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.add(Place(file), "the page is not UTF-8; save it as UTF-8")
        return []
    return claims_of(structured_data(html, file, findings), file, findings)


def _concerns(entry: Published, claim: PublishedClaim) -> bool:
    if entry.is_of_hours:
        return claim.kind is Kind.HOURS or claim.topic == HOURS
    assert entry.topic is not None
    if claim.topic is not None:
        return claim.topic == entry.topic.name
    return claim.kind is not Kind.HOURS and entry.topic.type in _KINDS[claim.kind]


def _is_over(claim: PublishedClaim, now: datetime) -> bool:
    """Whether the page itself says that the claim holds no longer, anywhere on earth."""
    return claim.until is not None and claim.until < (now - timedelta(hours=12)).date()


def _values(
    connection: sa.Connection,
    project: Project,
    entry: Published,
    claims: Sequence[PublishedClaim],
    now: datetime,
    findings: Findings,
) -> Iterator[Sequence[Difference]]:
    """What differs of each claim that there is something to compare with."""
    facts = _facts(connection, project.schema, entry, {name for claim in claims for name in claim.names}, now)
    for claim in claims:
        name = next((name for name in claim.names if name in facts), None)
        if name is None:
            findings.extend([_unknown(claim, entry, facts)])
            continue
        try:
            compared = [_difference(claim, entry, name, fact) for fact in facts[name]]
        except ValueError as error:
            findings.add(claim.place, str(error))
        else:
            yield [each for each in compared if each is not None]


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """One value that some rows of one name have."""

    value: Any
    currency: str | None
    rows: int
    example: str


def _facts(
    connection: sa.Connection, schema: Schema, entry: Published, names: set[str], now: datetime
) -> Mapping[str, Sequence[_Fact]]:
    """The values of the rows that have one of the names, the most frequent first."""
    assert entry.actual is not None
    found: dict[str, list[_Fact]] = defaultdict(list)
    for path in entry.named:
        emitter = Emitter(schema, {entry.about: entry.about})
        name, actual = emitter.value(path), emitter.value(entry.actual)
        currency = sa.null() if entry.currency is None else emitter.value(entry.currency)
        conditions = [emitter.holds(condition) for condition in entry.when]
        row = emitter.root(entry.about).c.id
        select = (
            sa.select(
                name.label("name"),
                actual.label("actual"),
                sa.cast(currency, sa.String).label("currency"),
                sa.func.count().label("rows"),
                sa.func.min(row).label("example"),
            )
            .select_from(emitter.from_clause())
            .where(name.in_(sorted(names)), *conditions)
            .group_by(name, actual, currency)
            .order_by(sa.desc("rows"), "example")
        )
        for each in connection.execute(select, {"now": now}):
            fact = _Fact(
                value=each.actual, currency=each.currency, rows=each.rows, example=f"{entry.about}:{each.example}"
            )
            found[str(each.name)].append(fact)
    return found


def _difference(claim: PublishedClaim, entry: Published, name: str, fact: _Fact) -> Difference | None:
    """None where they agree. A price without a currency is one of the row's currency.

    Raises ValueError with a sentence where the claim is no value of the topic.
    """
    assert entry.topic is not None
    kind = entry.topic.type
    said = parse_value(kind, claim.value, claim.currency or fact.currency, entry.topic.unit)
    actual = fact.value
    if actual is None:
        return None
    if kind is TopicType.QUANTITY and entry.topic.unit is not None:
        actual = Quantity(Decimal(actual), entry.topic.unit)
    other_currency = claim.currency is not None and fact.currency is not None and claim.currency != fact.currency
    if canonical(kind, said) == canonical(kind, actual) and not other_currency:
        return None
    hurts = entry.topic.worse is None or other_currency
    if not hurts:
        before: Any = number_of(said) if kind in NUMERIC_TYPES else said
        after: Any = number_of(actual) if kind in NUMERIC_TYPES else actual
        hurts = after > before if entry.topic.worse == "higher" else after < before
    return Difference(
        place=claim.place,
        published=entry.id,
        name=name,
        topic=entry.topic.name,
        said=_text(kind, said, claim.currency or fact.currency),
        actual=_text(kind, actual, fact.currency),
        rows=fact.rows,
        example=fact.example,
        hurts=hurts,
        owner=entry.owner,
    )


def _text(kind: TopicType, value: TopicValue, currency: str | None) -> str:
    written = canonical(kind, value.normalize() if isinstance(value, Decimal) else value)
    return f"{written} {currency}" if kind is TopicType.MONEY and currency else written


def _unknown(claim: PublishedClaim, entry: Published, known: Iterable[str]) -> Problem:
    close = next((close for name in claim.names if (close := did_you_mean(name, list(known)))), "")
    what = f"nothing is compared: no {entry.about} is called '{_shown_name(claim)}'{close}"
    return Problem(claim.place, what, severity="warning")


def _shown_name(claim: PublishedClaim) -> str:
    """The name that people know it by; an address says less."""
    return next((name for name in reversed(claim.names) if "/" not in name), claim.names[0])[:60]


def _hours(
    connection: sa.Connection,
    project: Project,
    entry: Published,
    claims: Sequence[PublishedClaim],
    now: datetime,
    findings: Findings,
) -> Iterator[Sequence[Difference]]:
    """What differs of each claim about a site that has hours."""
    wanted = {name for claim in claims for name in claim.names}
    named = _names_of_sites(connection, project.schema, entry, wanted, now)
    calendars = calendars_of(connection, {site for sites in named.values() for site in sites}, project.hours)
    for claim in claims:
        name = next((name for name in claim.names if name in named), None)
        if name is None:
            findings.extend([_unknown(claim, entry, named)])
            continue
        sites = [calendars[site] for site in named[name] if site in calendars]
        try:
            compared = [_apart(claim, entry, name, site, now) for site in sites]
        except ValueError as error:
            findings.add(claim.place, str(error))
        else:
            yield [each for each in compared if each is not None]


def _names_of_sites(
    connection: sa.Connection, schema: Schema, entry: Published, names: set[str], now: datetime
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in entry.named:
        emitter = Emitter(schema, {entry.about: entry.about})
        name = emitter.value(path)
        conditions = [emitter.holds(condition) for condition in entry.when]
        row = emitter.root(entry.about).c.id
        select = sa.select(name, row).select_from(emitter.from_clause()).where(name.in_(sorted(names)), *conditions)
        for called, site in connection.execute(select.order_by(row), {"now": now}):
            if site not in found[str(called)]:
                found[str(called)].append(site)
    return found


def _apart(claim: PublishedClaim, entry: Published, name: str, site: SiteCalendar, now: datetime) -> Difference | None:
    """None where they agree. Raises ValueError with a sentence where the hours cannot be read."""
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    apart = hours_apart(str(claim.value), site, today)
    if not apart.days:
        return None
    return Difference(
        place=claim.place,
        published=entry.id,
        name=name,
        topic=HOURS,
        said=claim.said,
        actual=site.opening_hours,
        rows=apart.days,
        example=f"site:{site.id}",
        hurts=apart.hurts,
        owner=entry.owner,
        details=apart.sentences,
    )
