"""Variables of the function that a kernel sets: they travel to the device and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.c.printing import text
from transpile.c.tree import Binary, Constant, Expression, Name, Unary, Variable
from transpile.c.types import INT, is_arithmetic, size
from transpile.cuda.capture import Parameter, declared
from transpile.cuda.context import Context, controlled, refuse
from transpile.cuda.resolve import Nest
from transpile.cuda.threads import Threads


@dataclass(frozen=True, slots=True)
class _Result:
    variable: Variable
    out: str
    device: str


@dataclass(frozen=True, slots=True)
class Results:
    results: tuple[_Result, ...]

    @property
    def variables(self) -> frozenset[Variable]:
        return frozenset(result.variable for result in self.results)

    @property
    def parameters(self) -> list[Parameter]:
        return [
            Parameter(declared(f"*__restrict__ {result.out}", result.variable.type), result.device)
            for result in self.results
        ]

    @property
    def before(self) -> list[str]:
        """The variables in the kernel, with the values they had."""
        return [f"{declared(r.variable.name, r.variable.type)} = *{r.out};" for r in self.results]

    @property
    def after(self) -> list[str]:
        return [f"*{result.out} = {result.variable.name};" for result in self.results]

    def at_end(self, parts: Sequence[Threads]) -> list[str]:
        """What the thread of the last iteration does."""
        if not self.results:
            return []
        ends = " && ".join(_last(part) for part in parts)
        return controlled(f"if ({ends})", self.after)

    def around(self, lines: Sequence[str]) -> list[str]:
        """``lines`` of the host with the copies there and back."""
        before: list[str] = []
        after: list[str] = []
        for result in self.results:
            name, device = result.variable.name, result.device
            before += [
                f"{declared(f'*{device}', result.variable.type)};",
                f"CHECK(cudaMalloc(&{device}, sizeof {name}));",
                f"CHECK(cudaMemcpy({device}, &{name}, sizeof {name}, cudaMemcpyHostToDevice));",
            ]
            after += [
                f"CHECK(cudaMemcpy(&{name}, {device}, sizeof {name}, cudaMemcpyDeviceToHost));",
                f"CHECK(cudaFree({device}));",
            ]
        return [*before, *lines, *after]


def _last(part: Threads) -> str:
    """Whether this iteration is the last of a loop."""
    step = part.loop.loop.step
    span = part.loop.loop.span
    at = Name(part.at, type=part.at.type, span=span)
    by = Constant(abs(step), str(abs(step)), type=INT, span=span)
    following: Expression = Binary("+" if step > 0 else "-", at, by, type=part.at.type, span=span)
    return text(Unary("!", part.guard(following), type=INT, span=span), macros=True)


def results(context: Context, nest: Nest, variables: Sequence[Variable]) -> Results:
    found = []
    for variable in variables:
        if not is_arithmetic(variable.type) or variable.storage == "static" or variable.volatile:
            raise refuse(nest, f"'{variable.name}' cannot be copied back from the device")
        found.append(_Result(variable, context.local(f"{variable.name}_out"), context.fresh(f"d_{variable.name}")))
    return Results(tuple(found))


def private_declarations(nest: Nest, variables: Sequence[Variable]) -> list[str]:
    """Variables of the function that each thread has for itself."""
    lines = []
    for variable in variables:
        plain = dataclasses.replace(variable, const=False)
        if size(plain.type) is None:
            raise refuse(nest, f"how large '{variable.name}' is for each thread is not known")
        lines.append(f"{declared(variable.name, plain.declared)};")
    return lines
