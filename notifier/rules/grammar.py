"""The text of a condition -> its syntax tree, with positions. `checker.py` resolves names and types."""

from functools import cache

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.literals import DURATION_PATTERN

LONGEST_TEXT = 4_000
"""The most characters of one condition. Longer ones are generated, and belong in a field of the state."""

WORD_END = r"(?![A-Za-z0-9_])"

GRAMMAR = rf"""
?start: chosen
?chosen: either
       | either "?" chosen ":" chosen -> choice
?either: both (_OR both)*
?both: denied (_AND denied)*
?denied: _NOT denied -> negation
       | comparison
?comparison: sum
       | sum COMPARISON sum -> compare
       | sum _IN list -> within
       | sum _NOT _IN list -> without
?sum: product (SIGN product)*
?product: signed (FACTOR signed)*
?signed: "!" signed -> negation
       | SIGN signed -> minus
       | value
?value: atom
       | value "." NAME -> field
       | value "." NAME "(" arguments ")" -> method
?atom: "(" chosen ")"
       | NAME -> name
       | NAME "(" arguments ")" -> function
       | STRING -> string
       | DURATION -> duration
       | DECIMAL -> decimal
       | INTEGER -> integer
       | TRUE -> true
       | FALSE -> false
       | NULL -> null
       | list
arguments: [chosen ("," chosen)*]
list: "[" [chosen ("," chosen)* [","]] "]"

_OR.2: "||" | /or{WORD_END}/
_AND.2: "&&" | /and{WORD_END}/
_NOT.2: /not{WORD_END}/
_IN.2: /in{WORD_END}/
TRUE.2: /true{WORD_END}/
FALSE.2: /false{WORD_END}/
NULL.2: /null{WORD_END}/
COMPARISON: "==" | "!=" | "<=" | ">=" | "<" | ">"
SIGN: "+" | "-"
FACTOR: "*" | "/"
DURATION.3: /{DURATION_PATTERN}{WORD_END}/
DECIMAL.2: /\d+\.\d+{WORD_END}/
INTEGER: /\d+(?![A-Za-z0-9_.])/
STRING: /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/
NAME: /[A-Za-z_][A-Za-z0-9_]*/
%ignore /[ \t\r\n]+/
"""

HINTS = {
    "=": "; write '==' to compare",
    ":": "; one of two values is 'condition ? a : b'",
    "&": "; write 'and' or '&&'",
    "|": "; write 'or' or '||'",
    "%": "; there is no remainder in conditions",
    "'": "; the text has no closing quote",
    '"': "; the text has no closing quote",
}


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def position(place: Place, line: int, column: int) -> Place:
    """The position in the file of a line and column (from 1) of a text that begins at `place`."""
    return place.shifted(column - 1) if line == 1 else Place(place.file, place.line + line - 1, column)


def parse(text: str, place: Place) -> Tree[Token]:
    """The syntax tree. Raises ProblemsError with the position of the syntax error."""
    if len(text) > LONGEST_TEXT:
        what = f"the condition has {len(text)} characters, {LONGEST_TEXT} are allowed"
        raise ProblemsError([Problem(place, what)])
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise ProblemsError([_syntax_problem(error, text, place)]) from error


def _syntax_problem(error: UnexpectedInput, text: str, place: Place) -> Problem:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        what = "the condition is empty" if not text.strip() else "the condition ends too early"
        return Problem(place.shifted(len(text.rstrip())) if "\n" not in text.strip() else place, what)
    if isinstance(error, UnexpectedToken):
        found, line, column = str(error.token), error.token.line or 1, error.token.column or 1
    else:
        assert isinstance(error, UnexpectedCharacters)
        found, line, column = error.char, error.line, error.column
    hint = HINTS.get(found[0], "")
    if found in ("==", "!=", "<", "<=", ">", ">="):
        hint = "; join two comparisons with 'and'"
    return Problem(position(place, line, column), f"unexpected {found!r}{hint}")
