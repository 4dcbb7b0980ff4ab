"""The commands and their options. Each hands over to a module of its own; here is only what ``--help`` shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from transpile import __version__
from transpile.cli.arguments import (
    TranslateByDefault,
    color_choice,
    expand_response_files,
    split_program_arguments,
)
from transpile.cli.option_rows import (
    CHECKING,
    CUDA,
    INCLUDE,
    LAYOUT,
    LAYOUTS,
    MODEL_OPTIONS,
    MODELS,
    MODERNIZE_OPTIONS,
    MODERNIZING,
    OFFLOAD_OPTIONS,
    OFFLOADING,
    PORT_OPTIONS,
    PORTING,
    PYTHON,
    REPORTS,
    REPORTS_AND_LAYOUT,
    SCREEN,
    STANDARD,
    WRITING,
    any_target,
    to_option,
)
from transpile.cli.screen import Color, Screen, wants_color
from transpile.cli.serving import keys, serve
from transpile.errors import TranspileError
from transpile.options import TARGETS, MemoryModel, Options, Require, Target

INPUT_ERROR = 2
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

HELP = """Translate x86-64 assembly, as gcc and clang write it, to RISC-V or AArch64, C to CUDA, and COBOL to Python.

Every block of the result carries a verdict: proved (equal on every input), tested (no difference on many inputs,
with the reason why there is no proof), refuted or undecided. Refuted and undecided blocks are not emitted.

\b
  gcc -O2 -S prog.c
  transpile prog.s --to riscv -o out.s
  riscv64-linux-gnu-gcc -static out.s $(transpile runtime --to riscv) -lm -o prog
  qemu-riscv64 ./prog

