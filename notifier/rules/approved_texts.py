"""`rules/whatsapp.yaml` -> the texts that were handed in for approval, each with its ContentSid once it is approved."""

import re
from collections.abc import Collection, Iterable
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from notifier.rules import shapes
from notifier.rules.checked import ApprovedText
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Node

CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
"""As Twilio writes the id of a content template (`ContentSid` in its API's description)."""

HEADER = (
    "# WhatsApp texts that were handed in. Write the content_sid of each below it once it is approved.\ntexts: []\n"
)


def read_approved_texts(node: Node | None, templates: Collection[str], findings: Findings) -> tuple[ApprovedText, ...]:
    """The entries that could be read; `templates` are the names of those that there are."""
    found: dict[tuple[str, str, str], ApprovedText] = {}
    for item in () if node is None else Fields(node, shapes.WHATSAPP_FILE, findings).items("texts"):
        before = len(findings.problems)
        fields = Fields(item, shapes.APPROVED_TEXT, findings)
        template = fields.reference("template", templates, "template", "templates/")
        sid = fields.text("content_sid") or None
        if sid is not None and not CONTENT_SID.fullmatch(sid):
            what = f"'{sid}' is no ContentSid; Twilio's begin with HX and have 32 digits from 0 to f after it"
            findings.add(fields.key_place("content_sid"), what)
        text = ApprovedText(
            template=template,
            locale=fields.text("locale"),
            body=fields.text("body").strip("\n"),
            content_sid=sid,
            place=fields.place,
        )
        key = (text.template, text.locale, text.body)
        if len(findings.problems) > before:
            continue
        if key in found:
            findings.add(fields.place, f"this text stands at {found[key].place} already; remove one of them")
            continue
        found[key] = text
    return tuple(found.values())


def with_texts(written: str, texts: Iterable[tuple[str, str, str]]) -> str:
    """The file with these texts (template, locale, body) after those that it has, without a ContentSid yet.

    Its comments stay. `written` is what stands in it, empty where there is none; raises YAMLError for what is no YAML.
    """
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(written or HEADER) or {}
    data.setdefault("texts", []).extend(
        {"template": template, "locale": locale, "body": LiteralScalarString(body)} for template, locale, body in texts
    )
    made = StringIO()
    yaml.dump(data, made)
    return made.getvalue().rstrip("\n") + "\n"
