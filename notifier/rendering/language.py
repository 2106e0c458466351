"""A template's syntax tree -> every reason why it is not in the small language of templates.

Templates print claims and branch on them; they do not compute. Jinja can do far more, and that is how a template loops
for ever, prints a gigabyte, or reads what it must not. So a template is checked at load against a list of what is
allowed: what is refused here never runs.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from jinja2 import nodes

from notifier.model.problems import did_you_mean, one_of

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.Assign,
    nodes.Name,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Getattr,
    nodes.Call,
    nodes.Keyword,
    nodes.Include,
    nodes.Extends,
    nodes.Block,
)
OPERATORS: Mapping[type[nodes.Node], str] = {
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Concat: "~",
}
NAMED_TAGS: Mapping[type[nodes.Node], str] = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "set … endset",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.With: "with",
}
TESTS = ("none", "defined", "undefined", "in", "eq", "ne", "lt", "le", "gt", "ge", "true", "false")
TOPICS: Mapping[str, Collection[str]] = {
    "customer": ("name", "first_name"),
    "exit": ("channel", "address", "hours"),
    "owner": ("name",),
}
"""The groups of names, and the names in each."""
OF_CLAIMS = ("previous", "told", "current")
"""The groups that have the claims by name."""
PLAIN_NAMES = ("reference", "status_page", "company", "correction", "changed", "changes")
OF_CHANGES = ("previous", "told", "correction", "changed", "changes")
"""The names by which a template speaks of what changed."""
OF_ROWS = ("previous", "told", "current", "changed")
"""What a row of a list has beside its claims."""
RESERVED = (*TOPICS, *PLAIN_NAMES, *OF_CLAIMS, "loop", "range")
"""Names that no claim may have."""
LOOP = ("index", "index0", "first", "last", "length")

_DIGIT = re.compile(r"\d")

N = TypeVar("N", bound=nodes.Node)
_BELOW = "all nodes below"
"""Where a tree keeps them, so that they go with it: a dozen questions are put to each tree, and a file that others
include is asked once for each of them."""


@dataclass(frozen=True, order=True)
class Refusal:
    """One thing wrong with a template, and its line."""

    line: int
    what: str


def _all(tree: nodes.Template, kind: type[N]) -> Iterator[N]:
    """The nodes of a kind below a tree that nobody changes any more, each before those below it."""
    below = vars(tree).get(_BELOW) or vars(tree).setdefault(_BELOW, tuple(tree.find_all(nodes.Node)))
    return (node for node in below if isinstance(node, kind))


def refusals(tree: nodes.Template, filters: Collection[str]) -> list[Refusal]:
    """Everything that is not in the language, by line."""
    return sorted(set(_refusals(tree, filters)))


def _refusals(tree: nodes.Node, filters: Collection[str]) -> Iterator[Refusal]:
    for node in [tree, *tree.find_all(nodes.Node)]:
        what = _refused(node, filters)
        if what:
            yield Refusal(node.lineno or 1, what)


def _refused(node: nodes.Node, filters: Collection[str]) -> str | None:
    match node:
        case nodes.Filter() if node.name not in filters:
            known = one_of(sorted(filters))
            return f"there is no filter '{node.name}'{did_you_mean(node.name, filters)}; there are {known}"
        case nodes.Test() if node.name not in TESTS:
            return f"there is no test '{node.name}'{did_you_mean(node.name, TESTS)}"
        case nodes.Call() if not (isinstance(node.node, nodes.Name) and node.node.name == "range"):
            return "templates call nothing but range(…)"
        case nodes.Include() | nodes.Extends() if not isinstance(node.template, nodes.Const):
            return "a template is included by its plain name"
        case nodes.Getattr() if node.attr.startswith("_"):
            return f"'{node.attr}' must not be read"
        case nodes.BinExpr() if type(node) in OPERATORS:
            return _computes(OPERATORS[type(node)])
        case nodes.Concat():
            return _computes("~")
        case _ if not isinstance(node, ALLOWED) and not isinstance(node, nodes.Helper):
            return f"'{NAMED_TAGS.get(type(node), type(node).__name__.lower())}' is not part of the template language"
    return None


def _computes(operator: str) -> str:
    return f"templates do not compute, but this one uses '{operator}'; make what is computed a claim of the rule"


def unknown_names(tree: nodes.Template, names: Collection[str]) -> list[Refusal]:
    """Names, and names of groups such as `customer.nmae`, that no notice with these claims has.

    `visits.starts_at` among the names of claims is a claim of the rows of the list `visits`.
    """
    claims = [name for name in names if "." not in name]
    rows = {variable: _claims_of(of_list, names) for variable, of_list in loops(tree).items()}
    lists = {name.partition(".")[0] for name in names if "." in name}
    assigned = {node.name for node in _all(tree, nodes.Name) if node.ctx in ("store", "param")}
    known = {*claims, *lists, *RESERVED, *assigned}
    groups: dict[str, Collection[str]] = {**TOPICS, **dict.fromkeys(OF_CLAIMS, claims), "loop": LOOP}
    groups |= {variable: (*of_row, *OF_ROWS) for variable, of_row in rows.items() if of_row}
    found = set()
    for name in _all(tree, nodes.Name):
        if name.name not in known:
            hint = did_you_mean(name.name, known) or "; make it a claim of the rule"
            found.add(Refusal(name.lineno, f"'{name.name}' is neither a claim nor a name that templates have{hint}"))
    for reading in _all(tree, nodes.Getattr):
        group = reading.node.name if isinstance(reading.node, nodes.Name) else None
        of_row = _told_of_row(reading, rows)
        if of_row:
            if reading.attr not in of_row:
                hint = did_you_mean(reading.attr, of_row)
                found.add(Refusal(reading.lineno, f"the rows of this list have no '{reading.attr}'{hint}"))
        elif group in groups and (group not in assigned or rows.get(group)) and reading.attr not in groups[group]:
            hint = did_you_mean(reading.attr, groups[group])
            found.add(Refusal(reading.lineno, f"'{group}' has no '{reading.attr}'{hint}"))
        elif group not in groups:
            found.add(Refusal(reading.lineno, f"'{reading.attr}' cannot be read here: only groups have names in them"))
    return sorted(found)


def loops(tree: nodes.Template) -> Mapping[str, str]:
    """The lists that the template loops over, by the name that it gives to a row: `{% for visit in visits %}`."""
    return {
        loop.target.name: loop.iter.name
        for loop in _all(tree, nodes.For)
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name)
    }


def _claims_of(of_list: str, names: Collection[str]) -> list[str]:
    return [name.partition(".")[2] for name in names if name.partition(".")[0] == of_list and "." in name]


def _told_of_row(reading: nodes.Getattr, rows: Mapping[str, Collection[str]]) -> Collection[str]:
    """For `visit.previous.place` the claims of a visit; nothing for anything else."""
    group = reading.node
    if isinstance(group, nodes.Getattr) and group.attr in OF_CLAIMS and isinstance(group.node, nodes.Name):
        return rows.get(group.node.name, ())
    return ()


def literal_digits(tree: nodes.Template) -> list[Refusal]:
    """Digits in the template's own text: figures that are not claims."""
    found = []
    for data in _all(tree, nodes.TemplateData):
        for offset, line in enumerate(data.data.split("\n")):
            if _DIGIT.search(line):
                found.append(Refusal(data.lineno + offset, _literal(line.strip())))
    for output in _all(tree, nodes.Output):
        printed = [node for node in output.nodes if isinstance(node, nodes.Const) and _DIGIT.search(str(node.value))]
        found.extend(Refusal(node.lineno, _literal(str(node.value))) for node in printed)
    return sorted(set(found))


