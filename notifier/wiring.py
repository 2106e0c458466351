"""Where the objects are connected: a project folder and its settings -> a `House`, with all that a command needs.

Every part is created on first use, so a command pays only for what it uses.
"""

import contextlib
import socket
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from notifier import __version__
from notifier.answers.records import Directory
from notifier.delivery.channel import Channel
from notifier.delivery.sandbox import SandboxChannel
from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.drivers.clock import system_clock
from notifier.drivers.kept_results import cache_folder, kept
from notifier.drivers.resting import RestingFolder, Watch
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.clock import Clock
from notifier.model.digests import text_digest
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean
from notifier.model.processes import Process
from notifier.model.types import ChannelName
from notifier.rendering.renderer import Renderer
from notifier.rules.checked import Broken, Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import Owner
from notifier.rules.checked_rules import Rule
from notifier.rules.file_set import FileSet, read_file_set
from notifier.settings import Driver, RulesTaken, Settings
from notifier.settings_sources import load_settings
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import CURRENT_REVISION, ensure_indexes, migrate
from notifier.store.published_rules import How, PublishedRules
from notifier.store.reader import Reader

if TYPE_CHECKING:
    from notifier.consent.mails import MailDesk
    from notifier.doctor.findings import Finding
    from notifier.drivers.regularly import DailyPages, Lessons, PageMaker
    from notifier.drivers.retention import Retention
    from notifier.intake.parsing import ImportContext
    from notifier.receipts.bounces import ReceivedBounce
    from notifier.receipts.mailbox import FollowedMailbox
    from notifier.receipts.taking import Taken
    from notifier.rules.expressions import Forecast
    from notifier.sending.dispatch import Dispatcher, DispatchReport
    from notifier.sending.reply_answers import AnswerSender
    from notifier.serving.parts import Parts
    from notifier.store.learned_dates import KeptDates
    from notifier.store.learning import Learning
    from notifier.tick import TickReport

log = structlog.get_logger()

PASSES_OF_A_TICK = (Process.EVALUATING, Process.DISPATCHING_SMS, Process.DISPATCHING_EMAIL, Process.RECONCILING)

