"""`transpile explain`: one block, told to a person."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

import transpile
from transpile.cli.files import STANDARD, STDIN_NAME, read_source
from transpile.cli.screen import Screen, explanation_text, wants_color
from transpile.options import Options, Target
from transpile.translation import block_meets


def explain_block(path: str, block: str, to: Target, options: Options, screen: Screen, include: Sequence[Path]) -> int:
    """Print the block; exit code 1 when it does not meet the requirement."""
    name = STDIN_NAME if path == STANDARD else path
    explanation = transpile.explain(read_source(path, include), block, to, file=name, options=options)
    click.echo(explanation_text(explanation), color=wants_color(screen.color, sys.stdout))
    return 0 if block_meets(explanation.block, options.require) else 1
