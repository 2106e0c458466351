"""By hand: atheris looks for inputs that take another way through the program, and gives them to the same judges.

`pip install atheris` first: it is not among the packages that are pinned, because no test needs it. Then
`python -m tests.fuzz.guided imports -runs=100000` tries as many; what follows the kind are libFuzzer's own options.
"""

import sys
import tempfile
from pathlib import Path

from notifier.store.database import open_engine
from notifier.store.migrating import migrate


def main() -> None:
    """Never returns: libFuzzer ends the process, with a code other than 0 after a fault."""
    try:
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # installed by hand
    except ImportError:
        sys.exit("atheris is missing: pip install atheris")
    with atheris.instrument_imports(include=["notifier"]):
        from tests.fuzz.judges import judges
        from tests.fuzz.long import SHARES
    kind, *options = sys.argv[1:] or ("",)
    if kind not in SHARES:
        sys.exit(f"say what to try: {', '.join(SHARES)}")
    folder = Path(tempfile.mkdtemp())
    migrated = folder / "notifier.db"
    engine = open_engine(f"sqlite:///{migrated}")
    migrate(engine)
    engine.dispose()
    seeds = folder / "seeds"
    seeds.mkdir()
    with judges(migrated) as by_kind:
        judge = by_kind[kind]
        for number, document in enumerate(judge.mutations.documents):
            (seeds / str(number)).write_text(document, encoding="utf-8")
        atheris.Setup(
            [sys.argv[0], str(seeds), *options], lambda data: judge.judge(data.decode("utf-8", "surrogateescape"))
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
