"""`notifier rules whatsapp`: the texts that WhatsApp has to approve, and where their approvals stand."""

from pathlib import Path

import pytest

from tests.cli.conftest import run_command
from tests.meaning.test_whatsapp import BODY, TEXT
from tests.support.rig import FILES, write_project

RULES = {
    "rules/visits.yaml": FILES["rules/visits.yaml"].replace("[sms, email]", "[whatsapp, sms]"),
    "templates/visit/whatsapp.en.txt.j2": TEXT,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text("NOTIFIER_COMPANY=Fibra\nNOTIFIER_DEFAULT_TIMEZONE=America/Bogota\n")
    return write_project(tmp_path, RULES)


def test_a_text_is_handed_in_approved_changed_and_refused(project: Path) -> None:
    check = run_command("rules", "check", project=project)
    assert (check.code, "warning: nobody approved 'Fibra: we come on {{1}} at {{2}}." in check.err) == (0, True)
    (text,) = run_command("rules", "whatsapp", "--json", project=project).json
    assert (text["body"], text["handed_in"], text["content_sid"]) == (BODY, False, None)
    assert text["friendly_name"].startswith("visit_en_")
    assert text["variables"] == {"1": "March 10, 2026", "2": "9:05 AM", "3": "QWXKZJ"}
    done = run_command("rules", "whatsapp", "--write", project=project)
    assert "visit, en (waits for approval)" in done.out
    assert "1 text: 0 approved.\nWrote 1 into rules/whatsapp.yaml." in done.out
    file = project / "rules" / "whatsapp.yaml"
    assert "waits for approval" in run_command("rules", "check", project=project).err
    file.write_text(file.read_text() + f"    content_sid: HX{'0a' * 16}\n")
    assert "1 text: 1 approved." in run_command("rules", "whatsapp", project=project).out
    assert "whatsapp" not in run_command("rules", "check", project=project).err
    template = project / "templates" / "visit" / "whatsapp.en.txt.j2"
    template.write_text(TEXT.replace("we come", "we visit you"))
    check = run_command("rules", "check", project=project)
    assert check.code == 1
    assert "templates/visit/whatsapp.en.txt.j2:1:1: its words were changed after they were approved" in check.err


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("template: vist, locale: en, body: Hi, content_sid: HX1", "unknown template 'vist'"),
        ("template: visit, locale: en, body: Hi, content_sid: HX1", "'HX1' is no ContentSid"),
        ("template: visit, locale: en", "'body'"),
    ],
)
def test_an_approval_that_cannot_be_read_is_refused_with_its_place(project: Path, entry: str, says: str) -> None:
    (project / "rules" / "whatsapp.yaml").write_text(f"texts:\n  - {{ {entry} }}\n")
    check = run_command("rules", "check", project=project)
    assert check.code == 1
    assert "rules/whatsapp.yaml:2:" in check.err
    assert says in check.err


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (
            "policy.yaml",
            "merge: { within: 15m, channels: [sms, whatsapp] }\n",
            "WhatsApp approves each text by itself, so nothing goes in one message there; name one of sms, email",
        ),
        (
            "owners.yaml",
            "owners:\n  field: { name: F, email: f@example.com, steps: [{ to: field, after: 1h, by: whatsapp }] }\n",
            "WhatsApp lets nothing through but texts that it approved, and an alert is none; name one of sms, email",
        ),
    ],
)
def test_where_whatsapp_cannot_speak_the_check_says_why_and_what_to_name(
    project: Path, file: str, text: str, says: str
) -> None:
    (project / "rules" / file).write_text(text)
    assert says in run_command("rules", "check", project=project).err


def test_a_project_without_it_says_how_to_begin(tmp_path: Path) -> None:
    done = run_command("rules", "whatsapp", project=write_project(tmp_path))
    assert done.out == "No rule speaks by WhatsApp. Name it in one: channels: [whatsapp, sms].\n"


def test_a_yes_to_whatsapp_is_none_to_sms(project: Path) -> None:
    who = ("--by", "marta", "--reason", "asked for it")
    done = run_command("consent", "set", "whatsapp:+573001234567", "in", "--class", "service", *who, project=project)
    assert done.out.startswith("+573001234567 may be written to by whatsapp with service: they said yes.")
    (shown,) = run_command("consent", "show", "whatsapp:+573001234567", "--json", project=project).json
    assert (shown["channel"], [each["word"] for each in shown["entries"]]) == ("whatsapp", ["in"])
    (shown,) = run_command("consent", "show", "+573001234567", "--json", project=project).json
    assert shown["entries"] == []
    assert "is not a phone number" in run_command("consent", "set", "whatsapp:ana", "in", *who, project=project).err


STORY = """\
scenarios:
  - scenario: who said yes to WhatsApp reads it there
    given:
      customer: [{ id: C-1, name: Ana Ruiz, locale: en, timezone: America/Bogota, phone: '+573001234567' }]
      contract: [{ id: K-1, customer_id: C-1, status: active }]
      consent: [{ customer_id: C-1, channel: whatsapp, class: service, allowed: true, at: '2026-03-01T10:00:00-05:00' }]
    timeline:
      - at: 2026-03-03T10:00:00-05:00
        set:
          appointment:
            - id: A-1
              customer_id: C-1
              contract_id: K-1
              kind: installation
              status: confirmed
              starts_at: '2026-03-05T10:00:00-05:00'
        expect:
          notices:
            - { customer: C-1, rule: visit-reminder, channels: [whatsapp], whatsapp_contains: 'Fibra: we come on' }
"""


def test_a_scenario_says_what_goes_by_whatsapp_once_it_is_approved(project: Path) -> None:
    """An approval takes days: the rule is tried before, and under whatever name its company has."""
    (project / "rules" / "visits.test.yaml").write_text(STORY)
    for _ in range(2):
        done = run_command("rules", "test", project=project)
        assert (done.code, "1 scenario: all hold" in done.out) == (0, True), done.out
        run_command("rules", "whatsapp", "--write", project=project)
    file = project / "rules" / "whatsapp.yaml"
    file.write_text(file.read_text() + f"    content_sid: HX{'0a' * 16}\n")
    (project / ".env").write_text("NOTIFIER_COMPANY=Otra\nNOTIFIER_DEFAULT_TIMEZONE=America/Bogota\n")
    done = run_command("rules", "test", project=project)
    assert "does not contain 'Fibra: we come on'; it reads: Otra: we come on" in " ".join(done.out.split())
    (project / "rules" / "visits.test.yaml").write_text(STORY.replace("Fibra", "Otra"))
    assert run_command("rules", "test", project=project).code == 0
    assert "its words were changed after they were approved" in run_command("rules", "check", project=project).err
