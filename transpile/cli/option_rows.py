"""The options of the commands, as they are shown by ``--help``: rows that belong together are one decorator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from transpile.cli.arguments import Price
from transpile.options import DEFAULT_LM, DEFAULT_RLIMIT, MEMORY_MODELS, REQUIREMENTS, TARGETS, default_store

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
    click.option(
        "--march", default="", metavar="ARCH", help="Target architecture as GNU as spells it: rv64gcv, armv8-a+lse."
    ),
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
        "openai:MODEL@URL, or several with commas between. To Python, hf: and openai: propose.",
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
        help="Proposals that are judged for one block in a round; to CUDA and to Python at most 4.",
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
    help="Where the C preprocessor looks for the includes of .S and C files, and COPY for copybooks.",
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
)
OFFLOAD_OPTIONS = ("function", "extents", "scratch", "plan", "save_plan", "define", "undefine", "standard", "verify")
STANDARD = click.option(
    "-std",
    "--std",
    "standard",
    default="",
    metavar="STANDARD",
    help="Of C files, such as c99; of COBOL files 'default', GnuCOBOL's own.",
)

MODERNIZING = options(
    click.option(
        "--input",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="To Python: standard input for runs of the whole program.",
    ),
    click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="To Python: the files that the program reads in such runs.",
    ),
)
WRITING = options(
    click.option(
        "--tests/--no-tests",
        default=True,
        help="To Python: write test_OUT.py too, with what GnuCOBOL computed.",
    ),
    click.option("--force", is_flag=True, help="To Python: replace files that were not made by transpile."),
)
MODERNIZE_OPTIONS = ("layout", "standard", "input", "data", "tests", "force")
LAYOUTS = ("auto", "fixed", "free")
LAYOUT = click.option(
    "--format",
    "layout",
    type=click.Choice(LAYOUTS),
    default="auto",
    show_default=True,
    help="To Python: how the lines of COBOL files are laid out.",
)

CUDA, PYTHON = "cuda", "python"


def any_target() -> Callable[[Command], Command]:
    """Which one it must be depends on the files."""
    return click.option(
        "--to", type=click.Choice((*TARGETS, CUDA, PYTHON)), help="Target: an instruction set, CUDA, or Python."
    )


PORTING = options(
    click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Write a ported copy there."),
    click.option("--in-place", is_flag=True, help="Change DIR itself; its git work tree must be clean."),
    click.option("--force", is_flag=True, help="Change DIR in place whatever git says."),
    click.option("--dry-run", is_flag=True, help="Write nothing, which is the default."),
    click.option("--diff", is_flag=True, help="Print the changes as a patch."),
    click.option("--build", default="", metavar="COMMAND", help="Build the port by it, with the cross tools."),
    click.option("--test", default="", metavar="COMMAND", help="Test the port by it, under qemu-user."),
    click.option(
        "--run-timeout",
        type=click.IntRange(1),
        default=600,
        show_default=True,
        metavar="SECONDS",
        help="For each of --build and --test.",
    ),
    click.option(
        "--report",
        "reports",
        type=click.Path(dir_okay=False, path_type=Path),
        multiple=True,
        metavar="FILE",
        help="Write the report: .md, .html, .json or .sarif; may be given again.",
    ),
    click.option("--format", "style", type=click.Choice(("text", "json", "sarif", "github")), default="text",
                 show_default=True, help="How the findings are told."),
    click.option("--allow-untranslated", is_flag=True, help="Emit a trap for a block that does not meet --require."),
    click.option("--unconfined", is_flag=True, help="Run --build and --test without the sandbox, with network."),
    click.option(
        "--substitutes",
        is_flag=True,
        help="Let something that is not equal stand for inline assembly without an equal, such as another counter for "
        "the time-stamp counter; it is told.",
    ),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders."),
    click.option(
        "-I",
        "include",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Where assembly files look for what they include.",
    ),
    click.option("-D", "define", multiple=True, metavar="NAME[=VALUE]", help="For the preprocessor of .S files."),
)  # fmt: skip
PORT_OPTIONS = (
    "output", "in_place", "force", "dry_run", "diff", "build", "test", "run_timeout", "reports", "style", "exclude",
    "include", "define", "substitutes", "unconfined",
)  # fmt: skip

STYLES = ("text", "json", "sarif", "github")
_REPORT = click.option(
    "--report", type=click.Path(), metavar="R.json", help="Write the report as JSON (docs/report.md)."
)
_HTML = click.option("--html", type=click.Path(), metavar="R.html", help="Write the report as one self-contained page.")
_TOLD = "How findings are told. Not 'text': on stdout with -o, else on stderr."
REPORTS = options(
    _REPORT,
    _HTML,
    click.option("--format", "style", type=click.Choice(STYLES), default="text", show_default=True, help=_TOLD),
)
REPORTS_AND_LAYOUT = options(
    _REPORT,
    _HTML,
    click.option(
        "--format",
        "formats",
        type=click.Choice((*STYLES, *LAYOUTS)),
        multiple=True,
        help=f"{_TOLD} auto, fixed and free, to Python: how the lines of COBOL files are laid out.",
    ),
)
