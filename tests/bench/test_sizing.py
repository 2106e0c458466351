"""The model of machines follows from what was measured, and every table's keys are looked at."""

import sqlalchemy as sa

from bench.sizing.keys import belongs_to, customer_column, unique_keys
from bench.sizing.model import Company, Cost, Measured, model

MEASURED = Measured(
    at="2026-12-01",
    load=1,
    made_ready=Cost(ours=1.0, server=0.5),
    sms=Cost(ours=1.0, server=0.25),
    mail=Cost(ours=1.0, server=0.25),
    receipt=2.0,
    bytes_stored=1000,
    bytes_logged=2000,
)


def test_machines_are_costs_times_notices_at_the_peak() -> None:
    """432 million a day are 20,000 a second at the peak, each 3 ms of ours: 60 cores, of which 60 % may be busy."""
    companies = (Company(name="one", notices=432_000_000), Company(name="two", notices=432_000_000, databases=2))
    one, two = model(MEASURED, companies).splitlines()[2:]
    assert one == "| one | 432,000,000 | 20,000 | 100.0 | 200.0 | 33.3 | 13 + 25 + 5 | 38.88 TB |"
    assert two == "| two | 432,000,000 | 20,000 | 100.0 | 200.0 | 16.7 | 14 + 26 + 6 | 38.88 TB |"


def test_whose_a_row_is_follows_from_its_columns_and_what_it_hangs_on() -> None:
    metadata = sa.MetaData()
    mine = sa.Table("mine", metadata, sa.Column("id", primary_key=True), sa.Column("customer_id"))
    hangs = sa.Table(
        "hangs", metadata, sa.Column("id", sa.ForeignKey("mine.id"), primary_key=True), sa.Column("key", unique=True)
    )
    other = sa.Table("other", metadata, sa.Column("id", primary_key=True))
    assert [belongs_to(each) for each in (mine, hangs, other)] == [
        "a customer",
        "a customer, through `mine`",
        "the installation",
    ]
    assert (customer_column(mine), customer_column(other)) == ("customer_id", None)
    assert list(unique_keys(hangs)) == [("id",), ("key",)]
