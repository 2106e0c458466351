"""What a replay told, held against what became of the rows in the end: precision, recall, lead, honest words before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean, stdev

from notifier.model.figures import spans_of
from notifier.model.notices import NoticeKind
from notifier.model.shares import CONFIDENT, FEWEST, Share
from notifier.model.simulated import Ending, Mean, Outcome, Rightness
from notifier.rules.checked_rules import Rule
from notifier.store.reports.replayed import DecidedNotice

COMPLAINT = 1
"""The highest score that counts as a complaint, unless somebody says otherwise: one star."""

Words = Mapping[str, Sequence[DecidedNotice]]
"""What was told about each subject, in the order of time."""


def outcome_of(
    notices: Iterable[DecidedNotice], rules: Mapping[str, Rule], endings: Mapping[str, Ending], complaint: int
) -> Outcome:
    """The whole of it. `complaint`: the highest score that is one; who wrote without a score complained, too."""
    told = [one for one in notices if one.told_at is not None]
    by_rule: dict[str, list[DecidedNotice]] = {name: [] for name in rules}
    for one in told:
        by_rule.setdefault(one.rule, []).append(one)
    complaints = [
        (each, contact.at)
        for each in endings.values()
        for contact in each.contacts
        if contact.at is not None and (contact.score is None or contact.score <= complaint)
    ]
    known = [each for each in endings.values() if each.late is not None]
    broken = [at - each.due_at for each, at in complaints if each.due_at is not None and _is_broken(each, at)]
    return Outcome(
        rows=len(endings),
        late=Share(part=sum(bool(each.late) for each in known), whole=len(known)),
        score_late=_mean([score for each in known if each.late for score in _scores(each)]),
        score_on_time=_mean([score for each in known if not each.late for score in _scores(each)]),
        complaints=len(complaints),
        complaint_score=complaint,
        broken_before=Share(part=len(broken), whole=sum(_is_promise_known(each) for each, _ in complaints)),
        broken_lead=spans_of(broken),
        all_rules=_rightness(words_by_subject(told, rules), endings, complaints),
        rules={
            name: _rightness(words_by_subject(of, rules), endings, complaints) for name, of in sorted(by_rule.items())
        },
    )


def words_by_subject(told: Iterable[DecidedNotice], rules: Mapping[str, Rule]) -> Words:
    """A notice is about its row, and about the row of `each` where it has one."""
    words: dict[str, list[DecidedNotice]] = defaultdict(list)
    for one in told:
        words[f"{one.subject_type}:{one.subject_id}"].append(one)
        rule = rules.get(one.rule)
        if one.each_id is not None and rule is not None and rule.each is not None:
            words[f"{rule.each.entity}:{one.each_id}"].append(one)
    return words


def _rightness(words: Words, endings: Mapping[str, Ending], complaints: Sequence[tuple[Ending, datetime]]) -> Rightness:
    warned = {name: first for name, of in words.items() if (first := _first(of, NoticeKind.NOTICE)) is not None}
    decided = [endings[name].late for name in warned if name in endings and endings[name].late is not None]
    late = [each for each in endings.values() if each.late]
    leads: list[timedelta] = []
    heard = 0
    for each in late:
        at = warned.get(each.subject)
        if at is None or (each.due_at is not None and at >= each.due_at):
            continue
        heard += 1
        if each.due_at is not None:
            leads.append(each.due_at - at)
    before = [at - first for each, at in complaints if (first := _first(words.get(each.subject, ()))) and first < at]
    return Rightness(
        precision=Share(part=sum(map(bool, decided)), whole=len(decided)),
        recall=Share(part=heard, whole=len(late)),
        lead=spans_of(leads),
        before_contact=Share(part=len(before), whole=len(complaints)),
        contact_lead=spans_of(before),
    )


def _first(words: Iterable[DecidedNotice], kind: NoticeKind | None = None) -> datetime | None:
    """When the first of them was told."""
    told = (one.told_at for one in words if one.told_at is not None and (kind is None or one.kind is kind))
    return min(told, default=None)


def _is_promise_known(ending: Ending) -> bool:
    """Whether anybody can say if a promise was broken before a complaint: when it was due is known, or it was kept."""
    return ending.due_at is not None or ending.late is False


def _is_broken(ending: Ending, at: datetime) -> bool:
    """Whether the promised time was over at that instant, and the row had not come by it."""
    assert ending.due_at is not None
    return ending.due_at < at and (ending.came_at is None or ending.came_at > ending.due_at)


def _scores(ending: Ending) -> list[int]:
    return [contact.score for contact in ending.contacts if contact.score is not None]


def _mean(values: Sequence[int]) -> Mean:
    if not values:
        return Mean()
    value = fmean(values)
    if len(values) < FEWEST:
        return Mean(count=len(values), value=value)
    half = CONFIDENT * stdev(values) / len(values) ** 0.5
    return Mean(count=len(values), value=value, low=value - half, high=value + half)
