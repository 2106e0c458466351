"""What can be forecast, by which groups, and `forecast(order, 'completed_at', 0.8)` -> a typed expression."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from notifier.model.problems import did_you_mean, one_of
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import DayKind, Moment, Rule
from notifier.rules.comparing import described
from notifier.rules.expressions import (
    Answer,
    Arithmetic,
    Column,
    Expression,
    Forecast,
    Literal,
    Operator,
    Related,
)

THOUSAND = 1000
STAGE, MONTH, WEEKDAY = "stage", "month", "weekday"
"""Groups that are computed: the step that the row is in, and the month and weekday of the point (UTC)."""


@dataclass(frozen=True, kw_only=True)
class Learnable:
    """An instant of an entity that completed rows teach something about."""

    entity: str
    field: str
    steps: tuple[str, ...]
    """The instants that come before it, in their order."""
    given_up: tuple[str, ...] = ()
    """Statuses of rows that will never have it: nothing is learned from them."""
    groups: Mapping[str, str]
    """What rows are grouped by: name -> column of the row, or of the row that a relation leads to."""
    levels: tuple[tuple[str, ...], ...]
    """The groups to look into, the finest first: the first one with enough cases answers. The last one is of all rows;
    each of the others names the stage, which a row has only from its first step on."""


_ORDER_GROUPS = {"site": "site_id", "region": "customer.subdivision", "seller": "seller"}
_ORDER_LEVELS = (
    (STAGE, "region", "seller"),
    (STAGE, "seller"),
    (STAGE, "site", "region", MONTH),
    (STAGE, "site", "region"),
    (STAGE, "site", MONTH),
    (STAGE, "site", WEEKDAY),
    (STAGE, "site"),
    (STAGE,),
    (),
)
LEARNABLE: tuple[Learnable, ...] = (
    Learnable(
        entity="order",
        field="completed_at",
        steps=("placed_at", "handed_over_at"),
        given_up=("cancelled", "failed"),
        groups=_ORDER_GROUPS,
        levels=_ORDER_LEVELS,
    ),
    Learnable(
        entity="order",
        field="handed_over_at",
        steps=("placed_at",),
        given_up=("cancelled", "failed"),
        groups=_ORDER_GROUPS,
        levels=_ORDER_LEVELS,
    ),
    Learnable(
        entity="incident",
        field="ended_at",
        steps=("started_at",),
        given_up=("cancelled",),
        groups={"kind": "kind", "zone": "zone", "site": "site_id"},
        levels=(
            (STAGE, "kind", "zone"),
            (STAGE, "kind", "site"),
            (STAGE, "kind", MONTH),
            (STAGE, "kind", WEEKDAY),
            (STAGE, "kind"),
            (),
        ),
    ),
)
"""Everything that can be forecast."""


class CannotForecastError(Exception):
    """The arguments make no forecast; the message says why, and what to write."""


def learnable(entity: str, field: str) -> Learnable:
    """What teaches about this instant. Raises CannotForecastError where nothing does."""
    found = {each.field: each for each in LEARNABLE if each.entity == entity}
    if not found:
        known = one_of(sorted({each.entity for each in LEARNABLE}))
        raise CannotForecastError(f"nothing of a row of {entity} can be forecast; of a row of {known} it can")
    if field not in found:
        remedy = did_you_mean(field, found) or f"; there is {one_of(sorted(found))}"
        raise CannotForecastError(f"'{field}' of a row of {entity} cannot be forecast{remedy}")
    return found[field]


def forecast_about(
    schema: Schema,
    row: Expression,
    what: Learnable,
    *,
    probability: int = THOUSAND // 2,
    counted_from: str | None = None,
    offset: timedelta = timedelta(0),
    answer: Answer = Answer.INSTANT,
) -> Forecast:
    """The forecast of a row; `counted_from` is the name of one of its instants, None for the step that it is in."""

    def column(path: str) -> Column:
        source, (*relations, name) = row, path.split(".")
        for relation_name in relations:
            relation = schema.entities[source.entity or ""].relations[relation_name]
            source = Related(type=ValueType.ENTITY, entity=relation.target, source=source, relation=relation)
        field = schema.entities[source.entity or ""].fields[name]
        return Column(type=field.type, row=source, field=field)

    kinds = {Answer.INSTANT: ValueType.TIMESTAMP, Answer.CASES: ValueType.INT, Answer.GROUP: ValueType.STRING}
    return Forecast(
        type=kinds[answer],
        row=row,
        field=what.field,
        probability=probability,
        counted_from=None if counted_from is None else column(counted_from),
        offset=offset,
        steps=tuple(column(name) for name in what.steps),
        groups=tuple(column(path) for path in what.groups.values()),
        answer=answer,
    )


def forecasts_in(expressions: Sequence[Expression]) -> list[Forecast]:
    """The forecasts in these expressions, each key and probability once, in their order."""
    found: dict[tuple[str, int], Forecast] = {}
    for expression in expressions:
        for node in expression.walk():
            if isinstance(node, Forecast):
                found.setdefault((node.key, node.probability), node)
    return list(found.values())


def forecasts_of(item: Rule | Check) -> list[Forecast]:
    """The forecasts that a rule or check uses."""
    if isinstance(item, Check):
        conditions = [*item.when, *item.kept_when, *(item.implied.when if item.implied is not None else ())]
        implied = item.implied.value if item.implied is not None else None
        values = [each for each in (item.actual, item.surfaces_at, implied) if each is not None]
    else:
        conditions = [*item.when, *item.unless, *(each for follow_up in item.follow_up for each in follow_up.when)]
        values = [claim.expression for claim in item.claims]
        values += [item.to, *([item.each] if item.each is not None else [])]
    return forecasts_in([*(condition.expression for condition in conditions), *values])


def checked_forecast(
    schema: Schema, arguments: Sequence[Expression], moments: Sequence[Moment], answer: Answer
) -> Forecast:
    """`forecast(ROW, 'FIELD', PROBABILITY)`, with a fourth argument or the rule's one moment as the point.

    Raises CannotForecastError.
    """
    row, name, probability, *point = arguments
    if row.type is not ValueType.ENTITY or row.entity is None:
        raise CannotForecastError(f"a forecast is about one row, like order; this is {described(row)}")
    if not isinstance(name, Literal) or not isinstance(name.value, str):
        raise CannotForecastError(
            f"the second argument is a field in quotes, like 'completed_at'; not {described(name)}"
        )
    what = learnable(row.entity, name.value)
    thousandths = _thousandths(probability)
    counted_from, offset = _given(row, point[0]) if point else _of_rule(row, moments)
    return forecast_about(
        schema, row, what, probability=thousandths, counted_from=counted_from, offset=offset, answer=answer
    )


def _thousandths(probability: Expression) -> int:
    value = probability.value if isinstance(probability, Literal) else None
    if not isinstance(value, Decimal) or not 0 < value < 1 or (value * THOUSAND) % 1:
        raise CannotForecastError(
            "the third argument is a probability between 0 and 1 with at most three places, "
            f"like 0.8 for eight times of ten; not {described(probability)}"
        )
    return int(value * THOUSAND)


def _given(row: Expression, point: Expression) -> tuple[str, timedelta]:
    match point:
        case Column(type=ValueType.TIMESTAMP, row=of, field=field) if of == row:
            return field.name, timedelta(0)
        case Arithmetic(
            operator=Operator.PLUS | Operator.MINUS as operator,
            left=Column(type=ValueType.TIMESTAMP, row=of, field=field),
            right=Literal(value=timedelta() as length),
        ) if of == row:
            return field.name, length if operator is Operator.PLUS else -length
    raise CannotForecastError(
        f"a forecast is counted from an instant of its own row, like {row.entity}.{_an_instant(row)}, "
        f"plus or minus a duration; not from {described(point)}"
    )


def _of_rule(row: Expression, moments: Sequence[Moment]) -> tuple[str | None, timedelta]:
    """The moment of the rule that it stands in; without one, the step that the row is in."""
    if not moments:
        return None, timedelta(0)
    (moment, *others), anchor = moments, moments[0].anchor
    why = next((why for why, holds in _UNCLEAR if holds(moment, others)), None)
    if why is None and not (isinstance(anchor, Column) and anchor.row == row):
        why = "the rule's moment hangs on another row"
    if why is not None:
        raise CannotForecastError(
            f"{why}, so say as the fourth argument from when the forecast is counted: "
            f"an instant at or before the moment, like {row.entity}.{_an_instant(row)} - 2d"
        )
    assert isinstance(anchor, Column)
    return anchor.field.name, moment.offset


_UNCLEAR: Sequence[tuple[str, Callable[[Moment, Sequence[Moment]], bool]]] = (
    ("the rule speaks at several moments", lambda _, others: bool(others)),
    ("the rule's moment is at a time of day", lambda moment, _: moment.local_time is not None),
    ("the rule's moment counts days", lambda moment, _: moment.counted is not DayKind.CALENDAR),
)


def _an_instant(row: Expression) -> str:
    return "promised_at" if row.entity == "order" else "started_at"
