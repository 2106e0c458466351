"""Which subjects of a rule a tick must evaluate: those that a change, a due instant or a person touched, or all.

Evaluating more subjects than needed costs time and changes nothing: the intents depend only on the facts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notifier.evaluation.match_statements import only_among
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.reading import Figures, RuleState, StateReader
from notifier.model.row_address_reading import Rows
from notifier.planning.address_groups import AddressGroups
from notifier.planning.narrowing import Touched, add_due, changed, settle_figures
from notifier.planning.replacing import replaced_rows
from notifier.rules.checked_rules import Rule

SHADOW = "shadow"
"""What the definition of a rule in shadow says of its mode; that of a live one says nothing."""
ADDRESSED = frozenset({"customer", "consent"})
"""What decides where somebody is told. A row that is gone, or another's, does not lead to its former holder."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The subjects of one rule in one pass."""

    subjects: Set[str]
    since: datetime
    """The previous pass (UTC); on the first one, `now`: nothing was missed before the rule was in force."""
    first_pass: bool
    baseline: Mapping[str, datetime] = field(default_factory=dict)
    """Subjects that only changes loaded as a baseline touched, with the date of the last of these loads."""
    new_follow_ups: Collection[int] = ()
    has_replacements: bool = True
    """Whether a row of the rule may be in the place of another one."""
    edited: bool = False
    """The rule means something else than at its last pass."""
    rows: Rows = field(default_factory=dict)
    """Of these subjects, only these rows of `each`; of the others, all."""
    figures: Mapping[str, Figures] = field(default_factory=dict)
    """Of some subjects with such rows: what is claimed of them by now, if anything else than before is."""
    is_full: bool = False
    """All that may matter is evaluated, whatever changed."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some subjects of a selection that are evaluated together."""

    subjects: Sequence[str]
    rows: Rows | None = None
    """Of each of the subjects, the rows of `each` in question; None: all."""
    most_rows: int | None = None
    """No more rows than that are in question: rows of `each`, or subjects of a rule without; None: nobody knows."""
    is_batch: bool = False
    """Whether it is committed together, however many there are."""


def follow_ups_of(rule: Rule) -> list[str]:
    """The rule's follow-ups as texts: what a later pass compares with to tell new ones from old ones."""
    return [
        (" and ".join(condition.text for condition in follow_up.when) or f"on {follow_up.on}")
        + f" -> {follow_up.template or ('owner' if follow_up.tell_owner else 'nobody')}"
        for follow_up in rule.follow_up
    ]


def meaning_of(rule: Rule) -> list[str]:
    """What the rule is true for, as texts: a later pass that finds other ones knows that the rule was edited."""
    moments = [moment.text for moment in (*rule.at, *([rule.until] if rule.until is not None else []))]
    return [
        "" if rule.each is None else rule.each.text,
        rule.to.text,
        *(condition.text for condition in rule.when),
        "unless",
        *(condition.text for condition in rule.unless),
        *moments,
    ]


def definition_of(rule: Rule, default_timezone: str | None, learned: str | None = None) -> dict[str, Any]:
    """What a later pass compares the rule and its circumstances with. `learned`: the learning that it saw last."""
    return {
        "follow_up": follow_ups_of(rule),
        "meaning": meaning_of(rule),
        "default_timezone": default_timezone,
        "owner": rule.owner,
        **({"mode": SHADOW} if rule.shadow else {}),
        **({} if learned is None else {"learned": learned}),
    }


def was_in_shadow(state: RuleState) -> bool:
    """Whether the rule was in shadow at its last pass."""
    return state.definition.get("mode") == SHADOW


