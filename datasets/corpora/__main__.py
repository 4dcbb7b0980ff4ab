"""``python -m transpile.corpora FOLDER``: gather training programs as assembly below a folder."""

from __future__ import annotations

from pathlib import Path

import click

from transpile.corpora.compile import Limits
from transpile.corpora.gather import Plan, gather
from transpile.corpora.sources import SOURCES
from transpile.errors import TranspileError


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--package", "packages", multiple=True, help="Only this package; may be given more than once.")
@click.option("--files", default=30, show_default=True, help="C files for each project.")
@click.option("--seeds", default=60, show_default=True, help="Random programs.")
@click.option(
    "--own", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="More C files."
)
@click.option("--jobs", default=1, show_default=True, help="Projects compiled at once.")
def main(folder: Path, packages: tuple[str, ...], files: int, seeds: int, own: tuple[Path, ...], jobs: int) -> None:
    """Fetch and compile public C programs; run again to go on where it stopped."""
    chosen = [source for source in SOURCES if not packages or source.package in packages]
    unknown = set(packages) - {source.package for source in chosen}
    if unknown:
        raise click.UsageError(f"not a listed package: {', '.join(sorted(unknown))}")
    trees = [(path.resolve().name, path.resolve()) for path in own]
    plan = Plan(chosen, seeds, trees, limits=Limits(files=files, failures=2 * files))
    try:
        totals = gather(folder, plan, jobs, click.echo)
    except TranspileError as error:
        raise click.ClickException(error.render()) from None
    click.echo(", ".join(f"{key}: {value}" for key, value in sorted(totals.items())))


if __name__ == "__main__":
    main()
