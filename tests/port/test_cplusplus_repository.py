"""A repository in C++: inline assembly in its headers, intrinsics, and assembly that it calls."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_repository import SCALE, need_cross

from transpile.cli import main
from transpile.port.crossing import TRIPLES, target
from transpile.port.preprocessor import CText

MAKEFILE = """CXXFLAGS = -std=c++17 -O2 -Wall -Werror -mssse3
OBJECTS = main.o sums.o scale.o

prog: $(OBJECTS)
\t$(CXX) -o $@ $(OBJECTS)

test: prog
\t./prog 20 22
"""
MAIN = r"""#include <cstdio>
#include <cstdlib>
#include "sums.hpp"

int main(int, char **argv)
{
    sums::Total<long> total;
    for (int i = 1; i < 3; ++i)
        total += std::atol(argv[i]);
    std::printf("%ld %ld\n", total.value(), sums::scaled(total.value()));
    return total.value() == 42 && sums::both(20, 22) == 42 ? 0 : 1;
}
"""
HEADER = """#pragma once

namespace sums {
extern "C" long scaled(long);
long both(long a, long b);

template <typename T> class Total {
public:
    Total &operator+=(T by)
    {
        auto add = [this](T x) { asm(R"(add %1, %0)" : "+r"(sum) : "r"(x) : "cc"); };
        add(by);
        return *this;
    }
    T value() const { return sum; }
private:
    T sum = 0;
};
}
"""
SUMS = """#include <emmintrin.h>

#include "sums.hpp"

long sums::both(long a, long b)
{
    const char *text = R"(#ifdef __SSE2__ " _rdrand64_step( )";
    __m128i sum = _mm_add_epi64(_mm_cvtsi64_si128(a), _mm_cvtsi64_si128(b));
    return text[0] == '#' ? _mm_cvtsi128_si64(sum) : 0;
}
"""
FILES = {"Makefile": MAKEFILE, "main.cpp": MAIN, "sums.hpp": HEADER, "sums.cc": SUMS, "scale.S": SCALE}


@pytest.mark.parametrize("to", ["riscv", "aarch64"])
def test_a_repository_in_cplusplus_is_ported(to: str, repository: Callable[..., Path], tmp_path: Path) -> None:
    need_cross(to)
    compiler = f"{TRIPLES[target(to)]}-g++"
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    report = tmp_path / "r.json"
    words = ["port", str(repository(FILES)), "--to", to, "-q", "--store", "none", "--report", str(report)]
    status = main([*words, "-o", str(tmp_path / "out"), "--build", "make", "--test", "make test"])
    said = json.loads(report.read_text())
    assert status == 0, said["runs"]
    assert said["verdicts"]["proved"] == 2 and "42 126" in said["runs"][1]["output"]
    assert not [item for item in said["items"] if item["state"] == "left"]


def test_raw_strings_are_no_code() -> None:
    text = CText('auto a = R"x(" // )" \n#if 0 )x"; int b; // c')
    assert "int b;" in text.code[1] and "#if" not in text.code[1] and text.chains == []
