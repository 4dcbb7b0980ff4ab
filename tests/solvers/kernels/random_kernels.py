"""Random kernels with loops, branches, barriers and shared memory, that stay within their arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

LENGTH = 1024
"""Elements of each array: more than any index reaches."""
BLOCK, GRID = 8, 2
INDENT = "    "


@dataclass(slots=True)
class Generator:
    """Writes one kernel. ``counters`` are the loop variables in scope, all of them below 8 and not negative."""

    random: Random
    counters: list[str] = field(default_factory=list)
    made: int = 0

    def kernel(self, name: str) -> str:
        lines = [
            f"__global__ void {name}(int *a, int *b, int n, int m) {{",
            "    __shared__ int s[1024], r[1024];",
            "    for (int q = threadIdx.x; q < 1024; q += blockDim.x) { s[q] = q % 7; r[q] = q; }",
            "    __syncthreads();",
            "    unsigned t = threadIdx.x;",
            "    int g = blockIdx.x * blockDim.x + threadIdx.x, v = n, w = 1;",
            *self.statements(1, self.random.randint(2, 5)),
            "}",
        ]
        return "\n".join(lines)

    def statements(self, level: int, count: int, inside: bool = False) -> list[str]:
        return [line for _ in range(count) for line in self.statement(level, inside)]

    def statement(self, level: int, inside: bool) -> list[str]:
        pad = INDENT * level
        kinds = ["write", "write", "write", "update", "read", "barrier", "barrier", "atomic", "if", "loop"]
        if level > 2:
            kinds = kinds[:8]
        if inside:
            kinds += ["leave"]
        match self.random.choice(kinds):
            case "write":
                return [f"{pad}{self.element()} = {self.value()};"]
            case "update":
                return [f"{pad}{self.element()} += {self.value()};"]
            case "read":
                return [f"{pad}{self.random.choice('vw')} = {self.element()} % 8;"]
            case "barrier":
                return [f"{pad}__syncthreads();"]
            case "atomic":
                return [f"{pad}atomicAdd(&{self.element()}, 1);"]
            case "if":
                return self.branch(level, inside)
            case "leave":
                word = self.random.choice(("break", "continue"))
                return [f"{pad}if ({self.condition()}) {word};"]
        return self.loop(level)

    def branch(self, level: int, inside: bool) -> list[str]:
        pad = INDENT * level
        lines = [f"{pad}if ({self.condition()}) {{", *self.statements(level + 1, self.random.randint(1, 2), inside)]
        if self.random.random() < 0.3:
            lines += [f"{pad}}} else {{", *self.statements(level + 1, 1, inside)]
        return [*lines, f"{pad}}}"]

    def loop(self, level: int) -> list[str]:
        pad, name = INDENT * level, f"k{self.made}"
        self.made += 1
        head = self.random.choice((
            f"for (int {name} = 0; {name} < {self.bound()}; {name}++)",
            f"for (int {name} = {self.random.choice(('t', '1', 'n'))}; {name} < {self.bound()}; {name} += 2)",
            f"for (int {name} = 4; {name} > 0; {name} >>= 1)",
            f"for (unsigned {name} = 1; {name} < {self.random.choice(('8', 'n + 1'))}; {name} *= 2)",
            f"for (int {name} = 7; {name} >= {self.random.choice(('0', 'm', '(int)t'))}; {name}--)",
        ))  # fmt: skip
        self.counters.append(name)
        lines = [f"{pad}{head} {{", *self.statements(level + 1, self.random.randint(1, 3), True), f"{pad}}}"]
        self.counters.pop()
        return lines

    def bound(self) -> str:
        return self.random.choice(("n", "3", "m", "4", "t", "8"))

    def element(self) -> str:
        array = self.random.choice(("a", "b", "s", "s", "s", "r"))
        return f"{array}[{self.index(array in 'ab')}]"

    def index(self, outside: bool) -> str:
        own = "g" if outside and self.random.random() < 0.8 else "t"
        k = self.random.choice((*self.counters, "n", "m", "1"))
        return self.random.choice((
            own, own, own, own, f"{own} + 1", f"{own} + {k}", f"{own} * 2", f"{own} * 8 + {k}", f"{k} * 16 + {own}",
            f"{own} / 2", f"{own} ^ 1", f"({own} + {k}) % 8", "0", k, f"{own} + 16", f"{own} * {k}", f"15 - {own}",
            f"{own} + w * 8 + 64",
        ))  # fmt: skip

    def value(self) -> str:
        return self.random.choice(("g + 1000", "v + g", f"{self.element()} + g", "w + t"))

    def condition(self) -> str:
        k = self.random.choice((*self.counters, "n", "2"))
        return self.random.choice((
            "t == 0", f"t < {k}", "t % 2 == 0", "n > 3", f"{k} == 1", "g < n", "t > 3", "blockIdx.x == 0", f"t == {k}",
            f"{k} < m", "v > 2", "t < 4 && n > 2", f"t >= {k} || m == 2",
        ))  # fmt: skip


def kernels(seed: int, count: int) -> dict[str, str]:
    """Kernels by name."""
    found: dict[str, str] = {}
    for number in range(count):
        name = f"k{seed}_{number}"
        found[name] = Generator(Random(f"{seed} {number}")).kernel(name)
    return found


def program(texts: dict[str, str]) -> str:
    """A program that reads the number of a kernel and two arguments, and launches it on fresh memory."""
    cases = "\n".join(
        f"    if (which == {number}) {name}<<<{GRID}, {BLOCK}>>>(a, b, n, m);" for number, name in enumerate(texts)
    )
    return f"""\
#include <stdio.h>
#include <cuda_runtime.h>
{chr(10).join(texts.values())}
int main() {{
    int which, n, m, *a, *b;
    if (scanf("%d %d %d", &which, &n, &m) != 3) return 1;
    if (cudaMalloc(&a, {4 * LENGTH}) != cudaSuccess || cudaMalloc(&b, {4 * LENGTH}) != cudaSuccess) return 1;
    if (cudaMemset(a, 1, {4 * LENGTH}) != cudaSuccess || cudaMemset(b, 2, {4 * LENGTH}) != cudaSuccess) return 1;
{cases}
    if (cudaDeviceSynchronize() != cudaSuccess || cudaFree(a) != cudaSuccess || cudaFree(b) != cudaSuccess) return 1;
    return 0;
}}
"""
