"""Without a human way out and somebody who answers for it nothing is in order: `rules check` refuses the project."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def edit(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_project_passes(run: Run) -> None:
    assert run("rules", "check").code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("rules/telco/installation.yaml", "    exit: field-desk\n", "", "a rule needs 'exit'"),
        ("rules/telco/installation.yaml", "exit: field-desk", "exit: nowhere", "unknown contact point 'nowhere'"),
        ("templates/late_order/sms.en.txt.j2", "{{ exit.address }}", "us", "it does not print {{ exit.address }}"),
        ("templates/late_order/email.es.txt.j2", "{{ exit.address }}", "-", "it does not print {{ exit.address }}"),
        (
            "rules/contact_points.yaml",
            "contact_points:\n",
            "contact_points:\n  page: { channel: web, address: example.com }\n",
            "'page' is a dead end",
        ),
        (
            "rules/contact_points.yaml",
            "    settles: [billing-question",
            "    instead: { hard_of_hearing: care-desk }\n    settles: [billing-question",
            "'hard_of_hearing' is no attribute of customers that is true or false; declare it in rules/attributes.yaml",
        ),
    ],
)
def test_m14_a_rule_a_text_or_a_channel_without_a_way_out_is_refused(
    project: Path, run: Run, file: str, old: str, new: str, found: str
) -> None:
    edit(project, file, old, new)
    done = run("rules", "check")
    assert done.code == 1
    assert found in done.err


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("rules/telco/installation.yaml", "    owner: field-operations\n", "", "a rule needs 'owner'"),
        ("rules/common/callback.yaml", "    owner: care\n", "", "a check needs 'owner'"),
        ("rules/common/callback.yaml", "owner: care", "owner: nobody", "unknown owner 'nobody'"),
        (
            "rules/owners.yaml",
            "owners:\n",
            "owners:\n  ghosts: { name: Ghosts }\n",
            "alerts cannot reach owner 'ghosts'",
        ),
    ],
)
def test_m28_a_known_contingency_without_an_owner_who_can_be_reached_is_refused(
    project: Path, run: Run, file: str, old: str, new: str, found: str
) -> None:
    edit(project, file, old, new)
    done = run("rules", "check")
    assert done.code == 1
    assert found in done.err


def test_m13_a_request_that_is_sent_in_a_circle_is_refused_with_its_path(project: Path, run: Run) -> None:
    path = project / "rules" / "contact_points.yaml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + "  hotline: { channel: phone, address: '*611', settles: [hours], sends_to: { moving: chat } }\n"
        + "  chat: { channel: chat, address: example.com/chat, settles: [hours], sends_to: { moving: instagram } }\n"
        + "  instagram: { channel: social, address: '@andina', settles: [hours], sends_to: { moving: hotline } }\n",
        encoding="utf-8",
    )
    done = run("rules", "check")
    assert done.code == 1
    assert "'moving' is sent in a circle: chat -> instagram -> hotline -> chat" in done.err