\b
  gcc -O2 -S prog.c -o - | transpile - --to aarch64 > out.s     through a pipe
  transpile src/*.s --to riscv -o out/ --html out/report.html   several files
  transpile explain prog.s --block main --to riscv              one block, side by side
  transpile run prog.s --to aarch64 -- argument                 translate, link, run, compare
  transpile @options.txt prog.s                                 more options from a file

\b
  transpile kernel.c --to cuda -o kernel.cu                     loops become kernels, checked
  transpile explain kernel.c --block 12 --to cuda               the loop on line 12 beside its kernel

\b
  transpile payroll.cob --to python -o payroll.py               a module, its rules and its tests
  transpile src/*.cob --to python -o out/ -I copybooks          several programs that call each other
  transpile explain payroll.cob COMPUTE-TAX                     a paragraph beside its Python
  transpile payroll.cob --to python -o payroll.py --lm openai:qwen@http://localhost:8000/v1 --feedback 2
"""

EPILOG = """Exit codes: 0 every block meets --require; 1 some do not, and the output is withheld (or traps there, with
--allow-untranslated); 2 usage, input or tool error; 130 interrupted. The translation goes to stdout or -o, messages go
to stderr.
"""


def directed(values: dict[str, Any], to: str) -> Any:
    """Take the options of single directions out of ``values``, and give those of this one; UsageError if others are
    given."""
    from transpile.architectures import require_no_machine
    from transpile.cli import modernizing, offloading
    from transpile.directions.modernizing import Asked as PythonAsked
    from transpile.directions.offloading import Asked as CudaAsked

    standard = values.pop("standard")
    cuda = CudaAsked(
        **{name: values.pop(name) for name in OFFLOAD_OPTIONS if name in values},
        standard="" if to == PYTHON else standard,
    )
    given = {name: values.pop(name) for name in MODERNIZE_OPTIONS if name in values}
    python = PythonAsked(**given, standard=standard if to == PYTHON else "")
    if to in (CUDA, PYTHON):
        require_no_machine(to, values["march"], values["memory_model"], values["trap_division"])
    if to != CUDA:
        offloading.refused_words(cuda, to)
    if to != PYTHON:
        modernizing.refused_words(python, to)
    return python if to == PYTHON else cuda


def target_of(to: str | None, files: Sequence[str]) -> str:
    """What ``--to`` says, which must be given; what is missing is told with what fits the files."""
    from transpile.cli.modernizing import is_cobol

    if to is not None:
        return to
    if all(map(is_cobol, files)):
        raise click.UsageError(f"Missing option '--to'. COBOL files are translated to Python: --to {PYTHON}")
    raise click.UsageError(f"Missing option '--to'. Choose from: {', '.join((*TARGETS, CUDA, PYTHON))}")


def formats_of(formats: Sequence[str]) -> tuple[str, str]:
    """``--format`` says two things: how findings are told, and how COBOL is laid out."""
    layouts = [each for each in formats if each in LAYOUTS] or ["auto"]
    styles = [each for each in formats if each not in LAYOUTS] or ["text"]
    return styles[-1], layouts[-1]


def chosen(values: dict[str, Any]) -> tuple[Options, Screen]:
    """Take the shared options out of ``values``, leaving what belongs to the command alone."""
    store = values.pop("store")
    asked = {name: values.pop(name) for name in MODEL_OPTIONS if name in values}
    if asked:
        asked["lm_cache"] = None if asked["lm_cache"] == "none" else Path(asked["lm_cache"])
        check_models(asked["lm"])
    picked = Options(
        march=values.pop("march"),
        memory_model=cast(MemoryModel, values.pop("memory_model")),
        jobs=values.pop("jobs"),
        seed=values.pop("seed"),
        require=cast(Require, values.pop("require")),
        store=None if store == "none" else Path(store),
        trap_division=values.pop("trap_division"),
        rlimit=values.pop("rlimit"),
        **asked,
    )
    return picked, screen_of(values)


def check_models(specification: str) -> None:
    """Refuse what ``--lm`` does not know before any file is read; raises UsageError."""
    if specification != "none":
        from transpile.lm.seats import parse_specs

        parse_specs(specification)


def screen_of(values: dict[str, Any]) -> Screen:
    values.pop("debug")
    level = -1 if values.pop("quiet") else values["verbose"]
    del values["verbose"]
    return Screen(cast(Color, values.pop("color")), level)


@click.group(cls=TranslateByDefault, help=HELP, epilog=EPILOG, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="transpile")
def cli() -> None:
    pass


@cli.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE.s...|FILE.c...|FILE.cob...")
@any_target()
@click.option("--output", "-o", metavar="OUT", help="A file, or a folder for several inputs. Default: stdout.")
@REPORTS_AND_LAYOUT
@CHECKING
@MODELS
@click.option("--allow-untranslated", is_flag=True, help="Emit a trap for a block that does not meet --require.")
@OFFLOADING
@click.option("--save-plan", metavar="FILE", help="To CUDA: write the plan that was followed.")
@MODERNIZING
@WRITING
@STANDARD
@INCLUDE
@SCREEN
def translate(
    files: Sequence[str], to: str | None, allow_untranslated: bool, formats: Sequence[str], **values: Any
) -> int:
    """Translate files. This is the default: the word `translate` may be left out."""
    from transpile.cli.translating import Outputs, translate_files

    to = target_of(to, files)
    values["style"], values["layout"] = formats_of(formats)
    asked = directed(values, to)
    picked, screen = chosen(values)
    include = values.pop("include")
    picked = replace(picked, allow_untranslated=allow_untranslated)
    if to == PYTHON:
        from transpile.cli.modernizing import modernize_files

        return modernize_files(files, asked, picked, Outputs(**values), screen, include)
    if to == CUDA:
        from transpile.cli.offloading import offload_files

        return offload_files(files, asked, picked, Outputs(**values), screen, include)
    return translate_files(files, cast(Target, to), picked, Outputs(**values), screen, include)


@cli.command(short_help="What to add to the target compiler's command line.")
@to_option()
def runtime(to: Target) -> int:
    """Print what to add to the target compiler's command line.

    riscv64-linux-gnu-gcc -static out.s $(transpile runtime --to riscv) -lm
    """
    from transpile.runtime import link_arguments

    click.echo(" ".join(link_arguments(to)))
    return 0


@cli.command(short_help="One block or paragraph beside its translation.")
@click.argument("file", metavar="FILE.s|FILE.c|FILE.cob")
@click.argument("paragraph", required=False, metavar="[PARAGRAPH]")
@click.option("--block", metavar="LABEL|LINE", help="The block's label, or a line in it.")
@any_target()
@CHECKING
@MODELS
@OFFLOADING
@MODERNIZING
@LAYOUT
@STANDARD
@INCLUDE
@SCREEN
def explain(
    file: str, paragraph: str | None, block: str | None, to: str | None, include: Sequence[Path], **values: Any
) -> int:
    """Show one block, loop nest or paragraph beside its translation: the verdict, and what stands behind it."""
    from transpile.cli.explaining import explain_block
    from transpile.cli.modernizing import explain_paragraph, is_cobol

    to = PYTHON if to is None and is_cobol(file) else target_of(to, [file])
    block = block or paragraph
    if block is None:
        raise click.UsageError("Missing option '--block'." if to != PYTHON else "Which paragraph? Give its name.")
    asked = directed(values, to)
    picked, screen = chosen(values)
    if to == PYTHON:
        return explain_paragraph(file, block, asked, picked, screen, include)
    if to == CUDA:
        from transpile.cli.offloading import explain_nest

        return explain_nest(file, block, asked, picked, screen, include)
    return explain_block(file, block, cast(Target, to), picked, screen, include)


@cli.command(short_help="Check an existing translation of ours.")
@click.argument("source", metavar="SRC.s")
@click.argument("output", metavar="OUT.s")
@to_option(required=False)
@REPORTS
@CHECKING
@INCLUDE
@SCREEN
def check(source: str, output: str, to: Target | None, **values: Any) -> int:
    """Check an existing translation of ours again, block by block, trusting nothing in it.

    The target is read from OUT.s unless --to names it.
    """
    from transpile.cli.translating import Outputs, check_file

    picked, screen = chosen(values)
    include = values.pop("include")
    return check_file(source, output, to, picked, Outputs(output=None, **values), screen, include)


@cli.command(
    short_help="Translate, link, run under qemu, compare.",
    epilog="Exit codes: 0 the same output and exit status as the native run; 1 different; 2 error.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE.s... [-- ARGUMENT...]")
@to_option()
@click.option("-l", "libraries", multiple=True, metavar="LIB", help="Link with a library; -lm is always there.")
@click.option("--timeout", "timeout_s", type=click.IntRange(1), default=60, show_default=True, metavar="SECONDS")
@CHECKING
@MODELS
@INCLUDE
@SCREEN
@click.pass_obj
def run(arguments: Sequence[str], /, files: Sequence[str], to: Target, **values: Any) -> int:
    """Translate, link, run under qemu-user, and compare with the native run where this machine can."""
    from transpile.cli.running import Program, run_program

    picked, screen = chosen(values)
    program = Program(files, arguments, **values)
    return run_program(program, to, picked, screen)


@cli.command(
    short_help="A whole repository, with a report of what is left.",
    epilog="Exit codes: 0 nothing is left to do by hand, and --build and --test passed; 1 something is; 2 error.",
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@any_target()
@PORTING
@CHECKING
@click.option("--lm", default="none", show_default=True, metavar="SPEC", help="Language models, as in `translate`.")
@SCREEN
def port(folder: Path, to: str | None, allow_untranslated: bool, lm: str, **values: Any) -> int:
    """Port a repository: assembly files, intrinsics, compiler flags and build rules; and say what else keeps it back.

    Without -o or --in-place nothing is written: the report, or the patch with --diff, says what would be.
    """
    from transpile.cli.porting import Asked, port_folder

    if to is None:
        raise click.UsageError(f"Missing option '--to'. Choose from: {', '.join((*TARGETS, CUDA, PYTHON))}")
    check_models(lm)
    asked = {name: values.pop(name) for name in PORT_OPTIONS}
    picked, screen = chosen(values)
    return port_folder(
        folder, to, Asked(**asked), replace(picked, lm=lm, allow_untranslated=allow_untranslated), screen
    )


@cli.command(short_help="Train the embedded language model.")
@click.argument(
    "corpus", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[CORPUS]"
)
@click.option("--to", type=click.Choice([CUDA]), help="Train the model of plans for C; its programs are random.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Receives data, checkpoints and weights; the same command goes on where it stopped.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="TOML over the defaults (transpile/training/default.toml).",
)
@click.option(
    "--store",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="A proof store: with --lm, what those models gave for the blocks of CORPUS is learned from.",
)
@click.option("--lm", default="none", metavar="SPEC", help="The models that the store's translations came from.")
def train(corpus: Path | None, to: str | None, output: Path, config: Path | None, store: Path | None, lm: str) -> int:
    """Train the embedded model on CORPUS: folders PROJECT/**/*.s of x86-64 assembly, for example your own code's.

    The blocks are translated by the rules and proved, a small T5 model learns from them, its own proved samples that
    are cheaper are learned from too, and int8 weights are written to FOLDER/weights. Needs the extra: pip install
    'transpile[train]'.
    """
    from transpile.cli.training import train_model, train_plans

    if (corpus is None) != (to == CUDA):
        raise click.UsageError("name a folder of assembly to learn from, or --to cuda")
    if corpus is None:
        return train_plans(output, config)
    return train_model(corpus, output, config, Options(jobs=1, store=store, lm=lm))


@cli.command(short_help="Which tools are here, how to get the others.")
def doctor() -> int:
    """Tell which tools are there, what each is for, and the command that installs what is missing."""
    from transpile.cli.doctor import examine

    return examine()


cli.add_command(serve)
cli.add_command(keys)


def run_command(arguments: Sequence[str]) -> int:
    """Parse and run; errors that people can do something about are printed, and become their exit codes."""
    color = wants_color(color_choice(arguments), sys.stderr)
    try:
        words, program_arguments = split_program_arguments(expand_response_files(arguments))
        outcome = cli.main(words or ["--help"], prog_name="transpile", standalone_mode=False, obj=program_arguments)
        return outcome if isinstance(outcome, int) else 0
    except click.Abort as interruption:
        raise KeyboardInterrupt from interruption
    except click.ClickException as error:
        error.show(sys.stderr)
        return INPUT_ERROR
    except TranspileError as error:
        click.echo(error.render(color), err=True, color=color)
        return error.exit_code
