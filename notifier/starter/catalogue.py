"""The files that rules refer to, of a new project: only what its packs need, with the answers filled in.

They belong to the project from the first day: an upgrade of a pack never looks at them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from notifier.rules import catalogue
from notifier.rules.shipped import shipped
from notifier.rules.yaml_nodes import Node
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.answers import Answers
from notifier.starter.journey import journey_text
from notifier.starter.needs import needs_of
from notifier.starter.nodes import data_of
from notifier.starter.packs import PackFile
from notifier.starter.reasons import answering, reasons_of, reasons_text
from notifier.starter.words import words_of
from notifier.starter.yaml_texts import yaml_text

OFFICE_HOURS = "counted_in"
WEEKLY = "monday 08:00"
"""When the weekly digest goes, in the owner's zone."""


def catalogue_files(answers: Answers, files: Sequence[PackFile], days: Sequence[object] = ()) -> Mapping[str, str]:
    """The content of these files by their path: owners, ways out and topics; where needed, attributes, days, campaigns.

    `days` are entries of `rules/hours.yaml` besides those that scenarios need.
    """
    needs = needs_of(file.content for file in files if file.is_rules)
    said = "\n".join(file.content for file in files)
    made: Mapping[str, Mapping[str, Any]] = {
        catalogue.OWNERS: {"owners": _owners(sorted(needs.owners), answers)},
        catalogue.CONTACT_POINTS: {"contact_points": _contact_points(needs.exits, answers)},
        catalogue.TOPICS: {"topics": _topics(needs.topics | _topics_told_of(said), answers)},
        catalogue.ATTRIBUTES: {"attributes": _attributes(said)},
        catalogue.HOURS: {"hours": [*_hours(said), *days]},
        catalogue.CAMPAIGNS: {"campaigns": _campaigns(said)},
        catalogue.CAUSES: _causes(said, sorted(needs.owners), answers),
    }
    words = words_of(answers.language)
    written = {
        path: _written(words.headers[path], document) for path, document in made.items() if any(document.values())
    }
    reasons, owners = reasons_of(answers.packs), sorted(needs.owners)
    texts = {
        catalogue.REASONS: reasons_text(reasons, owners, answers.language),
        catalogue.JOURNEY: journey_text(files, list(made[catalogue.TOPICS]["topics"]), reasons, answers.language),
    }
    return written | {path: _comment(words.headers[path]) + text for path, text in texts.items() if text}


def _owners(names: Sequence[str], answers: Answers) -> dict[str, object]:
    """All of them; the one who answers for what is nobody else's hears of each week."""
    owners = {name: _owner(name, answers) for name in names}
    return {**owners, (one := answering(names)): {**owners[one], "weekly": WEEKLY}}


def _owner(name: str, answers: Answers) -> dict[str, object]:
    return {
        "name": _shipped_owner_name(name) if answers.language == "es" else name.replace("-", " ").capitalize(),
        "email": answers.owners[name],
        "locale": answers.locale,
        "timezone": answers.timezone,
    }


def _shipped_owner_name(name: str) -> str:
    entry = _entries(catalogue.OWNERS, "owners").get(name)
    return str(entry["name"]) if isinstance(entry, dict) else name.replace("-", " ").capitalize()


def _contact_points(names: set[str], answers: Answers) -> dict[str, object]:
    """One person answers for all of them at first, at the address that was given."""
    points: dict[str, object] = {}
    known = _entries(catalogue.CONTACT_POINTS, "contact_points")
    for name in sorted(names):
        entry = known.get(name)
        point: dict[str, object] = {"channel": answers.contact.channel, "address": answers.contact.address}
        if answers.contact.channel != "web":
            point["hours"] = answers.contact.hours
        point["human"] = True
        if isinstance(entry, dict) and "settles" in entry:
            point["settles"] = entry["settles"]
        points[name] = point
    return points


def _topics(names: set[str], answers: Answers) -> dict[str, object]:
    topics = {name: topic for name, topic in _entries(catalogue.TOPICS, "topics").items() if name in names}
    for topic in topics.values():
        if isinstance(topic, dict) and isinstance(topic.get(OFFICE_HOURS), dict):
            hours = topic[OFFICE_HOURS]
            topic[OFFICE_HOURS] = {**hours, "timezone": answers.timezone, "country": answers.country}
    return topics


def _topics_told_of(said: str) -> set[str]:
    """Topics of promises that scenarios write."""
    return set(re.findall(r"\btopic: (\w+)", said))


def _attributes(said: str) -> dict[str, object]:
    """The declared fields that rules or scenarios name."""
    found: dict[str, object] = {}
    for entity, fields in _entries(catalogue.ATTRIBUTES, "attributes").items():
        assert isinstance(fields, dict), "each entity has a mapping of its fields"
        named = {name: field for name, field in fields.items() if re.search(rf"\b{name}\b", said)}
        if named:
            found[entity] = named
    return found


def _hours(said: str) -> list[object]:
    """The days with other hours of sites that scenarios name."""
    node = _node(catalogue.HOURS)
    entries = data_of(node)
    assert isinstance(entries, dict), "the shipped file has entries"
    return [
        entry for entry in entries["hours"] if any(re.search(rf"\b{site}\b", said) for site in entry.get("sites", ()))
    ]


def _campaigns(said: str) -> dict[str, object]:
    return {code: terms for code, terms in _entries(catalogue.CAMPAIGNS, "campaigns").items() if code in said}


def _causes(said: str, owners: Sequence[str], answers: Answers) -> Mapping[str, Any]:
    """Why promises are broken: what scenarios name, and what owners of the project answer for."""
    named = set(re.findall(r"\bcause: ([\w-]+)", said))
    causes = {
        name: {
            **cause,
            "about": cause["about"] if answers.language == "es" else name.replace("-", " "),
            "owner": cause["owner"] if cause["owner"] in owners else owners[0],
        }
        for name, cause in _entries(catalogue.CAUSES, "causes").items()
        if name in named or cause["owner"] in owners
    }
    return {"needed_by": ["settle"], "causes": causes} if causes else {}


def _entries(file: str, key: str) -> dict[str, Any]:
    """The entries of a shipped file."""
    document = data_of(_node(file))
    assert isinstance(document, dict), "shipped files are mappings"
    entries = document[key]
    assert isinstance(entries, dict), "and name their entries"
    return entries


def _node(file: str) -> Node:
    node = read_yaml((shipped() / file).read_bytes(), file)
    assert node is not None, "no shipped file is empty"
    return node


def _written(header: str, document: Mapping[str, object]) -> str:
    """A YAML file: a comment, then one line for each entry."""
    return _comment(header) + yaml_text(document)


def _comment(header: str) -> str:
    return "".join(f"# {line}\n" for line in header.splitlines())
