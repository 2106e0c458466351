"""How a contradiction came about as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.contradictions import ContradictionDocument, contradiction_document
from notifier.answers.documents.interventions import InterventionDocument, intervention_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.answers.explain import Explained, Link, LinkKind
from notifier.model.instants import utc_text
from notifier.model.writers import Way
from notifier.store.writes import Write


class WriterDocument(TypedDict):
    """What wrote a row."""

    way: Way
    name: str
    """The file, the command, or the rule whose question was answered."""
    by: str
    at: Instant
    """When, by the clock."""


class WriteDocument(TypedDict):
    """One write of one row, or its end."""

    row: str
    """`charge:X-101`"""
    writer: WriterDocument | None
    """Null: it is older than the log, or nobody signed for it."""
    line: int | None
    """Of its file."""
    dated: Instant | None
    """The date for which it was written; null where only a later write is known."""
    before: dict[str, str | None]
    """The values that it replaced, by column, as canonical text; empty for the first write."""
    after: dict[str, str | None]
    """What it wrote; empty where the row went away."""
    deleted: bool


class LinkDocument(TypedDict):
    """One link of the chain; what a kind does not have is null."""

    kind: LinkKind
    at: Instant | None
    """Null: before the log."""
    write: WriteDocument | None
    decision: InterventionDocument | None
    reference: str | None
    """Of the alert."""
    text: str | None


class ExplainedDocument(TypedDict):
    """A contradiction, and how it came about."""

    contradiction: ContradictionDocument
    links: list[LinkDocument]
    """The first one first."""
    left_out: int
    """How many more rows of facts there are, of which no write is shown."""


def explained_document(found: Explained) -> ExplainedDocument:
    """`contradictions explain --json`."""
    return {
        "contradiction": contradiction_document(found.contradiction),
        "links": [_link(link) for link in found.links],
        "left_out": found.left_out,
    }


def _link(link: Link) -> LinkDocument:
    return {
        "kind": link.kind,
        "at": instant_or_null(link.at),
        "write": None if link.write is None else _write(link.write),
        "decision": None if link.decision is None else intervention_document(link.decision),
        "reference": link.reference,
        "text": link.text,
    }


def _write(write: Write) -> WriteDocument:
    writer = write.writer
    return {
        "row": f"{write.entity}:{write.id}",
        "writer": None
        if writer is None
        else {"way": writer.way, "name": writer.name, "by": writer.by, "at": utc_text(writer.at)},
        "line": write.line,
        "dated": instant_or_null(write.dated),
        "before": dict(write.before),
        "after": dict(write.after),
        "deleted": write.deleted,
    }
