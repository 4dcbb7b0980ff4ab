"""The race checker on GPUVerify's CUDA test-suite, whose kernels are labelled.

    python benchmarks/gpuverify.py PATH [--only TEXT] [--json FILE]

PATH is a checkout of mc-imperial/gpuverify. The first line of a kernel says whether it passes, the second how it is
launched. ``__requires`` in a kernel is an assumption about its parameters; the other annotations are claims that are
neither checked nor used. Exits with 1 when a kernel that is labelled racy is called race-free.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from transpile.c.preprocess import Options
from transpile.c.tree import Call, Evaluate, Expression
from transpile.c.unit import Function
from transpile.errors import TranspileError, UnsupportedError
from transpile.kernels.reading import read_cuda
from transpile.solvers.kernels.launch import Launch, Size
from transpile.solvers.kernels.races import Settings, check
from transpile.solvers.kernels.verdicts import Divergent, RaceFree, Racy, Undecided, Verdict

SUITE = Path("testsuite") / "CUDA"
NOT_ABOUT_RACES: Mapping[str, str] = {
    "atomics/test_abstraction_enforced": "an assertion",
    "function_pointers/basic_argument_fail": "a null pointer",
    "function_pointers/basic_assignment_fail": "a null pointer",
    "function_pointers/constant_value": "a null pointer",
    "function_pointers/funcptr_to_ptr_add": "a null pointer",
    "function_pointers/pass_struct/call": "a null pointer",
    "function_pointers/soundness_issue": "an assertion",
    "memcpy/null_dst": "a null pointer",
    "memcpy/null_src": "a null pointer",
    "memset/null_dst": "a null pointer",
    "misc/fail/miscfail2": "an invariant",
    "misc/fail/miscfail5": "a write to constant memory",
    "misc/fail/miscfail6": "an array of size 0",
    "misc/fail/miscfail7": "a null pointer",
    "misc/fail/miscfail8": "an assertion",
    "misc/pass/misc3": "a write to constant memory",
    "param_values/value_in_assert": "an assertion",
    "warpsync/equality_abstraction_issue": "an assertion",
}
_CLAIMS = ("__assert", "__ensures", "__requires_fresh_array", "__axiom")
_DEFINED = (
    *(f"{name}(x)=" for name in _CLAIMS),
    "__invariant(x)=1", "__global_invariant(x)=1", "__assume(x)=__builtin_assume(x)", "__CUDA_ARCH__=350",
)  # fmt: skip
_PRELUDE = (
    "void __requires(bool claim); bool __implies(bool a, bool b); bool __enabled(void); bool __uniform_bool(bool x);"
    " bool __uniform_int(int x); bool __distinct_int(int x); bool __all(bool x); bool __read(const void *p);"
    " bool __write(const void *p); "
)
_OPTION = re.compile(r"--(blockDim|gridDim)=(\[[\d,]+\]|\d+)")


@dataclass(frozen=True, slots=True)
class Result:
    """``label`` is what the suite says: ``race-free``, ``racy``, ``other`` (fails, but not for a race) or ``error``."""

    name: str
    label: str
    verdict: str
    detail: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, help="a checkout of mc-imperial/gpuverify")
    parser.add_argument("--only", default="", help="only kernels whose path has this text in it")
    parser.add_argument("--json", type=Path, help="where to write all results")
    options = parser.parse_args(arguments)
    folder = options.path / SUITE
    if not folder.is_dir():
        print(f"error: no folder '{folder}'", file=sys.stderr)
        return 2
    results = [_result(folder, path) for path in sorted(folder.rglob("*.cu")) if options.only in str(path)]
    for line in _report(results):
        print(line)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")
    return int(any(result.label == "racy" and result.verdict == "race-free" for result in results))


def _result(folder: Path, path: Path) -> Result:
    name = str(path.parent.relative_to(folder))
    text = path.read_text(errors="replace")
    label, start = _label(name, text), time.monotonic()
    try:
        verdict, detail = _checked(text, f"{name}/{path.name}")
    except UnsupportedError as error:
        verdict, detail = "refused", str(error)
    except TranspileError as error:
        verdict, detail = "refused", error.message
    return Result(name, label, verdict, detail, round(time.monotonic() - start, 2))


def _label(name: str, text: str) -> str:
    first = text.partition("\n")[0].strip().lower()
    if first == "//pass":
        return "race-free"
    if "not_all_verified" not in first:
        return "error"
    return "other" if name in NOT_ABOUT_RACES else "racy"


def _checked(text: str, file: str) -> tuple[str, str]:
    """The worst verdict on the kernels of one file."""
    options = text.split("\n")[1]
    defined = tuple(re.findall(r"-D(\w+(?:=\w+)?)", options))
    unit = read_cuda(_PRELUDE + text, file, Options(define=(*_DEFINED, *defined)))
    unit.unit.require()
    settings = Settings(same_values=True, trust_external=True)
    verdicts = [check(unit, kernel.name, _launch(options, kernel), settings) for kernel in unit.kernels]
    return max((_words(verdict) for verdict in verdicts), key=_badness, default=("race-free", "no kernel"))


def _launch(options: str, kernel: Function) -> Launch:
    sizes: dict[str, Size] = {"blockDim": (1, 1, 1), "gridDim": (1, 1, 1)}
    for name, value in _OPTION.findall(options):
        x, y, z, *_ = (*map(int, value.strip("[]").split(",")), 1, 1)
        sizes[name] = (x, y, z)
    return Launch(sizes["blockDim"], sizes["gridDim"], tuple(_required(kernel)))


def _required(kernel: Function) -> Iterator[Expression]:
    """What the kernel demands of its parameters."""
    for statement in kernel.body.statements:
        match statement:
            case Evaluate(Call("__requires", (claim,))):
                yield claim


def _badness(verdict: tuple[str, str]) -> int:
    return ("race-free", "undecided", "possible divergence", "possible race", "divergence", "race").index(verdict[0])


def _words(verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case RaceFree(assumptions, pairs, arithmetic):
            return "race-free", f"{pairs} questions to {arithmetic}; {'; '.join(assumptions)}"
        case Racy(first, second, _, confirmed):
            lines = f"{first.kind} in line {first.span.line}, {second.kind} in line {second.span.line} of {first.array}"
            return ("race" if confirmed else "possible race"), f"{lines}: {first.thread} {second.thread}"
        case Divergent(span, _, _, _, confirmed):
            return ("divergence" if confirmed else "possible divergence"), f"line {span.line}"
        case Undecided(reason, span):
            return "undecided", f"{f'line {span.line}: ' if span else ''}{reason}"


def _report(results: Sequence[Result]) -> Iterator[str]:
    verdicts = ("race-free", "race", "possible race", "divergence", "possible divergence", "undecided", "refused")
    labels = {"race-free": "race-free", "racy": "racy", "other": "fails, not for a race", "error": "not accepted"}
    table = Counter((result.label, result.verdict) for result in results)
    yield "| labelled | kernels | " + " | ".join(verdicts) + " |"
    yield "|---|" + "---|" * (len(verdicts) + 1)
    for label, shown in labels.items():
        counts = [table[label, verdict] for verdict in verdicts]
        yield f"| {shown} | {sum(counts)} | " + " | ".join(map(str, counts)) + " |"
    right = [result for result in results if result.label == "race-free"]
    if right:
        share = 100 * sum(result.verdict == "race-free" for result in right) / len(right)
        yield f"race-free decided: {share:.1f} %; time: {sum(result.seconds for result in results):.0f} s"
    wrong = [result for result in results if result.label == "racy" and result.verdict == "race-free"]
    yield f"racy called race-free: {len(wrong)}{''.join(f' {result.name}' for result in wrong)}"
    for result in results:
        if (result.label, result.verdict) not in {("race-free", "race-free"), ("racy", "race")}:
            yield f"  {result.label:9} {result.verdict:15} {result.name}: {result.detail[:150]}"


if __name__ == "__main__":
    sys.exit(main())
