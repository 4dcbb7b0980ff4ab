"""What of two units makes any comparison of their trees worthless: names that mean something else to the real compiler
than they mean here, and text that it may read differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from transpile.c.tree import Call, CallThrough, Name
from transpile.c.types import Pointer, Reference, Struct, size
from transpile.c.unit import Function, Unit
from transpile.c.walking import variables, walk
from transpile.errors import Span
from transpile.kernels.unit import CudaUnit
from transpile.loops.libc import COPY, FILL, FRESH, HARMLESS, PURE
from transpile.matching.bodies import same_type
from transpile.matching.memory import Lost
from transpile.matching.runtime import RESERVED

_BUILT_IN = ("threadIdx", "blockIdx", "blockDim", "gridDim", "warpSize")
_OVERLOADED = frozenset((
    "max", "min", "umax", "umin", "llmax", "llmin", "ullmax", "ullmin", "rsqrt", "rcbrt", "rhypot", "sinpi", "cospi",
    "norm", "norm3d", "norm4d", "rnorm", "erfinv", "erfcinv", "normcdf", "clock",
))  # fmt: skip
"""Functions that CUDA declares for several types: it may take one of these instead."""
_VECTORS = re.compile(r"(struct )?(u?(char|short|int|long|longlong)|float|double)[1-4]|(struct )?dim3")
_NO_CODE = re.compile(r'//.*?$|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL | re.MULTILINE)
_CONDITIONAL = re.compile(r"^[ \t]*(#|%:|\?\?=)[ \t]*(if|ifdef|ifndef|elif|else|include_next)\b", re.MULTILINE)
_WORD = re.compile(r"\b(__\w+|asm|alignas|_Pragma)\b")
_KNOWN_WORDS = frozenset((
    "__global__", "__device__", "__host__", "__shared__", "__constant__", "__restrict__", "__restrict",
    "__launch_bounds__", "__forceinline__", "__noinline__", "__FILE__", "__LINE__", "__syncthreads", "__VA_ARGS__",
    "__func__", "__ldg", "__syncwarp", "__shfl_down_sync", "__shfl_xor_sync", "__shfl_sync", "__shfl_up_sync",
))  # fmt: skip


def screen(ours: Unit, function: Function, theirs: CudaUnit) -> None:
    """Raises ``Lost`` for what is found."""
    reason = next(_text(theirs.unit), None)
    if reason:
        raise Lost(reason[0], function.span, reason[1])
    for refusal in theirs.unit.refusals:
        raise Lost(f"this is not read: {refusal.error}", function.span, refusal.error.span)
    for one in ours.functions:
        if one.name in PURE | COPY | FILL | FRESH | HARMLESS:
            raise Lost(f"'{one.name}' is defined anew", function.span, one.span)
    _require_own_names(function, theirs)
    _require_structs(ours, function, theirs)
    for name in ("volatile", "reference"):
        if any(_has(name, one) for one in (function, *ours.functions)):
            raise Lost(f"the C code has {name} variables", function.span, function.span)


def _text(unit: Unit) -> Iterator[tuple[str, Span]]:
    """What the compiler may read otherwise than it was read here: twice, for the host and for the device."""
    whole = _NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), "\n".join(unit.lines))
    for number, line in enumerate(whole.split("\n"), 1):
        span = Span(unit.file, number, 1, 1, unit.lines[number - 1] if number <= len(unit.lines) else "")
        if _CONDITIONAL.match(line):
            yield "text that depends on the compiler", span
        for word in _WORD.findall(line):
            if word not in _KNOWN_WORDS:
                yield f"'{word}' is not known", span
    for include in unit.includes:
        if not include.system:
            yield "a header of the user's own", include.span


def _require_own_names(function: Function, theirs: CudaUnit) -> None:
    defined = [one.name for one in theirs.unit.functions]
    for one in theirs.unit.functions:
        known = one.name in RESERVED or one.name in PURE | _OVERLOADED or one.name.startswith("atomic")
        if known or defined.count(one.name) > 1 or one.name.startswith("__"):
            raise Lost(f"'{one.name}' is defined anew", function.span, one.span)
    for name in RESERVED & theirs.unit.prototypes.keys():
        if not theirs.unit.prototypes[name].system:
            raise Lost(f"'{name}' is declared anew", function.span, theirs.unit.prototypes[name].span)
    for declaration in theirs.globals:
        calls = declaration.initial is not None and any(
            isinstance(node, Call | CallThrough) for node in walk(declaration.initial)
        )
        if declaration.variable.name in _BUILT_IN or calls:
            raise Lost(f"'{declaration.variable.name}' is not a plain variable", function.span, declaration.span)


def _require_structs(ours: Unit, function: Function, theirs: CudaUnit) -> None:
    """Structures of one name have one layout, on the device as well."""
    for name, struct in ours.structs.items():
        if _VECTORS.fullmatch(name):
            raise Lost(f"'{name}' is a type of CUDA", function.span, function.span)
        other = theirs.unit.structs.get(name)
        if other is not None and not _same_fields(struct, other):
            raise Lost(f"'{name}' is defined otherwise", function.span, function.span)


def _same_fields(one: Struct, other: Struct) -> bool:
    if one.fields is None or other.fields is None:
        return one.fields is other.fields
    names = [field.name for field in one.fields] == [field.name for field in other.fields]
    pairs = zip(one.fields, other.fields, strict=False)
    return (
        names
        and one.union == other.union
        and size(one) == size(other)
        and all(same_type(mine.type, yours.type) and mine.width == yours.width for mine, yours in pairs)
    )


def _has(what: str, function: Function) -> bool:
    if what == "reference":
        return any(isinstance(parameter, Reference) for parameter in function.type.parameters)
    named = {*function.parameters, *variables(function.body)}
    return any(one.volatile or (isinstance(one.type, Pointer) and one.type.volatile) for one in named) or any(
        isinstance(node, Name) and isinstance(node.type, Pointer) and node.type.volatile for node in walk(function.body)
    )
