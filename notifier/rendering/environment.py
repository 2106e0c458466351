"""Template sources -> compiled templates that run in a sandbox with limits on what they read, loop over and print.

There are two fences. The language (`language.py`) refuses at load what templates have no use for. What is left runs in
Jinja's immutable sandbox, may read only the groups of names, and may take at most 1,000 loop iterations and print at
most 64,000 characters. Every failure becomes a RenderingError that names file and line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateNotFound, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.loaders import BaseLoader
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifier.model.phones import spaced
from notifier.model.problems import Place, did_you_mean
from notifier.rendering import language
from notifier.rendering.branches import MARK, BranchLog
from notifier.rendering.context import WORDS, FixedText, Names, PrintableClaim, clean
from notifier.rendering.errors import RenderingError
from notifier.rendering.hours import hours_in_words
from notifier.rendering.words import Words

MAX_CHARACTERS = 64_000
"""Limit on a template's source, and on what it prints."""
MAX_ROUNDS = 1_000
"""Iterations of all loops of one rendering together."""

CHUNKS_AT_ONCE = 64
"""Chunks joined before their length is checked: most texts are a few dozen chunks."""

_TAG_AT_END = re.compile(r"^(?P<line>.*?)(?P<sign>[-+]?)(?P<close>[%#]\})(?P<rest>[ \t]*)$", re.MULTILINE)
_TAGS_ONLY = re.compile(r"[ \t]*(?:\{%.*?%\}|\{#.*?#\}|[ \t]+)*")
_ROUNDS = "rounds so far"
"""The name under which a rendering keeps its count: no template can use it, because it has spaces."""


@dataclass(frozen=True)
class Compiled:
    """One template file, ready to be rendered. `trees`: its checked syntax tree and those of the files it includes."""

    path: str
    prefix: str
    """The folder of its sources, for naming positions: `templates/`."""
    template: Template
    trees: Mapping[str, nodes.Template]
    speaks_of_changes: bool
    """Whether it tells a correction from a first notice in words of its own."""

    @property
    def file(self) -> str:
        """Its path in the project folder."""
        return self.prefix + self.path


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja as far as templates need it. One instance serves one set of template sources, all below `prefix`."""

    intercepted_binops = frozenset(language.OPERATORS.values())

    def __init__(self, sources: Mapping[str, str], prefix: str = "templates/") -> None:
        self.prefix = prefix
        super().__init__(
            loader=_Sources(sources, prefix),
            undefined=StrictUndefined,
            finalize=_finalize,
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # what is worked out beforehand would be written into the trees, which are asked later
            auto_reload=False,
            cache_size=-1,
        )
        self._trees: dict[tuple[str | None, str], nodes.Template] = {}
        self.filters = {**_FILTERS, "counted": _counted, "counted_once": _counted_once}
        self._branches: BranchLog | None = None
        self.globals = dict(_GLOBALS)

    def log_branches(self, log: BranchLog) -> None:
        """Templates that are compiled from now on take down in `log` which of their branches are printed."""
        self._branches = log
        self.filters = {**self.filters, MARK: log.filter()}

    def compiled(self, path: str) -> Compiled:
        """The template at a path. Raises RenderingError when it is missing, or not in the template language."""
        trees: dict[str, nodes.Template] = {}
        try:
            self._collect(path, trees)
            template = self.get_template(path)
        except TemplateNotFound as error:
            raise RenderingError(f"there is no template '{error.name}'", Place(self.prefix + path)) from error
        except TemplateSyntaxError as error:
            raise RenderingError(_sentence(error), Place(self.prefix + (error.name or path), error.lineno)) from error
        except RecursionError as error:
            raise RenderingError("it is nested too deeply", Place(self.prefix + path)) from error
        speaks = any(language.uses(tree, name) for tree in trees.values() for name in language.OF_CHANGES)
        return Compiled(path, self.prefix, template, trees, speaks)

    def _collect(self, path: str, trees: dict[str, nodes.Template]) -> None:
        tree = trees[path] = self.parse(self.source(path), path, path)
        named = [n.template for n in tree.find_all(nodes.Include)] + [n.template for n in tree.find_all(nodes.Extends)]
        for name in named:
            assert isinstance(name, nodes.Const)
            if name.value not in trees:
                self._collect(name.value, trees)

    def source(self, path: str) -> str:
        """The text of a template. Raises TemplateNotFound, or RenderingError when it is too long."""
        assert self.loader is not None
        return self.loader.get_source(self, path)[0]

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Removes lines that hold only tags, and no others: Jinja would join a line that ends in a tag to the next."""
        return _TAG_AT_END.sub(_keep_break, super().preprocess(source, name, filename))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Each text once, though it is asked, compiled, and asked again by all that include it: parsing takes longer
        than the rest. A log of branches marks the trees that are compiled, so those are its own."""
        known = self._trees.get((name, source))
        if known is not None and self._branches is None:
            return known
        tree = super()._parse(source, name, filename)
        refused = language.refusals(tree, _FILTERS)
        if refused:
            raise RenderingError(refused[0].what, Place(self.prefix + (name or ""), refused[0].line))
        self._trees[name, source] = tree
        return tree

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        """Has every loop iteration and inclusion counted: the sandbox limits neither."""
        loops = [(loop, loop.iter) for loop in source.find_all(nodes.For)]
        inclusions = [(inclusion, inclusion.template) for inclusion in source.find_all(nodes.Include)]
        for loop, rows in loops:
            loop.iter = nodes.Filter(rows, "counted", [], [], None, None, lineno=loop.lineno)
        for inclusion, name in inclusions:
            inclusion.template = nodes.Filter(name, "counted_once", [], [], None, None, lineno=inclusion.lineno)
        if self._branches is not None:
            self._branches.mark(source, str(arguments[0]))
        source.set_environment(self)
        try:
            return super()._generate(source, *arguments, **options)
        finally:  # who asks the tree asks what the author wrote
            for loop, rows in loops:
                loop.iter = rows
            for inclusion, name in inclusions:
                inclusion.template = name

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Names of groups, and the state of a loop. Nothing else of any object can be read."""
        if isinstance(obj, Names):
            if attribute in obj:
                return obj[attribute]
            if obj.called == "previous" and not obj:
                raise SecurityError("only a correction has 'previous'; guard it with {% if correction %}")
            if obj.called == "told" and not obj:
                raise SecurityError("only a correction and a follow-up have 'told'; guard it with {% if correction %}")
            raise SecurityError(f"'{obj.called}' has no '{attribute}'{did_you_mean(attribute, obj)}")
        if isinstance(obj, LoopContext) and attribute in language.LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            return super().getattr(obj, attribute)
        raise SecurityError(f"'{attribute}' must not be read")

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ARG002 - Jinja's signature
        """Always raises: the language has no `name['key']`. A second fence, should a tree bypass the language check."""
        raise SecurityError(f"'{argument}' must not be read")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - Jinja's signature
        """Always raises: the language has no operators. A second fence, as above."""
        raise SecurityError(f"templates do not compute ('{operator}')")


