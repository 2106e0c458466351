"""`rules/journey.yaml`: each foreseen failure has a rule or a check, or says why it is accepted."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from notifier.model.problems import Place
from notifier.rules import shapes
from notifier.rules.catalogue import OWNERS, REASONS, TOPICS
from notifier.rules.catalogue_files import check_name
from notifier.rules.checked_checks import Topic
from notifier.rules.checked_owners import Owner
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings, unknown
from notifier.rules.journey import LEAST_SEVERE, MOST_SEVERE, Foreseen, Journey, Touchpoint
from notifier.rules.yaml_nodes import Entry, Node, ScalarNode

_BECAUSE = re.compile(r"(?:because|porque)\s+\S+(?:\s+\S+){2,}", re.IGNORECASE)
"""A reason that says something has at least three words after its first."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a map may name."""

    owners: Mapping[str, Owner]
    topics: Mapping[str, Topic]
    rules: Collection[str]
    """The names of all rules, and below those of all checks: with problems of their own, too."""
    checks: Collection[str]
    reasons: Collection[str]


def read_journey(node: Node | None, named: Named, findings: Findings) -> Journey | None:
    """The map with everything that can be read of it; None without the file."""
    if node is None:
        return None
    return _Reader(named, findings).journey(Fields(node, shapes.JOURNEY_FILE, findings))


class _Reader:
    def __init__(self, named: Named, findings: Findings) -> None:
        self._named = named
        self._findings = findings
        self._of_reason: dict[str, tuple[str, Place]] = {}
        """Where each reason was named first."""

    def journey(self, fields: Fields) -> Journey:
        stages = {}
        for entry in fields.named("stages"):
            check_name(entry.key, self._findings)
            stages[entry.key.text] = entry.value.text if isinstance(entry.value, ScalarNode) else entry.key.text
        touchpoints = {entry.key.text: self._touchpoint(entry, stages) for entry in fields.named("touchpoints")}
        return Journey(stages=stages, touchpoints=touchpoints)

    def _touchpoint(self, entry: Entry, stages: Mapping[str, str]) -> Touchpoint:
        findings, name, place = self._findings, entry.key.text, entry.key.place
        check_name(entry.key, findings)
        if isinstance(entry.value, ScalarNode) and entry.value.value is None:
            return Touchpoint(id=name, name=name, place=place)
        fields = Fields(entry.value, shapes.TOUCHPOINT, findings)
        owner = fields.reference("owner", self._named.owners, "owner", OWNERS) or None
        foreseen = tuple(
            failure for item in fields.items("foreseen") if (failure := self._foreseen(item, name)) is not None
        )
        if foreseen and "owner" not in fields:
            findings.add(place, f"nobody answers for '{name}', where something is foreseen to fail; give it an owner")
        if stages and "stage" not in fields:
            findings.add(place, f"'{name}' is in no stage; give it one of {', '.join(stages)}")
        nothing = self._because(fields, "nothing_foreseen", "nothing is foreseen to fail there")
        if nothing is not None and fields.items("foreseen"):
            what = f"'{name}' has foreseen failures, and says that there are none; remove one of both"
            findings.add(fields.key_place("nothing_foreseen"), what)
        return Touchpoint(
            id=name,
            name=fields.optional_text("name") or name,
            stage=fields.reference("stage", stages, "stage", "stages of this file") or None,
            owner=owner,
            systems=fields.texts("systems"),
            topics=fields.references("topics", self._named.topics, "topic", TOPICS),
            foreseen=foreseen,
            nothing_foreseen=nothing,
            place=place,
        )

    def _foreseen(self, item: Node, touchpoint: str) -> Foreseen | None:
        fields = Fields(item, shapes.FORESEEN, self._findings)
        rules = fields.references("rule", self._named.rules, "rule", "rules/")
        checks = fields.references("check", self._named.checks, "check", "rules/")
        accepted = self._because(fields, "accepted", "it is accepted")
        answers = [key for key in ("rule", "check", "accepted") if key in fields]
        failure, severity = fields.text("failure"), self._severity(fields)
        if not answers:
            self._findings.add(
                fields.place,
                f"nothing is done about '{failure or 'this failure'}' at '{touchpoint}'; name a rule that tells, "
                "a check that finds it, or say accepted: because …",
            )
        elif "accepted" in answers and len(answers) > 1:
            what = f"'{failure}' is accepted, and has a {answers[0]}; remove one of both"
            self._findings.add(fields.key_place("accepted"), what)
        self._reasons(fields)
        if not failure or severity is None:
            return None
        return Foreseen(
            failure=failure,
            severity=severity,
            reasons=fields.texts("reasons"),
            rules=rules,
            checks=checks,
            accepted=accepted,
            place=fields.place,
        )

    def _severity(self, fields: Fields) -> int | None:
        severity = fields.whole("severity")
        if severity is None or LEAST_SEVERE <= severity <= MOST_SEVERE:
            return severity
        what = f"severity is {severity}; it goes from {LEAST_SEVERE} (a nuisance) to {MOST_SEVERE} (the worst)"
        self._findings.add(fields.key_place("severity"), what)
        return None

    def _reasons(self, fields: Fields) -> None:
        """Each reason stands at one failure: else its contacts would count twice."""
        for node in fields.scalars("reasons"):
            if node.text not in self._named.reasons:
                self._findings.add(node.place, unknown("reason", node.text, self._named.reasons, REASONS))
            elif node.text in self._of_reason:
                failure, place = self._of_reason[node.text]
                self._findings.add(
                    node.place,
                    f"the reason '{node.text}' is at '{failure}' on line {place.line} already, and would count twice; "
                    "leave it at one failure",
                )
            else:
                self._of_reason[node.text] = fields.text("failure"), node.place

    def _because(self, fields: Fields, key: str, says: str) -> str | None:
        """`because …`, with words that say why; None, with a problem added, for anything else."""
        text = fields.optional_text(key)
        if text is None or _BECAUSE.fullmatch(text.strip()):
            return text
        place = node.place if (node := fields.node(key)) is not None else fields.place
        self._findings.add(
            place, f"'{text[:60]}' does not say why {says}; write {key}: because …, in three words or more"
        )
        return None
