"""Broken variants of a CUDA text: one small fault each, of the kinds that people and models make.

A mutant may be equivalent to the original; nothing here claims otherwise. The order is that of the kinds below, then
that of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transpile.emulators.cuda.grammar import Node, ancestors, parse, walk

_ATOMIC = {"atomicAdd": "+", "atomicSub": "-", "atomicAnd": "&", "atomicOr": "|", "atomicXor": "^"}
_INDICES = (b"blockIdx", b"threadIdx", b"blockDim", b"gridDim")
_DIRECTIONS = {"cudaMemcpyHostToDevice": "cudaMemcpyDeviceToHost", "cudaMemcpyDeviceToHost": "cudaMemcpyHostToDevice"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """``text`` is the whole of the broken program; ``line`` is where it differs, ``start`` and ``end`` the bytes of the
    original that were replaced."""

    kind: str
    description: str
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Edit:
    node: Node
    new: str


@dataclass(frozen=True, slots=True)
class _Source:
    content: bytes
    root: Node

    def text(self, node: Node) -> str:
        return self.content[node.start_byte : node.end_byte].decode()

    def nodes(self, *types: str) -> Iterator[Node]:
        """Nodes of these types, but those in macros."""
        for node in walk(self.root):
            if node.type in types and not any(above.type.startswith("preproc") for above in ancestors(node)):
                yield node

    def field(self, node: Node, name: str) -> Node:
        found = node.child_by_field_name(name)
        assert found is not None, (node.type, name)
        return found

    def calls(self, *names: str) -> Iterator[Node]:
        for node in self.nodes("call_expression"):
            if self.text(self.field(node, "function")) in names:
                yield node

    def in_kernel(self, node: Node) -> bool:
        """In a function that runs on the device."""
        for above in ancestors(node):
            if above.type == "function_definition":
                head = self.content[above.start_byte : self.field(above, "body").start_byte]
                return b"__global__" in head or b"__device__" in head
        return False

    def arguments(self, call: Node) -> list[Node]:
        return [n for n in self.field(call, "arguments").children if n.type not in ("(", ")", ",", "comment")]


def mutants(cuda_text: str) -> Iterator[Mutant]:
    """Every mutant of ``cuda_text`` once, always in the same order."""
    content = cuda_text.encode()
    source = _Source(content, parse(content))
    seen = {content}
    for kind, edits in KINDS.items():
        for edit in edits(source):
            start, end = edit.node.start_byte, edit.node.end_byte
            made = content[:start] + edit.new.encode() + content[end:]
            if made not in seen:
                seen.add(made)
                line = content.count(b"\n", 0, start) + 1
                old = " ".join(source.text(edit.node).split())
                yield Mutant(kind, f"'{old}' becomes '{edit.new}'", line, start, end, made.decode())


def _operator(source: _Source, node: Node) -> str:
    return source.text(source.field(node, "operator"))


def _parts(source: _Source, node: Node) -> tuple[str, str, str]:
    return (
        source.text(source.field(node, "left")),
        _operator(source, node),
        source.text(source.field(node, "right")),
    )


def _binaries(source: _Source, *operators: str) -> Iterator[Node]:
    yield from (n for n in source.nodes("binary_expression") if _operator(source, n) in operators)


def _loosened(source: _Source) -> Iterator[_Edit]:
    turned = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
    for node in _binaries(source, *turned):
        left, sign, right = _parts(source, node)
        yield _Edit(node, f"{left} {turned[sign]} {right}")


def _bounds(source: _Source) -> Iterator[_Edit]:
    for node in _binaries(source, "<", "<=", ">", ">="):
        left, sign, right = _parts(source, node)
        yield from (_Edit(node, f"{left} {sign} ({right}) {step}") for step in ("+ 1", "- 1"))


def _reversed(source: _Source) -> Iterator[_Edit]:
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    for node in _binaries(source, *turned):
        left, sign, right = _parts(source, node)
        yield _Edit(node, f"{left} {turned[sign]} {right}")


def _guards(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("if_statement"):
        body = source.text(source.field(node, "consequence")).lstrip("{ \n")
        yield _Edit(source.field(node, "condition"), "(false)" if body.startswith("return") else "(true)")
    for node in _binaries(source, "&&"):
        left, _, right = _parts(source, node)
        yield from (_Edit(node, left), _Edit(node, right))


def _barriers(source: _Source) -> Iterator[_Edit]:
    yield from (_Edit(node, "(void)0") for node in source.calls("__syncthreads", "__syncwarp"))


def _grids(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("binary_expression"):
        left, sign, right = _parts(source, node)
        rounded = re.fullmatch(r"\((.*?) \+ .*\)", left, re.DOTALL)
        if sign == "/" and not source.in_kernel(node) and rounded:
            yield _Edit(node, f"{rounded[1]} / {right}")
    for node in _extents(source):
        yield from (_Edit(node, f"({source.text(node)}) {step}") for step in ("+ 1", "- 1"))


def _extents(source: _Source) -> Iterator[Node]:
    """Numbers of blocks and threads, where a launch or a ``dim3`` names them."""
    for node in source.nodes("kernel_call_syntax", "argument_list"):
        if node.type == "argument_list":
            above = node.parent
            whole = above.parent if above is not None and above.type == "init_declarator" else above
            if whole is None or not re.match(r"(const\s+)?dim3\b", source.text(whole)):
                continue
        for inner in node.children:
            if inner.type not in ("<<<", ">>>", "(", ")", ",") and not re.fullmatch(
                r"grid\w*|block|threads?|dim3.*", source.text(inner)
            ):
                yield inner


def _axes(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("field_expression"):
        base, _, axis = source.text(node).partition(".")
        if base.encode() in _INDICES and axis in ("x", "y"):
            yield _Edit(node, f"{base}.{'y' if axis == 'x' else 'x'}")


def _swapped_indices(source: _Source) -> Iterator[_Edit]:
    for node in _subscripts(source):
        names = [n for n in walk(node) if n.type == "field_expression" or _plain_name(n)]
        first = next(iter(names), None)
        last = next((n for n in reversed(names) if first and source.text(n) != source.text(first)), None)
        if first is not None and last is not None:
            middle = source.content[first.end_byte : last.start_byte].decode()
            before = source.content[node.start_byte : first.start_byte].decode()
            after = source.content[last.end_byte : node.end_byte].decode()
            yield _Edit(node, f"{before}{source.text(last)}{middle}{source.text(first)}{after}")


def _plain_name(node: Node) -> bool:
    return node.type == "identifier" and (node.parent is None or node.parent.type != "field_expression")


def _subscripts(source: _Source) -> Iterator[Node]:
    """What stands between the brackets, in kernels."""
    for node in source.nodes("subscript_expression"):
        if source.in_kernel(node):
            held = node.child_by_field_name("indices") or node.child_by_field_name("index")
            yield from (n for n in (held.children if held else ()) if n.type not in ("[", "]"))


def _strides(source: _Source) -> Iterator[_Edit]:
    for node in _binaries(source, "*"):
        if any(above.type == "subscript_argument_list" for above in ancestors(node)) and source.in_kernel(node):
            left, _, right = _parts(source, node)
            yield from (_Edit(node, f"{left} * ({right} {step} 1)") for step in "+-")


def _offsets(source: _Source) -> Iterator[_Edit]:
    for node in _subscripts(source):
        yield from (_Edit(node, f"{source.text(node)} {step}") for step in ("+ 1", "- 1"))


def _copies(source: _Source) -> Iterator[_Edit]:
    yield from (_Edit(node, "cudaSuccess") for node in source.calls("cudaMemcpy"))


def _copy_arguments(source: _Source) -> Iterator[_Edit]:
    for node in source.calls("cudaMemcpy"):
        if len(source.arguments(node)) != 4:
            continue
        to, frm, count, direction = source.arguments(node)
        yield _Edit(count, f"({source.text(count)}) / 2")
        yield _Edit(count, f"({source.text(count)}) + 1")
        if source.text(direction) in _DIRECTIONS:
            yield _Edit(direction, _DIRECTIONS[source.text(direction)])
        yield _Edit(source.field(node, "arguments"), f"({', '.join(map(source.text, (frm, to, count, direction)))})")


def _allocations(source: _Source) -> Iterator[_Edit]:
    for node in source.calls("cudaMalloc"):
        for size in source.arguments(node)[1:]:
            yield _Edit(size, f"({source.text(size)}) / 2")


def _atomics(source: _Source) -> Iterator[_Edit]:
    for node in source.calls(*_ATOMIC):
        name = source.text(source.field(node, "function"))
        for place, value in _pair(source, node):
            yield _Edit(node, f"(*({place}) {_ATOMIC[name]}= {value})")
    for node in source.calls("atomicMax", "atomicMin"):
        sign = ">" if source.text(source.field(node, "function")) == "atomicMax" else "<"
        for place, value in _pair(source, node):
            yield _Edit(node, f"({value} {sign} *({place}) ? *({place}) = {value} : *({place}))")


def _pair(source: _Source, call: Node) -> Iterator[tuple[str, str]]:
    """The two arguments of ``call``, if it has so many."""
    given = source.arguments(call)
    if len(given) == 2:
        yield source.text(given[0]), source.text(given[1])


def _operands(source: _Source) -> Iterator[_Edit]:
    for node in _binaries(source, "-", "/"):
        left, sign, right = _parts(source, node)
        yield _Edit(node, f"{right} {sign} {left}")


def _signs(source: _Source) -> Iterator[_Edit]:
    turned = {"+": "-", "-": "+", "*": "+"}
    for node in _binaries(source, *turned):
        left, sign, right = _parts(source, node)
        yield _Edit(node, f"{left} {turned[sign]} {right}")
    for node in source.nodes("assignment_expression"):
        left, sign, right = _parts(source, node)
        if sign in ("+=", "-=", "*="):
            yield _Edit(node, f"{left} {'+=' if sign == '-=' else '-='} {right}")
            yield _Edit(node, f"{left} = {right}")


def _constants(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("number_literal"):
        text = source.text(node)
        if source.in_kernel(node) and re.fullmatch(r"\d+u?|\d*\.\d*f?", text):
            yield from (_Edit(node, f"({text} {step} 1)") for step in "+-")


def _initial_values(source: _Source) -> Iterator[_Edit]:
    yield from (_Edit(node, "cudaSuccess") for node in source.calls("cudaMemset"))
    for node in source.nodes("init_declarator"):
        value = node.child_by_field_name("value")
        if value is not None and value.type == "number_literal" and source.in_kernel(node):
            yield _Edit(value, "37")


def _stores(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("expression_statement"):
        if node.children[0].type == "assignment_expression" and source.in_kernel(node):
            yield _Edit(node, ";")


def _checks(source: _Source) -> Iterator[_Edit]:
    yield from (_Edit(node, "cudaSuccess") for node in source.calls("cudaGetLastError", "cudaPeekAtLastError"))


def _frees(source: _Source) -> Iterator[_Edit]:
    yield from (_Edit(node, "cudaSuccess") for node in source.calls("cudaFree"))


def _launches(source: _Source) -> Iterator[_Edit]:
    for node in source.nodes("call_expression"):
        if any(child.type == "kernel_call_syntax" for child in node.children):
            yield _Edit(node, "(void)0")


KINDS: dict[str, Callable[[_Source], Iterator[_Edit]]] = {
    "guard off by one": _loosened,
    "bound off by one": _bounds,
    "comparison reversed": _reversed,
    "guard dropped": _guards,
    "barrier missing": _barriers,
    "wrong grid": _grids,
    "x for y": _axes,
    "indices swapped": _swapped_indices,
    "wrong stride": _strides,
    "subscript off by one": _offsets,
    "copy missing": _copies,
    "wrong copy": _copy_arguments,
    "allocation too small": _allocations,
    "atomic dropped": _atomics,
    "operands swapped": _operands,
    "wrong operator": _signs,
    "constant off by one": _constants,
    "wrong initial value": _initial_values,
    "store missing": _stores,
    "check missing": _checks,
    "free missing": _frees,
    "launch missing": _launches,
}
"""What is broken, and how; the name of a kind is what reports say."""