def _literal(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return f"'{shown}' has a digit of its own; make the figure a claim of the rule"


def compared_texts(tree: nodes.Template) -> dict[str, set[str]]:
    """The texts that the template compares each name with, so that a trial can take every branch."""
    texts: dict[str, set[str]] = {}
    rows = loops(tree)
    for comparison in _all(tree, nodes.Compare):
        name = _compared_name(comparison.expr, rows)
        if name:
            constants = [c for operand in comparison.ops for c in [operand.expr, *operand.expr.find_all(nodes.Const)]]
            values = {c.value for c in constants if isinstance(c, nodes.Const) and isinstance(c.value, str)}
            texts.setdefault(name, set()).update(values)
    return texts


def compared_numbers(tree: nodes.Template) -> dict[str, set[Decimal]]:
    """The numbers that the template compares each name with."""
    numbers: dict[str, set[Decimal]] = {}
    rows = loops(tree)
    for comparison in _all(tree, nodes.Compare):
        if name := _compared_name(comparison.expr, rows):
            found = [c.value for operand in comparison.ops for c in [operand.expr] if isinstance(c, nodes.Const)]
            values = {Decimal(str(value)) for value in found if type(value) in (int, float)}
            numbers.setdefault(name, set()).update(values)
    return numbers


def _compared_name(node: nodes.Expr, rows: Mapping[str, str]) -> str:
    """The claim that is compared, `visits.kind` for a claim of a row; empty where it is none."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in rows:
        return f"{rows[node.node.name]}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


def first_reading(trees: Mapping[str, nodes.Template], groups: Collection[str], name: str) -> tuple[str, int]:
    """The file and line of the first `GROUP.NAME` in a template and what it includes."""
    for path, tree in trees.items():
        for reading in _all(tree, nodes.Getattr):
            if reading.attr == name.rpartition(".")[2] and _group_of(reading) in groups:
                return path, reading.lineno
    return next(iter(trees)), 1


def _group_of(reading: nodes.Getattr) -> str:
    """`previous` for `previous.place` and for `visit.previous.place`."""
    match reading.node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(attr=attribute):
            return str(attribute)
    return ""


def uses(tree: nodes.Template, name: str) -> bool:
    """Whether the template names it anywhere, also of a row."""
    named = any(node.name == name for node in _all(tree, nodes.Name))
    return named or any(node.attr == name for node in _all(tree, nodes.Getattr) if name in OF_ROWS)
