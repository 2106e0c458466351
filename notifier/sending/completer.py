"""The completer commits that a provider is about to be called, and what it answered, before anything else happens.

Messages that come this far at about the same time share a commit (`group_commit`). The sooner an acceptance is
committed, the fewer messages are in doubt after a crash. With SMTP nobody can be asked about those, so there it matters
most.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import sqlalchemy as sa
import structlog

from notifier.delivery.outcomes import Accepted, Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown
from notifier.delivery.retrying import next_attempt
from notifier.model.clock import Clock
from notifier.model.consent import Source, Word
from notifier.model.notices import NoticeKind
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import LONGEST_REST
from notifier.model.types import NoticeClass
from notifier.sending.group_commit import GroupCommit
from notifier.store import consent
from notifier.store.outbox import completion, halts, leasing, pace, refusals

log = structlog.get_logger()

GRACE = timedelta(minutes=1)
"""How long after a lost answer the provider is first asked. It may list what it accepted only after a while."""
LONGEST_PAUSE = timedelta(days=1)
"""The longest pause between two questions about one message. The pauses grow with the message's age."""
SHORTEST_PAUSE = timedelta(seconds=1)
"""Before a provider is tried again, even where it says that no pause is needed."""

CALLED = "called"
LEASE_LOST = "lease_lost"
"""What may become of a message whose provider was to be called."""


@dataclass(frozen=True, kw_only=True)
class SendAgain:
    """The provider was asked, and the message may be sent again now."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class _Call:
    message: Outgoing


@dataclass(frozen=True, kw_only=True)
class _Result:
    message: Outgoing
    outcome: Outcome | SendAgain
    for_a_person: bool = False
    """Its provider is not asked before the notice's time is over: what it would say is what cannot be recorded."""


