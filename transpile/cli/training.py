"""`transpile train`: the recipe with its progress on stderr and a summary on stdout."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import click

from transpile.errors import ToolError
from transpile.options import Options

NEEDED = ("torch", "transformers", "ctranslate2", "matplotlib")


def train_plans(output: Path, config: Path | None) -> int:
    """Run the recipe of the model that proposes plans for C to CUDA; its programs are random.

    Raises:
        ToolError: a package of the extra ``train`` is missing.
    """
    require_packages()
    from transpile.training.plan_recipe import PlanRecipe, load

    found = PlanRecipe(load(config), output, lambda text: click.echo(text, err=True)).run()
    click.echo(json.dumps(found, indent=1))
    return 0


def require_packages() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ToolError(f"training needs {', '.join(missing)}", "pip install 'transpile[train]'")


def train_model(corpus: Path, output: Path, config: Path | None, options: Options) -> int:
    """Run the recipe.

    Raises:
        ToolError: a package of the extra ``train`` is missing.
    """
    require_packages()
    from transpile.training.config import load
    from transpile.training.recipe import Recipe

    found = Recipe(load(config), corpus, output, lambda text: click.echo(text, err=True), options).run()
    click.echo(json.dumps(found, indent=1))
    return 0
