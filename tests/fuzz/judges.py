"""What each kind of input is given to, and what must hold afterwards: a clear error, or a right result.

A judge returns whether the input was taken. What it raises is a fault of the program: a trace that a person would see,
an error that does not say what is wrong where, a result that cannot be, or a table that changed all the same.
"""

import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from notifier.intake.events import import_events
from notifier.intake.importing import import_rows
from notifier.intake.map_files import read_map
from notifier.intake.maps import MapFile
from notifier.intake.one_reading import ImportOptions
from notifier.intake.parsing import ImportContext, importable
from notifier.intake.report import ImportReport
from notifier.intake.sources import Source, open_source
from notifier.model.notices import Claims
from notifier.model.problems import Place, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.model.texts import shown
from notifier.model.types import ChannelName, ValueType
from notifier.promises.check_query import CheckQuery
from notifier.rendering.errors import RenderingError
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.conditions import Scope, parse_condition, parse_path
from notifier.rules.loader import load_project
from notifier.rules.scenarios import load_scenarios
from notifier.store.database import open_engine
from tests.fuzz import documents
from tests.fuzz.mutations import Mutations
from tests.rendering.support import ANA, CLAIMS, instant, money, render, renderer, text
from tests.rules.projects import HERE
from tests.store.conftest import ATTRIBUTES, TOPICS
from tests.support import parsing

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
LONGEST_SENTENCE = 2_000
"""What a person still reads. Errors quote what is wrong, and the input may be one line of a megabyte."""
BROKEN = ("Traceback", "object at 0x", "<class ", "NoneType", "[SQL:", "sqlalche.me")
"""What a program says when it talks to itself."""


