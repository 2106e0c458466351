"""`group` and the lists of a rule: which notices go in one message, and what each of them adds to it.

    group: customer
    claims:
      visits: { list: appointment, show: [starts_at, place] }

Each row stays a notice of its own, with claims of its own: `visits.starts_at` is one of them. So a rule with a list is
true, is told, corrected and held row by row. Only texts see the rows of one message together, as `visits`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from notifier.model.problems import did_you_mean, one_of
from notifier.model.types import TopicType
from notifier.rules import shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.checked_rules import Claim
from notifier.rules.claims import check_name, read_claim
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.fields import Fields, unique_entries
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

_OF_LISTS = ("list", "show")
GROUP_ORDER = "group_order"
"""What `group: order` calls the order of a row; a row without one is told by itself."""


def read_group(fields: Fields, findings: Findings) -> str | None:
    """What goes in one message; None where each notice has its own."""
    if "group" not in fields:
        return None
    place = fields.key_place("group")
    if fields.text("group") == "day" and "at" not in fields:
        findings.add(
            place, "'group: day' needs 'at': its anchor says on which day a row is; or write 'group: customer'"
        )
    if "replies" in fields:
        findings.add(place, "'group' and 'replies' exclude each other: an answer would have several questions")
    if fields.text("merge") == "never":
        findings.add(place, "'group' and 'merge: never' exclude each other; leave one out")
    return fields.optional_text("group")


def read_order(fields: Fields, reader: ExpressionReader, findings: Findings) -> Sequence[Claim]:
    """For `group: order`, which order a row belongs to: a value that its message is chosen by and does not print."""
    if fields.text("group") != "order":
        return []
    place = fields.key_place("group")
    if GROUP_ORDER in {entry.key.text for key in ("claims", "texts_see") for entry in fields.named(key)}:
        findings.add(place, f"'group: order' needs the name '{GROUP_ORDER}' for itself; choose another for the claim")
    for name, entity in reversed([*reader.scope.names.items()]):
        field = "id" if entity == "order" else "order_id"
        if field in reader.scope.schema.entities[entity].fields:
            text = f"{name}.{field}"
            order = reader.value(ScalarNode(place=place, value=text, text=text, raw=text))
            if order is None:
                return []
            kind = TopicType.TEXT
            return [Claim(name=GROUP_ORDER, place=place, expression=order, text=text, topic="", type=kind, seen=True)]
    findings.add(place, "'group: order' needs rows that belong to an order; write 'group: customer'")
    return []


def is_list(entry: Entry) -> bool:
    """Whether it is written as a list, and not as one value."""
    node = entry.value
    return isinstance(node, MappingNode) and any(each.key.text in _OF_LISTS for each in node.entries)


def read_list(
    entry: Entry, reader: ExpressionReader, catalogue: Catalogue, findings: Findings, *, is_grouped: bool
) -> Sequence[Claim]:
    """The claims that each row of `name: { list: ROW, show: … }` says, named `name.CLAIM`."""
    name = entry.key
    check_name(name, findings)
    fields = Fields(entry.value, shapes.CLAIM, findings)
    for key in ("value", "topic", "label"):
        if key in fields:
            what = f"a list has no '{key}'; each claim of its rows may have one: show: {{ place: {{ value: … }} }}"
            findings.add(fields.key_place(key), what)
    if not is_grouped:
        findings.add(name.place, "a list is what goes in one message; say so by 'group: customer' in the rule")
    row, shown = fields.scalar("list"), fields.node("show")
    for key in _OF_LISTS:
        if key not in fields:
            what = "whose rows are listed" if key == "list" else "what each row says, such as [starts_at, place]"
            findings.add(entry.value.place, f"a list needs '{key}': {what}")
    is_row = row is not None and _is_row(row, reader, findings)
    if row is None or shown is None or not (is_row or isinstance(shown, MappingNode)):
        return []
    shown_claims = _shown(shown, row.text, findings)
    claims = [read_claim(each, reader, catalogue, findings, shapes.SHOWN) for each in shown_claims]
    return [replace(claim, name=f"{name.text}.{claim.name}") for claim in claims if claim is not None]


def _is_row(row: ScalarNode, reader: ExpressionReader, findings: Findings) -> bool:
    names = reader.scope.names
    if row.text in names:
        return True
    if row.text.isidentifier():
        remedy = did_you_mean(row.text, names) or f"; it is {one_of(tuple(names))}"
        findings.add(row.place, f"'list' names a row of the rule, not '{row.text}'{remedy}")
    else:
        remedy = "give the path in 'each', where the rows get a name: each: { visit: PATH }, and list: visit"
        findings.add(row.place, f"'list' names a row of the rule, no path; {remedy}")
    return False


def _shown(node: Node, row: str, findings: Findings) -> Iterator[Entry]:
    """What is shown, as entries of claims: `starts_at` is `starts_at: appointment.starts_at`."""
    if isinstance(node, MappingNode):
        yield from unique_entries(node, findings)
        return
    seen: set[str] = set()
    for field in node.items if isinstance(node, ListNode) else (node,):
        assert isinstance(field, ScalarNode), "the form says so"
        path, name = f"{row}.{field.text}", field.text.rpartition(".")[2]
        name = field.text.replace(".", "_") if name in seen else name  # [id, order.id] -> id, order_id
        if name in seen:
            findings.add(field.place, f"'{name}' is shown twice")
            continue
        seen.add(name)
        yield Entry(
            key=ScalarNode(place=field.place, value=name, text=name, raw=name),
            # So that a problem of the field is said at the field, which stands behind the row's name in the path.
            value=ScalarNode(place=field.place.shifted(-len(row) - 1), value=path, text=path, raw=path),
        )
