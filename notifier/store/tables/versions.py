"""Which programs may work on the tables."""

from sqlmodel import Field

from notifier.model.state import Table


class OldestProgramRow(Table, table=True):
    """The only row: the oldest revision whose program may work on these tables, newer though they are."""

    __tablename__ = "oldest_program"
    revision: str = Field(primary_key=True)
