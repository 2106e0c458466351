"""Rows that follow from other rows and from files: the days of sites, and what campaigns promise.

A tick brings them up to date before it looks at anything, a preview in a transaction that is rolled back.
"""

from collections.abc import Set
from datetime import datetime

import sqlalchemy as sa

from notifier.rules.checked import Project
from notifier.store.state.campaign_promises import campaign_promises_are_current, refresh_campaign_promises
from notifier.store.state.site_days import refresh_site_days, site_days_are_current


def refresh_derived(
    connection: sa.Connection, project: Project, now: datetime, *, default_zone: str | None, full: bool = False
) -> None:
    """Bring them up to date at `now`, in the caller's transaction. `full`: derive all promises anew."""
    refresh_site_days(connection, project.hours, now)
    refresh_campaign_promises(connection, project.campaigns, now, default_zone=default_zone, full=full)


def derived_is_current(
    connection: sa.Connection,
    project: Project,
    now: datetime,
    *,
    default_zone: str | None,
    days: bool = True,
    changed: Set[str] | None = None,
) -> bool:
    """Whether `refresh_derived` would have nothing to do; without `days`, as to promises alone.

    `changed`: the entities of which rows changed, where that is known.
    """
    promises = campaign_promises_are_current(
        connection, project.campaigns, now, default_zone=default_zone, changed=changed
    )
    return promises and (not days or site_days_are_current(connection, project.hours, now, changed=changed))
