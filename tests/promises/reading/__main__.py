"""`.venv/bin/python -m tests.promises.reading`: precision and recall of the reader, by language, half and topic.

`--wrong` lists what is wrong and missed in the development half; the sentences of the held-out half are never shown.
"""

import sys

from notifier.capture.reading import read
from tests.promises.reading.blind import STRANGERS, blind
from tests.promises.reading.measuring import HALVES, LANGUAGES, Measured, Tally, judge, measured, sentences


def table(language: str, half: str, found: Measured) -> str:
    """The counts by topic, with the sums on top."""
    rows = [
        f"{language} {half}: {found.sentences} sentences, {found.silent} silent, {found.spoken} of them wrongly read"
    ]
    rows.append(f"  {'all':<18}{_figures(found.all)}")
    rows += [f"  {topic:<18}{_figures(tally)}" for topic, tally in sorted(found.topics.items())]
    rows.append(f"  assumptions of right ones: {dict(sorted(found.assumptions.items()))}")
    return "\n".join(rows)


def _figures(tally: Tally) -> str:
    return (
        f"right {tally.right:>3}  wrong {tally.wrong:>3}  missed {tally.missed:>3}"
        f"  precision {tally.precision:.3f}  recall {tally.recall:.3f}"
    )


def _show_wrong(language: str) -> None:
    for entry, surroundings in sentences(language, "development"):
        one = Measured()
        proposed = read(entry["text"], surroundings)
        wrong = judge(entry, proposed, one)
        if wrong or one.all.missed:
            sys.stdout.write(f"\n{entry['text']}\n")
            for each in wrong:
                sys.stdout.write(f"   wrong   {each.topic} {each.value} {each.currency or ''} | {each.said}\n")
            right = [each for each in proposed if each not in wrong]
            for expected in entry["promises"]:
                if not any(each.topic == expected["topic"] for each in right):
                    sys.stdout.write(f"   missed  {expected['topic']} {expected['value']} | {expected['said']}\n")


if __name__ == "__main__":
    if "--wrong" in sys.argv:
        for known in LANGUAGES:
            _show_wrong(known)
    else:
        for known in LANGUAGES:
            for half in HALVES:
                sys.stdout.write(f"{table(known, half, measured(known, half))}\n")
            for written in STRANGERS:
                strangers = Measured()
                for _ in blind(known, strangers, written):
                    pass
                sys.stdout.write(f"{table(known, written, strangers)}\n")
