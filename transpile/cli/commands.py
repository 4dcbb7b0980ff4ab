"""The commands and their options. Each hands over to a module of its own; here is only what ``--help`` shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from transpile import __version__
from transpile.cli.arguments import (
    Price,
    TranslateByDefault,
    color_choice,
    expand_response_files,
    split_program_arguments,
)
from transpile.cli.screen import Color, Screen, wants_color
from transpile.errors import TranspileError
from transpile.options import (
    DEFAULT_LM,
    DEFAULT_RLIMIT,
    MEMORY_MODELS,
    REQUIREMENTS,
    TARGETS,
    MemoryModel,
    Options,
    Require,
    Target,
    default_store,
)

INPUT_ERROR = 2
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

HELP = """Translate x86-64 assembly, as gcc and clang write it, to RISC-V or AArch64, and sequential C to CUDA.

Every basic block of the result carries a verdict: proved (equal on every input), tested (no difference on many inputs,
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
"""

EPILOG = """Exit codes: 0 every block meets --require; 1 some do not, and the output is withheld (or traps there, with
--allow-untranslated); 2 usage, input or tool error; 130 interrupted. The translation goes to stdout or -o, messages go
to stderr.
"""

Command = TypeVar("Command", bound=Callable[..., Any])


def options(*rows: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several option decorators as one; they are shown in this order."""

    def decorate(command: Command) -> Command:
        for row in reversed(rows):
            command = row(command)
        return command

    return decorate


def to_option(required: bool = True) -> Callable[[Command], Command]:
    return click.option("--to", type=click.Choice(TARGETS), required=required, help="Target instruction set.")


CHECKING = options(
    click.option(
        "--require",
        type=click.Choice(REQUIREMENTS),
        default="tested",
        show_default=True,
        help="What every block must be at least. 'any' lets undecided blocks through.",
    ),
    click.option("--march", default="", metavar="ARCH", help="Target architecture as the target's gcc spells it."),
    click.option(
        "--memory-model",
        type=click.Choice(MEMORY_MODELS),
        default="relaxed",
        show_default=True,
        help="tso keeps x86's memory order between threads; relaxed keeps it for atomic instructions only.",
    ),
    click.option("--trap-division", is_flag=True, help="Trap where x86 faults on division, instead of assuming not."),
    click.option("--jobs", "-j", type=click.IntRange(0), default=0, metavar="N", help="Processes (default: all CPUs)."),
    click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Draws the inputs of tests."),
    click.option(
        "--rlimit",
        type=click.IntRange(1),
        default=DEFAULT_RLIMIT,
        show_default=True,
        metavar="N",
        help="Z3 resource units for one proof.",
    ),
    click.option(
        "--store",
        default=str(default_store()),
        metavar="PATH|none",
        envvar="TRANSPILE_STORE",
        help="Remembers proofs, so that nothing is proved twice. Default: in the user's cache folder.",
    ),
)

MODELS = options(
    click.option(
        "--lm",
        default=DEFAULT_LM,
        show_default=True,
        metavar="SPEC",
        envvar="TRANSPILE_LM",
        help="Language models that propose beside the rules: none, random, embedded, hf:NAME_OR_PATH, "
        "openai:MODEL@URL, or several with commas between.",
    ),
    click.option(
        "--samples",
        type=click.IntRange(1, 256),
        default=8,
        show_default=True,
        metavar="N",
        help="Answers asked of each model for a block.",
    ),
    click.option(
        "--temperature",
        type=click.FloatRange(0, 2),
        default=0.8,
        show_default=True,
        metavar="T",
        help="How freely models answer; 0: one answer, always the same.",
    ),
    click.option(
        "--lm-timeout",
        type=click.FloatRange(0, min_open=True),
        default=120.0,
        show_default=True,
        metavar="SECONDS",
        help="For one request to a model.",
    ),
    click.option(
        "--lm-retries",
        type=click.IntRange(0, 100),
        default=4,
        show_default=True,
        metavar="N",
        help="Further attempts after a request that failed in a way that may pass.",
    ),
    click.option(
        "--lm-concurrency",
        type=click.IntRange(1, 1024),
        default=8,
        show_default=True,
        metavar="N",
        help="Requests to an endpoint at once, or blocks in a batch of a model here.",
    ),
    click.option(
        "--lm-price",
        type=Price(),
        metavar="IN,OUT",
        help="What a million tokens cost, in and out: the summary tells what the run cost.",
    ),
    click.option(
        "--lm-cache",
        default=str(default_store().parent),
        metavar="DIR|none",
        envvar="TRANSPILE_LM_CACHE",
        help="Keeps models' answers. Default: the user's cache folder.",
    ),
    click.option(
        "--prompts",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Your own prompt files for hf: and openai:.",
    ),
    click.option(
        "--candidates",
        type=click.IntRange(0),
        default=16,
        show_default=True,
        metavar="N",
        help="Proposals that are judged for one block in a round.",
    ),
    click.option(
        "--sketches",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        metavar="N",
        help="Refuted proposals for one block whose doubtful parts the solver fills in.",
    ),
    click.option(
        "--feedback",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        metavar="N",
        help="Times that a model is shown what was refuted.",
    ),
)

SCREEN = options(
    click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors."),
    click.option("--verbose", "-v", count=True, help="List every block that is not proved."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="auto respects NO_COLOR."
    ),
    click.option("--debug", is_flag=True, help="Show stack traces."),
)

MODEL_OPTIONS = (
    "lm", "samples", "temperature", "lm_timeout", "lm_retries", "lm_concurrency", "lm_price", "lm_cache", "prompts",
    "candidates", "sketches", "feedback",
)  # fmt: skip

INCLUDE = click.option(
    "-I",
    "include",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the C preprocessor looks for the includes of .S and C files.",
)

OFFLOADING = options(
    click.option("--function", "-f", default="", metavar="NAME", help="To CUDA: the C function to translate."),
    click.option(
        "--extent",
        "extents",
        multiple=True,
        metavar="ARRAY=EXPR",
        help="To CUDA: how many elements an array has, where the loops do not tell: 'a=n*m'.",
    ),
    click.option(
        "--scratch",
        multiple=True,
        metavar="NAME,…",
        help="To CUDA: arrays that are workspace: what they hold before and after the call does not matter.",
    ),
    click.option(
        "--plan",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="To CUDA: which loops run where (docs/cuda-plans.md), instead of what the rules propose.",
    ),
    click.option("-D", "define", multiple=True, metavar="NAME[=VALUE]", help="To CUDA: for the C preprocessor."),
    click.option("-U", "undefine", multiple=True, metavar="NAME", help="To CUDA: for the C preprocessor."),
    click.option(
        "--verify",
        type=click.Choice(["gpu"]),
        help="To CUDA: run the result on this machine's GPU too, and time it. Needs nvcc.",
    ),
    click.option("--std", "standard", default="", metavar="STANDARD", help="To CUDA: of the C file, such as c99."),
)
OFFLOAD_OPTIONS = ("function", "extents", "scratch", "plan", "save_plan", "define", "undefine", "standard", "verify")
CUDA = "cuda"


def any_target(required: bool = True) -> Callable[[Command], Command]:
    return click.option(
        "--to", type=click.Choice((*TARGETS, CUDA)), required=required, help="Target: an instruction set, or CUDA."
    )


def offloading(values: dict[str, Any], to: str) -> Any:
    """Take the options of the direction to CUDA out of ``values``; UsageError if they do not fit ``to``."""
    from transpile.cli.offloading import Asked, refused_words

    asked = Asked(**{name: values.pop(name) for name in OFFLOAD_OPTIONS if name in values})
    if to != CUDA:
        refused_words(asked, to)
    return asked


REPORTS = options(
    click.option("--report", type=click.Path(), metavar="R.json", help="Write the report as JSON (docs/report.md)."),
    click.option("--html", type=click.Path(), metavar="R.html", help="Write the report as one self-contained page."),
    click.option(
        "--format",
        "style",
        type=click.Choice(["text", "json", "sarif", "github"]),
        default="text",
        show_default=True,
        help="How findings are told. Not 'text': on stdout with -o, else on stderr.",
    ),
)


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
@click.argument("files", nargs=-1, required=True, metavar="FILE.s...|FILE.c...")
@any_target()
@click.option("--output", "-o", metavar="OUT", help="A file, or a folder for several inputs. Default: stdout.")
@REPORTS
@CHECKING
@MODELS
@click.option("--allow-untranslated", is_flag=True, help="Emit a trap for a block that does not meet --require.")
@OFFLOADING
@click.option("--save-plan", metavar="FILE", help="To CUDA: write the plan that was followed.")
@INCLUDE
@SCREEN
def translate(files: Sequence[str], to: str, allow_untranslated: bool, **values: Any) -> int:
    """Translate files. This is the default: the word `translate` may be left out."""
    from transpile.cli.translating import Outputs, translate_files

    asked = offloading(values, to)
    picked, screen = chosen(values)
    include = values.pop("include")
    picked = replace(picked, allow_untranslated=allow_untranslated)
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


@cli.command(short_help="One block beside its translation.")
@click.argument("file", metavar="FILE.s|FILE.c")
@click.option("--block", required=True, metavar="LABEL|LINE", help="The block's label, or a line in it.")
@any_target()
@CHECKING
@MODELS
@OFFLOADING
@INCLUDE
@SCREEN
def explain(file: str, block: str, to: str, include: Sequence[Path], **values: Any) -> int:
    """Show one block, or loop nest, beside its translation: the relation, the verdict, what stands behind it."""
    from transpile.cli.explaining import explain_block

    asked = offloading(values, to)
    picked, screen = chosen(values)
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
