"""A small repository with everything that keeps one on x86, and what it takes to try a port of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile import tools

ADD = """\t.text
\t.globl add_both
\t.type add_both, @function
add_both:
\tleaq (%rdi,%rsi), %rax
\tret
"""
MAKEFILE = """# builds the program
CFLAGS = -O2 -msse4.2
OBJECTS = main.o asm/add.o scale.o

prog: $(OBJECTS)
\t$(CC) $(CFLAGS) -o $@ $(OBJECTS)

asm/%.o: asm/%.s
\t$(CC) -c -o $@ $<

test: prog
\t./prog 20 22
"""
MAIN = """#include <stdio.h>
#include <stdlib.h>
#include <emmintrin.h>

long add_both(long, long);
long scaled(long);

int main(int argc, char **argv)
{
    __m128i both = _mm_set_epi64x(atol(argv[2]), atol(argv[1]));
    long sum = add_both(_mm_cvtsi128_si64(both), _mm_cvtsi128_si64(_mm_srli_si128(both, 8)));
    printf("%ld %ld\\n", sum, scaled(sum));
    return argc == 3 && sum == 42 && scaled(sum) == 126 ? 0 : 1;
}
"""
SCALE = """\t.text
\t.globl scaled
scaled:
\tleaq (%rdi,%rdi,2), %rax
\tret
"""
FILES = {"Makefile": MAKEFILE, "main.c": MAIN, "asm/add.s": ADD, "scale.S": SCALE}


def need_cross(to: str) -> None:
    """Skips the test where programs for ``to`` can be neither built nor run."""
    for key in ("cc", "as", "qemu"):
        if tools.find(key, to).path() is None:
            pytest.skip(f"{tools.find(key, to).program} is not installed")
    if not Path("/usr/include/simde").is_dir():
        pytest.skip("SIMDe is not installed")
