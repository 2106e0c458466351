"""Where the objects are connected: a project folder and its settings -> a `House`, with all that a command needs.

Every part is created on first use, so a command pays only for what it uses.
"""

import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from notifier.answers.records import Directory
from notifier.assembly.outlets import answer_sender, channels_of, destination_of, open_dispatchers, unavailable_channels
from notifier.assembly.owners import refuse_unknown_owner
from notifier.assembly.rulesets import Rulesets
from notifier.delivery.channel import Channel
from notifier.drafting.ruleset import Ruleset
from notifier.drivers.clock import system_clock
from notifier.drivers.resting import RestingFolder, Watch
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.clock import Clock
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.rules.file_set import FileSet, read_file_set
from notifier.settings import Settings
from notifier.settings_sources import load_settings
from notifier.settings_variables import Driver, RulesTaken
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import ensure_indexes, migrate
from notifier.store.published_rules import How, PublishedRules
from notifier.store.reader import Reader

if TYPE_CHECKING:
    from notifier.consent.mails import MailDesk
    from notifier.doctor.findings import Finding
    from notifier.drivers.regularly import PageMaker
    from notifier.intake.parsing import ImportContext
    from notifier.receipts.bounces import ReceivedBounce
    from notifier.receipts.mailbox import FollowedMailbox
    from notifier.receipts.taking import Taken
    from notifier.sending.dispatch import Dispatcher, DispatchReport
    from notifier.sending.reply_answers import AnswerSender
    from notifier.serving.in_force import ProjectInForce
    from notifier.serving.parts import Parts
    from notifier.store.learned_dates import KeptDates
    from notifier.store.learning import Learning
    from notifier.tick import TickReport

log = structlog.get_logger()


