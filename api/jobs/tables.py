"""The tables of the job store, the same in SQLite and PostgreSQL.

A job has files; a file that is done points to a result, which jobs share; results have blocks and outputs. Sources and
outputs are blobs under the hash of their content. Events of a job are numbered from 1 without gaps.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BLOBS = Table(
    "blobs",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

COMPANIONS = Table(
    "companions",
    METADATA,
    Column("companions", String(64), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("blob", ForeignKey("blobs.hash"), nullable=False, index=True),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("owner", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("to", String(32), nullable=False),
    Column("options", Text, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("started", Float(53)),
    Column("ended", Float(53), index=True),
    Column("meets", Boolean),
    Column("sequence", Integer, nullable=False),
    Column("file_count", Integer, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("idempotency_key", String(255)),
    Column("request", String(64), nullable=False),
    Column("webhook_url", Text),
    Column("webhook_secret", Text),
    Column("webhook_attempts", Integer, nullable=False),
    Column("webhook_due", Float(53), index=True),
    UniqueConstraint("owner", "idempotency_key"),
    Index(None, "owner", "created"),
)

RESULTS = Table(
    "results",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("unit", String(40), unique=True),
    Column("state", String(16), nullable=False),
    Column("meets", Boolean, nullable=False),
    Column("proved", Integer, nullable=False),
    Column("tested", Integer, nullable=False),
    Column("refuted", Integer, nullable=False),
    Column("undecided", Integer, nullable=False),
    Column("row", LargeBinary, nullable=False),
    Column("layout", LargeBinary, nullable=False),
)

FILES = Table(
    "files",
    METADATA,
    Column("job", ForeignKey("jobs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", ForeignKey("blobs.hash"), nullable=False, index=True),
    Column("companions", String(64), nullable=False, index=True),
    Column("unit", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("turn", Float(53), nullable=False),
    Column("not_before", Float(53), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(64), index=True),
    Column("reused", Boolean, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("result", ForeignKey("results.id"), index=True),
    UniqueConstraint("job", "name"),
    Index(None, "job", "state"),
    Index(None, "state", "turn"),
    Index(None, "unit", "state"),
)

BLOCKS = Table(
    "blocks",
    METADATA,
    Column("result", ForeignKey("results.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("function", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("row", LargeBinary, nullable=False),
)

OUTPUTS = Table(
    "outputs",
    METADATA,
    Column("result", ForeignKey("results.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("path", Text, nullable=False, index=True),
    Column("blob", ForeignKey("blobs.hash"), nullable=False, index=True),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("job", ForeignKey("jobs.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("data", Text, nullable=False),
)

WORKERS = Table(
    "workers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("beats", BigInteger, nullable=False),
    Column("lease_s", Float(53), nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("quotas", Text, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("revoked", Float(53)),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("time", Float(53), nullable=False),
    Column("key", String(36), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
