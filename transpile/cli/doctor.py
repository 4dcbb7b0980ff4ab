"""`transpile doctor`: which tools are here, what each is for, and how to get what is missing."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from transpile.tools import TOOLS, Tool, missing

TOOL_ERROR = 2

NEEDED = ("as", "objcopy")
"""Keys of the tools without which nothing can be translated; the others serve single commands."""

PACKAGES = {
    "pypcode": "the semantics of all instruction sets (SLEIGH p-code)",
    "z3-solver": "proofs",
    "unicorn": "emulation: tests, and replay of counterexamples",
    "keystone-engine": "second opinion on what is assembled",
    "capstone": "second opinion: reads back what was assembled",
    "click": "the command line",
    "rich": "the progress line",
}


def examine() -> int:
    """Print the tables; exit code 2 when something that translation needs is missing."""
    absent = list(missing())
    for tool in TOOLS:
        click.echo(row(state(tool), tool.command[0], f"to {tool.needed_for}"))
    click.echo()
    versions = {name: package_version(name) for name in PACKAGES}
    for name, purpose in PACKAGES.items():
        click.echo(row(versions[name] or "missing", name, purpose))
    if absent:
        packages = sorted({name for tool in absent for name in tool.package.split()})
        click.echo(f"\nOn Debian or Ubuntu: apt-get install {' '.join(packages)}")
    unimportable = [name for name, found in versions.items() if found is None]
    if unimportable:
        click.echo(f"\nFrom PyPI: pip install {' '.join(unimportable)}")
    return TOOL_ERROR if unimportable or any(tool.key in NEEDED for tool in absent) else 0


def state(tool: Tool) -> str:
    if tool.path():
        return "found"
    return "missing" if tool.key in NEEDED else "absent"


def row(found: str, name: str, purpose: str) -> str:
    color = {"missing": "red", "absent": "yellow"}.get(found, "green")
    return f"{click.style(f'{found:<9}', fg=color)} {name:<26} {purpose}"


def package_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
