"""How a place stands in the end, with everything left out that chance or the clock decides: two runs can be compared.

Numbers, tokens and hashes are masked, instants are only said to be there; counters of tries, leases and caches, and
links that are made anew whenever a mail is sent again, are no part of it. On PostgreSQL the numbers of rows are none either,
and whatever names one: a number that was drawn before the crash it gives to nobody else. SQLite tells that they fit.
"""

import re
from collections import Counter
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Column, Integer, create_engine, select
from sqlmodel import SQLModel

from shop.base.mail import FolderMailer
from tests.faults.fault import Place

# What may differ: how often something was tried, who holds a lease, what is only a cache or a trace of looking.
PASSING = {
    "job_lease", "rate_window", "revision", "secret_link", "signed_in", "staff_link", "step_count", "count_mark",
    "metric_figure", "roster_build", "duty_interval", "answer_hours", "document_standing", "capacity", "proof",
    "draft", "alembic_version", "picture", "promise_day",
}  # fmt: skip
UNTOLD = {"id", "attempts", "leased_until", "due_at", "hash", "previous", "error", "ask_at", "number", "idle_since"}
CHANCE = re.compile(
    r"\b[A-Z]{2}-\d\d-[0-9A-Z]{6}\b|\b(?:WD|RT|CL|EX|RP|RC|R)-[0-9A-Z]{5,8}\b|"
    r"r-[0-9a-z]{6}\.[0-9a-f]{16,}|(?:till|tillpay|tillref|tilldp|evt)_[\w-]+|\b[0-9a-f]{16,64}\b|"
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+]*|"
    r"\"rows\":\d+|"  # that an erasure emptied: links among them
    r"\"id\":\d+|\A\d+\Z"  # of an event
)
DRAWN = re.compile(r"(?<=[:-])\d+\b|(?<=\": )\d+\b")  # in keys and addresses of mails, and in what an effect carries

State = dict[str, Counter[tuple[Any, ...]]]


def end_state(place: Place) -> State:
    """Every row of every table that matters, and who was sent which mail (a mail that was sent twice once)."""
    engine, exact = create_engine(place.url), place.engine == "sqlite"
    with engine.connect() as connection:
        state: State = {}
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in PASSING:
                told = [column for column in table.columns if column.name not in UNTOLD]
                rows = connection.execute(select(*(each for each in told if exact or not _names_a_number(each))))
                state[table.name] = Counter(tuple(_masked(value, exact) for value in row) for row in rows)
    engine.dispose()
    state["mails"] = Counter((to, _masked(name, exact)) for to, name in mails(place))
    return state


def _names_a_number(column: Column[Any]) -> bool:
    """Whether it refers to a row that the database has numbered."""
    return bool(column.foreign_keys) and isinstance(column.type, Integer)


def mails(place: Place) -> Counter[tuple[str, str]]:
    """To whom which mail went, and how often: its Message-ID is the same when it is sent again."""
    kept: list[EmailMessage] = [mail for _name, mail in FolderMailer(place.folder / "outbox", "").kept()]
    return Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in kept)


def differences(one: State, other: State) -> list[str]:
    """What one has that the other has not, in words."""
    lines = []
    for table in sorted(one.keys() | other.keys()):
        for sign, rows in (("-", one[table] - other[table]), ("+", other[table] - one[table])):
            lines += [f"{sign} {table} {row}" for row in rows]
    return lines


def _masked(value: Any, exact: bool) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    masked = CHANCE.sub("*", str(value))
    return masked if exact else DRAWN.sub("*", masked)
