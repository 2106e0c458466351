"""A plan that is tried on history, and a day that is foreseen: staff, parking and seats before the day comes."""

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Run
from tests.mission.conftest import Happen

SITE = {"id": "restaurant-la-macarena", "name": "La Macarena", "timezone": "America/Bogota", "country": "CO"}
OPEN = {**SITE, "opening_hours": "Tu-Su 12:00-22:00"}
PEOPLE = [{"id": f"C-{n}", "name": f"Ana {n}", "email": f"c{n}@example.com", "locale": "es-CO"} for n in range(8)]
TABLES = [
    {
        "id": f"R-{n}",
        "customer_id": f"C-{n}",
        "site_id": OPEN["id"],
        "kind": "reservation",
        "status": "confirmed",
        "starts_at": f"2026-05-10T{13 if n < 6 else 20}:00:00-05:00",
        "party_size": 8,
    }
    for n in range(8)
]
DAY = """\
drill: mothers-day
day: 2026-05-10
timezone: America/Bogota
site: restaurant-la-macarena
from: 2026-05-08T09:00:00-05:00
who:
  - of: appointment
    when: appointment.kind == 'reservation' and appointment.status in ['initialized', 'confirmed']
    at: appointment.starts_at
    people: appointment.party_size
    among_them: { children: appointment.attributes.children }
unannounced: { '13': 12 }
stay: 90m
needs:
  servers: { people_each: 12, have: 3, owner: dining-room }
  waiting seats: { people_each: 6, have: 8, owner: dining-room }
  parking: { people_each: 4, have: 12, owner: dining-room }
  games: { people_each: 4, have: 1, owner: dining-room, only_for: children }
plan:
  have: { servers: 5, waiting seats: 12, parking: 12 }
"""


def test_m43_m44_the_staff_parking_and_seats_of_a_foreseen_day(project: Path, run: Run, happen: Happen) -> None:
    for other in ("telco", "retail", "common"):
        shutil.rmtree(project / "rules" / other)
    happen("2026-05-01T09:00:00-05:00", site=[OPEN], customer=PEOPLE, appointment=TABLES)
    drill = project / "day.yaml"
    drill.write_text(DAY, encoding="utf-8")
    done = run("simulate", "--drill", drill, "--json")
    needs = {need["need"]: need for need in done.json["needs"]}
    assert (needs["servers"]["needed"], needs["servers"]["at"]) == (5, "2026-05-10T18:00:00Z")
    assert (needs["servers"]["short"], needs["servers"]["short_planned"]) == (2, 0)
    assert (needs["waiting seats"]["needed"], needs["waiting seats"]["short_planned"]) == (10, 0)
    assert (needs["parking"]["needed"], needs["parking"]["short_planned"]) == (15, 3)
    assert {need["owner"] for need in done.json["needs"]} == {"dining-room"}
    assert "games" not in needs  # no table has children
    assert done.code == 1  # a shortage is flagged


def test_m46_what_only_children_need_is_shown_only_where_children_come(project: Path, run: Run, happen: Happen) -> None:
    for other in ("telco", "retail", "common"):
        shutil.rmtree(project / "rules" / other)
    family = {**TABLES[0], "attributes": {"children": 5}}
    happen("2026-05-01T09:00:00-05:00", site=[OPEN], customer=PEOPLE, appointment=[family, *TABLES[1:]])
    drill = project / "day.yaml"
    drill.write_text(DAY, encoding="utf-8")
    needs = {need["need"]: need for need in run("simulate", "--drill", drill, "--json").json["needs"]}
    games = needs["games"]
    assert (games["needed"], games["at"], games["short"]) == (2, "2026-05-10T18:00:00Z", 1)


def test_m37_a_plan_is_tried_on_history_and_says_how_many_it_reaches(project: Path, run: Run) -> None:
    for other in ("telco", "restaurant", "common"):
        shutil.rmtree(project / "rules" / other)
    file = project / "history.jsonl"
    order = {"customer_id": "C-1", "status": "in_progress", "promised_at": "2026-03-10T23:59:59-05:00"}
    late = [{**order, "id": f"O-{n}", "placed_at": "2026-03-01T10:00:00-05:00"} for n in range(3)]
    people = [{**PEOPLE[1], "phone": "+573001234567", "timezone": "America/Bogota"}]
    events = [
        {"at": "2026-03-01T10:00:00-05:00", "set": {"customer": people, "order": late}},
        {"at": "2026-03-09T20:00:00-05:00", "set": {"order": [{"id": "O-0", "status": "completed"}]}},
        {"at": "2026-03-13T12:00:00-05:00", "set": {"order": [{"id": "O-1", "status": "completed"}]}},
    ]
    file.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    ends = ["order:O-0,false,", "order:O-1,true,2026-03-12T09:00:00-05:00", "order:O-2,true,2026-03-12T10:00:00-05:00"]
    (project / "ends.csv").write_text("\n".join(["subject,late,contact_at", *ends]), encoding="utf-8")
    plan = ("--without", "late-order", "--outcome", project / "ends.csv", "--every", "1d")
    done = run("simulate", file, *plan, "--json")
    assert done.code == 0, done.err
    changed = {each["rule"]: each for each in done.json["plan"]["differences"]}
    assert changed["late-order"]["customers"] == -1
    before, after = (each["outcome"]["total"] for each in (done.json["replay"], done.json["plan"]["replay"]))
    assert (before["recall"]["part"], after["recall"]["part"], after["recall"]["whole"]) == (2, 0, 2)
    assert (before["before_contact"]["part"], after["before_contact"]["part"]) == (2, 0)
