"""Texts that lack what the contact law in force wants in them, as far as a program can see: who sends, and how to stop.

Read are the sources of the texts, so a text that takes in another file is not judged.
"""

import re
from collections.abc import Iterator

from notifier.consent.words import languages
from notifier.model.problems import Place, Problem
from notifier.model.texts import folded
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_law import content_checks, entries_for
from notifier.rules.contact_terms import SENDER, WAY_TO_STOP

_ELSEWHERE = re.compile(r"{%-?\s*(?:include|extends|import|from)\b")
_REMEDIES = {
    SENDER: "the sender's name: print {{ company }}",
    WAY_TO_STOP: "how to get no more: name a word that stops it, such as STOP or BAJA",
}


def missing_content(project: Project, company: str) -> list[Problem]:
    """A warning for each text of a rule that lacks what the law of some country in force wants; sorted by place."""
    found = {each for rule in project.rules.values() for each in _of_rule(project, rule, company)}
    return sorted(found)


def _of_rule(project: Project, rule: Rule, company: str) -> Iterator[Problem]:
    entries = [entry for entry in entries_for(project.policy.contact.law) if rule.notice_class in entry.classes]
    for channel in rule.channels:
        wanted: dict[str, list[str]] = {}
        for entry, check in content_checks(entries, channel):
            wanted.setdefault(check, []).append(f"{entry.country}, {entry.id}")
        if not wanted:
            continue
        for template in rule.templates:
            for path, source in _texts(project, template, channel):
                for check, by in wanted.items():
                    if not _has(check, source, company):
                        yield Problem(
                            Place(f"templates/{path}"),
                            f"the contact law wants in {rule.notice_class} {channel.value} {_REMEDIES[check]} "
                            f"({'; '.join(by)}); what lacks it is withheld there",
                            severity="warning",
                        )


def _texts(project: Project, template: str, channel: ChannelName) -> Iterator[tuple[str, str]]:
    for path, source in sorted(project.templates.items()):
        is_text = path.startswith(f"{template}/{channel.value}.") and path.endswith(".txt.j2")
        if is_text and not _ELSEWHERE.search(source):
            yield path, source


def _has(check: str, source: str, company: str) -> bool:
    if check == SENDER:
        return bool(re.search(r"{{[^}]*\bcompany\b", source)) or company.casefold() in source.casefold()
    return names_way_to_stop(source)


def names_way_to_stop(text: str) -> bool:
    """Whether the text names a word that stops further messages, in any of the shipped languages."""
    said = f" {folded(text)} "
    return any(f" {word} " in said for words in languages().values() for word in words.stop | words.stop_or_cancel)
