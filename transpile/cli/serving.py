"""`transpile serve` and `transpile keys`: the service and its API keys. Needs the extra ``api``."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from transpile.errors import ToolError, UsageError

if TYPE_CHECKING:
    from transpile.api.jobs import JobStore

NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "alembic", "prometheus_client", "python_multipart")
DATABASE = click.option(
    "--database",
    envvar="TRANSPILE_DATABASE",
    default="",
    metavar="URL",
    help="Where jobs and keys are kept: a file, sqlite:///FILE, or postgresql://USER@HOST/NAME. "
    "Default: jobs.sqlite in the user's data folder.",
)
SERVE_EPILOG = """\b
  transpile serve                                        this machine only, no key needed
  transpile keys add ci --scope write                    prints a key, once
  transpile serve --host 0.0.0.0 --workers 8             others reach it, with a key
  transpile serve --database postgresql://db/transpile   several servers share jobs

Limits: --limit NAME=N or TRANSPILE_API_NAME; GET /v1/capabilities lists them. docs/api.md describes the interface.
"""


def require_packages() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ToolError(f"the service needs {', '.join(missing)}", "pip install 'transpile[api]'")


@click.command(short_help="The REST service and its page.", epilog=SERVE_EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@DATABASE
@click.option(
    "--executor",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Who translates: processes of this machine, or a Ray cluster (pip install 'transpile[cluster]').",
)
@click.option("--address", metavar="ADDRESS", help="Of the Ray cluster. Default: one is started here.")
@click.option(
    "--workers", type=click.IntRange(0), default=0, metavar="N", help="Files at once (default: one for each CPU)."
)
@click.option(
    "--store",
    default="",
    metavar="PATH|none",
    envvar="TRANSPILE_STORE",
    help="Remembers proofs, in a folder that translating processes may write to. Default: beside the jobs.",
)
@click.option("--limit", "limits", multiple=True, metavar="NAME=N", help="How much one request or job may ask for.")
@click.option("--lm", "models", multiple=True, metavar="SPEC", help="A language model that requests may name, too.")
@click.option(
    "--retention-days", type=click.FloatRange(0), metavar="N", help="How long jobs are kept. Default: always."
)
@click.option("--allowed-host", "hosts", multiple=True, metavar="NAME", help="A name that requests may be for, too.")
@click.option("--insecure-open", is_flag=True, help="Let everybody who reaches the address in, without a key.")
@click.option("--private-webhooks", is_flag=True, help="Let webhooks go to addresses of private networks.")
@click.option("--unsandboxed", is_flag=True, help="Run code made of the input even where there is no sandbox.")
@click.option("--tracing", is_flag=True, help="OpenTelemetry, set up by OTEL_EXPORTER_OTLP_ENDPOINT.")
@click.option("--verbose", "-v", is_flag=True, help="A line on stderr for each request.")
def serve(
    host: str,
    port: int,
    database: str,
    executor: Literal["local", "ray"],
    address: str | None,
    workers: int,
    store: str,
    limits: Sequence[str],
    models: Sequence[str],
    retention_days: float | None,
    hosts: Sequence[str],
    insecure_open: bool,
    private_webhooks: bool,
    unsandboxed: bool,
    tracing: bool,
    verbose: bool,
) -> int:
    """Serve translations over HTTP, with a page at /.

    Without an API key the server answers this machine only. What runs code made of the input runs in a sandbox.
    """
    require_packages()
    from transpile.api import server
    from transpile.api import tracing as opentelemetry
    from transpile.api.keys import is_loopback
    from transpile.api.limits import limits_from
    from transpile.api.settings import MODELS, Settings

    if tracing:
        opentelemetry.prepare(os.environ)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("transpile.api.requests").setLevel(logging.INFO if verbose else logging.WARNING)
    loopback = is_loopback(host)
    names = {host.strip("[]").lower(), *(name.lower() for name in hosts)}
    where = opened(database)
    settings = Settings(
        database=where,
        limits=limits_from(os.environ, limits),
        may_be_open=loopback or insecure_open,
        hosts=frozenset(names | server.LOOPBACK_NAMES) if loopback or hosts else frozenset(),
        executor=executor,
        address=address,
        workers=workers,
        proofs=proofs_at(store, where),
        models=(*MODELS, *models),
        private_webhooks=private_webhooks,
        unsandboxed=unsandboxed,
        retention_days=retention_days,
        tracing=tracing,
    )
    server.serve(settings, host, port, lambda at: click.echo(f"transpile serves at {at}", err=True))
    return 0


def opened(database: str) -> str:
    """Where the jobs are; makes the folder of a file."""
    from transpile.api.settings import default_database

    where = database or default_database()
    path = where.removeprefix("sqlite:///") if where.startswith("sqlite:///") else where
    if "://" not in path:
        try:
            Path(path).absolute().parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"cannot make the folder of {path}: {error.strerror}", "choose another --database"
            ) from None
    return where


def proofs_at(store: str, database: str) -> Path | None:
    """The proof store, in a folder of its own: who translates may write there and nowhere else."""
    from transpile.api.settings import default_database

    if store == "none":
        return None
    if store:
        return Path(store)
    beside = Path(database.removeprefix("sqlite:///")) if "://" not in database.removeprefix("sqlite:///") else None
    return (beside or Path(default_database())).absolute().parent / "proofs" / "proofs.sqlite"


@click.group(short_help="API keys of the service.")
def keys() -> None:
    """Make, list and revoke API keys. Only their hashes are kept."""


@keys.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, metavar="read|write|admin", help="What it may do. Default: read.")
@click.option("--quota", "quotas", multiple=True, metavar="NAME=N", help="requests (a minute), jobs (a day), files.")
@DATABASE
def add_key(name: str, scopes: Sequence[str], quotas: Sequence[str], database: str) -> int:
    """Make a key for NAME and print it. It cannot be shown again.

    write includes read; admin includes both, sees the jobs of all keys, and reads /metrics.
    """
    require_packages()
    from transpile.api.jobs import Entry
    from transpile.api.keys import quotas_from, scopes_from

    granted, bounded = scopes_from(scopes), quotas_from(quotas)
    entry = Entry("key.add", detail={"name": name, "scopes": list(granted)})
    with closing(store_at(database)) as store:
        _, secret = store.add_key(name, granted, bounded, entry)
    click.echo(secret)
    return 0


@keys.command("list")
@DATABASE
def list_keys(database: str) -> int:
    """List all keys: id, name, scopes, quotas, since when, until when."""
    require_packages()
    with closing(store_at(database)) as store:
        known = store.keys()
    for key in known:
        quotas = ",".join(f"{name}={number}" for name, number in sorted(key.quotas.items())) or "-"
        ended = f"revoked {day(key.revoked)}" if key.revoked is not None else "active"
        scopes = ",".join(sorted(key.scopes))
        click.echo(f"{key.id}  {key.name}  {scopes}  {quotas}  {day(key.created)}  {ended}")
    return 0


@keys.command("revoke")
@click.argument("id")
@DATABASE
def revoke_key(id: str, database: str) -> int:
    """Revoke the key with this ID: it works no more, at once."""
    require_packages()
    from transpile.api.jobs import Entry

    with closing(store_at(database)) as store:
        if not store.revoke_key(id, Entry("key.revoke")):
            raise UsageError(f"there is no active key '{id}'", "transpile keys list shows them")
    return 0


def store_at(database: str) -> JobStore:
    from transpile.api.jobs import JobStore

    store = JobStore(opened(database))
    store.migrate()
    return store


def day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
