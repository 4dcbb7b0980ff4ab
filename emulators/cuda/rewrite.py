"""A CUDA translation unit as C++ that g++ compiles against the emulator's headers.

Launches become calls, ``__shared__`` declarations become references to storage of the block, and variables of the
device are registered. Every line keeps its number. What is in comments, strings and unused macros stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transpile.emulators.cuda.grammar import Node, ancestors, parse, walk

_EMULATOR = "::cuda_emulator::"
_MACROS = ("preproc_def", "preproc_function_def")
_BODIES = ("compound_statement", "field_declaration_list", "template_declaration")
_SPACES = {"__device__": "device", "__constant__": "constant", "__managed__": "managed"}
"""Later ones win: a variable may be both ``__device__`` and ``__constant__``."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes ``start`` to ``end`` of the original become ``text``, which has no line break."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """``text`` has the lines of ``original``; ``edits`` are in the order of the text."""

    original: str
    text: str
    edits: tuple[Edit, ...]

    def column(self, line: int, column: int) -> int:
        """The column of the original that a column of ``text`` comes from; both count bytes from 1."""
        lines = self.original.encode().split(b"\n")
        start = sum(len(text) + 1 for text in lines[: line - 1])
        end = start + len(lines[line - 1]) if line <= len(lines) else start
        shift = 0
        for edit in self.edits:
            if not start <= edit.start <= end:
                continue
            at = edit.start - start + 1 + shift
            size = len(edit.text.encode())
            if column < at:
                break
            if column < at + size:
                return edit.start - start + 1
            shift += size - (edit.end - edit.start)
        return column - shift


@dataclass(frozen=True, slots=True)
class _Kernel:
    template_parameters: int
    signatures: frozenset[bytes]
    has_defaults: bool


def rewrite(cu_text: str) -> Rewritten:
    """``cu_text`` as C++. Code that does not parse is left for the compiler to complain about."""
    source = cu_text.encode()
    edits = tuple(sorted(_edits(source, {}), key=lambda edit: edit.start))
    pieces, at = [], 0
    for edit in edits:
        pieces += [source[at : edit.start], edit.text.encode()]
        at = edit.end
    return Rewritten(cu_text, b"".join([*pieces, source[at:]]).decode(), edits)


def _edits(source: bytes, outer: dict[bytes, _Kernel]) -> Iterator[Edit]:
    root = _parse_aligned(source)
    kernels = outer | _kernels(root, source)
    for node in walk(root):
        if node.type == "call_expression":
            yield from _launch(node, kernels, source)
        elif node.type == "declaration":
            yield from _declaration(node, source)
        elif node.type == "__noinline__":
            # As a macro, it would be one in the attributes of the standard library too.
            yield Edit(node.start_byte, node.end_byte, "__attribute__((noinline))")
        elif node.type in _MACROS:
            body = node.child_by_field_name("value")
            if body is not None:
                inner = _edits(source[body.start_byte : body.end_byte], kernels)
                yield from (replace(e, start=e.start + body.start_byte, end=e.end + body.start_byte) for e in inner)


def _parse_aligned(source: bytes) -> Node:
    """The tree; the grammar knows ``alignas``, but not ``__align__``."""
    root = parse(source)
    unknown = [n for n in walk(root) if not n.children and _text(n, source) == b"__align__"]
    if not unknown:
        return root
    masked = bytearray(source)
    for node in unknown:
        masked[node.start_byte : node.end_byte] = b"alignas  "
    return parse(bytes(masked))


def _text(node: Node, source: bytes) -> bytes:
    return source[node.start_byte : node.end_byte]


def _kernels(root: Node, source: bytes) -> dict[bytes, _Kernel]:
    """The kernels that the text declares, by their last name."""
    found: dict[bytes, _Kernel] = {}
    for node in walk(root):
        if not any(child.type == "__global__" for child in node.children):
            continue
        declarator = node.child_by_field_name("declarator")
        parameters = declarator.child_by_field_name("parameters") if declarator else None
        name = _declared(declarator) if declarator else None
        if parameters is None or name is None:
            continue
        kernel = _Kernel(
            _template_parameters(node.parent),
            frozenset([b" ".join(_text(parameters, source).split())]),
            any(child.type == "optional_parameter_declaration" for child in parameters.children),
        )
        known = found.get(_text(name, source), kernel)
        found[_text(name, source)] = _Kernel(
            max(known.template_parameters, kernel.template_parameters),
            known.signatures | kernel.signatures,
            known.has_defaults or kernel.has_defaults,
        )
    return found


def _template_parameters(node: Node | None) -> int:
    parameters = node.child_by_field_name("parameters") if node and node.type == "template_declaration" else None
    return _listed(parameters) if parameters else 0


def _listed(node: Node) -> int:
    """How many things a list between brackets holds."""
    return sum(child.type not in ("<", ">", ",", "(", ")", "comment") for child in node.children)