class Completer:
    """Commits the calls of one outlet's provider, and their outcomes."""

    def __init__(self, database: sa.Engine, outlet: Outlet, provider: str, clock: Clock) -> None:
        self._database = database
        self._outlet = outlet
        self._provider = provider
        self._clock = clock
        self._commits = GroupCommit(self._commit)

    def expecting_one(self) -> AbstractContextManager[None]:
        """For a task that calls a provider: the next commit waits a moment for what the task has to commit."""
        return self._commits.expecting_one()

    async def begin_call(self, message: Outgoing) -> bool:
        """Commit that the provider is called now. False where the lease was lost: then the caller must not call it."""
        return await self._commits.submit(_Call(message=message)) == CALLED

    async def record(self, message: Outgoing, outcome: Outcome | SendAgain) -> str:
        """Commit what became of the message; returns its name in `DispatchReport`.

        What cannot be recorded stops this message, not the queue: a person sees to it (`notices arrived`, `resend`).
        """
        try:
            return await self._commits.submit(_Result(message=message, outcome=outcome))
        except sa.exc.IntegrityError:
            if not isinstance(outcome, Accepted):
                raise
            log.error("message.repeated_id", message=message.id, provider=self._provider)  # noqa: TRY400 - no trace
            reason = f"{self._provider} took it under an id that another message has, so it may be either of them"
            return await self._commits.submit(
                _Result(message=message, outcome=Unknown(reason=reason), for_a_person=True)
            )

    def _commit(self, steps: Sequence[_Call | _Result]) -> list[str]:
        """Calls that begin and calls that have ended share one transaction."""
        now = self._clock()
        calls = [step.message for step in steps if isinstance(step, _Call)]
        results = [step for step in steps if isinstance(step, _Result)]
        accepted: dict[str, list[tuple[Outgoing, str]]] = {}
        for result in results:
            if isinstance(result.outcome, Accepted):
                by = accepted.setdefault(result.outcome.provider or self._provider, [])
                by.append((result.message, result.outcome.provider_id))
        with self._database.begin() as connection:
            took: set[str] = set()
            for provider, messages in accepted.items():
                took |= completion.record_all_accepted(connection, messages, provider=provider, now=now)
            written = {
                id(result): ("accepted", result.message.id in took)
                if isinstance(result.outcome, Accepted)
                else self._write(connection, result, now)
                for result in results
            }
            ours = leasing.mark_called(connection, calls, now=now)
        for message in calls:
            if message.id not in ours:
                log.warning("message.lease_lost", message=message.id)
        for result in results:
            became, recorded = written[id(result)]
            _report(result, became, recorded=recorded)
        return [
            written[id(step)][0] if isinstance(step, _Result) else CALLED if step.message.id in ours else LEASE_LOST
            for step in steps
        ]

    def _write(self, connection: sa.Connection, result: _Result, now: datetime) -> tuple[str, bool]:
        """What the message became, and whether this process still had its lease."""
        message = result.message
        self._note_refusal(connection, result, now)
        match result.outcome:
            case Accepted():
                raise AssertionError("what was accepted is recorded together")
            case Retry() as outcome:
                return self._retry(connection, message, outcome, now)
            case SendAgain(reason=reason):
                what = "retried" if now < message.until else "failed"
                return what, completion.record_retry(connection, message, reason=reason, at=now, now=now)
            case OtherChannel(reason=reason) | SuppressAddress(reason=reason):
                decision = type(result.outcome).__name__
                failed = completion.record_failed(connection, message, reason=reason, decision=decision, now=now)
                if failed and isinstance(result.outcome, SuppressAddress) and result.outcome.opted_out:
                    self._write_opt_out(connection, message, reason, now)
                return "failed", failed
            case Halt(reason=reason):
                halted = halts.halt(connection, self._outlet, reason=reason, now=now)
                # Behind the trial: where this message alone is refused, another one shows it.
                again = halted.tries_again_at + halts.FIRST_PAUSE
                given_back = completion.give_back(connection, message, at=again, reason=reason, now=now)
                # A message that was accepted, and found to have failed since, has no lease to be given back from.
                return "put_off", given_back or completion.record_retry(
                    connection, message, reason=reason, at=again, now=now
                )
            case Unknown(reason=reason):
                ask_at = now + min(max(GRACE, (now - message.started_at) / 2), LONGEST_PAUSE)
                if result.for_a_person:
                    ask_at = max(message.until, now + LONGEST_PAUSE)
                return "unknown", completion.record_unknown(connection, message, reason=reason, ask_at=ask_at, now=now)
            case _:
                assert_never(result.outcome)

    def _note_refusal(self, connection: sa.Connection, result: _Result, now: datetime) -> None:
        """What the provider refused is counted by its code. A call that found nobody to answer is no refusal."""
        code = getattr(result.outcome, "code", None)
        if code is not None:
            decision = type(result.outcome).__name__
            refusals.note(
                connection,
                self._outlet,
                result.message.id,
                provider=self._provider,
                code=code,
                decision=decision,
                now=now,
            )

    def _write_opt_out(self, connection: sa.Connection, message: Outgoing, reason: str, now: datetime) -> None:
        """The provider told of an opt-out that we had not heard of: the ledger has it from now on."""
        consent.append(
            connection,
            address=message.address,
            channel=message.channel,
            classes=NoticeClass,
            word=Word.OUT,
            source=Source.PROVIDER,
            by=self._provider,
            reason=reason,
            now=now,
            live=self._outlet.live,
            blocked=True,
            message_id=message.id,
        )

    def _retry(self, connection: sa.Connection, message: Outgoing, outcome: Retry, now: datetime) -> tuple[str, bool]:
        if outcome.after is None:
            # A rest of all is not made longer by how often this one message was tried.
            again = next_attempt(message.id, 1 if outcome.whole_channel else message.attempt, now)
        else:
            again = now + max(outcome.after, SHORTEST_PAUSE)
        if outcome.whole_channel:
            until = min(again, now + LONGEST_REST)
            pace.rest(connection, self._outlet, until=until)
            log.warning("channel.rests", channel=self._outlet.channel, until=until, reason=outcome.reason)
        if outcome.attempts is not None and message.attempt >= outcome.attempts:
            reason = f"{outcome.reason}; tried {message.attempt} times"
            decision = OtherChannel.__name__
            failed = completion.record_failed(connection, message, reason=reason, decision=decision, now=now)
            return "failed", failed
        what = "retried" if again < message.until else "failed"
        return what, completion.record_retry(connection, message, reason=outcome.reason, at=again, now=now)


def _report(result: _Result, became: str, *, recorded: bool) -> None:
    message, outcome = result.message, type(result.outcome).__name__
    if not recorded:
        log.warning("message.lease_lost", message=message.id, outcome=outcome)
    say = log.info if isinstance(result.outcome, Accepted) else log.warning
    if became == "failed" and message.kind is NoticeKind.ALERT:
        say = log.error  # an alert is not planned again: people may hear of it nowhere else
    say(
        f"message.{became}",
        message=message.id,
        notice=message.notice_id,
        channel=message.channel,
        outcome=outcome,
        reason=getattr(result.outcome, "reason", None),
    )
