"""Random C functions with loops, of the kinds that numerical programs are made of, for a model of plans to learn from.

``program(draw)`` is a whole C file with one function, and the extents that nobody can infer. It has one to three nests:
maps, stencils, reductions, scans, histograms, products of matrices, sparse rows, sweeps in time, triangles and
recurrences, in varied order of loops, styles and types. Every access is within its array for sizes of at least 8. Equal
draws give equal text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

_NAMES = "a b c x y z u v w in out src dst field grid rho temp mass flux price image score left right table data q p"
WORDS = _NAMES.split()
SIZES = ["n", "m", "k", "rows", "cols", "count", "width", "height", "len", "nx", "ny"]
COUNTERS = ["i", "j", "k", "l", "ii", "jj", "r", "s", "t0", "row", "col"]
FLOATS = ("float", "double")
INTEGERS = ("int", "unsigned", "long long")


@dataclass(frozen=True, slots=True)
class Program:
    """``extents`` by array, as a user would give them."""

    text: str
    extents: Mapping[str, str]


@dataclass(slots=True)
class Writer:
    """One function as it is written."""

    draw: Random
    type: str = "float"
    counter: str = "int"
    arrays: dict[str, str] = field(default_factory=dict)
    """Parameters as declared."""
    sizes: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    """Declarations before the first nest."""
    results: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    extents: dict[str, str] = field(default_factory=dict)

    def fresh(self, words: Sequence[str]) -> str:
        free = [word for word in words if word not in self.used]
        name = self.draw.choice(free) if free else f"{words[0]}{len(self.used)}"
        self.used.add(name)
        return name

    def size(self) -> str:
        if self.sizes and self.draw.random() < 0.75:
            return self.draw.choice(self.sizes)
        name = self.fresh(SIZES)
        self.sizes.append(name)
        return name

    def array(self, written: bool = False, kind: str = "", shape: Sequence[str] = ()) -> str:
        """A new array; with ``shape`` it may be declared with several dimensions."""
        name = self.fresh(WORDS)
        const = "" if written else "const "
        restrict = "restrict " if self.draw.random() < 0.2 else ""
        if len(shape) > 1 and self.draw.random() < 0.35:
            self.arrays[name] = f"{const}{kind or self.type} {name}{''.join(f'[{n}]' for n in shape)}"
        else:
            self.arrays[name] = f"{const}{kind or self.type} *{restrict}{name}"
        return name

    def at(self, name: str, shape: Sequence[str], index: Sequence[str]) -> str:
        """An element, however the array was declared."""
        if "[" in self.arrays[name]:
            return name + "".join(f"[{one}]" for one in index)
        flat = _bracketed(index[0])
        for size, one in zip(shape[1:], index[1:], strict=True):
            flat = f"{_bracketed(flat) if '+' in flat else flat} * {size} + {_bracketed(one)}"
        return f"{name}[{flat.removeprefix('(').removesuffix(')') if len(index) == 1 else flat}]"

    def loop(self, counter: str, start: str, end: str, body: Sequence[str]) -> list[str]:
        """A loop over ``start <= counter < end``."""
        form = self.draw.random()
        steps = self.draw.choice((f"{counter}++", f"++{counter}", f"{counter} += 1"))
        if form < 0.08 and start == "0":
            head = f"for ({self.counter} {counter} = {end} - 1; {counter} >= 0; {counter}--)"
        elif form < 0.2:
            head = f"for ({self.counter} {counter} = {start}; {counter} <= {end} - 1; {steps})"
        else:
            head = f"for ({self.counter} {counter} = {start}; {counter} < {end}; {steps})"
        if len(body) == 1 and self.draw.random() < 0.6:
            return [head, f"    {body[0]}"]
        return [f"{head} {{", *(f"    {line}" for line in body), "}"]

    def nest(self, counters: Sequence[str], bounds: Sequence[tuple[str, str]], body: Sequence[str]) -> list[str]:
        """Loops around ``body``, in an order that is sometimes not that of the subscripts."""
        order = list(range(len(counters)))
        if self.draw.random() < 0.4:
            self.draw.shuffle(order)
        for number in reversed(order):
            body = self.loop(counters[number], *bounds[number], body)
        return list(body)

    def value(self, terms: Sequence[str]) -> str:
        """An expression over ``terms``."""
        found = terms[0]
        for term in terms[1:]:
            found = f"{found} {self.draw.choice('+-*+')} {term}"
        match self.draw.randrange(6):
            case 0:
                return f"({found}) * {self.draw.choice(('2', '3', '5'))}"
            case 1:
                return f"{found} + {self.draw.choice(('1', '7'))}"
            case 2 if self.type in FLOATS:
                return f"{self.draw.choice(('fabs', 'sqrt', 'exp'))}{'f' if self.type == 'float' else ''}({found})"
        return found

    def counters(self, wanted: int) -> list[str]:
        return self.draw.sample(COUNTERS, wanted)


def _bracketed(text: str) -> str:
    return text if text.isidentifier() or text.isdecimal() else f"({text})"


def maps(to: Writer) -> list[str]:
    """Each element by itself, in one to three dimensions, perhaps under a condition, or with values of its own."""
    dimensions = to.draw.choice((1, 1, 2, 2, 2, 3))
    shape = [to.size() for _ in range(dimensions)]
    counters = to.counters(dimensions)
    target = to.array(True, shape=shape)
    place = to.at(target, shape, counters)
    terms = [_operand(to, shape, counters) for _ in range(to.draw.choice((1, 2, 2, 3)))]
    value = to.value(terms)
    body = [f"{place} {to.draw.choice(('=', '=', '+='))} {value};"]
    form = to.draw.random()
    if form < 0.2:
        name = to.fresh(["t", "tmp", "value"])
        body = [f"{to.type} {name} = {value};", f"{place} = {name} * {name};"]
    elif form < 0.4:
        body = [f"if ({terms[0]} > 0)", f"    {body[0]}"]
        if to.draw.random() < 0.5:
            body += ["else", f"    {place} = {terms[-1]};"]
    elif form < 0.5:
        other = to.array(True, shape=shape)
        body.append(f"{to.at(other, shape, counters)} = {terms[-1]};")
    return to.nest(counters, [("0", size) for size in shape], body)


def _operand(to: Writer, shape: list[str], counters: list[str]) -> str:
    """An element of another array: the same place, the transposed one, a part of it, through an index, or a scalar."""
    form = to.draw.random()
    if form < 0.15 and len(counters) == 2:
        return to.at(to.array(shape=shape[::-1]), shape[::-1], counters[::-1])
    if form < 0.35 and len(counters) > 1:
        number = to.draw.randrange(len(counters))
        return to.at(to.array(shape=shape[number : number + 1]), shape[:1], counters[number : number + 1])
    if form < 0.42 and len(counters) == 1:
        return f"{to.array()}[{to.draw.choice((2, 3, 4))} * {counters[0]}]"
    return to.at(to.array(shape=shape), shape, counters)


def stencil(to: Writer) -> list[str]:
    """Neighbours of each element, perhaps again and again between two arrays."""
    dimensions = to.draw.choice((1, 2, 2, 3))
    shape = [to.size() for _ in range(dimensions)]
    counters = to.counters(dimensions)
    source, target = to.array(True, shape=shape), to.array(True, shape=shape)
    reach = to.draw.choice((1, 1, 2))
    body = [f"{to.at(target, shape, counters)} = {' + '.join(_around(to, source, shape, counters, reach))};"]
    bounds = [(str(reach), f"{size} - {reach}") for size in shape]
    once = to.nest(counters, bounds, body)
    if to.draw.random() < 0.5:
        return once
    if to.draw.random() < 0.3:
        back = [f"{to.at(source, shape, counters)} = {to.at(target, shape, counters)};"]
    else:
        back = [f"{to.at(source, shape, counters)} = {' + '.join(_around(to, target, shape, counters, reach))};"]
    return to.loop("step", "0", to.size(), [*once, *to.nest(counters, bounds, back)])


def _around(to: Writer, array: str, shape: list[str], counters: list[str], reach: int) -> list[str]:
    terms = [to.at(array, shape, counters)]
    for number in range(len(counters)):
        for offset in (*range(-reach, 0), *range(1, reach + 1)):
            if to.draw.random() < 0.85:
                moved = f"{counters[number]} {'-' if offset < 0 else '+'} {abs(offset)}"
                terms.append(to.at(array, shape, [*counters[:number], moved, *counters[number + 1 :]]))
    return terms


def reduction(to: Writer) -> list[str]:
    """All elements into one value."""
    size, (counter,) = to.size(), to.counters(1)
    total = to.fresh(["sum", "total", "acc", "best", "res"])
    term = to.value([f"{to.array()}[{counter}]" for _ in range(to.draw.choice((1, 2)))])
    match to.draw.randrange(4):
        case 0:
            begin, body = "1", [f"{total} *= {term};"]
        case 1:
            begin, body = "0", [f"if ({term} > {total})", f"    {total} = {term};"]
        case 2:
            begin, body = "0", [f"if ({term} > 0)", f"    {total} += {term};"]
        case _:
            begin, body = "0", [f"{total} += {term};"]
    to.first.append(f"{to.type} {total} = {begin};")
    to.results.append(total)
    return to.loop(counter, "0", size, body)


def rows(to: Writer) -> list[str]:
    """A sum for each row or column: products of matrices with vectors, norms."""
    n, m = to.size(), to.size()
    i, j = to.counters(2)
    down = to.draw.random() < 0.45
    shape = [m, n] if down else [n, m]
    matrix, target = to.array(shape=shape), to.array(True)
    term = to.at(matrix, shape, [j, i] if down else [i, j])
    if to.draw.random() < 0.7:
        term = f"{term} * {to.array()}[{j}]"
    if to.draw.random() < 0.35:
        swapped = to.draw.random() < 0.5
        if swapped:
            return to.loop(j, "0", m, to.loop(i, "0", n, [f"{target}[{i}] += {term};"]))
        return to.loop(i, "0", n, to.loop(j, "0", m, [f"{target}[{i}] += {term};"]))
    total = to.fresh(["sum", "acc", "dot"])
    body = [f"{to.type} {total} = 0;", *to.loop(j, "0", m, [f"{total} += {term};"]), f"{target}[{i}] = {total};"]
    return to.loop(i, "0", n, body)


def product(to: Writer) -> list[str]:
    """Products of matrices, plain and transposed, in several orders of the loops."""
    n, m, k = to.size(), to.size(), to.size()
    i, j, p = to.counters(3)
    shapes = [[n, k], [k, m], [n, m]]
    indices = [[i, p], [p, j], [i, j]]
    for one in (0, 1, 2):
        if to.draw.random() < 0.25:
            shapes[one].reverse()
            indices[one].reverse()
    a, b, c = to.array(shape=shapes[0]), to.array(shape=shapes[1]), to.array(True, shape=shapes[2])
    left, right, place = (to.at(x, s, at) for x, s, at in zip((a, b, c), shapes, indices, strict=True))
    outer = [(i, n), (j, m)]
    if to.draw.random() < 0.4:
        outer.reverse()
    form = to.draw.random()
    if form < 0.5:
        total = to.fresh(["sum", "acc", "s0"])
        body = [f"{to.type} {total} = 0;", *to.loop(p, "0", k, [f"{total} += {left} * {right};"])]
        body.append(f"{place} {to.draw.choice(('=', '+='))} {total};")
    elif form < 0.8:
        body = [f"{place} = 0;", *to.loop(p, "0", k, [f"{place} += {left} * {right};"])]
    else:
        inner = to.loop(outer[1][0], "0", outer[1][1], [f"{place} += {left} * {right};"])
        return to.loop(outer[0][0], "0", outer[0][1], to.loop(p, "0", k, inner))
    inner = to.loop(outer[1][0], "0", outer[1][1], body)
    return to.loop(outer[0][0], "0", outer[0][1], inner)


def scan(to: Writer) -> list[str]:
    size, (counter,) = to.size(), to.counters(1)
    source, target = to.array(), to.array(True)
    if to.draw.random() < 0.5:
        return to.loop(counter, "1", size, [f"{target}[{counter}] += {target}[{counter} - 1];"])
    total = to.fresh(["run", "sum", "acc"])
    to.first.append(f"{to.type} {total} = 0;")
    lines = [f"{total} += {source}[{counter}];", f"{target}[{counter}] = {total};"]
    return to.loop(counter, "0", size, lines if to.draw.random() < 0.6 else lines[::-1])


def histogram(to: Writer) -> list[str]:
    size, (counter,) = to.size(), to.counters(1)
    kinds, bins = to.array(kind="unsigned char"), to.array(True, kind="int")
    to.extents[bins] = "256"
    weight = f"{to.array(kind='int')}[{counter}]" if to.draw.random() < 0.4 else "1"
    return to.loop(counter, "0", size, [f"{bins}[{kinds}[{counter}]] += {weight};"])


def sparse(to: Writer) -> list[str]:
    size, (i, p) = to.size(), to.counters(2)
    start, column = to.array(kind="int"), to.array(kind="int")
    values, x, y = to.array(), to.array(), to.array(True)
    stored = to.size()
    to.extents |= {values: stored, column: stored, x: to.size()}
    total = to.fresh(["sum", "acc"])
    inner = to.loop(p, f"{start}[{i}]", f"{start}[{i} + 1]", [f"{total} += {values}[{p}] * {x}[{column}[{p}]];"])
    return to.loop(i, "0", size, [f"{to.type} {total} = 0;", *inner, f"{y}[{i}] = {total};"])


def triangle(to: Writer) -> list[str]:
    """Half of a matrix."""
    n, (i, j) = to.size(), to.counters(2)
    shape = [n, n]
    target, source = to.array(True, shape=shape), to.array(shape=shape)
    place = [i, j] if to.draw.random() < 0.7 else [j, i]
    body = [f"{to.at(target, shape, place)} = {to.value([to.at(source, shape, [i, j])])};"]
    bounds = to.draw.choice(((f"{i} + 1", n), (i, n), ("0", i)))
    if to.draw.random() < 0.4:
        total = to.fresh(["sum", "acc"])
        body = [f"{to.type} {total} = 0;", *to.loop("q0", "0", n, [
            f"{total} += {to.at(source, shape, [i, 'q0'])} * {to.at(source, shape, [j, 'q0'])};"]),
            f"{to.at(target, shape, place)} = {total};"]  # fmt: skip
    return to.loop(i, "0", n, to.loop(j, *bounds, body))


def recurrence(to: Writer) -> list[str]:
    """Rows that depend on those before, alone or with each row's elements independent."""
    n, (i, j) = to.size(), to.counters(2)
    if to.draw.random() < 0.3:
        array = to.array(True)
        return to.loop(i, "1", n, [f"{array}[{i}] = {array}[{i} - 1] * 3 + {to.array()}[{i}];"])
    m = to.size()
    shape = [n, m]
    array = to.array(True, shape=shape)
    before = to.at(array, shape, [f"{i} - 1", j])
    body = [f"{to.at(array, shape, [i, j])} = {before} + {to.at(to.array(shape=shape), shape, [i, j])};"]
    loops = [(i, "1", n), (j, "0", m)]
    if to.draw.random() < 0.4:
        loops.reverse()
    for loop in reversed(loops):
        body = to.loop(*loop, body)
    return body


