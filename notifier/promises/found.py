"""What the checks of one pass changed, kept for the rules of the same pass: a flood in little memory.

The rules ask about few of a hundred thousand contradictions, row by row. Of those that opened together only the names
are kept, packed; the pass decides them once more where one of their rows is asked about. Others are kept packed, five
hundred in a block: they are so alike that a block packs to a fiftieth.
"""

import pickle
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from notifier.model.contradiction_reading import ContradictedRow
from notifier.model.contradictions import Contradiction
from notifier.model.opened_together import OpenedTogether

PLAIN = 2_000
"""Contradictions that are kept as they are: a pass that finds no flood packs nothing."""
BLOCK = 500
NAMED = 500
"""Ids that are named of one owner."""
UNPACKED = 8
"""Blocks that stay unpacked: rows are asked about in the order of their ids, mostly."""

Row = tuple[str, str]


class _Names:
    """The subjects and promises of contradictions that opened together: 30 bytes for each."""

    def __init__(self, together: OpenedTogether) -> None:
        self._check = together.check
        self._unpack = together.unpack
        names = [*zip(*(together.columns[name] for name in ("subject_type", "subject_id", "promise_id")), strict=True)]
        self._packed = zlib.compress(pickle.dumps(names), 1)

    def rows(self) -> Iterator[ContradictedRow]:
        """Check and subject of each."""
        for entity, row_id, _ in self._names:
            yield self._check, entity, row_id

    def about(self, entity: str, ids: Collection[str]) -> Sequence[Contradiction]:
        """Those about these rows of the entity."""
        promises = [promise for row in ids for promise in self._promises.get((entity, row), ())]
        return self._unpack(promises) if promises else ()

    @property
    def _names(self) -> Sequence[tuple[str, str, str]]:
        names: Sequence[tuple[str, str, str]] = pickle.loads(zlib.decompress(self._packed))  # noqa: S301 - packed above
        return names

    @cached_property
    def _promises(self) -> Mapping[Row, Sequence[str]]:
        """Made where a rule asks: most floods hold what few rules tell."""
        promises = defaultdict[Row, list[str]](list)
        for entity, row, promise in self._names:
            promises[entity, row].append(promise)
        return promises


class FoundContradictions:
    """The contradictions that a pass opened, changed or closed, as they are now; each is added once."""

    def __init__(self) -> None:
        self._blocks: list[bytes | Sequence[Contradiction]] = []
        self._where: dict[Row, list[int]] = defaultdict(list)
        """The blocks in which something is about this row."""
        self._checks: list[str] = []
        """The check of each block."""
        self._of_owner: dict[str, list[str]] = defaultdict(list)
        self._many: set[str] = set()
        self._count = 0
        self._together: list[_Names] = []
        self._unpacked = lru_cache(maxsize=UNPACKED)(self._unpack)

    def add(self, contradictions: Sequence[Contradiction]) -> None:
        """Those of one check, in the order in which it found them."""
        for start in range(0, len(contradictions), BLOCK):
            block = contradictions[start : start + BLOCK]
            self._count += len(block)
            for each in block:
                where = self._where[each.subject_type, each.subject_id]
                if not where or where[-1] != len(self._blocks):
                    where.append(len(self._blocks))
                self._name(each)
            self._checks.append(block[0].check)
            self._blocks.append(tuple(block) if self._count <= PLAIN else zlib.compress(pickle.dumps(block), 1))

    def add_together(self, together: OpenedTogether) -> None:
        """Those of one check that opened together."""
        self._count += len(together)
        self._together.append(_Names(together))
        names = self._of_owner[together.owner]
        names += together.columns["id"][: NAMED - len(names)]
        if len(names) == NAMED:
            self._many.add(together.owner)

    def __bool__(self) -> bool:
        return self._count > 0

    def about(self, entity: str, ids: Collection[str]) -> Iterator[Contradiction]:
        """Those about these rows of the entity, in whatever state."""
        blocks: dict[int, set[str]] = defaultdict(set)
        for row_id in ids:
            for index in self._where.get((entity, row_id), ()):
                blocks[index].add(row_id)
        for index, rows in blocks.items():
            for each in self._unpacked(index):
                if each.subject_type == entity and each.subject_id in rows:
                    yield each
        for names in self._together:
            yield from names.about(entity, ids)

    def rows(self) -> Iterator[ContradictedRow]:
        """Check and subject of each."""
        for (entity, row_id), blocks in self._where.items():
            for check in {self._checks[index] for index in blocks}:
                yield check, entity, row_id
        for names in self._together:
            yield from names.rows()

    def of_owner(self, owner: str) -> Sequence[str] | None:
        """The ids of those of an owner, sorted; None where they are more than `NAMED`."""
        return None if owner in self._many else sorted(self._of_owner.get(owner, ()))

    def named(self) -> Collection[str]:
        """The ids of those that are named: all, but for floods."""
        return {name for names in self._of_owner.values() for name in names}

    def _name(self, each: Contradiction) -> None:
        names = self._of_owner[each.owner]
        if len(names) < NAMED:
            names.append(each.id)
        else:
            self._many.add(each.owner)

    def _unpack(self, index: int) -> Sequence[Contradiction]:
        block = self._blocks[index]
        if not isinstance(block, bytes):
            return block
        unpacked: Sequence[Contradiction] = pickle.loads(zlib.decompress(block))  # noqa: S301 - packed above
        return unpacked