@dataclass(frozen=True)
class House:
    """One project, ready to work. `clock` returns the current instant (aware UTC)."""

    folder: Path
    settings: Settings
    clock: Clock = system_clock
    reads: bool = False
    """Whether it only reads: then no database is made where there is none."""

    @cached_property
    def rulesets(self) -> Rulesets:
        """What sets of files say, whichever is in force."""
        return Rulesets(self.folder, self.settings)

    @cached_property
    def files(self) -> FileSet:
        """The files of the project folder, as they are."""
        return read_file_set(self.folder)

    @cached_property
    def project(self) -> Project:
        """What the files say as they are, including their problems."""
        return self.rulesets.read(self.files)

    @cached_property
    def database(self) -> sa.Engine:
        """The database, migrated to this version. Raises DatabaseError.

        For a command that only reads, an empty one in memory stands for one that is not there yet.
        """
        there = self.has_database or not self.reads
        engine = open_engine(self.settings.database_url if there else "sqlite://")
        migrate(engine)
        return engine

    @cached_property
    def has_database(self) -> bool:
        """Whether the database is there already; that of a server always counts as there."""
        file = self.settings.database_file
        return file is None or file.exists()

    @cached_property
    def ruleset(self) -> Ruleset:
        """The rules with their statements, and the renderer, as the files are: in force, or what a tick would take.

        Raises ProblemsError where nobody knows what the files say as a whole.
        """
        return self.ruleset_for(None)

    def ruleset_for(self, rules: Collection[str] | None) -> Ruleset:
        """The same for a command that is about these rules alone (None: about all): only their texts are tried."""
        self.refuse_gaps()
        newest = self.published.newest()
        if newest is not None and newest.digest == self.files.digest and not newest.has_errors:
            return self.rulesets.of(self.project)  # its texts were tried when it was taken
        broken = self.rulesets.wrong_texts(self.project, self.files, rules)
        return self.rulesets.of(self.project.without(broken))

    @property
    def wording(self) -> Sequence[Problem]:
        """What a reader of the texts will stumble over."""
        return self.rulesets.wording(self.project, self.files)

    @property
    def approvals(self) -> Sequence[Problem]:
        """What is wrong with the WhatsApp texts that were handed in for approval, or were not."""
        return self.rulesets.approvals(self.project, self.files)

    @cached_property
    def published(self) -> PublishedRules:
        """The sets of files that are and were in force."""
        place = f"{socket.gethostname()}:{self.folder.resolve()}"
        return PublishedRules(self.database, place, self.clock)

    @cached_property
    def rules(self) -> RulesInForce:
        """What is in force, followed from the first use on. Raises ProblemsError where nothing can be."""
        return self.rules_in_force()

    def rules_in_force(
        self, watch: Watch | None = None, *, sets_aside: bool = False, quiet: bool = False
    ) -> RulesInForce:
        """What is in force, followed from now on. Raises ProblemsError where nothing can be."""
        return RulesInForce(
            self.folder,
            self._load,
            self.published,
            rest_seconds=self.settings.rules_rest_seconds,
            by_hand=self.settings.rules_taken is RulesTaken.PUBLISHED,
            sets_aside=sets_aside,
            quiet=quiet,
            watch=watch,
        )

    def differences(self) -> Sequence[str]:
        """How the files differ from those in force, a phrase a file; empty where they are equal or none is in force."""
        newest = self.published.newest()
        if newest is None or newest.digest == self.files.digest:
            return ()
        return self.files.differences(self.published.files(newest))

    def publish(self, actor: str | None, reason: str | None) -> Ruleset:
        """Put the files in force as they are, all or none. Raises ProblemsError where one of them has an error."""
        files = RestingFolder(self.folder, 0, Watch()).now()
        if files is None:
            raise ProblemsError(
                [Problem(Place("rules"), "the files change while they are read; nothing was published")]
            )
        ruleset = self._load(files, tried=False)
        if ruleset.project.has_errors:
            raise ProblemsError(ruleset.project.errors)
        self.published.publish(files, How.ASKED, has_errors=False, actor=actor, reason=reason)
        return ruleset

    @property
    def channels(self) -> Mapping[ChannelName, Channel]:
        """Where messages go. Returns new channels each time; they connect on first use."""
        return channels_of(self.settings)

    @property
    def unavailable(self) -> frozenset[ChannelName]:
        """Channels without a provider in live mode."""
        return unavailable_channels(self.settings)

    @property
    def destination(self) -> str:
        """Where messages go, for people."""
        return destination_of(self.settings)

    @property
    def directory(self) -> Directory:
        """The source of recipients' names and zones."""
        return Directory(defaults=self.settings.defaults, owners=self.project.owners)

    @property
    def imports(self) -> "ImportContext":
        """What imports need of the project."""
        self.refuse_gaps()  # hours or attributes may be what cannot be read
        return self._imports_of(self.project)

    def _imports_of(self, project: Project) -> "ImportContext":
        from notifier.intake.parsing import ImportContext

        zone = self.settings.default_timezone
        return ImportContext.of(
            project,
            self.settings.default_country,
            ZoneInfo(zone) if zone else None,
            pseudonym_key=self.settings.pseudonyms,
            keeps_former_values=self.settings.keep_former_values_days > 0,
        )

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One snapshot of state and outbox, in this installation's mode."""
        with read_only(self.database) as connection:
            yield Reader(connection, live=self.settings.live)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction."""
        with self.database.begin() as connection:
            yield connection

    def tick(
        self, now: datetime, *, full: bool = False, ruleset: Ruleset | None = None
    ) -> "tuple[TickReport, DispatchReport]":
        """Evaluate and send once, as if it were `now` (aware UTC), by what is in force where no ruleset is given."""
        from notifier.assembly.once import tick_once

        ruleset = ruleset or self.rules.ruleset()
        clock = self.clock if self.settings.live else lambda: now
        return tick_once(
            self.database,
            ruleset,
            now,
            live=self.settings.live,
            full=full,
            answers=self.answers,
            dispatchers=lambda: self.dispatchers(clock),
            clock=self.clock,
        )

    def ask(self) -> "Taken":
        """Ask providers, now, what became of every message of which they said nothing yet."""
        from notifier.assembly.once import ask_once

        return ask_once(
            self.database,
            lambda: self.ruleset,
            self.clock,
            live=self.settings.live,
            dispatchers=lambda: self.dispatchers(self.clock),
        )

    def learn(self, at: datetime) -> "list[Learning]":
        """Learn what the rules forecast, and what always is, from what was completed until `at` (aware UTC).

        Raises TooEarlyError, and learns nothing, where something later was learned.
        """
        from notifier.assembly.learning import learn_project

        computed_at = self.clock()
        with self.writing() as connection:
            return learn_project(connection, self.project, at=at, computed_at=computed_at)

    def kept_dates(self, until: datetime) -> "list[KeptDates]":
        """How many of the dates that were forecast were kept, for what came until then."""
        from notifier.assembly.learning import dates_kept

        with self.reading() as reader:
            return dates_kept(reader.connection, self.project, until)

    @contextmanager
    def dispatchers(self, clock: Clock) -> "Iterator[Sequence[Dispatcher]]":
        """One dispatcher for each channel, closed at the end."""
        with open_dispatchers(self.database, self.settings, self.channels, clock) as dispatchers:
            yield dispatchers

    def run(self, pages: "PageMaker | None" = None) -> None:
        """Evaluate and send until SIGTERM or SIGINT; changed rule files are reloaded.

        `pages` makes the pages that are written each day, where the settings have a folder for them.
        """
        from notifier.assembly.daemon import make_daemon, share_jobs

        rules = self.rules
        if self.settings.driver is Driver.PROCRASTINATE:
            share_jobs(self.database, self.settings)
        log.info("daemon.sends", live=self.settings.live, where=self.destination)
        with self.dispatchers(self.clock) as dispatchers:
            daemon = make_daemon(
                self.database,
                rules,
                dispatchers,
                self.clock,
                self.settings,
                mailbox=self.followed_mailbox,
                answers=self.answers,
                pages=pages,
            )
            daemon.run()

    @cached_property
    def mail_desk(self) -> "MailDesk | None":
        """How mails that come in are taken; None where the settings name no address for bounces."""
        from notifier.assembly.mail import mail_desk

        return mail_desk(self.settings, self._in_force)

    def take_mail(self, content: bytes) -> "ReceivedBounce":
        """What is done with a mail of the mailbox."""
        from notifier.assembly.mail import take_mail

        return take_mail(self.database, content, self.mail_desk, self.clock)

    @property
    def answers(self) -> "AnswerSender | None":
        """What sends the automatic answers to mails; None where no mail is sent."""
        return answer_sender(self.database, self.settings, self.clock)

    @property
    def followed_mailbox(self) -> "FollowedMailbox | None":
        """The mailbox with bounces; None where the settings name none."""
        from notifier.assembly.mail import followed_mailbox

        return followed_mailbox(self.database, self.settings, self.take_mail, self.clock)

    def examined(self) -> "Iterator[Finding]":
        """What is so, and what is wrong, of all that this installation needs: one after the other."""
        from notifier.assembly.examination import examine

        yield from examine(self.settings, self.project, lambda: self.database, self.clock())

    @property
    def serving(self) -> "Parts":
        """What `notifier serve` is made of."""
        from notifier.assembly.service import parts_of_service

        return parts_of_service(
            self.database,
            self.clock,
            self.settings,
            desk=self.mail_desk,
            project=self._in_force,
            imports=self._imports_of,
        )

    @property
    def _in_force(self) -> "ProjectInForce":
        from notifier.serving.in_force import ProjectInForce

        return ProjectInForce(self.published, self.rulesets.read)

    def refuse_no_rules(self) -> None:
        """Raises ProblemsError where the folder has no rules: it is another one that is meant."""
        if not (self.folder / "rules").is_dir():
            from notifier.rules.loader import no_rules

            raise ProblemsError([no_rules(self.folder)])

    def refuse_broken_rules(self) -> None:
        """Raises ProblemsError where a file of the project has an error, for commands that need all of it."""
        errors = self.project.errors
        if errors:
            raise ProblemsError(errors)

    def refuse_gaps(self) -> None:
        """Raises ProblemsError where nobody knows what the files say as a whole: nobody is told half of it."""
        if self.project.gaps:
            raise ProblemsError(self.project.gaps)

    def close(self) -> None:
        """Close the database's connections."""
        if "database" in self.__dict__:
            self.database.dispose()

    def _load(self, files: FileSet, tried: bool) -> Ruleset:
        ruleset = self.rulesets.in_force(files, tried=tried)
        self._index(ruleset)
        return ruleset

    def _index(self, ruleset: Ruleset) -> None:
        """Index what the rules in force search by."""
        with self.database.begin() as connection:
            ensure_indexes(connection, ruleset.searched_columns)


def open_house(
    folder: Path, *, settings: Settings | None = None, clock: Clock = system_clock, reads: bool = False
) -> House:
    """The house of the project in `folder`. Raises ProblemsError for settings that are wrong."""
    house = House(folder=folder, settings=settings or load_settings(folder), clock=clock, reads=reads)
    refuse_unknown_owner(house.settings, lambda: house.project)
    return house
