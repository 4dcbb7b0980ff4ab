"""CUDA C++ as a tree, by tree-sitter; the only module that knows that library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from transpile.errors import ToolError


class Node(Protocol):
    """What is used of a node of the tree. Offsets count bytes."""

    @property
    def type(self) -> str: ...
    @property
    def start_byte(self) -> int: ...
    @property
    def end_byte(self) -> int: ...
    @property
    def children(self) -> Sequence[Node]: ...
    @property
    def parent(self) -> Node | None: ...
    def child_by_field_name(self, name: str) -> Node | None: ...
    def children_by_field_name(self, name: str) -> Sequence[Node]: ...


def parse(source: bytes) -> Node:
    """The tree of a translation unit; what does not parse is in nodes of type ``ERROR``."""
    try:
        import tree_sitter
        import tree_sitter_cuda
    except ImportError as error:
        raise ToolError(
            f"the Python package '{error.name}' is not installed; it is needed to emulate CUDA",
            hint="run 'pip install tree-sitter-cuda'",
        ) from error
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_cuda.language()))
    # The nodes keep the tree alive.
    return cast(Node, parser.parse(source).root_node)


def walk(root: Node) -> Iterator[Node]:
    """All nodes below ``root`` and itself, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def ancestors(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
