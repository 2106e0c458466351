"""The street: checked rules and a state at `now` become drafts, notices with verdicts and rendered messages.

`draft()` is the only path. Preview prints what it yields, the daemon commits it, scenario tests and simulation do the
same under a simulated clock. It reads through a `StateReader`, writes nothing, and reads no clock: the same state,
rules and `now` give the same drafts, byte for byte. `redraft()` asks the same of some subjects: before their messages
are sent, and for `why`.

First, what is set aside because a file has errors, with the alert where that is new (`drafting.setting_aside`); and
what people answered, with the alert to those who answer for it (`drafting.passing_on`). Then days on which more of them
get in touch than chance explains (`drafting.unusual_days`).
For each check (`drafting.check_pass`): which promises are contradicted -> batches of contradictions, with alerts to
their owners. Then what becomes of those that wait for somebody (`drafting.settling_pass`), and what owners hear of
their actions and of their week (`drafting.actions_pass`).
For each rule (`drafting.rule_pass`): which subjects to evaluate (`planning.selection`) -> what is true and told about
them (`planning.gathering`) -> what is to be done (`planning.intents`) -> the verdict (`planning.gates`) -> the draft
with its messages (`drafting.notices`, `rendering`) -> batches of drafts.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.drafting.actions_pass import action_batches
from notifier.drafting.check_pass import CheckPass
from notifier.drafting.joining import Joining
from notifier.drafting.passing_on import pass_on
from notifier.drafting.rule_pass import RulePass
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.drafting.setting_aside import set_aside
from notifier.drafting.settling_pass import settling_batches
from notifier.drafting.unusual_days import KIND, unusual_days
from notifier.drafting.watermarks import is_same, watermark
from notifier.model.batches import Batch
from notifier.model.reading import RETURNS_WITHIN, RuleState, StateReader, StoreError
from notifier.model.row_address_reading import Rows
from notifier.model.setting_aside import Part
from notifier.planning.contacts import Contacts
from notifier.planning.portions import portion_from_json
from notifier.planning.selection import named, was_in_shadow
from notifier.promises.checking import retired
from notifier.promises.found import FoundContradictions
from notifier.promises.holds import Holds, checks_that_hold
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule


def draft(
    ruleset: Ruleset, reader: StateReader, now: datetime, options: DraftOptions | None = None
) -> Generator[Batch, None, None]:
    """Everything that one tick at `now` (aware UTC) decides, as batches that can be committed one by one.

    A rule that fails yields a batch that says so, and the others continue. A database that fails (locked, full, gone)
    raises StoreError: the pass is discarded, and the next one repeats it.
    """
    options = options or DraftOptions()
    check_states = _states("check", ruleset.project.checks, reader, now)
    states = _states("rule", ruleset.project.rules, reader, now)
    if options.rules is None:
        yield from set_aside(ruleset, reader, states, check_states, now, live=options.live)
        yield from _attempted("reply", "replies", reader, pass_on(ruleset, reader, now, live=options.live))
        yield from _attempted(KIND, "unusual days", reader, unusual_days(ruleset, reader, now, live=options.live))
        yield from _gone_to_shadow(ruleset, states)
    found = FoundContradictions()
    for batch in _checks(ruleset, reader, now, options, check_states):
        found.add(batch.contradictions)
        if batch.together is not None:
            found.add_together(batch.together)
        if options.rules is None:
            yield batch
    if options.rules is None:
        ending = settling_batches(ruleset, reader, found, now, live=options.live)
        for batch in _attempted("settling", "settling", reader, ending):
            found.add(batch.contradictions)
            yield batch
        yield from _attempted("action", "actions", reader, action_batches(ruleset, reader, now, live=options.live))
    holds = Holds(reader=reader, found=found, edited=_edited_checks(ruleset, reader, check_states))
    streets = _Streets(ruleset, reader, now, options, states, holds)
    for name in ruleset.project.rules:
        if options.rules is None or name in options.rules:
            yield from _attempted("rule", name, reader, streets.of(name).batches())
    if options.portions is not None:
        for name, index in options.portions.left():
            yield from _attempted("rule", name, reader, streets.of(name).left(index))
    if options.rules is None:
        yield from _retired(ruleset, reader, now, states, check_states)


def redraft(
    ruleset: Ruleset,
    reader: StateReader,
    now: datetime,
    subjects: Mapping[str, Collection[str]],
    options: DraftOptions | None = None,
    *,
    rows: Mapping[str, Rows] | None = None,
) -> Generator[Batch, None, None]:
    """What `draft` would decide at `now` about these subjects, by rule, if something had touched them.

    Contradictions are those that the last tick left behind. No batch carries a watermark. `rows`: of the subjects of a
    rule only these rows of `each`, where the others can be left out.
    """
    options = options or DraftOptions()
    holds = Holds(reader=reader)
    states = reader.rule_states("rule")
    streets = _Streets(ruleset, reader, now, options, states, holds)
    for name, rule in ruleset.project.rules.items():
        if name in subjects:
            street = streets.of(name)
            query = ruleset.rule_queries[name]
            is_apart = query.of_rows is not None and not query.may_be_replaced
            chosen = rows.get(name, {}) if rows is not None and is_apart else {}
            selected = named(rule, subjects[name], street.state, now, chosen)
            yield from _attempted("rule", name, reader, street.of(selected))


class Helping:
    """Decides portions of a pass that another process leads: on its snapshot, for its `now`, as that one would."""

    def __init__(self, ruleset: Ruleset, reader: StateReader, now: datetime, options: DraftOptions) -> None:
        states = _states("rule", ruleset.project.rules, reader, now)
        self._reader = reader
        self._streets = _Streets(ruleset, reader, now, options, states, Holds(reader=reader))

    def batches(self, rule: str, work: str) -> Sequence[Batch] | None:
        """What is decided about a portion of a rule; None where only the process that leads can decide it.

        Raises whatever fails in the rule, and StoreError.
        """
        with self._reader.attempt():
            return self._streets.of(rule).portion(portion_from_json(work))


class _Streets:
    """The rules of one pass, each with what they have in common."""

    def __init__(
        self,
        ruleset: Ruleset,
        reader: StateReader,
        now: datetime,
        options: DraftOptions,
        states: Mapping[str, RuleState],
        holds: Holds,
    ) -> None:
        self._contact = contact = ruleset.project.policy.contact
        self._ruleset, self._reader, self._now, self._options = ruleset, reader, now, options
        self._states, self._holds = states, holds
        self._contacts = Contacts(contact, reader, now)
        goes_together = contact.merging is not None or bool(ruleset.project.grouped)
        self._joining = Joining(contact.merging, reader, self.known) if goes_together else None
        self._made: dict[str, RulePass] = {}

    def of(self, name: str) -> RulePass:
        """The pass of this rule."""
        if name not in self._made:
            rule, state = self._ruleset.project.rules[name], self._states.get(name)
            reader = self._reader.in_shadow() if rule.shadow else self._reader
            self._made[name] = RulePass(
                self._ruleset,
                rule,
                reader,
                self._now,
                self._options,
                # Where it was in the other mode it starts like a new rule: what is past is told to nobody.
                state if state is None or was_in_shadow(state) == rule.shadow else None,
                self._holds,
                # What a rule in shadow would tell takes nobody's place, and goes in nobody's message.
                Contacts(self._contact, reader, self._now) if rule.shadow else self._contacts,
                self._joining_in_shadow(rule, reader) if rule.shadow else self._joining,
            )
        return self._made[name]

    def _joining_in_shadow(self, rule: Rule, reader: StateReader) -> Joining | None:
        """What makes one message of the rows of a rule in shadow, as it would: by themselves, without other rules."""
        return Joining(None, reader, self.of) if rule.group is not None else None

    def known(self, name: str) -> RulePass | None:
        """The same; None where no such rule is in force, or where it goes in nobody's message."""
        rule = self._ruleset.project.rules.get(name)
        return None if rule is None or rule.shadow else self.of(name)


