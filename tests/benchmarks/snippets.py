"""The snippets of ``baselines``: C++ as ParEval has it, in three parts, each beside the C that it becomes."""

from __future__ import annotations

from pathlib import Path

from pareval.problems import Problem
from pareval.syntax import parse, part, text, walk

BASELINES = Path(__file__).parent / "baselines"
SNIPPETS = sorted(path.stem for path in BASELINES.glob("*.cpp"))
UTILITIES = """\
#include <algorithm>
#include <queue>
#include <vector>
#define NO_INLINE __attribute__((noinline))
template <typename T, typename D>
void fillRand(std::vector<T> &x, D low, D high) {
    for (auto &each : x) each = T(rand() / (double)RAND_MAX * (high - low) + low);
}
"""
DRIVER = """\
#include "utilities.hpp"
#include "generated-code.hpp" // what is tested
#include "baseline.hpp"
struct Context {};
Context *init() { return new Context(); }
void destroy(Context *context) { delete context; }
bool validate(Context *) {
    const size_t TEST_SIZE = 1024;
"""


def snippet(name: str) -> Problem:
    """A problem in the parts that a checkout of ParEval has; its driver leaves the comparison to the wrapper."""
    parts = (BASELINES / f"{name}.cpp").read_text().split("//// ")
    context, baseline, driver = (part.partition("\n")[2] for part in parts[1:])
    return problem(name, context, baseline, driver)


def problem(name: str, context: str, baseline: str, driver: str) -> Problem:
    ended = context.rstrip().removesuffix("{")
    function = [node for node in walk(parse(ended + "{}")) if node.type == "function_definition"][-1]
    called = text(part(part(function, "declarator"), "declarator"))
    before = context.encode()[: function.start_byte].decode()
    body = "".join(f"    {line}\n" for line in driver.splitlines())
    return Problem(name, "test", before, called, baseline, f"{DRIVER}{body}    return true;\n}}\n", UTILITIES)
