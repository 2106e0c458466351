"""A plain value is compared, hashed, shown, copied and pickled as a frozen dataclass with the same fields."""

import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from notifier.model.plain_values import kept_with_value, plain_value


@plain_value(frozen=True, kw_only=True)
class Quick:
    """Of every kind of field."""

    name: str
    number: int = 1
    more: tuple[int, ...] = field(default_factory=tuple)
    zone: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """The same."""

    name: str
    number: int = 1
    more: tuple[int, ...] = field(default_factory=tuple)
    zone: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@plain_value(frozen=True)
class Other(Quick):
    """A class below it is another class."""


SAME = [{"name": "a"}, {"name": "a", "zone": "UTC"}, {"name": "a", "secret": "x"}, {"name": "b", "more": (1,)}]


@pytest.mark.parametrize("one", SAME)
@pytest.mark.parametrize("two", SAME)
def test_it_is_compared_and_hashed_as_a_dataclass(one: dict[str, object], two: dict[str, object]) -> None:
    are_equal = Frozen(**one) == Frozen(**two)  # type: ignore[arg-type]
    assert (Quick(**one) == Quick(**two)) is are_equal  # type: ignore[arg-type]
    assert (hash(Quick(**one)) == hash(Quick(**two))) is are_equal  # type: ignore[arg-type]


def test_it_is_shown_copied_and_pickled_as_a_dataclass() -> None:
    quick = Quick(name="a", zone="UTC", secret="x")
    assert repr(quick) == repr(Frozen(name="a", zone="UTC", secret="x")).replace("Frozen", "Quick")
    assert replace(quick, number=2) == Quick(name="a", number=2, secret="x")
    assert pickle.loads(pickle.dumps(quick)) == quick
    assert [each.name for each in fields(quick)] == [each.name for each in fields(Frozen)]


def test_another_class_is_another_value() -> None:
    assert Quick(name="a") != Other(name="a")
    other: object = "a"
    assert Quick(name="a") != other


def test_assignment_is_left_to_the_type_checker() -> None:
    with pytest.raises(FrozenInstanceError):
        Frozen(name="a").name = "b"  # type: ignore[misc]
    Quick(name="a").name = "b"  # type: ignore[misc]


def test_what_is_kept_with_a_value_is_asked_once_and_is_no_part_of_it() -> None:
    asked: list[str] = []

    @kept_with_value
    def shouted(value: Quick) -> str:
        asked.append(value.name)
        return value.name.upper()

    one, equal = Quick(name="a"), Quick(name="a")
    assert [shouted(one), shouted(one), shouted(replace(one, name="b")), shouted(equal)] == ["A", "A", "B", "A"]
    assert asked == ["a", "b", "a"]
    assert one == equal
    assert hash(one) == hash(equal)
    assert repr(one) == repr(Quick(name="a"))