def _attempted(kind: str, name: str, reader: StateReader, batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches of one rule or check; where it fails, one that says so, and the others go on."""
    try:
        with reader.attempt():
            yield from batches
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others; it is recorded and shown
        yield Batch(kind=kind, name=name, failure=f"{type(error).__name__}: {error}")


def _states(kind: str, names: Collection[str], reader: StateReader, now: datetime) -> Mapping[str, RuleState]:
    """The watermarks of what is in force, and of what left the project a moment ago and is back."""
    states = reader.rule_states(kind)
    if states.keys() >= set(names):
        return states
    left = reader.states_that_left(kind, now - RETURNS_WITHIN)
    back = {
        name: replace(state, failed=state.failed or "it had left the project")
        for name, state in left.items()
        if name in names and name not in states
    }
    return {**states, **back}


def _edited_checks(ruleset: Ruleset, reader: StateReader, states: Mapping[str, RuleState]) -> set[str]:
    """The checks that are new, edited, gone or back since the last tick."""
    checks = ruleset.project.checks
    were_aside = {item.name for item in reader.set_aside() if item.kind is Part.CHECK and not item.kept}
    same = {name for name in states.keys() & checks.keys() if states[name].digest == checks[name].digest}
    return (states.keys() | checks.keys()) - (same - were_aside)


def _checks(
    ruleset: Ruleset, reader: StateReader, now: datetime, options: DraftOptions, states: Mapping[str, RuleState]
) -> Iterator[Batch]:
    """What the checks find: contradictions opened, changed or closed, each with the alert to its owner."""
    for name, check in _asked(ruleset, options).items():
        found = _check(ruleset, check, reader, now, options, states.get(name))
        yield from _attempted("check", name, reader, found)


def _asked(ruleset: Ruleset, options: DraftOptions) -> Mapping[str, Check]:
    """The checks that matter to the rules that are asked for: those that may hold them, or what goes with them.

    A preview of one rule in a new database would else build the statements of 45 checks: half of its time.
    """
    project = ruleset.project
    if options.rules is None or project.has_errors or project.policy.contact.merging is not None:
        return project.checks
    rules = [project.rules[name] for name in options.rules if name in project.rules]
    holding = set[str]().union(*(checks_that_hold(rule, project.checks) for rule in rules))
    return {name: check for name, check in project.checks.items() if name in holding}


def _check(
    ruleset: Ruleset, check: Check, reader: StateReader, now: datetime, options: DraftOptions, state: RuleState | None
) -> Iterator[Batch]:
    learned = reader.newest_learning() if ruleset.check_queries[check.name].has_forecasts else None
    wiser = state is not None and state.definition.get("learned") != learned
    yield from CheckPass(ruleset, check, reader, now, options, state, wiser=wiser).batches()
    definition = {"owner": check.owner, **({} if learned is None else {"learned": learned})}
    yield Batch(
        kind="check",
        name=check.name,
        watermark=watermark(state, check.digest, now),
        definition=definition,
        is_same_rule=is_same(state, check.digest, definition),
    )


def _gone_to_shadow(ruleset: Ruleset, states: Mapping[str, RuleState]) -> Iterator[Batch]:
    """Ends what rules have not sent yet that are in shadow from now on."""
    for name, rule in ruleset.project.rules.items():
        if rule.shadow and name in states and not was_in_shadow(states[name]):
            yield Batch(kind="rule", name=name, to_shadow=True)


def _retired(
    ruleset: Ruleset,
    reader: StateReader,
    now: datetime,
    states: Mapping[str, RuleState],
    check_states: Mapping[str, RuleState],
) -> Iterator[Batch]:
    """Ends the unsent notices of rules that left the project, and the contradictions of checks that did.

    Not while files have errors: a rule that cannot be read is set aside, not removed.
    """
    if ruleset.project.has_errors:
        return
    for name in states.keys() - ruleset.project.rules.keys():
        yield Batch(kind="rule", name=name, retired=True)
    for name in check_states.keys() - ruleset.project.checks.keys():
        ended = tuple(change.contradiction for change in retired(name, reader, now=now))
        yield Batch(kind="check", name=name, contradictions=ended, retired=True)
