"""What `c ? a : b` means for two types: the typed expression, or why there is none."""

from notifier.model.types import ValueType
from notifier.rules.comparing import comparable_types, described
from notifier.rules.expressions import NUMERIC, Choice, Expression

_ROWS = (ValueType.ENTITY, ValueType.ENTITIES, ValueType.LIST)


class CannotChooseError(Exception):
    """There is no such choice; the message says why in a sentence."""

    def __init__(self, what: str, *, of_condition: bool = False) -> None:
        super().__init__(what)
        self.of_condition = of_condition


def choice(condition: Expression, if_true: Expression, if_false: Expression) -> Choice:
    """The choice, typed: both values are of one type, two kinds of number, or one of them is null.

    Raises CannotChooseError.
    """
    # Its SQL is named again by what asks for it, so a choice within the question would grow exponentially.
    if any(isinstance(node, Choice) for node in condition.walk()):
        raise CannotChooseError(
            "the condition of '? :' holds another '? :'; put that one into a branch", of_condition=True
        )
    for side in (if_true, if_false):
        if side.type in _ROWS:
            raise CannotChooseError(
                f"'? :' chooses between two values, not {described(side)}; choose between their fields"
            )
    kinds = {if_true.type, if_false.type} - {ValueType.NULL}
    if not kinds:
        raise CannotChooseError("both values are null")
    if len(kinds) == 2 and not comparable_types(if_true, if_false):
        raise CannotChooseError(
            f"both values of '? :' have one type; these are {described(if_true)} and {described(if_false)}"
        )
    kind = next(iter(kinds)) if len(kinds) == 1 else max(kinds, key=NUMERIC.index)
    scale = max(if_true.scale, if_false.scale)
    return Choice(type=kind, condition=condition, if_true=if_true, if_false=if_false, scale=scale)
