"""One click stops a class of notices to one address; looking at the page stops nothing."""

import sqlalchemy as sa

from notifier.model.tokens import UNSUBSCRIBE, token
from notifier.store.database import read_only
from notifier.store.tables import CONSENT, CONSENT_ENTRY
from tests.serving.conftest import FORM, KEY, Service

ONE_CLICK = b"List-Unsubscribe=One-Click"


def link(service: Service, address: str = "ana@example.com") -> str:
    reference = service.rig.notices()[0].reference
    return f"/unsubscribe/{reference}/{token(KEY, UNSUBSCRIBE, reference, address)}"


def refused(service: Service) -> list[tuple[str, str, str, str]]:
    with read_only(service.rig.database) as connection:
        assert connection.execute(sa.select(CONSENT)).all() == []
        entries = connection.execute(sa.select(CONSENT_ENTRY)).mappings()
        return [(row["address"], row["class"], row["word"], row["source"]) for row in entries]


def test_looking_changes_nothing_a_click_stops_it_and_a_second_one_is_as_good(service: Service) -> None:
    page = service.call("GET", link(service))
    assert (page.status, "<button>" in page.text, refused(service)) == (200, True, [])

    for wrong in (link(service, "luis@example.com"), "/unsubscribe/AAAAA-AAAAA/abcdefgh"):
        answer = service.call("POST", wrong, ONE_CLICK, Content_Type=FORM)
        assert (answer.status, refused(service)) == (200, [])

    for _ in range(2):
        assert service.call("POST", link(service), ONE_CLICK, Content_Type=FORM).status == 200
    assert refused(service) == [("ana@example.com", "service", "out", "unsubscribe")]


def test_a_link_that_is_none_of_ours_is_refused_without_repeating_it(service: Service) -> None:
    answer = service.call("GET", "/unsubscribe/%3Cscript%3E/abc")
    assert (answer.status, "script" in answer.text) == (422, False)
