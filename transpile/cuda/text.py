"""The translation unit put together: headers, definitions, device functions, kernels, and the host's function."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from transpile.c.printing import show, show_function
from transpile.c.spelling import parts
from transpile.c.tree import NO_NOTES, Call, Name, Node, Variable
from transpile.c.types import Pointer, Void, is_arithmetic
from transpile.c.unit import Function
from transpile.c.walking import children, walk
from transpile.cuda.blockwide import functions
from transpile.cuda.capture import Parameter
from transpile.cuda.context import Context, indented, without_pragmas
from transpile.cuda.dialect import cuda_declaration, on_device, unsupported, written_length
from transpile.cuda.host import Host
from transpile.cuda.kernel_text import header

_CHECK = r"""/* Ends the program with a message when a call of the CUDA runtime fails. */
#define CHECK(call)                                                                                 \
    do {                                                                                            \
        const cudaError_t error = (call);                                                           \
        if (error != cudaSuccess) {                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error));          \
            exit(EXIT_FAILURE);                                                                     \
        }                                                                                           \
    } while (0)"""
_EXTENT = """/* A length as a number of elements: none when it is negative. */
static size_t extent(long long length)
{
    return length > 0 ? (size_t)length : 0;
}"""
_BLOCKS = """/* How many blocks of `size` threads make so many threads. */
static unsigned blocks(long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    if (count > 2147483647) {
        fprintf(stderr, "%lld threads are more than a grid can have\\n", threads);
        exit(EXIT_FAILURE);
    }
    return (unsigned)count;
}"""
_BLOCKS_UP_TO = """/* At most `most` blocks of `size` threads; fewer if there are fewer threads. */
static unsigned blocks_up_to(unsigned most, long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    return count < most ? (unsigned)count : most;
}"""
_OVERLAP = """/* Whether two pieces of memory have a byte in common. */
static bool overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    const uintptr_t a_first = (uintptr_t)a, b_first = (uintptr_t)b;
    return a_bytes > 0 && b_bytes > 0 && a_first < b_first + b_bytes && b_first < a_first + a_bytes;
}"""


def assembled(context: Context, original: Function, host: Host) -> str:
    """The whole text."""
    body = host.body(lambda: _distinct(context))
    main = [*original.notes.leading, *_head(context, original), "{", *indented(body), "}"]
    fallback = [_on_cpu(context)] if context.resolved.distinct else []
    called = _called(context, main_code=context.function, everything=bool(fallback))
    device = _device_functions(context)
    shared = [
        (function.name, _function(context, function, device, called))
        for function in context.unit.functions
        if function.name in {*device, *called}
    ]
    kernels = [kernel.text for kernel in context.kernels]
    emitted = "\n\n".join(
        [
            *_prototypes(context, shared),
            *(text for _, text in shared),
            *functions(context),
            *kernels,
            *fallback,
            "\n".join(main),
        ]
    )
    pieces = [*_globals(context, emitted), *_helpers(context, emitted), *_searches(context), emitted]
    pieces = [*_definitions(context), *pieces]
    macros = [f"#define {name} {value}" for name, value in context.dialect.macros.items() if _uses(pieces, name)]
    return (
        "\n\n".join(["\n".join(_includes(context, pieces)), *(["\n".join(macros)] if macros else []), *pieces]) + "\n"
    )


def _uses(pieces: Sequence[str], name: str) -> bool:
    return any(re.search(rf"\b{name}\b", piece) for piece in pieces)


def _includes(context: Context, pieces: Sequence[str]) -> list[str]:
    own = ["<cuda_runtime.h>", "<stdio.h>", "<stdlib.h>"]
    if _uses(pieces, "std::(min|max)"):
        own.append("<algorithm>")
    if _uses(pieces, "uintptr_t"):
        own.append("<stdint.h>")
    theirs = [include.name for include in context.unit.includes]
    return [f"#include {name}" for name in dict.fromkeys([*theirs, *sorted(set(own) - set(theirs))])]


def _definitions(context: Context) -> list[str]:
    return [show(definition) for definition in context.unit.definitions]


def _globals(context: Context, emitted: str) -> list[str]:
    return [
        show(context.dialect.tree(declared), macros=True)
        for declared in context.unit.globals
        if re.search(rf"\b{declared.variable.name}\b", emitted)
    ]


def _helpers(context: Context, emitted: str) -> Iterator[str]:
    yield _CHECK
    for name, text in (
        ("extent(", _EXTENT),
        ("blocks(", _BLOCKS),
        ("blocks_up_to(", _BLOCKS_UP_TO),
        ("overlap(", _OVERLAP),
    ):
        if re.search(rf"\b{re.escape(name)}", emitted):
            yield text


def _searches(context: Context) -> Iterator[str]:
    """Functions that find out how large arrays are."""
    for variable, name in context.searches.items():
        extent = context.resolved.arrays[variable].extent
        taken = [Parameter(cuda_declaration(one), "") for one in extent.variables]
        lines = [*extent.search, f"return {extent.text};"]
        comment = f"/* How many elements of `{variable.name}` the loops reach. */"
        yield "\n".join([comment, *header(f"static size_t {name}(", taken), "{", *indented(lines), "}"])


def _calls(function: Function) -> Iterator[Call]:
    return (node for node in walk(function.body) if isinstance(node, Call))


def _closed(context: Context, names: Iterator[str]) -> set[str]:
    """The functions of the unit called ``names``, and all that they call."""
    known = {function.name: function for function in context.unit.functions}
    found: set[str] = set()
    waiting = [name for name in names if name in known]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(call.name for call in _calls(known[name]) if call.name in known)
    return found


def _device_functions(context: Context) -> set[str]:
    while True:
        found = _closed(context, iter(context.device_functions))
        for function in context.unit.functions:
            if function.name in found:
                for call in _calls(function):
                    context.call(call.name, call.span)
                _check_globals(context, function)
                on_device(function.body)
        if set(context.device_functions) == found:
            return found
        context.device_functions.update(dict.fromkeys(sorted(found)))


def _check_globals(context: Context, function: Function) -> None:
    for node in walk(function.body):
        if not (isinstance(node, Name) and node.variable.storage in ("global", "static")):
            continue
        if not (node.variable.const and is_arithmetic(node.variable.type)):
            what = f"a function of the device that uses '{node.variable.name}'"
            raise unsupported(node.span, what, "make it a parameter")


def _called(context: Context, main_code: Function, everything: bool) -> set[str]:
    """The functions that the host calls."""
    nests = set() if everything else set(context.resolved.nests)
    names: list[str] = []
    waiting: list[Node] = [main_code.body]
    while waiting:
        node = waiting.pop()
        if id(node) not in nests:
            names += [node.name] if isinstance(node, Call) else []
            waiting.extend(_children(node))
    return _closed(context, iter(names)) - {main_code.name}


def _children(node: Node) -> Iterator[Node]:
    return children(node)


def _function(context: Context, function: Function, device: set[str], called: set[str]) -> str:
    """A function that kernels call, or the host, or both."""
    both = "__host__ __device__ " if function.name in called else "__device__ "
    prefix = both if function.name in device else ""
    converted = context.dialect.function(function)
    notes = dataclasses.replace(function.notes, pragmas=())
    converted = dataclasses.replace(
        converted, static=True, body=without_pragmas(converted.body), notes=dataclasses.replace(notes, leading=())
    )
    return "\n".join([*notes.leading, _spelled(show_function(converted, macros=True), prefix)])


def _prototypes(context: Context, functions: Sequence[tuple[str, str]]) -> list[str]:
    """Declarations of functions that others call before they are defined."""
    names = [name for name, _ in functions]
    known = {function.name: function for function in context.unit.functions}
    early = {
        call.name for place, name in enumerate(names) for call in _calls(known[name]) if call.name in names[place + 1 :]
    }
    return [f"{_first_line(text)};" for name, text in functions if name in early]


def _first_line(text: str) -> str:
    """The line that a function begins with, behind its comments and without its brace."""
    return next(line for line in text.splitlines() if line.startswith("static ")).removesuffix(" {")


def _spelled(shown: str, prefix: str) -> str:
    return f"static {prefix}{shown.removeprefix('static ')}"


def _on_cpu(context: Context) -> str:
    function = context.function
    name = f"{function.name}_on_cpu"
    converted = dataclasses.replace(function, name=name, static=True, notes=NO_NOTES)
    return "\n".join(
        [
            "/* For arguments that overlap, where the order of the iterations counts. */",
            show_function(converted, macros=True),
        ]
    )


def _distinct(context: Context) -> list[str]:
    lines: list[str] = []
    function = context.function
    for group in context.resolved.distinct:
        pairs = [
            f"overlap({a.name}, {context.size(a)}, {b.name}, {context.size(b)})"
            for place, a in enumerate(group)
            for b in group[place + 1 :]
        ]
        arguments = ", ".join(parameter.name for parameter in function.parameters)
        call = f"{function.name}_on_cpu({arguments});"
        ends = [call, "return;"] if isinstance(function.result, Void) else [f"return {call}"]
        condition = " ||\n    ".join(pairs)
        lines += [*f"if ({condition}) {{".splitlines(), *indented(ends), "}"]
    return lines


def _head(context: Context, original: Function) -> list[str]:
    """The function's first lines, as they were but for what C++ calls otherwise."""
    function = context.function
    linkage = "" if context.unit.cplusplus or original.static else 'extern "C" '
    base, inner = parts(function.result, function.name, lambda e: "")
    start = f"{linkage}{'static ' * original.static}{base} {inner}("
    taken = [
        Parameter(_parameter(old, new), "") for old, new in zip(original.parameters, function.parameters, strict=True)
    ]
    return header(start, taken)


def _parameter(old: Variable, new: Variable) -> str:
    if isinstance(old.type, Pointer) and old.type.restrict and isinstance(new.type, Pointer):
        base, inner = parts(new.type, f"__restrict__ {new.name}", written_length)
        return f"{base} {inner}"
    return cuda_declaration(new)