def select(
    rule: Rule,
    query: RuleQuery,
    reader: StateReader,
    state: RuleState | None,
    *,
    now: datetime,
    full: bool,
    held_anew: Callable[[], Set[str]],
    by_rows: bool = True,
    goes_with_others: bool = False,
    among: Set[str] | None = None,
    lead: timedelta = timedelta(0),
    default_timezone: str | None = None,
    learned: str | None = None,
) -> Selection:
    """The subjects that this pass evaluates.

    A rule that is new, was edited, failed last time, or was evaluated in the future gets a full pass. So does one with
    forecasts where something was `learned` since its last pass, and each where the default zone changed: the moments of
    customers without a zone are others, and what waited for a zone goes on. `held_anew` are the subjects of which other
    notices may be held than before. `by_rows`: of a subject only the rows that were touched are to be decided, where
    the rule allows it. `goes_with_others`: its notices may go in one message with others, unless their reader shares
    an address. `lead`: how long before its moment something may have to be told; what is so far ahead is looked at,
    too. `among`: no other subjects are asked for; a customer who is looked at has few, and the rule may have tens of
    thousands.
    """
    since = state.since(now) if state is not None else now
    elsewhere = state is not None and state.definition.get("default_timezone", default_timezone) != default_timezone
    times = {"now": now, "since": since}
    unknown = state is None or state.digest != rule.digest or state.failed is not None or state.is_ahead(now)
    wiser = state is not None and state.definition.get("learned") != learned
    full = full or unknown or elsewhere or wiser
    of_rows = query.of_rows if by_rows and not full else None
    touched, figures = Touched(), dict[str, Figures]()
    was_absent = state is None or state.failed is not None
    if of_rows is None:
        by_baseline, by_change = _changed(query, reader, among, was_absent=was_absent)
    elif query.entities & reader.changed_entities():
        by_baseline = reader.latest(query.baseline_ids()[0]) if reader.any_baseline() else {}
        touched = changed(of_rows, reader)
        by_change = touched.subjects
        touched.whole |= by_baseline.keys()
    else:
        by_baseline, by_change = {}, set()
    if full:
        subjects = reader.ids(only_among(query.matching_ids(), among), times)
        missed = query.missed_ids()
        subjects |= reader.ids(only_among(missed, among), times) if missed is not None else set()
        subjects |= reader.subjects_with_notices(rule.name) | reader.backlog_subjects(rule.name)
        subjects |= _coming(query, reader, among, now, now + lead) if lead else set()
    else:
        subjects = _reached(query, reader, among, since, now)
        subjects |= _coming(query, reader, among, since + lead, now + lead) if lead else set()
        if of_rows is not None:
            add_due(touched, rule, of_rows, reader, since, now)
        else:
            subjects |= by_baseline.keys() | by_change | reader.subjects_due(rule.name, now, since)
            if query.may_fall_due:
                subjects |= reader.ids(only_among(query.due_ids(), among), times)
            if rule.repeat is not None and not rule.at:
                subjects |= reader.subjects_told(rule.name, since - rule.repeat, now - rule.repeat)
            if rule.fallback_after is not None:
                subjects |= reader.subjects_told(rule.name, since - rule.fallback_after, now - rule.fallback_after)
        if ADDRESSED & reader.changed_entities():
            subjects |= reader.subjects_apart(rule.name)
        subjects |= held_anew()
    if of_rows is not None:
        touched.whole |= subjects
        if goes_with_others and of_rows.shares_words:
            touched.whole |= AddressGroups(query, reader).readdressed(touched.rows)
        figures = settle_figures(touched, rule, of_rows, reader, now)
        subjects = touched.whole | touched.rows.keys()
    subjects = subjects if among is None else subjects & among
    has_replacements = bool(subjects) and query.may_be_replaced and reader.any_replaced(rule.about)
    if has_replacements:
        links = replaced_rows(query, reader, subjects)
        subjects |= links.keys() | set(links.values())
        touched.rows.clear()
    return Selection(
        figures=figures,
        subjects=subjects,
        rows={subject: rows for subject, rows in touched.rows.items() if subject not in touched.whole},
        is_full=full,
        has_replacements=has_replacements,
        since=since,
        first_pass=state is None,
        baseline={subject: loaded for subject, loaded in by_baseline.items() if subject not in by_change},
        new_follow_ups=_new_follow_ups(rule, state),
        edited=_is_edited(rule, state),
    )


def _coming(query: RuleQuery, reader: StateReader, among: Set[str] | None, since: datetime, now: datetime) -> set[str]:
    """The subjects of which something falls due between these instants, which lie ahead."""
    times = {"now": now, "since": since}
    return reader.ids(only_among(query.due_ids(), among), times) | _reached(query, reader, among, since, now)


def _reached(query: RuleQuery, reader: StateReader, among: Set[str] | None, since: datetime, now: datetime) -> set[str]:
    """The subjects whose moment at a time of day came since the last pass."""
    return {
        row[0]
        for local in query.local_moments()
        if local.is_somewhere(since, now)
        for row in reader.rows(only_among(local.statement, among), {"since": since, "now": now})
        if local.falls_due(row, since, now)
    }


def _changed(
    query: RuleQuery, reader: StateReader, among: Set[str] | None, *, was_absent: bool
) -> tuple[Mapping[str, datetime], Set[str]]:
    """The subjects that a baseline touched, with the date of its load, and those that another change touched.

    `was_absent`: the rule could not see all changes, or was not there; what is kept for such rules counts as well.
    """
    by_baseline: dict[str, datetime] = {}
    by_change: set[str] = set()
    sources = [(query.baseline_ids, reader.changed_entities(), reader.any_baseline)]
    if was_absent:
        sources.append((query.kept_ids, reader.kept_entities(), lambda: True))
    for statements, entities, any_baseline in sources:
        if query.entities & entities:
            loaded, others = statements()
            for subject, at in (reader.latest(only_among(loaded, among)) if any_baseline() else {}).items():
                by_baseline[subject] = max(at, by_baseline.get(subject, at))
            found, may_hold = only_among(others, among), query.in_question_ids
            by_change |= (
                reader.ids(found, {})
                if may_hold is None
                else reader.subjects_that_count(query.rule.name, found, may_hold)
            )
    return by_baseline, by_change


def named(
    rule: Rule, subjects: Collection[str], state: RuleState | None, now: datetime, rows: Rows | None = None
) -> Selection:
    """These subjects and no others; of those in `rows`, these rows of `each` alone."""
    return Selection(
        subjects=frozenset(subjects),
        rows=rows or {},
        since=state.since(now) if state is not None else now,
        first_pass=state is None,
        new_follow_ups=_new_follow_ups(rule, state),
        edited=_is_edited(rule, state),
    )


def _new_follow_ups(rule: Rule, state: RuleState | None) -> list[int]:
    if state is None or state.digest == rule.digest:
        return []
    known = state.definition.get("follow_up", ())
    return [index for index, text in enumerate(follow_ups_of(rule)) if text not in known]


def _is_edited(rule: Rule, state: RuleState | None) -> bool:
    if state is None or state.digest == rule.digest:
        return False
    return bool(state.definition.get("meaning", []) != meaning_of(rule))
