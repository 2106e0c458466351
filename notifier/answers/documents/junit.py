"""How scenarios went, in the XML that CI servers read (the JUnit schema of Jenkins, which GitLab and others take)."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from notifier.model.instants import minute_text
from notifier.model.scenario_results import Difference, ScenarioResult
from notifier.model.texts import shown

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def junit_xml(results: Sequence[ScenarioResult]) -> str:
    """One suite for each file of scenarios: places, seconds, and every difference in the words of the terminal."""
    root = Element("testsuites", {"name": "notifier rules test", **_counts(results)})
    for file, group in groupby(results, key=lambda result: result.file):
        of_file = list(group)
        suite = SubElement(root, "testsuite", {"name": file, **_counts(of_file)})
        for result in of_file:
            case = SubElement(
                suite,
                "testcase",
                name=_plain(result.name),
                classname=_plain(file),
                file=_plain(file),
                line=str(result.place.line),
                time=f"{result.seconds:.3f}",
            )
            if result.problems:
                what = "\n".join(_plain(str(problem)) for problem in result.problems)
                SubElement(case, "error", message=what.partition("\n")[0]).text = what
            if result.differences:
                first, *_ = lines = [_plain(line) for each in result.differences for line in _lines(each)]
                SubElement(case, "failure", message=first).text = "\n".join(lines)
            if result.state:
                SubElement(case, "system-out").text = "\n".join(map(_plain, result.state))
    indent(root)
    return HEAD + tostring(root, encoding="unicode") + "\n"


def _counts(results: Sequence[ScenarioResult]) -> dict[str, str]:
    seconds = timedelta(seconds=sum(result.seconds for result in results)).total_seconds()
    return {
        "tests": str(len(results)),
        "failures": str(sum(bool(result.differences) and not result.problems for result in results)),
        "errors": str(sum(bool(result.problems) for result in results)),
        "time": f"{seconds:.3f}",
    }


def _lines(difference: Difference) -> list[str]:
    if difference.expected is None:
        head = f"unexpected: {difference.got}"
    elif difference.got is None:
        head = f"expected, and nothing like it came: {difference.expected}"
    else:
        head = f"differs: {difference.got}"
    return [f"{minute_text(difference.at)}, {difference.what}, {head}", *(f"  - {why}" for why in difference.why)]


def _plain(text: str) -> str:
    """Characters that XML cannot hold, as people are shown them."""
    return shown(text, lines=True)
