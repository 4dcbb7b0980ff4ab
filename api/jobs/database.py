"""One database of either kind: connections, transactions, migrations, and which failures may pass.

SQLite runs in WAL mode; what a caller was told is kept is on the disk (``durable``), the rest survives a killed process
but not always a lost machine, after which it is done again. Writers of one process wait for each other in line, so that
none of them starves.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from transpile.api.jobs.failures import StoreUnavailable
from transpile.api.jobs.migrations import NEWEST
from transpile.errors import UsageError

BUSY_MS = 10_000
"""How long SQLite waits for another process's transaction."""
MIGRATING = 0x7472_616E
CLAIMING = 0x7472_616F
SUBMITTING = 0x7472_6170
"""The PostgreSQL advisory locks of whoever migrates, of whoever claims, and of each owner who submits."""
CONNECTIONS = 32
CACHE_KIB = 256
"""Of pages that each connection keeps; the system keeps the file's pages once for all of them."""
ADDRESSES = "use sqlite:///file or postgresql://…"
MIGRATIONS = Path(__file__).with_name("migrations")

Row = Mapping[str, object]


class Database:
    """``url``: ``sqlite:///path`` (or a plain path), or ``postgresql://…``."""

    def __init__(self, url: str | Path, busy_ms: int = BUSY_MS) -> None:
        self.engine = _engine(str(url), busy_ms)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._line = threading.Lock() if self.sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _failures_named(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, durable: bool = False) -> Iterator[Connection]:
        """A transaction that is there in whole or not at all."""
        engine = self.engine.execution_options(writes=True, durable=durable)
        with _failures_named(), self._line, engine.connect() as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the tables to this version's; does nothing where they are. Several processes may do it at once."""
        if self._newest():
            return
        from alembic import command
        from alembic.config import Config

        with self.writing(durable=True) as connection:
            self.one_at_a_time(connection, MIGRATING)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            command.upgrade(config, "head")

    def _newest(self) -> bool:
        """Whether nothing is to be migrated, found out without Alembic, which takes long to load."""
        with self.reading() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return False
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
        return found == [NEWEST]

    def one_at_a_time(self, connection: Connection, what: int, owner: str | None = None) -> None:
        """Keep other transactions (of ``owner``, if one is named) from here on until this one ends; writers of SQLite
        stand in line anyway."""
        if not self.sqlite:
            whose = "" if owner is None else f", {zlib.crc32(owner.encode()) - (1 << 31)}"
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({what}{whose})")

    def insert_new(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert the rows whose keys are not there yet."""
        if rows:
            insert = sqlite.insert(table) if self.sqlite else postgresql.insert(table)
            connection.execute(insert.on_conflict_do_nothing(), list(rows))

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str, busy_ms: int) -> Engine:
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise UsageError("this is not the address of a database", ADDRESSES) from None
    match parsed.get_backend_name():
        case "sqlite":
            engine = sqlalchemy.create_engine(
                parsed,
                pool_size=CONNECTIONS,
                pool_use_lifo=True,
                connect_args={"check_same_thread": False, "timeout": busy_ms / 1000},
            )
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        case "postgresql":
            with_driver = parsed.set(drivername="postgresql+psycopg")
            try:
                return sqlalchemy.create_engine(with_driver, pool_size=CONNECTIONS, pool_pre_ping=True)
            except ImportError:
                raise UsageError("psycopg is not installed", "pip install 'transpile[postgres]'") from None
        case other:
            raise UsageError(f"a store of jobs cannot be in '{other}'", ADDRESSES)


def _set_up_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes, durable = options.get("writes", False), options.get("durable", False)
    if writes and connection.info.get("durable") is not durable:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        full = "full" in cause or "No space left" in cause
        hint = "make room on its disk" if full else "it may be busy or away; try again"
        raise StoreUnavailable(f"the store of jobs cannot answer: {cause}", hint, full) from error