T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """One project, ready to work. `clock` returns the current instant (aware UTC)."""

    folder: Path
    settings: Settings
    clock: Clock = system_clock
    reads: bool = False
    """Whether it only reads: then no database is made where there is none."""

    @cached_property
    def files(self) -> FileSet:
        """The files of the project folder, as they are."""
        return read_file_set(self.folder)

    @cached_property
    def project(self) -> Project:
        """What the files say as they are, including their problems."""
        return self._read(self.files)

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
        with contextlib.suppress(sa.exc.ArgumentError):  # said when the database is opened
            url = sa.make_url(self.settings.database_url)
            if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
                return Path(url.database).exists()
        return True

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
            return self._ruleset_of(self.project)  # its texts were tried when it was taken
        broken = self._wrong_texts(self.project, self.files, rules)
        return self._ruleset_of(self.project.without(broken))

    def ruleset_of(self, project: Project) -> Ruleset:
        """The ruleset of another project than the folder's: of a plan that is tried on history."""
        return self._ruleset_of(project)

    def _read(self, files: FileSet) -> Project:
        """What these files say. Raises nothing: problems are part of it."""

        def make() -> Project:
            from notifier.rules.loader import load_project  # what was read before needs no parser

            return load_project(self.folder, files)

        return replace(self._kept("project", files, (), make), folder=self.folder)

    def _wrong_texts(self, project: Project, files: FileSet, rules: Collection[str] | None) -> tuple[Broken, ...]:
        """The rules, of these or all, whose texts have an error."""
        rendering = self.settings.rendering

        def make() -> tuple[Broken, ...]:
            from notifier.rendering.wrong_texts import wrong_texts

            return wrong_texts(project, rendering, rules)

        chosen = None if rules is None else sorted(rules)
        return self._kept("texts", files, (repr(rendering), chosen), make)

    @property
    def wording(self) -> Sequence[Problem]:
        """What a reader of the texts will stumble over."""
        rendering = self.settings.rendering

        def make() -> Sequence[Problem]:
            from notifier.rendering.wording_lint import wording_problems

            return wording_problems(self.project, Renderer(self.project, rendering))

        return self._kept("wording", self.files, (repr(rendering),), make)

    @property
    def approvals(self) -> Sequence[Problem]:
        """What is wrong with the WhatsApp texts that were handed in for approval, or were not."""
        rendering = self.settings.rendering

        def make() -> Sequence[Problem]:
            from notifier.rendering.approvals import approval_problems

            return approval_problems(self.project, Renderer(self.project, rendering))

        if not self.project.speaks_whatsapp and not self.project.approved_texts:
            return ()
        return self._kept("approvals", self.files, (repr(rendering),), make)

    def _kept(self, what: str, files: FileSet, inputs: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` makes of the files and these inputs, or what was made of the same before, in whatever folder."""
        there = None if files.folder_exists else str(self.folder)  # it is named in the problem
        return kept(cache_folder() if self.settings.cache else None, what, (there, files.digest, *inputs), make)

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

    def project_of_files(self, files: FileSet) -> Project:
        """What a set of files says, whatever is in force, including its problems."""
        return self._read(files)

    def ruleset_of_files(self, files: FileSet) -> Ruleset:
        """The ruleset that a set of files makes, whatever is in force.

        Raises ProblemsError where it has an error: of what is set aside nobody knows whom it would tell.
        """
        project = self.project_of_files(files)
        broken = () if project.has_errors else self._wrong_texts(project, files, None)
        if errors := [*project.errors, *(problem for each in broken for problem in each.problems)]:
            raise ProblemsError(errors)
        return self._ruleset_of(project)

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
        """Where messages go: live to the providers with credentials, else into the outbox folder.

        Returns new channels each time; they connect on first use.
        """
        if not self.settings.live:
            return dict.fromkeys(ChannelName, SandboxChannel(self.settings.outbox))
        channels: dict[ChannelName, Channel] = {}
        if (account := self.settings.twilio) is not None:
            from notifier.delivery.twilio_sms import TwilioSms

            channels[ChannelName.SMS] = TwilioSms(account)
        if (gateway := self.settings.sms_gateway) is not None:
            from notifier.delivery.http_gateway import HttpGateway

            channels[ChannelName.SMS] = HttpGateway(gateway)
        if (account := self.settings.twilio_whatsapp) is not None:
            from notifier.delivery.twilio_whatsapp import TwilioWhatsApp

            channels[ChannelName.WHATSAPP] = TwilioWhatsApp(account)
        if (server := self.settings.smtp) is not None:
            from notifier.delivery.smtp_email import SmtpEmail

            channels[ChannelName.EMAIL] = SmtpEmail(server)
        if self.settings.chats:
            from notifier.delivery.apprise_chat import AppriseChat

            channels[ChannelName.CHAT] = AppriseChat(self.settings.chat_addresses)
        return channels

    @property
    def unavailable(self) -> frozenset[ChannelName]:
        """Channels without a provider in live mode."""
        providers = {
            ChannelName.SMS: self.settings.twilio or self.settings.sms_gateway,
            ChannelName.EMAIL: self.settings.smtp,
            ChannelName.WHATSAPP: self.settings.twilio_whatsapp,
            ChannelName.CHAT: self.settings.chats or None,
        }
        return frozenset(name for name, there in providers.items() if self.settings.live and there is None)

    @property
    def destination(self) -> str:
        """Where messages go, for people."""
        if not self.settings.live:
            return f"the folder {self.settings.outbox}"
        sms = "SMS by Twilio" if self.settings.twilio is not None else "no SMS"
        if self.settings.sms_gateway is not None:
            sms = "SMS by your own gateway"
        whatsapp = ["WhatsApp by Twilio"] if self.settings.twilio_whatsapp is not None else []
        mail = "mail by SMTP" if self.settings.smtp is not None else "no mail"
        chats = [f"alerts also in {', '.join(sorted(self.settings.chats))}"] if self.settings.chats else []
        return ", ".join([sms, *whatsapp, mail, *chats])

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
        from notifier.consent.simulated import play
        from notifier.receipts.taking import settle
        from notifier.sending.dispatch import DispatchReport
        from notifier.tick import evaluate

        ruleset = ruleset or self.rules.ruleset()
        settle(self.database, now=now)
        if not self.settings.live:
            play(self.database, ruleset, now=now)
        report = evaluate(self.database, ruleset, now, live=self.settings.live, full=full)
        if (answers := self.answers) is not None:
            answers.send()
        with self.dispatchers(self.clock if self.settings.live else lambda: now) as dispatchers:
            sent = sum((dispatcher.dispatch(ruleset) for dispatcher in dispatchers), start=DispatchReport())
        self._passed(*PASSES_OF_A_TICK)
        return report, sent

    def _passed(self, *processes: Process) -> None:
        """Let who watches know that these passes ended, for those who run them by a timetable of their own."""
        from notifier.drivers.passes import Passes

        passes = Passes(self.database, self.clock, live=self.settings.live)
        for process in processes:
            passes.ended(process)
        passes.write()

    def learn(self, at: datetime) -> "list[Learning]":
        """Learn what the rules forecast, and what always is, from what was completed until `at` (aware UTC).

        Raises TooEarlyError, and learns nothing, where something later was learned.
        """
        from notifier.store.learning import learn

        computed_at = self.clock()
        with self.writing() as connection:
            return [
                learn(connection, self.project.schema, forecast, probabilities, at=at, computed_at=computed_at)
                for forecast, probabilities in self._taught()
            ]

    def kept_dates(self, until: datetime) -> "list[KeptDates]":
        """How many of the dates that were forecast were kept, for what came until then."""
        from notifier.store.learned_dates import kept_dates

        with self.reading() as reader:
            found = (
                kept_dates(reader.connection, self.project.schema, forecast, until) for forecast, _ in self._taught()
            )
            return [each for dates in found for each in dates]

    def _taught(self) -> "list[tuple[Forecast, tuple[int, ...]]]":
        from notifier.store.learning import taught

        return taught(self.project.schema, _forecasts(self.project))

    @contextmanager
    def dispatchers(self, clock: Clock) -> "Iterator[Sequence[Dispatcher]]":
        """One dispatcher for each channel, closed at the end. The sandbox has no pace, so nothing waits for it."""
        from notifier.sending.dispatch import Dispatcher

        settings, channels = self.settings, self.channels
        rates = {
            ChannelName.SMS: settings.sms_segments_per_second,
            ChannelName.EMAIL: settings.email_messages_per_second,
        }
        if not settings.live or settings.twilio_whatsapp is not None:
            rates[ChannelName.WHATSAPP] = settings.whatsapp_messages_per_second
        if not settings.live or settings.chats:
            rates[ChannelName.CHAT] = None
        with ExitStack() as closing:
            yield [
                closing.enter_context(
                    Dispatcher(
                        self.database,
                        Outlet(live=settings.live, channel=name),
                        channels.get(name),
                        clock,
                        pace=Pace(rate) if settings.live and rate is not None else None,
                        owner=settings.channel_owner,
                    )
                )
                for name, rate in rates.items()
            ]

    def run(self, pages: "PageMaker | None" = None) -> None:
        """Evaluate and send until SIGTERM or SIGINT; changed rule files are reloaded.

        `pages` makes the pages that are written each day, where the settings have a folder for them.
        """
        from notifier.drivers.daemon import Daemon

        rules = self.rules
        shared = self.settings.driver is Driver.PROCRASTINATE
        if shared:
            self._share_jobs()
        log.info("daemon.sends", live=self.settings.live, where=self.destination)
        with self.dispatchers(self.clock) as dispatchers:
            Daemon(
                self.database,
                rules,
                dispatchers,
                self.clock,
                live=self.settings.live,
                tick_seconds=self.settings.tick_seconds,
                dispatch_seconds=self.settings.dispatch_seconds,
                pulse=self.settings.pulse,
                mailbox=self.followed_mailbox,
                channel_owner=self.settings.channel_owner,
                retention=self.retention,
                answers=self.answers,
                lessons=self._lessons(rules),
                pages=None if pages is None else self._daily_pages(pages, rules),
                shared=shared,
            ).run()

    def _lessons(self, rules: RulesInForce) -> "Lessons | None":
        from notifier.drivers.regularly import Lessons

        every = timedelta(days=self.settings.learn_days)
        if not every:
            return None
        return Lessons(
            database=self.database, clock=self.clock, ruleset=rules.ruleset, taught=_taught_in_force, every=every
        )

    def _daily_pages(self, pages: "PageMaker", rules: RulesInForce) -> "DailyPages | None":
        from notifier.drivers.regularly import DailyPages

        folder = self.settings.reports
        if folder is None:
            return None
        return DailyPages(
            folder=folder,
            at=time.fromisoformat(self.settings.reports_at),
            zone=ZoneInfo(self.settings.display_timezone),
            clock=self.clock,
            ruleset=rules.ruleset,
            pages=pages,
        )

    def _share_jobs(self) -> None:
        """Make ready what daemons need that share their jobs. Raises ProblemsError where they cannot."""
        if self.database.dialect.name != "postgresql":
            what = "daemons share jobs on PostgreSQL alone: NOTIFIER_DATABASE_URL, or leave the driver local"
            raise ProblemsError([self.settings.problem("driver", what)])
        try:
            from notifier.store.job_tables import make_job_tables
        except ModuleNotFoundError:
            what = "procrastinate is not installed: pip install 'notifier[cluster]'"
            raise ProblemsError([self.settings.problem("driver", what)]) from None
        make_job_tables(self.database)

    @property
    def retention(self) -> "Retention":
        """What blanks old texts and addresses, and drops what was replaced long ago."""
        from notifier.drivers.retention import Retention

        days, former = self.settings.kept_days, self.settings.keep_former_values_days
        return Retention(database=self.database, clock=self.clock, days=days, former_values_days=former)

    @cached_property
    def mail_desk(self) -> "MailDesk | None":
        """How mails that come in are taken; None where the settings name no address for bounces."""
        from notifier.consent.mails import MailDesk
        from notifier.serving.in_force import ProjectInForce

        settings = self.settings
        if settings.bounces is None:
            return None
        ours = (settings.from_address, settings.reply_to, settings.unsubscribe_mail)
        return MailDesk(
            bounces=settings.bounces,
            live=settings.live,
            company=settings.company,
            project=ProjectInForce(self.published, self._read),
            ours=frozenset(address for address in ours if address is not None),
            unsubscribing=settings.unsubscribe_mail,
        )

    def take_mail(self, content: bytes) -> "ReceivedBounce":
        """What is done with a mail of the mailbox."""
        from notifier.consent.mails import receive_mail
        from notifier.receipts.bounces import Way

        assert self.mail_desk is not None, "nobody reads a mailbox without an address for bounces"
        return receive_mail(self.database, content, self.mail_desk, way=Way.MAILBOX, now=self.clock())

    @property
    def answers(self) -> "AnswerSender | None":
        """What sends the automatic answers to mails; None where no mail is sent."""
        from notifier.rendering.mime import Envelope
        from notifier.sending.reply_answers import AnswerSender

        settings = self.settings
        if ChannelName.EMAIL in self.unavailable:
            return None
        return AnswerSender(
            self.database,
            lambda: self.channels[ChannelName.EMAIL],
            lambda: Envelope(settings.rendering),
            self.clock,
            live=settings.live,
        )

    @property
    def followed_mailbox(self) -> "FollowedMailbox | None":
        """The mailbox with bounces; None where the settings name none."""
        settings = self.settings
        if settings.bounce_mailbox is None or settings.bounces is None:
            return None
        from notifier.receipts.mailbox import FollowedMailbox

        return FollowedMailbox(
            self.database, settings.bounce_mailbox, self.take_mail, self.clock, settings.bounce_imap_seconds
        )

    def ask(self) -> "Taken":
        """Ask providers, now, what became of every message of which they said nothing yet."""
        from notifier.consent.simulated import play
        from notifier.receipts.asking import EVER, MOST_BY_HAND
        from notifier.receipts.taking import settle

        taken = settle(self.database, now=self.clock())
        if not self.settings.live:
            taken += play(self.database, self.ruleset, now=self.clock()).taken
        with self.dispatchers(self.clock) as dispatchers:
            taken = sum((each.confirm(EVER, most=MOST_BY_HAND) for each in dispatchers), start=taken)
        self._passed(Process.RECONCILING)
        return taken

    def examined(self) -> "Iterator[Finding]":
        """What is so, and what is wrong, of all that this installation needs: one after the other."""
        import asyncio

        from notifier.doctor import here, outside
        from notifier.doctor.bounces import bounces_finding
        from notifier.doctor.whatsapp import whatsapp_finding

        settings, now = self.settings, self.clock()
        yield from here.settings_finding(settings.warnings, settings.incomplete, live=settings.live)
        yield here.rules_finding(len(self.project.rules), self.project.errors)
        yield here.zones_finding()
        tick = timedelta(seconds=settings.tick_seconds)
        yield from here.database_findings(self.database, now, live=settings.live, tick=tick)
        if settings.twilio is not None:
            yield asyncio.run(outside.twilio_finding(settings.twilio))
        if settings.twilio is None and settings.twilio_whatsapp is not None:
            yield asyncio.run(outside.twilio_finding(replace(settings.twilio_whatsapp, sender=None)))
        if self.project.speaks_whatsapp:
            yield whatsapp_finding(self.project.approved_texts, sends=settings.twilio_whatsapp is not None)
        if settings.sms_gateway is not None:
            yield asyncio.run(outside.gateway_finding(settings.sms_gateway))
        if settings.smtp is not None:
            yield asyncio.run(outside.smtp_finding(settings.smtp))
            yield bounces_finding(settings.bounces, settings.bounce_mailbox)
        account = settings.twilio or settings.twilio_whatsapp
        if account is not None and settings.public_url is not None:
            yield asyncio.run(outside.public_finding(settings.public_url, account.auth_token))

    @property
    def serving(self) -> "Parts":
        """What `notifier serve` is made of."""
        from notifier.drivers.passes import Passes
        from notifier.serving.in_force import ProjectInForce
        from notifier.serving.parts import Parts

        settings, key = self.settings, self.settings.token_key
        project = ProjectInForce(self.published, self._read)
        passes = Passes(self.database, self.clock, live=settings.live)
        return Parts(
            database=self.database,
            clock=self.clock,
            live=settings.live,
            company=settings.company,
            public_url=settings.public_url,
            auth_tokens=settings.twilio_signing_tokens,
            shared_key=None if settings.twilio_shared_key is None else settings.twilio_shared_key.get_secret_value(),
            token_key=None if key is None else key.get_secret_value(),
            desk=self.mail_desk,
            passed=lambda: passes.write_one(Process.SERVING),
            mailbox=None if settings.bounce_mailbox is None else settings.bounce_mailbox.name,
            language=settings.default_locale,
            api_token=None if settings.api_token is None else settings.api_token.get_secret_value(),
            gateway_token=settings.gateway_receipts_token,
            imports=lambda: None if (found := project()) is None else self._imports_of(found),
            timezone=settings.default_timezone,
            project=project,
            our_numbers=frozenset(filter(None, [settings.twilio_from, settings.twilio_whatsapp_from])),
        )

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

    def refuse_unknown_owner(self) -> None:
        """Raises ProblemsError where the settings name an owner who is not in owners.yaml."""
        named = {name: getattr(self.settings, name) for name in ("channel_owner", "operations")}
        named = {name: owner for name, owner in named.items() if owner is not None and "@" not in owner}
        if not named or self.project.has_errors:  # owners.yaml may be what has them: it must not stop everything else
            return
        owners = self.project.owners
        problems = [
            self.settings.problem(
                name,
                f"there is no such owner{did_you_mean(owner, owners) or '; name one of rules/owners.yaml'}",
            )
            for name, owner in named.items()
            if owner not in owners
        ]
        if problems:
            raise ProblemsError(problems)

    def close(self) -> None:
        """Close the database's connections."""
        if "database" in self.__dict__:
            self.database.dispose()

    def _load(self, files: FileSet, tried: bool) -> Ruleset:
        project = self._read(files)
        broken = () if tried else self._wrong_texts(project, files, None)
        ruleset = replace(self._ruleset_of(project.without(broken)), identity=self._identity(files))
        self._index(ruleset)
        return ruleset

    def _identity(self, files: FileSet) -> str:
        """What decides besides the state: another process that has the same decides the same."""
        rendering, unavailable = self.settings.rendering, sorted(self.unavailable)
        settings = (rendering, rendering.token_key, self.settings.defaults, unavailable, self.settings.operations)
        return text_digest(repr((__version__, CURRENT_REVISION, files.digest, settings)))

    def _ruleset_of(self, project: Project) -> Ruleset:
        renderer = Renderer(project, self.settings.rendering)
        operations = self._operations(project)
        return ruleset_of(project, renderer, self.settings.defaults, self.unavailable, operations)

    def _operations(self, project: Project) -> Owner | None:
        """Who is told what is set aside, where the settings name somebody who can be reached."""
        named = self.settings.operations
        if named is not None and "@" in named:
            return Owner(id="operations", name="operations", email=named)
        return None if named is None else project.owners.get(named)

    def _index(self, ruleset: Ruleset) -> None:
        """Index what the rules in force search by."""
        with self.database.begin() as connection:
            ensure_indexes(connection, ruleset.searched_columns)


def _forecasts(project: Project) -> "list[Forecast]":
    from notifier.rules.forecasting import forecasts_of

    items: list[Rule | Check] = [*project.rules.values(), *project.checks.values()]
    return [forecast for item in items for forecast in forecasts_of(item)]


def _taught_in_force(project: Project) -> "list[tuple[Forecast, tuple[int, ...]]]":
    """What a daemon learns by itself: as the command does, and nothing where no rule or check forecasts."""
    from notifier.store.learning import taught

    forecasts = _forecasts(project)
    return taught(project.schema, forecasts) if forecasts else []


def open_house(
    folder: Path, *, settings: Settings | None = None, clock: Clock = system_clock, reads: bool = False
) -> House:
    """The house of the project in `folder`. Raises ProblemsError for settings that are wrong."""
    house = House(folder=folder, settings=settings or load_settings(folder), clock=clock, reads=reads)
    house.refuse_unknown_owner()
    return house
