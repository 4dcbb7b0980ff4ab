"""From the untrusted text of a model to a plan or a whole CUDA text, or to the reason why it is neither.

An answer is bounded in bytes and lines. A CUDA text is looked at before any tool gets it: it may include headers of
CUDA and of the C library, define the function with the parameters that it has in C, and call itself, the CUDA runtime,
and functions that only compute; no assembly, no attributes of the compiler, no calls through pointers. What remains is
checked as any candidate; nothing here decides that it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transpile.c.spelling import type_text
from transpile.c.tree import Call, CallThrough, Node
from transpile.c.types import Array, CType, Pointer, Reference
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk
from transpile.cuda.plan_text import parse
from transpile.errors import SourceErrors, printable
from transpile.kernels.reading import read_cuda
from transpile.loops.libc import PURE
from transpile.offload.proposers import Idea

MAX_BYTES = 65_536
"""Of an answer with everything that surrounds the code; longer ones are not looked at."""
MAX_LINES = 2_000
MAX_STEPS = 400
"""Lines of a plan."""
_FENCE = re.compile(r"^\s*(```|~~~)")
_THOUGHTS = ("think", "thinking", "reasoning")
_PLAN_LINE = re.compile(r"\s*(?:array\s|distinct\s|\d{1,7}(?::\d{1,4})?:\s)")
_INCLUDED = (
    "cuda_runtime.h cuda.h cuda_runtime_api.h device_launch_parameters.h assert.h float.h limits.h math.h stdbool.h "
    "stddef.h stdint.h stdio.h stdlib.h string.h cassert cfloat climits cmath cstddef cstdint cstdio cstdlib cstring"
)
_HEADERS = frozenset(_INCLUDED.split())
_DIRECTIVE = re.compile(
    r"\s*#\s*(?:include\s*<([\w./]+)>|(?:define|undef|if|ifdef|ifndef|else|elif|endif)\b|pragma\s+unroll\b)"
)
_FORBIDDEN = re.compile(
    r"\b(?:asm|__asm|__asm__|__attribute|__attribute__|_Pragma|__has_include\w*|__has_embed|__builtin_apply\w*"
    r"|__builtin_return|constexpr|consteval|constructor|import|module)\b|%:|\?\?=|\\$|__launch_bounds__\s*\(\s*0"
)
_RUNTIME = re.compile(
    r"cuda(?:Malloc|MallocAsync|MallocPitch|Free|FreeAsync|Memcpy|Memcpy2D|MemcpyAsync|Memset|MemsetAsync|GetLastError"
    r"|PeekAtLastError|DeviceSynchronize|StreamSynchronize|StreamCreate|StreamDestroy|GetErrorString|GetErrorName"
    r"|SetDevice|GetDevice|MemcpyToSymbol|MemcpyFromSymbol|FuncSetAttribute)"
)
_DEVICE = re.compile(
    r"atomic[A-Z]\w*|__syncthreads\w*|__syncwarp|__shfl\w*|__ballot\w*|__[fdiu]\w+|__dim3|__launch\w*|__ld[gcs]\w*"
    r"|make_\w+|dim3|min|max|u?l?l?min|u?l?l?max|rsqrtf?"
)
_CALLED = "fprintf printf fputs exit abort malloc calloc free memcpy memset sizeof assert __assert_fail"
_HOST = frozenset(_CALLED.split())


class AnswerError(Exception):
    """Why a text is no candidate, in words that a model can be told."""


def parse_answer(text: str, function: Function) -> Idea:
    """The plan or the CUDA text in ``text``; raises AnswerError."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise AnswerError(f"longer than {MAX_BYTES} bytes")
    lines = _code(text.replace("\r\n", "\n"))
    if len(lines) > MAX_LINES:
        raise AnswerError(f"more than {MAX_LINES} lines")
    if any("__global__" in line for line in lines):
        code = "\n".join(line.rstrip() for line in lines).strip() + "\n"
        require_harmless(code, function)
        return Idea(text=code)
    plan = [line for line in lines if line.strip()]
    if not any(map(_PLAN_LINE.match, plan)):
        raise AnswerError("neither a plan nor a CUDA file")
    if len(plan) > MAX_STEPS:
        raise AnswerError(f"a plan of more than {MAX_STEPS} lines")
    try:
        return Idea(parse("\n".join(plan)))
    except SourceErrors as error:
        raise AnswerError(_said(error)) from None


def _said(error: SourceErrors) -> str:
    return "; ".join(one.render().partition("\n")[0] for one in error.errors[:3])[:400]


def _code(text: str) -> list[str]:
    """The lines of the last code block that has any; without one, the lines of a plan, or all of a CUDA file."""
    for name in _THOUGHTS:
        text = text.rpartition(f"</{name}>")[2].partition(f"<{name}>")[0]
    lines = text.split("\n")
    blocks: list[list[str]] = []
    inside = False
    for line in lines:
        if _FENCE.match(line):
            inside = not inside
            blocks += [[]] if inside else []
        elif inside:
            blocks[-1].append(line)
    filled = [block for block in blocks if any(line.strip() for line in block)]
    if blocks:
        return filled[-1] if filled else []
    if "__global__" in text:
        return lines
    return [line for line in lines if _PLAN_LINE.match(line)]


def require_harmless(text: str, function: Function) -> None:
    """Raise AnswerError unless ``text`` defines ``function`` and reaches out to nothing."""
    for line in text.split("\n"):
        directive = _DIRECTIVE.match(line)
        if line.lstrip().startswith("#") and (directive is None or (directive[1] or "math.h") not in _HEADERS):
            raise AnswerError(f"'{printable(line.strip())[:60]}' may not stand in an answer")
        if found := _FORBIDDEN.search(line):
            raise AnswerError(f"'{printable(found[0])}' may not stand in an answer")
    try:
        unit = read_cuda(text, "answer.cu").unit
        unit.require()
    except SourceErrors as error:
        raise AnswerError(_said(error)) from None
    for name in _called(unit):
        if not _allowed(name, unit):
            raise AnswerError(f"'{printable(name)[:40]}' may not be called")
    _require_signature(unit, function)


def _called(unit: Unit) -> Iterator[str]:
    places: list[Node] = [one.body for one in unit.functions]
    places += unit.globals
    for place in places:
        for node in walk(place):
            if isinstance(node, CallThrough):
                raise AnswerError("calls through pointers are not allowed")
            if isinstance(node, Call):
                yield node.name


def _allowed(name: str, unit: Unit) -> bool:
    if any(one.name == name for one in unit.functions) or name in _HOST or name in PURE:
        return True
    return bool(_RUNTIME.fullmatch(name) or _DEVICE.fullmatch(name))


def _require_signature(unit: Unit, function: Function) -> None:
    found = next((one for one in unit.functions if one.name == function.name), None)
    if found is None or "global" in found.variable.attributes:
        raise AnswerError(f"it does not define '{function.name}'")
    ours, theirs = ([_plain(p.type) for p in one.parameters] for one in (function, found))
    if ours != theirs or _plain(found.result) != _plain(function.result):
        raise AnswerError(f"'{function.name}' has other parameters, or another result, than the C function")


def _plain(type: CType) -> str:
    """A type as far as a caller can tell."""
    match type:
        case Pointer(to) | Reference(to) | Array(to):
            return f"{_element(to)} *"
    return type_text(type)


def _element(type: CType) -> str:
    """What rows of arrays are made of."""
    while isinstance(type, Array):
        type = type.of
    return type_text(type)
