"""A ParEval driver as the harness of an emulated program: its own validation, with the sizes and the seed from
standard input, and comparisons that no NaN passes."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from pareval.lowering import Lowered
from pareval.problems import Problem
from pareval.syntax import Unconvertible, parse, part, text, walk
from pareval.wrapper import other_name, renamed, wrapper

ATTEMPTS = 4
_BRIDGE = Path(__file__).with_name("bridge.hpp")
_HEAD = """\
#define USE_SERIAL
#define DRIVER_PROBLEM_SIZE 64
#define MAX_VALIDATION_ATTEMPTS {attempts}
#include <array>
#include <cstdint>
#include <iostream>
#include <limits>
#include <numeric>
#include <random>
namespace cuda_emulator {{
void keep_output();
void take(void *to, size_t bytes);
void give(const void *from, size_t bytes);
void missing(const char *declaration);
}}
static size_t emulated_test_size;
"""
_MAIN = """
int main() {
    cuda_emulator::keep_output();
    uint64_t given[2];
    cuda_emulator::take(given, sizeof given);
    emulated_test_size = given[0];
    srand(given[1]);
    Context *context = init();
    const char valid = validate(context) && !bridge::fault;
    if (bridge::fault) fprintf(stderr, "wrong: %s\\n", bridge::fault);
    destroy(context);
    cuda_emulator::give(&valid, 1);
}
"""
_SIZE = re.compile(r"(\bTEST_SIZE\s*=\s*)\d+|(?<=\()1024(?=\);)")
_DIFFERENCE = re.compile(r"std::f?abs\(([^;]+?) - ([^;]+?)\) > ([\w.\-]+)")
_INCLUDE = re.compile(r'^#include "([\w.\-]+)".*$', re.MULTILINE)
_REPAIRS = {
    "07_fft_fft_conjugate": (("fftCooleyTookey(correct)", "correctFft(correct)"),),
    "48_sparse_la_sparse_axpy": (("test.clear();", ""),),
}
"""What a driver does that not even its baseline survives: it compares with another function, whose result is conjugated
once per level; it empties the vector that the result belongs into."""
_SIZES = {
    "12_geometry_smallest_triangle": (33, 67),
    "43_sort_sort_an_array_of_structs_by_key": (11, 16),
}
"""Triangles are as many as the cube of the points; std::sort leaves the order of equal keys open, and keeps it up to
16 elements."""


def sizes(problem: Problem) -> tuple[int, ...]:
    """Sizes of the problem: within one block of threads, and across blocks."""
    if problem.name in _SIZES:
        return _SIZES[problem.name]
    if problem.type == "fft":
        return (64, 512)
    return (33, 67) if "TEST_SIZE * TEST_SIZE" in problem.driver else (33, 517)


def arguments(size: int, seed: int) -> bytes:
    """The standard input of a harness."""
    return struct.pack("<QQ", size, seed)


def harness(problem: Problem, lowered: Lowered) -> str:
    """The text of the whole program around the function."""
    driver = problem.driver
    for old, new in _REPAIRS.get(problem.name, ()):
        driver = driver.replace(old, new)
    included = {
        "utilities.hpp": _strict(problem.utilities),
        "baseline.hpp": problem.baseline,
        "generated-code.hpp": _generated(problem, lowered),
    }
    driver = _INCLUDE.sub(lambda found: included[found[1]], _shrunk(driver))
    names = [f"#define {record.name} {other_name(record)}\n" for record in renamed(lowered)]
    text = [_HEAD.format(attempts=ATTEMPTS), _BRIDGE.read_text(), *names, driver.replace("#pragma once", ""), _MAIN]
    return "".join(text)


def _generated(problem: Problem, lowered: Lowered) -> str:
    root = parse(problem.context)
    structures = (n for n in walk(root) if n.type == "struct_specifier" and n.child_by_field_name("body"))
    defined = frozenset(text(part(node, "name")) for node in structures)
    return f"{problem.context}\n{wrapper(lowered, defined)}\n"


def _strict(text: str) -> str:
    """``std::abs(a - b) > epsilon``, which is false for a NaN, as a comparison that tells it."""
    return _DIFFERENCE.sub(r"bridge_differs(\1, \2, \3)", text)


def _shrunk(driver: str) -> str:
    start = driver.index("bool validate(")
    before, validation = driver[:start], driver[start:]
    shrunk, count = _SIZE.subn(lambda found: f"{found[1] or ''}emulated_test_size", validation)
    if not count:
        raise Unconvertible("the driver's size is not found")
    return before + _strict(shrunk)
