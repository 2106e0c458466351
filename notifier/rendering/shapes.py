"""Which notices have one shape: everything that decides the words of their texts, and nothing that fills their holes.

Of the notices of one shape the first is rendered the plain way and makes a mould, which writes the others. A template
may compare the values of claims, which shows while a mould is made. Then each combination of these values has a mould
of its own; where there are too many, no mould is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from notifier.model.notices import Claims, Recipient
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.rendering.corrections import changed_names
from notifier.rendering.greetings import first_name
from notifier.rendering.marks import claims_of
from notifier.rendering.moulds import Mould
from notifier.rendering.sheets import Said, usable

KEPT = 512
"""Shapes that are kept: a hundred templates in two languages have fewer."""
MOST_VALUES = 32
"""Moulds of one shape for different values of claims that its templates compare."""

Key = tuple[object, ...]
Compared = frozenset[tuple[str, str]]
"""Claims whose values a template compares, by prefix and name."""


@dataclass(slots=True)
class Shape:
    """The moulds of one shape, by the values of the claims that its templates compare; None: rendered the plain way."""

    compared: tuple[tuple[str, str], ...] = ()
    moulds: dict[Key, Mould | None] = field(default_factory=dict)

    def values_in(self, said: Said) -> Key:
        """What the notice has for the claims that are compared."""
        return tuple([claims_of(prefix, said)[name].value for prefix, name in self.compared])

    @property
    def is_open(self) -> bool:
        """Whether it takes another mould."""
        return len(self.moulds) < MOST_VALUES

    def keep(self, said: Said, mould: Mould | None, compared: Compared) -> None:
        """Keep the mould that was made of this notice, or that it has none."""
        if not compared.issubset(self.compared):
            self.compared = tuple(sorted(compared.union(self.compared)))
            self.moulds.clear()  # they were made without looking at what is compared now
        self.moulds[self.values_in(said)] = mould


class Shapes:
    """The shapes of one project's notices, with their moulds."""

    def __init__(self) -> None:
        self._shapes: dict[Key, Shape] = {}

    def shape(
        self,
        template: str,
        said: Said,
        recipient: Recipient,
        name: str,
        channels: Sequence[ChannelName],
        exit_id: str,
        owner_id: str,
        notice_class: NoticeClass,
    ) -> Shape:
        """The shape of this notice; `name` is the recipient's as it is printed."""
        in_spanish, elsewhere = bool(first_name(name, "es")), bool(first_name(name, ""))
        key = (
            template,
            recipient.locale,
            said.kind,
            said.event,
            *channels,
            exit_id,
            owner_id,
            notice_class is NoticeClass.SAFETY,
            # Whom a text can greet depends on its language, and on no more than whether that is Spanish.
            in_spanish,
            elsewhere,
            in_spanish or elsewhere or bool(usable(name)),
            _claims(said.claims),
            *((_claims(said.previous), changed_names(said.previous, said.claims)) if said.previous else ()),
            *((_claims(said.current), changed_names(said.claims, said.current)) if said.current else ()),
        )
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= KEPT:
                self._shapes.clear()
            shape = self._shapes[key] = Shape()
        return shape


def _claims(claims: Claims) -> Key:
    """Which claims there are, and of each what a template can ask without comparing it."""
    return tuple(
        [
            (name, claim.type, claim.value if claim.type is TopicType.BOOL else claim.value is not None)
            for name, claim in claims.items()
        ]
    )