@dataclass(frozen=True)
class Database:
    """The tables of state, all empty but for what one judgement writes: nothing is ever committed."""

    connection: sa.Connection

    @cached_property
    def _counted(self) -> sa.Select[Any]:
        tables = [entity.table for entity in entities().values()]
        return sa.select(*(sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables))

    def rows(self) -> Mapping[str, int]:
        """How many rows each table of state has."""
        return dict(zip(entities(), self.connection.execute(self._counted).one(), strict=True))

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """What is written in between is rolled back."""
        transaction = self.connection.begin()
        try:
            yield
        finally:
            transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction in a transaction: what an exception leaves is rolled back, as in a command."""
        with self.connection.begin_nested():
            yield self.connection

    def runs(self, statement: sa.Select[Any] | sa.CompoundSelect[Any] | None, **more: Any) -> None:
        """The database takes the statement."""
        if statement is None:
            return
        with self.untouched():
            parameters = {"now": NOW, "since": NOW, "after": NOW, "before": NOW, "subjects": ["A-1"], "customer": "C-1"}
            self.connection.execute(statement, {**parameters, **more}).all()


def clear(problems: Iterable[object], files: str = "") -> None:
    """Each problem is one sentence that names a file and says what is wrong."""
    told = [str(problem) for problem in problems]
    assert told, "it was refused without a word"
    for sentence in told:
        assert len(sentence) <= LONGEST_SENTENCE, f"too long to be read: {sentence[:200]} …"
        assert shown(sentence) == sentence, f"what nobody sees is shown as it is: {sentence!r}"
        assert not any(word in sentence for word in BROKEN), sentence
        assert sentence.startswith(files), sentence


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


class Judge(Protocol):
    """Decides about the inputs of one kind."""

    mutations: Mutations

    def judge(self, bad: str) -> bool:
        """Whether the input was taken. Any exception is a fault of the program."""
        ...


class Conditions:
    """Conditions of a rule: refused with the place in the text, or a statement that the database takes."""

    mutations = Mutations(documents.CONDITIONS, documents.CONDITION_WORDS)

    def __init__(self, database: Database, project: Project) -> None:
        self._database = database
        attributes = {"appointment": {"vip": ValueType.BOOL}}
        self._schema = Schema(entities=entities(), attributes=attributes)
        self._rule = project.rules["good"]

    def judge(self, bad: str) -> bool:
        about = min(("charge", "order", "appointment"), key=lambda name: bad.find(name) % (len(bad) + 1))
        try:
            condition = parse_condition(bad, Scope(self._schema, {about: about}), Place("rules/bad.yaml", 7, 11))
        except ProblemsError as error:
            clear(error.problems, "rules/bad.yaml:")
            return False
        to = parse_path(f"{about}.customer", Scope(self._schema, {about: about}), Place("rules/bad.yaml"))
        rule = replace(self._rule, about=about, to=to, when=(condition,), at=(), until=None, claims=(), follow_up=())
        self._database.runs(RuleQuery(rule, self._schema).holding())
        return True


class RuleFiles:
    """Files below `rules/`: every problem is listed, the good rules stay in force, and what is in force can run."""

    mutations = Mutations(
        [f"#{name}\n{text}" for name, text in documents.CATALOGUES.items()]
        + [f"#tried\n{text}" for text in documents.RULES] * 4,
        documents.RULE_WORDS,
    )

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._ran: set[str] = set()
        """The digests of what the database took already."""

    def judge(self, bad: str) -> bool:
        first, _, text = bad.partition("\n")
        name = first.removeprefix("#")
        name, text = (name, text) if name in (*documents.CATALOGUES, "tried") else ("tried", bad)
        path = self._folder / "rules" / f"{name}.yaml"
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            return self._read(name, path)
        finally:
            if before is None:
                path.unlink()
            else:
                path.write_bytes(before)

    def _read(self, name: str, path: Path) -> bool:
        project = load_project(self._folder)
        if project.problems:
            clear(project.problems, "rules/")
        if name == "scenarios.test":
            try:
                load_scenarios(path, project)
            except ProblemsError as error:
                clear(error.problems, "rules/")
                return False
        if name == "tried":
            assert {"good"} <= set(project.rules), "a bad file took a good rule out of force"
        parts: list[Rule | Check] = [*project.rules.values(), *project.checks.values()]
        for part in parts:
            if part.digest not in self._ran:
                self._ran.add(part.digest)
                self._runs(part, project.schema)
        return not project.has_errors

    def _runs(self, part: Rule | Check, schema: Schema) -> None:
        statements: list[sa.Select[Any] | sa.CompoundSelect[Any] | None]
        if isinstance(part, Rule):
            rule = RuleQuery(part, schema)
            follow_ups = [rule.follow_up(index) for index in range(len(part.follow_up))]
            statements = [rule.matching(), rule.due_ids(), *follow_ups]
        else:
            check = CheckQuery(part, schema)
            statements = [check.changed_ids(), check.due_ids(), check.disagreeing_ids()]
        for statement in statements:
            self._database.runs(statement, check=part.name)


PLAIN = {
    "sms.txt": "",
    "email.subject": "x",
    "email.txt": "{{ amount }} {{ at }} {{ place }} {{ exit.address }} {{ reference }}",
    "email.html": "{{ amount }} {{ at }} {{ place }} {{ exit.address }} {{ reference }}",
}
"""The texts beside the one that is tried: what they cost is little."""


class Templates:
    """Texts: refused with file and line, or messages that hold every fact and nothing that nobody sees."""

    mutations = Mutations([f"{name}\n{text}" for name, text in documents.TEMPLATES.items()], documents.TEMPLATE_WORDS)
    claims: Claims = {**CLAIMS, "place": text("Calle 5 # 10-59")}

    def judge(self, bad: str) -> bool:
        if not _is_utf8(bad):
            return False  # such a file is refused before it is a template
        parsing.forget_templates()
        name, _, source = bad.partition("\n")
        name, source = (name, source) if name in documents.TEMPLATES else ("sms.txt", bad)
        files = {file: written for file, written in PLAIN.items() if file.partition(".")[0] == name.partition(".")[0]}
        tried = renderer(
            {"layout.html.j2": "x"}
            | {f"bill/{file.replace('.', '.es.')}.j2": text for file, text in {**files, name: source}.items()}
        )
        previous = {**self.claims, "at": instant("2026-03-06T09:00:00-05:00"), "amount": money("59900")}
        channels = (ChannelName.SMS,) if name == "sms.txt" else (ChannelName.EMAIL,)
        try:
            for before in (None, previous):
                for message in render(tried, claims=self.claims, previous=before, channels=channels):
                    self._right(message.text, message.payload, is_mail=channels != (ChannelName.SMS,))
        except RenderingError as error:
            clear([error], "templates/bill/" if error.place else "")
            return False
        return True

    def _right(self, text: str, payload: bytes, *, is_mail: bool) -> None:
        assert all(fact in text for fact in ("$79.900", "K7QXMZ", "+57 601 7945501"))
        assert any(form in text for form in ("5 de marzo de 2026", "10:00"))  # an author may say the hour alone
        if is_mail:
            parsed = message_from_bytes(payload, policy=SMTP)
            assert not parsed.defects
            assert parsed["To"] == ANA.email
        else:
            assert payload.decode() == text


class Files:
    """Imports: a file that cannot be used changes nothing, and of any other each line is a row or a problem."""

    mutations = Mutations(documents.IMPORTS, documents.IMPORT_WORDS)

    def __init__(self, database: Database, context: ImportContext) -> None:
        self._database = database
        self._context = context

    def judge(self, bad: str) -> bool:
        entity, _, content = bad.partition("\n")
        known = (*importable(self._context.schema), "events")
        data = (content if entity in known else bad).encode("utf-8", "surrogatepass")
        if zlib.crc32(data) % 50 == 0:
            data = gzip.compress(data, 1)
        return self.imports(data, entity if entity in known else "customer", None)

    def imports(self, data: bytes, entity: str, map_file: MapFile | None) -> bool:
        """Whether every row was taken."""
        with self._database.untouched():
            return self._read(data, entity, map_file)

    def _read(self, data: bytes, entity: str, map_file: MapFile | None) -> bool:
        before = self._database.rows()
        try:
            report = self._imported(data, entity, map_file)
        except ProblemsError as error:
            clear(error.problems)
            assert self._database.rows() == before, "a refused file changed a table"
            return False
        if report.problems:
            clear(report.problems)
        for doubts in report.doubts:
            clear([doubts])
        if entity != "events":
            counts = report.counts
            told = counts.rows + report.bad + report.repeated + report.not_yet + report.left_out
            assert report.read == told
            written = {**before, entity: before[entity] + counts.inserted}
            assert {**self._database.rows(), "site_day": 0} == {**written, "site_day": 0}
        return report.ok

    def _imported(self, data: bytes, entity: str, map_file: MapFile | None) -> ImportReport:
        delimiter = map_file.delimiter if map_file else ","
        with open_source(None, io.BytesIO(data), delimiter=delimiter) as source:
            return self._import(source, entity, map_file)

    def _import(self, source: Source, entity: str, map_file: MapFile | None) -> ImportReport:
        if entity == "events":
            with self._database.writing() as connection:
                return import_events(connection, source, self._context)
        options = ImportOptions(at=NOW, map_file=map_file)
        return import_rows(self._database.writing, source, entity, self._context, options)


class Maps:
    """Map files: refused with file, line and column, or a file is read by them as by any other map."""

    mutations = Mutations(documents.MAPS, documents.MAP_WORDS)

    def __init__(self, files: Files, folder: Path, context: ImportContext) -> None:
        self._files = files
        self._path = folder / "map.yaml"
        self._context = context

    def judge(self, bad: str) -> bool:
        self._path.write_bytes(bad.encode("utf-8", "surrogatepass"))
        try:
            map_file = read_map(self._path, self._context)
        except ProblemsError as error:
            clear(error.problems, "map.yaml:")
            return False
        self._files.imports(documents.MAPPED, map_file.entity, map_file)
        return True


@contextmanager
def judges(migrated: Path) -> Iterator[Mapping[str, Judge]]:
    """A judge of each kind, all with one database: a copy of this one, into which nothing is ever committed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = Path(shutil.copytree(HERE / "project", folder / "project"))
        for file, text in documents.CATALOGUES.items():
            (project / "rules" / f"{file}.yaml").write_text(text, encoding="utf-8")
        schema = Schema(entities=entities(), attributes=ATTRIBUTES)
        context = ImportContext(schema=schema, topics=TOPICS, default_country="CO")
        engine = open_engine(f"sqlite:///{shutil.copyfile(migrated, folder / 'notifier.db')}")
        with engine.connect() as connection:
            database = Database(connection)
            files = Files(database, context)
            yield {
                "conditions": Conditions(database, load_project(project)),
                "rules": RuleFiles(database, project),
                "templates": Templates(),
                "maps": Maps(files, folder, context),
                "imports": files,
            }
        engine.dispose()
