"""What `notifier run` is made of: the daemon, and what it does once in a while."""

from collections.abc import Sequence
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.assembly.learning import taught_in_force
from notifier.drivers.daemon import Daemon
from notifier.drivers.regularly import DailyPages, Lessons, PageMaker
from notifier.drivers.retention import Retention
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.clock import Clock
from notifier.model.problems import ProblemsError
from notifier.receipts.mailbox import FollowedMailbox
from notifier.sending.dispatch import Dispatcher
from notifier.sending.reply_answers import AnswerSender
from notifier.settings import Settings
from notifier.settings_variables import Driver


def make_daemon(
    database: sa.Engine,
    rules: RulesInForce,
    dispatchers: Sequence[Dispatcher],
    clock: Clock,
    settings: Settings,
    *,
    mailbox: FollowedMailbox | None,
    answers: AnswerSender | None,
    pages: PageMaker | None,
) -> Daemon:
    """The daemon of this installation."""
    days, former = settings.kept_days, settings.keep_former_values_days
    return Daemon(
        database,
        rules,
        dispatchers,
        clock,
        live=settings.live,
        tick_seconds=settings.tick_seconds,
        dispatch_seconds=settings.dispatch_seconds,
        pulse=settings.pulse,
        mailbox=mailbox,
        channel_owner=settings.channel_owner,
        retention=Retention(database=database, clock=clock, days=days, former_values_days=former),
        answers=answers,
        lessons=_lessons(database, rules, clock, settings),
        pages=None if pages is None else _daily_pages(pages, rules, clock, settings),
        shared=settings.driver is Driver.PROCRASTINATE,
    )


def share_jobs(database: sa.Engine, settings: Settings) -> None:
    """Make ready what daemons need that share their jobs. Raises ProblemsError where they cannot."""
    if database.dialect.name != "postgresql":
        what = "daemons share jobs on PostgreSQL alone: NOTIFIER_DATABASE_URL, or leave the driver local"
        raise ProblemsError([settings.problem("driver", what)])
    try:
        from notifier.store.job_tables import make_job_tables
    except ModuleNotFoundError:
        what = "procrastinate is not installed: pip install 'notifier[cluster]'"
        raise ProblemsError([settings.problem("driver", what)]) from None
    make_job_tables(database)


def _lessons(database: sa.Engine, rules: RulesInForce, clock: Clock, settings: Settings) -> Lessons | None:
    every = timedelta(days=settings.learn_days)
    if not every:
        return None
    return Lessons(database=database, clock=clock, ruleset=rules.ruleset, taught=taught_in_force, every=every)


def _daily_pages(pages: PageMaker, rules: RulesInForce, clock: Clock, settings: Settings) -> DailyPages | None:
    """The pages of reports that are written each day, where the settings have a folder for them."""
    folder = settings.reports
    if folder is None:
        return None
    return DailyPages(
        folder=folder,
        at=time.fromisoformat(settings.reports_at),
        zone=ZoneInfo(settings.display_timezone),
        clock=clock,
        ruleset=rules.ruleset,
        pages=pages,
    )