def _declared(node: Node) -> Node | None:
    """The identifier that a declarator declares."""
    inner: Node | None = node
    while inner is not None and inner.type not in ("identifier", "qualified_identifier"):
        nested = inner.child_by_field_name("declarator")
        if nested is None:
            nested = next((c for c in inner.children if c.type == "identifier" or c.type.endswith("declarator")), None)
        inner = nested
    return inner


def _launch(call: Node, kernels: dict[bytes, _Kernel], source: bytes) -> Iterator[Edit]:
    """``f<<<a, b>>>(c)`` becomes ``emulated_kernel("f", f).emulated_on(a, b)(c)``."""
    brackets = next((child for child in call.children if child.type == "kernel_call_syntax"), None)
    function = call.child_by_field_name("function")
    if brackets is None or function is None:
        return
    opening, closing = brackets.children[0], brackets.children[-1]
    name = _text(function, source).decode()
    quoted = '"' + " ".join(name.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
    if _must_be_chosen(function, kernels, source):
        before = f"{_EMULATOR}emulated_chosen({quoted}, [=](auto &...emulated_arguments) {{ "
        after = "(emulated_arguments...); })"
    else:
        before, after = f"{_EMULATOR}emulated_kernel({quoted}, ", ")"
    yield Edit(function.start_byte, function.start_byte, before)
    yield Edit(function.end_byte, function.end_byte, after)
    yield Edit(opening.start_byte, opening.end_byte, ".emulated_on(")
    yield Edit(closing.start_byte, closing.end_byte, ")")


def _must_be_chosen(function: Node, kernels: dict[bytes, _Kernel], source: bytes) -> bool:
    """Does only the call's overload resolution tell which function this is? One from elsewhere may be a template."""
    last = function
    while last.type == "qualified_identifier":
        inner = last.child_by_field_name("name")
        if inner is None:
            return False
        last = inner
    given = 0
    if last.type == "template_function":
        arguments, inner = last.child_by_field_name("arguments"), last.child_by_field_name("name")
        given = _listed(arguments) if arguments else 0
        last = inner or last
    kernel = kernels.get(_text(last, source))
    if kernel is None:
        return True
    return kernel.template_parameters > given or len(kernel.signatures) > 1 or kernel.has_defaults


def _declaration(node: Node, source: bytes) -> Iterator[Edit]:
    words = {word.type: word for child in node.children for word in (child, *child.children) if not word.children}
    names = [(d, name) for d in node.children_by_field_name("declarator") if (name := _declared(d)) is not None]
    if "__shared__" in words:
        yield from _shared(node, words, [name for _, name in names], source)
    elif "extern" not in words and not any(above.type in _BODIES for above in ancestors(node)):
        spaces = [space for word, space in _SPACES.items() if word in words]
        variables = [_text(name, source).decode() for d, name in names if not _is_function(d)]
        if spaces and variables:
            yield Edit(node.end_byte, node.end_byte, "".join(_registration(spaces[-1], name) for name in variables))


def _is_function(declarator: Node) -> bool:
    inner = declarator.child_by_field_name("declarator")
    return declarator.type == "function_declarator" and inner is not None and inner.type == "identifier"


def _registration(space: str, name: str) -> str:
    arguments = f'{_EMULATOR}emulated_{space}, "{name}", &{name}, sizeof {name}'
    return f" static {_EMULATOR}EmulatedSymbol emulated_symbol_{name}({arguments});"


def _shared(node: Node, words: dict[str, Node], names: Sequence[Node], source: bytes) -> Iterator[Edit]:
    """The declaration becomes that of a type, so that whatever it declares can be referred to."""
    shared = words["__shared__"]
    yield Edit(shared.start_byte, shared.end_byte, "typedef")
    for word in ("static", "extern"):
        if word in words:
            yield Edit(words[word].start_byte, words[word].end_byte, "")
    for above in walk(node):
        if above.type == "alignas" and _text(above, source) == b"alignas":
            yield Edit(above.start_byte, above.end_byte, "__align__")
    references = []
    for name in names:
        text = _text(name, source).decode()
        yield Edit(name.start_byte, name.start_byte, "emulated_type_")
        references.append(_dynamic(text) if "extern" in words else _static(text))
    yield Edit(node.end_byte, node.end_byte, "".join(references))


def _dynamic(name: str) -> str:
    storage = f"{_EMULATOR}emulated_dynamic"
    return f" [[maybe_unused]] auto &{name} = reinterpret_cast<emulated_type_{name} &>({storage});"


def _static(name: str) -> str:
    site = f'static {_EMULATOR}EmulatedSite emulated_site_{name}{{"{name}", 0, nullptr}};'
    return f" {site} auto &{name} = {_EMULATOR}emulated_shared<emulated_type_{name}>(emulated_site_{name});"
