"""The types in `notifier/answers/documents/` -> `docs/schemas/`: a JSON Schema of what each `--json` prints.

`.venv/bin/python -m tests.docs.schemas` writes them anew; `test_schemas.py` fails when one is stale.
"""

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, cast

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import TypedDictSchema

from notifier.answers.documents.actions import ActionCardDocument, ActionDocument, WeekDocument
from notifier.answers.documents.affected import AffectedDocument
from notifier.answers.documents.audit import AuditDocument
from notifier.answers.documents.avoided import AvoidedDocument
from notifier.answers.documents.backlog import BacklogCountDocument, BacklogEntryDocument
from notifier.answers.documents.bounces import BounceDocument
from notifier.answers.documents.brief import BriefDocument
from notifier.answers.documents.consent import ConsentDocument
from notifier.answers.documents.contacts import ContactReportDocument
from notifier.answers.documents.contradictions import ContradictionCardDocument, ContradictionDocument
from notifier.answers.documents.customers import CustomerDocument
from notifier.answers.documents.doctor import FindingDocument
from notifier.answers.documents.drafts import DraftDocument
from notifier.answers.documents.drills import DrillDocument
from notifier.answers.documents.explain import ExplainedDocument
from notifier.answers.documents.holdouts import HoldoutReportDocument
from notifier.answers.documents.imports import ImportDocument
from notifier.answers.documents.journey import JourneyDocument
from notifier.answers.documents.learning import KeptDatesDocument, LearningDocument
from notifier.answers.documents.missing import MissingDocument, UnprecededDocument
from notifier.answers.documents.notices import NoticeDocument
from notifier.answers.documents.packs import PackItemDocument
from notifier.answers.documents.progress import ProgressDocument
from notifier.answers.documents.promises import ListedPromiseDocument, PromiseDocument
from notifier.answers.documents.proposals import ProposalDocument
from notifier.answers.documents.reasons import (
    ClassifiedDocument,
    DrawnDocument,
    ReasonReportDocument,
    TrainedDocument,
)
from notifier.answers.documents.receipts import AskedDocument
from notifier.answers.documents.replies import RepliesDocument
from notifier.answers.documents.reports import PromiseReportDocument, ServiceReportDocument
from notifier.answers.documents.rule_changes import RulesDiffDocument
from notifier.answers.documents.rule_versions import RuleVersionDocument
from notifier.answers.documents.rules import CheckDocument, LawDocument, ProblemDocument, RuleDocument
from notifier.answers.documents.scenarios import CoveredDocument, ScenarioDocument
from notifier.answers.documents.settling import CauseDocument, GroupDocument, SettledDocument
from notifier.answers.documents.shadow import ShadowReportDocument
from notifier.answers.documents.simulation import SimulationDocument
from notifier.answers.documents.suppressions import SuppressionDocument
from notifier.answers.documents.ticks import TickDocument
from notifier.answers.documents.timeline import TimelineDocument
from notifier.answers.documents.today import TodayDocument
from notifier.answers.documents.whatsapp import WhatsAppTextDocument
from notifier.answers.documents.why import CustomerWhyDocument, NoticeWhyDocument
from tests.support.schemas import SCHEMAS, file_of

