"""The command line before click sees it: response files, program arguments, and a default command word."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

MAX_NESTING = 8


def expand_response_files(arguments: Sequence[str], depth: int = 0) -> list[str]:
    """Replace each ``@file`` by the words in that file, quoted as in a shell. What follows ``--`` is left alone."""
    expanded: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "--":
            return [*expanded, *arguments[position:]]
        if not argument.startswith("@") or argument == "@":
            expanded.append(argument)
        elif depth == MAX_NESTING:
            raise click.UsageError(f"response files nested deeper than {MAX_NESTING}: {argument}")
        else:
            expanded += expand_response_files(words_of(Path(argument[1:])), depth + 1)
    return expanded


def words_of(path: Path) -> list[str]:
    try:
        return shlex.split(path.read_text(), comments=True)
    except OSError as error:
        raise click.UsageError(f"cannot read the response file {path}: {error.strerror}") from error
    except ValueError as error:
        raise click.UsageError(f"response file {path}: {error}") from error


class Price(click.ParamType[tuple[float, float]]):
    """Two numbers with a comma between."""

    name = "price"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        words = str(value).split(",")
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            numbers = []
        if len(numbers) != 2 or not all(0 <= number < 1e9 for number in numbers):
            self.fail(f"'{value}' is not two prices with a comma between, as in 0.5,1.5", param, ctx)
        return numbers[0], numbers[1]


def split_program_arguments(words: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """``run prog.s -- a b``: what follows ``--`` belongs to the program. For the other commands it ends the options."""
    if not words or words[0] != "run" or "--" not in words:
        return list(words), ()
    at = list(words).index("--")
    return list(words[:at]), tuple(words[at + 1 :])


def color_choice(words: Sequence[str]) -> str:
    """What ``--color`` says, read without click, for errors that come before its parsing."""
    for position, word in enumerate(words):
        if word == "--color" and position + 1 < len(words):
            return words[position + 1]
        if word.startswith("--color="):
            return word.partition("=")[2]
    return "auto"


class TranslateByDefault(click.Group):
    """A group whose command word may be left out: ``transpile prog.s`` is ``transpile translate prog.s``."""

    default = "translate"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "FILE.s... --to riscv|aarch64 [OPTIONS]")
        formatter.write_usage(ctx.command_path, "FILE.c... --to cuda [OPTIONS]", prefix="   or: ")
        formatter.write_usage(ctx.command_path, "FILE.cob... --to python [OPTIONS]", prefix="   or: ")
        formatter.write_usage(ctx.command_path, "COMMAND ...", prefix="   or: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's options stand on the front page, the other commands below."""
        self.commands[self.default].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in self.commands if name != self.default]
