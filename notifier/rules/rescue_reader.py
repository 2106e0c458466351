"""`rescue: { admission: …, remedy: …, decides: OWNER, by: 4h }`, or `rescue: none because …`: what a rule offers.

It is asked of every rule, because the day on which something goes wrong is no day to invent it. What is missing is a
warning: a rule without it tells as any other.
"""

from collections.abc import Iterator, Mapping

from notifier.model.formats import locale_name
from notifier.model.problems import Problem
from notifier.model.rescues import ANY_LANGUAGE, Rescue
from notifier.rules import shapes
from notifier.rules.catalogue import OWNERS, Catalogue
from notifier.rules.checked import Project
from notifier.rules.fields import Fields, converted, unique_entries
from notifier.rules.findings import Findings
from notifier.rules.quantities import span
from notifier.rules.yaml_nodes import MappingNode, ScalarNode

NONE_BECAUSE = "none because "
"""What a rescue begins with that is none; the reason follows."""


def read_rescue(fields: Fields, catalogue: Catalogue, findings: Findings) -> Rescue | None:
    """The `rescue` of a rule; None where it has none. What is wrong is added to `findings`."""
    node = fields.node("rescue")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        reason = node.text.removeprefix(NONE_BECAUSE).strip()
        if not node.text.startswith(NONE_BECAUSE) or not reason:
            what = f"'rescue' is a mapping (admission, remedy, decides, by), or '{NONE_BECAUSE}…' with the reason"
            findings.add(node.place, what)
        return Rescue(none_because=reason)
    written = Fields(node, shapes.RESCUE, findings)
    return Rescue(
        admission=_texts(written, "admission", findings),
        remedy=_texts(written, "remedy", findings),
        decides=written.reference("decides", catalogue.owners, "owner", OWNERS) or None,
        by=written.converted("by", span),
    )


def rescue_problems(project: Project) -> Iterator[Problem]:
    """A warning for each rule that does not say what is offered when it goes wrong, or not all of it."""
    for rule in project.rules.values():
        if rule.rescue is None:
            what = (
                f"'{rule.name}' does not say what is offered when it goes wrong; add rescue: with admission, remedy, "
                f"decides and by, or rescue: {NONE_BECAUSE}…"
            )
            yield Problem(rule.place, what, "warning")
        elif rule.rescue.missing:
            missing = ", ".join(rule.rescue.missing)
            yield Problem(rule.place, f"the rescue of '{rule.name}' lacks {missing}; add it", "warning")


def _texts(fields: Fields, key: str, findings: Findings) -> Mapping[str, str]:
    """One text for every language, or one for each."""
    node = fields.node(key)
    if isinstance(node, ScalarNode):
        return {ANY_LANGUAGE: node.text}
    texts: dict[str, str] = {}
    for entry in unique_entries(node, findings) if isinstance(node, MappingNode) else ():
        language = converted(entry.key, locale_name, findings)
        value = entry.value
        if not isinstance(value, ScalarNode) or not isinstance(value.value, str) or not value.text.strip():
            findings.add(value.place, f"the {key} in '{entry.key.text}' is a text")
        elif language is not None:
            texts[language] = value.text
    return texts