DOCUMENTS: Mapping[str, Any] = {
    "actions list": list[ActionDocument],
    "actions show": ActionCardDocument,
    "backlog list": list[BacklogCountDocument | BacklogEntryDocument],
    "bounces list": list[BounceDocument],
    "brief": BriefDocument,
    "consent show": list[ConsentDocument],
    "contradictions approve": SettledDocument,
    "contradictions causes": list[CauseDocument],
    "contradictions groups": list[GroupDocument],
    "contradictions avoided": list[AvoidedDocument],
    "contradictions explain": ExplainedDocument,
    "contradictions list": list[ContradictionDocument],
    "contradictions resolve": SettledDocument,
    "contradictions settle": SettledDocument,
    "contradictions show": ContradictionCardDocument,
    "contradictions waive": SettledDocument,
    "customer export": CustomerDocument,
    "digest": WeekDocument,
    "doctor": list[FindingDocument],
    "import": ImportDocument | list[ImportDocument],
    "journey": JourneyDocument,
    "learn": list[LearningDocument | KeptDatesDocument],
    "notices list": list[NoticeDocument],
    "notices show": NoticeDocument,
    "notices replies": list[RepliesDocument],
    "preview": list[DraftDocument],
    "promise add": PromiseDocument,
    "promise list": list[ListedPromiseDocument],
    "promise read": list[ProposalDocument],
    "promises audit": AuditDocument,
    "reasons missing": MissingDocument | list[UnprecededDocument],
    "reasons classify": ClassifiedDocument,
    "reasons draw": list[DrawnDocument],
    "reasons report": ReasonReportDocument,
    "reasons train": TrainedDocument,
    "reconcile": AskedDocument,
    "report affected": AffectedDocument,
    "report contacts": ContactReportDocument,
    "report holdout": HoldoutReportDocument,
    "report promises": PromiseReportDocument,
    "report service": ServiceReportDocument,
    "report shadow": ShadowReportDocument,
    "rules check": list[ProblemDocument],
    "rules diff": RulesDiffDocument,
    "rules law": list[LawDocument],
    "rules packs": list[PackItemDocument],
    "rules list": list[RuleDocument | CheckDocument],
    "rules show": RuleVersionDocument,
    "rules test": list[ScenarioDocument] | CoveredDocument,
    "rules whatsapp": list[WhatsAppTextDocument],
    "simulate": SimulationDocument | DrillDocument,
    "status-page": ProgressDocument,
    "suppressions list": list[SuppressionDocument],
    "tick": TickDocument,
    "timeline": TimelineDocument,
    "today": TodayDocument,
    "why": CustomerWhyDocument | NoticeWhyDocument,
}
"""What each command prints, by its name."""

STRICT = ConfigDict(extra="forbid")


class _Generator(GenerateJsonSchema):
    """A schema for readers: what the code says of a key is its description, and only types have titles."""

    def typed_dict_schema(self, schema: TypedDictSchema) -> dict[str, Any]:
        made = super().typed_dict_schema(schema)
        for name, description in _descriptions(cast(type, schema["cls"])).items():
            made["properties"][name]["description"] = description
        return made

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _descriptions(document: type) -> dict[str, str]:
    """The text below each key of a document's type, those of its bases first."""
    found: dict[str, str] = {}
    for base in getattr(document, "__orig_bases__", ()):
        if isinstance(base, type) and not base.__name__.startswith("_"):
            found |= _descriptions(base)
    body = ast.parse(inspect.getsource(document)).body[0]
    assert isinstance(body, ast.ClassDef)
    for key, text in pairwise(body.body):
        match key, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(description))):
                found[name] = inspect.cleandoc(description)
    return found


def schema_text(command: str) -> str:
    """The file of a command."""
    document = DOCUMENTS[command]
    # A list of them, because Pydantic takes no settings for a bare TypedDict.
    adapter = TypeAdapter(list[document], config=STRICT)  # type: ignore[valid-type]  # a type that is looked up
    schema = adapter.json_schema(mode="serialization", schema_generator=_Generator, union_format="primitive_type_array")
    for part in schema["$defs"].values():
        if "enum" in part:
            del part["description"]  # it explains the states to those who read the code
    whole = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": f"notifier {command} --json",
        **schema["items"],
        "$defs": schema["$defs"],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Writes the files anew, and removes those of commands that are no more."""
    for stale in set(SCHEMAS.glob("*.json")) - {file_of(command) for command in DOCUMENTS}:
        stale.unlink()
    for command in DOCUMENTS:
        file_of(command).write_text(schema_text(command), encoding="utf-8")


if __name__ == "__main__":
    main()
