"""What people read for a claim or a topic, in each language: `label: { es: lugar, en: place }`."""

from collections.abc import Mapping

from notifier.model.formats import locale_name
from notifier.rules.fields import Fields, converted
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import ScalarNode, kind_of


def labels_by_language(fields: Fields, findings: Findings) -> Mapping[str, str]:
    """The labels by locale or language."""
    labels = {}
    for entry in fields.named("label"):
        language = converted(entry.key, locale_name, findings)
        label = entry.value
        if not isinstance(label, ScalarNode) or not isinstance(label.value, str) or not label.text.strip():
            findings.add(label.place, f"a label is a text, not {kind_of(label)}; write it like {{ es: lugar }}")
        elif any(character.isdigit() for character in label.text):
            findings.add(label.place, f"the label '{label.text}' has a digit, which customers would take for a fact")
        elif language is not None:
            labels[language] = " ".join(label.text.split())
    return labels