def workspace(to: Writer) -> list[str]:
    """A small array of each iteration's own."""
    n, (i, j) = to.size(), to.counters(2)
    source, target, own = to.array(), to.array(True), to.fresh(["w0", "buf", "own"])
    few = str(to.draw.choice((3, 4, 8)))
    body = [
        f"{to.type} {own}[{few}];",
        *to.loop(j, "0", few, [f"{own}[{j}] = {source}[{i} * {few} + {j}];"]),
        *to.loop(j, "0", few, [f"{target}[{i} * {few} + {j}] = {own}[{few} - 1 - {j}] + {own}[0];"]),
    ]
    return to.loop(i, "0", n, body)


KINDS: Sequence[tuple[Callable[[Writer], list[str]], int]] = (
    (maps, 6), (stencil, 4), (reduction, 2), (rows, 4), (product, 4), (scan, 2), (histogram, 1), (sparse, 1),
    (triangle, 3), (recurrence, 3), (workspace, 1),
)  # fmt: skip
"""Kinds of nests, and how often each is drawn."""


def program(draw: Random, name: str = "work") -> Program:
    """A C file with one random function."""
    to = Writer(draw, draw.choice((*FLOATS, *FLOATS, *INTEGERS)), draw.choice(("int", "int", "int", "long", "long")))
    kinds, weights = zip(*KINDS, strict=True)
    nests = [kind(to) for kind in draw.choices(kinds, weights, k=draw.choice((1, 1, 1, 2, 3)))]
    body = [line for nest in nests for line in nest]
    sizes = [f"{to.counter} {size}" for size in to.sizes]
    returned = to.results[0] if to.results else ""
    for number, result in enumerate(to.results[1:]):
        to.arrays[f"kept{number}"] = f"{to.type} *kept{number}"
        body.append(f"kept{number}[0] = {result};")
    lines = [f"    {line}" for line in (*to.first, *body, *([f"return {returned};"] if returned else []))]
    head = f"{to.type if returned else 'void'} {name}({', '.join((*sizes, *to.arrays.values()))})"
    return Program("\n".join(("#include <math.h>", "", head, "{", *lines, "}", "")), to.extents)
