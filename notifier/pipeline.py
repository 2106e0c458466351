"""The street: checked rules and a state at `now` become drafts, notices with verdicts and rendered messages.

`draft()` is the only path. Preview prints what it yields, the daemon commits it, scenario tests and simulation do the
same under a simulated clock. It reads through a `StateReader`, writes nothing, and reads no clock: the same state,
rules and `now` give the same drafts, byte for byte.

For each check: which promises are contradicted -> batches of contradictions, with alerts to their owners.
For each rule (`drafting.rule_pass`): which subjects to evaluate (`planning.selection`) -> what is true and told about
them (`planning.gathering`) -> what is to be done (`planning.intents`) -> the verdict (`planning.verdicts`) -> the
messages (`rendering`) -> batches of drafts.
"""

from collections.abc import Generator, Iterator, Mapping
from datetime import datetime

from notifier.drafting.alerts import contradiction_alerts
from notifier.drafting.engine import DraftOptions, Engine
from notifier.drafting.rule_pass import Holds, RulePass, watermark
from notifier.model.batches import Batch
from notifier.model.contradictions import Contradiction
from notifier.model.reading import RuleState, StateReader, StoreError
from notifier.promises.checking import retired, run_check


def draft(
    engine: Engine, reader: StateReader, now: datetime, options: DraftOptions | None = None
) -> Generator[Batch, None, None]:
    """Everything that one tick at `now` (aware UTC) decides, as batches that can be committed one by one.

    A rule that fails yields a batch that says so, and the others continue. A database that fails (locked, full, gone)
    raises StoreError: the pass is discarded, and the next one repeats it.
    """
    options = options or DraftOptions()
    check_states = reader.rule_states("check")
    found: dict[str, Contradiction] = {}
    if options.subjects is None:
        for batch in _checks(engine, reader, now, options, check_states):
            for contradiction in batch.contradictions:
                found[contradiction.id] = contradiction
            if options.rules is None:
                yield batch
    holds = Holds(reader=reader, found=found, edited=_edited_checks(engine, check_states))
    states = reader.rule_states("rule")
    for name, rule in engine.project.rules.items():
        wanted = options.rules if options.subjects is None else options.subjects
        if wanted is not None and name not in wanted:
            continue
        street = RulePass(engine, rule, reader, now, options, states.get(name), holds)
        try:
            with reader.attempt():
                yield from street.batches()
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others; it is recorded and shown
            yield Batch(kind="rule", name=name, failure=f"{type(error).__name__}: {error}")
    if options.rules is None and options.subjects is None:
        yield from _retired(engine, reader, now, states, check_states)


def _edited_checks(engine: Engine, states: Mapping[str, RuleState]) -> set[str]:
    """The checks that are new, edited or gone since the last tick."""
    checks = engine.project.checks
    same = {name for name in states.keys() & checks.keys() if states[name].digest == checks[name].digest}
    return (states.keys() | checks.keys()) - same


def _checks(
    engine: Engine, reader: StateReader, now: datetime, options: DraftOptions, states: Mapping[str, RuleState]
) -> Iterator[Batch]:
    """What the checks find: contradictions opened, changed or closed, each with the alert to its owner."""
    for name, check in engine.project.checks.items():
        state = states.get(name)
        full = options.full or state is None or state.digest != check.digest or state.failed is not None
        since = state.evaluated_at if state is not None else now
        try:
            with reader.attempt():
                for events in run_check(check, engine.check_queries[name], reader, now=now, since=since, full=full):
                    yield Batch(
                        kind="check",
                        name=name,
                        contradictions=tuple(event.contradiction for event in events),
                        drafts=contradiction_alerts(engine, check, events, reader, now, live=options.live),
                    )
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken check must not silence the others; it is recorded and shown
            yield Batch(kind="check", name=name, failure=f"{type(error).__name__}: {error}")
        else:
            yield Batch(kind="check", name=name, watermark=watermark(state, check.digest, now))


def _retired(
    engine: Engine,
    reader: StateReader,
    now: datetime,
    states: Mapping[str, RuleState],
    check_states: Mapping[str, RuleState],
) -> Iterator[Batch]:
    """Ends the unsent notices of rules that left the project, and the contradictions of checks that did.

    Not while files have errors: a rule that cannot be read is set aside, not removed.
    """
    if engine.project.has_errors:
        return
    for name in states.keys() - engine.project.rules.keys():
        yield Batch(kind="rule", name=name, retired=True)
    for name in check_states.keys() - engine.project.checks.keys():
        ended = tuple(change.contradiction for change in retired(name, reader, now=now))
        yield Batch(kind="check", name=name, contradictions=ended, retired=True)
