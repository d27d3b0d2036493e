"""Owns moving every row about one person to another, and back: whatever table has a person_id, none is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    bindparam,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from metrics.db import UtcInstant
from metrics.people import Person
from metrics.privacy import Holds, columns_naming_another, personal_columns

Row = dict[str, Any]


@dataclass(frozen=True)
class MovedRows:
    """What was moved, in values JSON can hold.

    `marks` tells each moved row apart, by table. `taken_out` are rows of which the other person has one that a unique
    constraint allows once, by table; `let_go` is what pointed at them: table, column, id of the pointing row, and the
    table and id it pointed at.
    """

    marks: dict[str, list[list[Any]]] = field(default_factory=dict)
    taken_out: dict[str, list[Row]] = field(default_factory=dict)
    let_go: list[list[Any]] = field(default_factory=list)


def hold(session: Session, metadata: MetaData, *person_ids: int) -> None:
    """Lock people and every row about them until the transaction ends.

    What is stored meanwhile for somebody who vanishes then meets the foreign key, and is handled again. Nothing is
    waited for, since whoever holds a row may be waiting for a person held here.
    Raises OperationalError on PostgreSQL while another transaction works on one of these; SQLite has one writer.
    """
    people = select(Person.id).where(Person.id.in_(person_ids))
    session.execute(people.order_by(Person.id).with_for_update(nowait=True)).all()
    for _, person in tables_about_people(metadata):
        session.execute(select(person).where(person.in_(person_ids)).with_for_update(nowait=True)).all()


def move(session: Session, metadata: MetaData, from_id: int, to_id: int) -> MovedRows:
    """Move every row about one person to another. Both are held (see hold)."""
    moved = MovedRows()
    for table, person in tables_about_people(metadata):
        _take_out(session, metadata, table, person, from_id, to_id, moved)
        rows = session.execute(select(*_marks(table, person)).where(person == from_id).order_by(*table.primary_key))
        if marks := [[_plain(value) for value in row] for row in rows]:
            moved.marks[table.name] = marks
            session.execute(update(table).where(person == from_id).values({person: to_id}))
    return moved


def move_back(session: Session, metadata: MetaData, moved: MovedRows, from_id: int, to_id: int) -> None:
    """Move rows back that are still there, and put back what was taken out. The person held is `from_id`."""
    for table, person in tables_about_people(metadata):
        marks = _marks(table, person)
        known = {tuple(row) for row in moved.marks.get(table.name, ())}
        theirs = session.execute(select(*marks).where(person == from_id)).all() if known else ()
        returning = [
            {f"its_{mark.name}": value for mark, value in zip(marks, row, strict=True)}
            for row in theirs
            if tuple(map(_plain, row)) in known
        ]
        if returning:
            # Ids alone do not tell rows apart: SQLite gives the id of a deleted row to the next one.
            its = (mark.is_not_distinct_from(bindparam(f"its_{mark.name}", type_=mark.type)) for mark in marks)
            session.execute(update(table).where(person == from_id, *its).values({person: to_id}), returning)
    new_ids = {
        (name, row["id"]): _put_back(session, metadata.tables[name], row)
        for name, rows in moved.taken_out.items()
        for row in rows
    }
    for name, column, row_id, target, target_id in moved.let_go:
        table = metadata.tables[name]
        still_loose = (table.c.id == row_id, table.c[column].is_(None))
        session.execute(update(table).where(*still_loose).values({column: new_ids[target, target_id]}))


def hand_over(session: Session, metadata: MetaData, from_id: int, to_id: int) -> list[list[Any]]:
    """Name another person in rows about others that name one; return table, column and id of each such row.

    A row of which the other has one that a unique constraint allows once stays, for its foreign key to empty.
    """
    handed: list[list[Any]] = []
    for table, column in columns_naming_another(metadata):
        others = table.alias()
        stuck = [
            exists().where(others.c[column.name] == to_id, *(others.c[name] == table.c[name] for name in unique))
            for names in unique_sets(table)
            if column.name in names and (unique := names - {column.name})
        ]
        free = (column == from_id, *(~each for each in stuck))
        ids = session.scalars(select(table.c.id).where(*free).order_by(table.c.id)).all()
        session.execute(update(table).where(table.c.id.in_(ids)).values({column: to_id}))
        handed += [[table.name, column.name, row_id] for row_id in ids]
    return handed


def hand_back(session: Session, metadata: MetaData, handed: Iterable[Sequence[Any]], from_id: int, to_id: int) -> None:
    """Undo what hand_over returned, where the person named is still `from_id`."""
    for name, column, row_id in handed:
        table = metadata.tables[name]
        still_named = (table.c.id == row_id, table.c[column] == from_id)
        session.execute(update(table).where(*still_named).values({column: to_id}))


def tables_about_people(metadata: MetaData) -> list[tuple[Table, Column[Any]]]:
    """Return each table about people with its column that says whose a row is."""
    return [
        (table, column)
        for table, column, holds in personal_columns(metadata)
        if holds is Holds.PERSON and table.name != Person.__tablename__
    ]


def plain_row(row: Mapping[Any, Any]) -> Row:
    """Return a row in values JSON can hold."""
    return {name: _plain(value) for name, value in row.items()}


def typed_row(table: Table, row: Mapping[str, Any]) -> Row:
    """Return what plain_row was given."""
    return {name: _typed(table.c[name], value) for name, value in row.items()}


def unique_sets(table: Table) -> list[set[str]]:
    """Return the names of columns that tell rows of a table apart, set by set."""
    constraints = (each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint))
    indexes = (index for index in table.indexes if index.unique)
    return [{column.name for column in each.columns} for each in (*constraints, *indexes)]


def _marks(table: Table, person: Column[Any]) -> list[Column[Any]]:
    names = set().union(*unique_sets(table)) - {person.name}
    return [column for column in table.columns if column.name in names]


def _take_out(
    session: Session,
    metadata: MetaData,
    table: Table,
    person: Column[Any],
    from_id: int,
    to_id: int,
    moved: MovedRows,
) -> None:
    """Delete the rows that cannot move, after letting go what points at them."""
    others = table.alias()
    for unique in unique_sets(table):
        if person.name not in unique:
            continue
        same = (others.c[name] == table.c[name] for name in unique - {person.name})
        stuck = exists().where(others.c[person.name] == to_id, *same)
        rows = session.execute(select(table).where(person == from_id, stuck).order_by(table.c.id)).mappings().all()
        if rows:
            ids = [row["id"] for row in rows]
            moved.taken_out.setdefault(table.name, []).extend(plain_row(row) for row in rows)
            moved.let_go.extend(_let_go(session, metadata, table, ids))
            session.execute(table.delete().where(table.c.id.in_(ids)))


def _let_go(session: Session, metadata: MetaData, target: Table, ids: Iterable[int]) -> list[list[Any]]:
    let_go: list[list[Any]] = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.references(target.c.id):
                pointing = select(table.c.id, column).where(column.in_(ids)).order_by(table.c.id)
                let_go += [
                    [table.name, column.name, row_id, target.name, target_id]
                    for row_id, target_id in session.execute(pointing)
                ]
                session.execute(update(table).where(column.in_(ids)).values({column: None}))
    return let_go


def _put_back(session: Session, table: Table, row: Row) -> int:
    """Insert a row that was taken out, and return its id: another when its own was given away."""
    values = typed_row(table, row)
    for key in table.foreign_keys:
        if session.scalar(select(key.column).where(key.column == values[key.parent.name])) is None:
            values[key.parent.name] = None
    if session.scalar(select(table.c.id).where(table.c.id == values["id"])) is not None:
        del values["id"]
    return int(session.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is not None and isinstance(column.type, UtcInstant):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value