class _Sources(BaseLoader):
    """The sources of one project: no other file can be included."""

    def __init__(self, sources: Mapping[str, str], prefix: str) -> None:
        self.sources = sources
        self.prefix = prefix

    def get_source(self, environment: Any, template: str) -> tuple[str, str, None]:  # noqa: ARG002 - Jinja's signature
        if template not in self.sources:
            raise TemplateNotFound(template)
        source = self.sources[template]
        if len(source) > MAX_CHARACTERS:
            raise RenderingError(
                f"the template is longer than {MAX_CHARACTERS:,} characters", Place(self.prefix + template)
            )
        return source, template, None


def render(compiled: Compiled, names: Mapping[str, object]) -> str:
    """What the template prints, within the limits. Raises RenderingError with file and line."""
    context = compiled.template.new_context({**names, **_GLOBALS, _ROUNDS: [0]}, shared=True)
    try:
        return "".join(_limited(compiled.template.root_render_func(context)))
    except RenderingError as error:
        raise RenderingError(error.what, error.place or _place(error.__traceback__, compiled)) from error
    except RecursionError as error:
        raise RenderingError("it includes itself", Place(compiled.file)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise RenderingError(_sentence(error), _place(error.__traceback__, compiled)) from error


def _limited(chunks: Iterable[str]) -> Iterator[str]:
    """The chunks joined in groups. Raises RenderingError past the limit."""
    length = 0
    iterator = iter(chunks)
    while some := list(islice(iterator, CHUNKS_AT_ONCE)):
        text = "".join(some)
        length += len(text)
        if length > MAX_CHARACTERS:
            raise RenderingError(f"it prints more than {MAX_CHARACTERS:,} characters")
        yield text


def _keep_break(line: re.Match[str]) -> str:
    whole = line.group()
    if _TAGS_ONLY.fullmatch(whole) or line["sign"] or ("{%" not in whole and "{#" not in whole):
        return whole
    return f"{line['line']}+{line['close']}{line['rest']}"


def _place(traceback: TracebackType | None, compiled: Compiled) -> Place:
    """The innermost line of a template that was running."""
    place = Place(compiled.file)
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            place = Place(compiled.prefix + template.name, template.get_corresponding_lineno(traceback.tb_lineno))
        traceback = traceback.tb_next
    return place


def _sentence(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}'"
    text = (error.message if isinstance(error, TemplateError) else str(error)) or type(error).__name__
    return f"{text}; guard it with {{% if … %}}" if isinstance(error, UndefinedError) else text


def _finalize(value: object) -> str:
    """What `{{ … }}` prints. Refuses None, which would print as `None`."""
    if isinstance(value, PrintableClaim):
        value = value.print()
    if isinstance(value, FixedText):
        return value.print()
    if isinstance(value, str):
        return value
    if value is None:
        raise RenderingError("it prints a claim that has no value; guard it with {% if … %}")
    if isinstance(value, (bool, Names, list, tuple)):
        raise RenderingError("it prints what has no printed form; branch on it with {% if … %}")
    return str(value)


def _claim(value: object, filter_name: str) -> PrintableClaim:
    if isinstance(value, PrintableClaim):
        return value
    if value is None:
        raise RenderingError(f"'{filter_name}' got a claim that has no value; guard it with {{% if … %}}")
    if isinstance(value, Undefined):
        str(value)  # raises, with the name that is not known
    raise RenderingError(f"'{filter_name}' formats claims only")


def _text_filter(name: str, change: Callable[[str], str]) -> Callable[[object], str]:
    def apply(value: object) -> str:
        if isinstance(value, PrintableClaim | FixedText):
            return value.changed(change)
        if not isinstance(value, str):
            raise RenderingError(f"'{name}' is for texts")
        return change(value)

    return apply


@pass_context
def _opening_hours(context: Context, value: object) -> str:
    """Hours in words, in the language of the text; `exit.hours` has them already."""
    claim = _claim(value, "opening_hours")
    words = context.resolve(WORDS)
    assert isinstance(words, Words)
    return claim.changed(lambda hours: clean(hours_in_words(hours, words)))


def _capitalized(text: str) -> str:
    """The rest of the text is left alone: Jinja's own `capitalize` would turn `PQR Norte` into `Pqr norte`."""
    return text[:1].upper() + text[1:]


_FILTERS: dict[str, Any] = {
    "date": lambda value, style="long": _claim(value, "date").print("date", style),
    "time": lambda value, hours="long": _claim(value, "time").print("time", hours),
    "datetime": lambda value, style="long": _claim(value, "datetime").print("datetime", style),
    "money": lambda value: _claim(value, "money").print("money"),
    "number": lambda value: _claim(value, "number").print("number"),
    "duration": lambda value, style="long": _claim(value, "duration").print("duration", style),
    "opening_hours": _opening_hours,
    **{
        name: _text_filter(name, change)
        for name, change in {
            "phone": spaced,
            "upper": str.upper,
            "lower": str.lower,
            "capitalize": _capitalized,
        }.items()
    },
}


def _spend(context: Context) -> None:
    rounds = context.parent[_ROUNDS]
    rounds[0] += 1
    if rounds[0] > MAX_ROUNDS:
        raise RenderingError(f"its loops take more than {MAX_ROUNDS:,} rounds")


@pass_context
def _counted(context: Context, iterable: Iterable[object]) -> Iterator[object]:
    for item in iterable:
        _spend(context)
        yield item


@pass_context
def _counted_once(context: Context, name: str) -> str:
    _spend(context)
    return name


def _bounded_range(*arguments: object) -> range:
    numbers = [argument for argument in arguments if type(argument) is int]
    if len(numbers) != len(arguments) or not 1 <= len(numbers) <= 3:
        raise RenderingError("range takes one to three whole numbers")
    result = range(*numbers)
    if len(result) > MAX_ROUNDS:
        raise RenderingError(f"range over more than {MAX_ROUNDS:,} numbers")
    return result


_GLOBALS = {"range": _bounded_range}
