"""The translation unit put together: headers, definitions, device functions, kernels, and the host's function."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Sequence

from transpile.c.headers import Piece
from transpile.c.printing import show, show_function
from transpile.c.spelling import parts
from transpile.c.tree import NO_NOTES, Call, Name, Node, Variable
from transpile.c.types import Pointer, Void, is_arithmetic
from transpile.c.unit import Function
from transpile.c.walking import children, walk
from transpile.cuda.blockwide import functions
from transpile.cuda.capture import Parameter
from transpile.cuda.context import Context, Kernel, indented, without_pragmas
from transpile.cuda.dialect import cuda_declaration, cuda_type, on_device, unsupported, written_length
from transpile.cuda.host import Host
from transpile.cuda.kernel_text import header

_WORD = re.compile(r"[^\W\d]\w*")
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


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A function of the text with its kernels: ``main`` is the host's function, ``called`` are those that it calls."""

    context: Context
    main: str
    called: frozenset[str]
    kernels: Sequence[Kernel]

    @property
    def name(self) -> str:
        return self.context.function.name

    @property
    def fallback(self) -> list[str]:
        return [_on_cpu(self.context)] if self.context.resolved.distinct else []


def part_of(context: Context, original: Function, host: Host, kernels: Sequence[Kernel]) -> Part:
    body = host.body(lambda: _distinct(context))
    main = [*original.notes.leading, *_head(context, original), "{", *indented(body), "}"]
    called = _called(context, main_code=context.function, everything=bool(context.resolved.distinct))
    return Part(context, "\n".join(main), frozenset(called), tuple(kernels))


def assembled(parts: Sequence[Part], kept: Collection[str] = ()) -> str:
    """The whole text. Functions called ``kept`` can be called from elsewhere, and stay as they are."""
    context = parts[-1].context
    called = {name for part in parts for name in part.called} | _closed(context, iter(kept))
    device = _device_functions(context)
    own = {part.name for part in parts} if len(parts) > 1 or kept else set()
    shared = [
        (function.name, _function(context, function, device, called, function.name in kept))
        for function in parts[0].context.unit.functions
        if function.name in {*device, *called} - own
    ]
    mains = [(part.name, "\n\n".join([*part.fallback, part.main])) for part in parts]
    emitted = "\n\n".join(
        [
            *_prototypes(context, [*shared, *mains]),
            *(text for _, text in shared),
            *functions(context),
            *(kernel.text for kernel in context.kernels),
            *(text for _, text in mains),
        ]
    )
    searches = [search for part in parts for search in _searches(part.context)]
    pieces = [*_globals(context, emitted, bool(kept)), *_helpers(context, emitted), *searches, emitted]
    pieces = [*_definitions(context, pieces), *_outside(context, emitted), *pieces]
    known = {name: value for part in parts for name, value in part.context.dialect.macros.items()}
    macros = [f"#define {name} {value}" for name, value in known.items() if _uses(pieces, name)]
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
    theirs = context.unit.origin.system_headers
    return [f"#include {name}" for name in dict.fromkeys([*theirs, *sorted(set(own) - set(theirs))])]


def _definitions(context: Context, pieces: Sequence[str]) -> list[str]:
    """All types of the file itself, and of the user's headers those that the text mentions: the text has no need of
    these headers, so it can stand anywhere."""
    named = {word for piece in pieces for word in _WORD.findall(piece)}
    kept: list[str] = []
    for definition in reversed(context.unit.definitions):
        piece = Piece(definition.text, definition.span.file, definition.span.line)
        if piece.file == context.unit.file or not piece.declared.isdisjoint(named):
            kept.append(show(definition))
            named |= piece.names
    return kept[::-1]


def _outside(context: Context, emitted: str) -> list[str]:
    """Declarations of functions that the text calls and other files of the user define."""
    unit = context.unit
    defined = {function.name for function in unit.functions}
    linkage = "" if unit.cplusplus else 'extern "C" '
    found = []
    for name, prototype in unit.prototypes.items():
        if not prototype.system and name not in defined and re.search(rf"\b{name}\(", emitted):
            base, inner = parts(cuda_type(prototype.type, prototype.span), name, written_length)
            found.append(f"{linkage}{base} {inner};")
    return ["\n".join(found)] if found else []


def _globals(context: Context, emitted: str, others_see: bool) -> list[str]:
    """Those that the text names, and those that other files may name."""
    return [
        show(context.dialect.tree(declared), macros=True)
        for declared in context.unit.globals
        if re.search(rf"\b{declared.variable.name}\b", emitted)
        or (others_see and declared.variable.storage == "global")
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


def _function(context: Context, function: Function, device: set[str], called: set[str], kept: bool) -> str:
    """A function that kernels call, or the host, or both; or others, if it is ``kept``."""
    both = "__host__ __device__ " if function.name in called else "__device__ "
    prefix = both if function.name in device else ""
    converted = context.dialect.function(function)
    notes = dataclasses.replace(function.notes, pragmas=())
    static = not kept or function.static
    converted = dataclasses.replace(
        converted, static=static, body=without_pragmas(converted.body), notes=dataclasses.replace(notes, leading=())
    )
    plain = context.unit.cplusplus or function.name == "main"
    linkage = "static " if static else "" if plain else 'extern "C" '
    shown = show_function(converted, macros=True).removeprefix("static ")
    return "\n".join([*notes.leading, f"{linkage}{prefix}{shown}"])


def _prototypes(context: Context, functions: Sequence[tuple[str, str]]) -> list[str]:
    """Declarations of functions that others call before they are defined."""
    names = [name for name, _ in functions]
    known = {function.name: function for function in context.unit.functions}
    early = {
        call.name for place, name in enumerate(names) for call in _calls(known[name]) if call.name in names[place + 1 :]
    }
    return [f"{_declared(name, text)};" for name, text in functions if name in early]


def _declared(name: str, text: str) -> str:
    """What the definition of ``name`` in ``text`` begins with, behind comments and what else stands there."""
    lines = text.splitlines()
    first = next(
        number
        for number, line in enumerate(lines)
        if re.match(rf"[A-Za-z_].*\b{name}\(", line) and not line.endswith(";")
    )
    last = next(number for number in range(first, len(lines)) if lines[number].endswith((")", " {")))
    return "\n".join(lines[first : last + 1]).removesuffix(" {")


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
