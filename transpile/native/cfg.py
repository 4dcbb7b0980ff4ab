"""Functions and basic blocks of a file's executable sections.

A block ends at a branch, a call, a return, before a label that something refers to, and around a ``rep`` instruction,
which stands alone with an edge to itself. Parts that the compiler split off (``f.cold``) belong to ``f``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.native.insn import NEXT, Ending, SourceInsn, SourceIsa


@dataclass(frozen=True, slots=True)
class LabelItem:
    """A label of an executable section; ``statement`` is its index in the file."""

    name: str
    statement: int


@dataclass(frozen=True, slots=True)
class InsnItem:
    """An instruction of an executable section."""

    insn: SourceInsn
    statement: int


Item: TypeAlias = LabelItem | InsnItem


@dataclass(slots=True)
class Block:
    """A basic block: ``insns`` may be empty (landing blocks). ``successors`` are labels of blocks of this function."""

    label: str
    insns: list[SourceInsn] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Labels of the source at this block's start; ``label`` is the first, or one of ours."""
    ending: Ending = NEXT
    successors: tuple[str, ...] = ()
    after_call: bool = False
    """The previous block ended in a call: results are where the target's convention puts them."""
    next_label: str = ""
    """The block that follows in the text, if control can fall into it."""
    breaks: bool = False
    """The function's next block stands elsewhere in the text: nothing falls into it."""


@dataclass(slots=True)
class Function:
    """A function: its entry is ``blocks[0]``."""

    name: str
    blocks: list[Block]
    internal: bool = False
    """Only called directly, from this file."""

    def by_label(self) -> dict[str, Block]:
        return {name: block for block in self.blocks for name in (block.label, *block.names)}


def cold_parent(name: str, entries: Collection[str]) -> str | None:
    """``f.cold`` and ``f.cold.3`` belong to ``f``."""
    head, _, rest = name.partition(".cold")
    return head if rest.strip(".0123456789") == "" and name != head and head in entries else None


def split_functions(
    items: Iterable[Item],
    entries: Collection[str],
    referenced: Collection[str],
    address_taken: Collection[str],
    isa: SourceIsa,
    section: Callable[[int], str],
) -> list[Function]:
    """Cut ``items`` (text order) into functions at the labels in ``entries``; ``section``: of a statement.

    ``referenced``: labels that any instruction or data refers to; ``address_taken``: those whose address is used other
    than by a direct branch, the possible targets of indirect jumps.
    """
    groups: dict[str, list[list[Item]]] = {}
    current = ""
    place = ("", "")
    for item in items:
        if isinstance(item, LabelItem) and item.name in entries:
            current = cold_parent(item.name, entries) or item.name
        if place != (current, section(item.statement)):
            place = current, section(item.statement)
            groups.setdefault(current, []).append([])
        groups[current][-1].append(item)
    groups.pop("", None)
    functions = []
    for name, pieces in groups.items():
        function = Function(name, _split_entry(name, _cut(name, pieces, referenced, isa)))
        _connect(function, entries, address_taken)
        functions.append(function)
    return functions


def orphans(items: Iterable[Item], entries: Collection[str]) -> list[InsnItem]:
    """Instructions before the first function label."""
    found: list[InsnItem] = []
    for item in items:
        if isinstance(item, LabelItem):
            if item.name in entries:
                break
        else:
            found.append(item)
    return found


def _cut(name: str, pieces: Sequence[Sequence[Item]], referenced: Collection[str], isa: SourceIsa) -> list[Block]:
    """The blocks of all pieces; at the end of each, nothing is fallen into."""
    blocks: list[Block] = []
    for piece in pieces:
        blocks.extend(_cut_piece(name, piece, referenced, isa, len(blocks)))
        if blocks:
            blocks[-1].breaks = True
    return blocks


def _cut_piece(
    name: str, members: Sequence[Item], referenced: Collection[str], isa: SourceIsa, fresh: int
) -> list[Block]:
    blocks: list[Block] = []
    open_block: Block | None = None
    pending: list[LabelItem] = []
    after_call = False

    def start() -> Block:
        nonlocal fresh, pending, after_call, open_block
        names = [label.name for label in pending]
        live_names = [n for n in names if n in referenced or n == name]
        if after_call and live_names:
            landing = Block(label=f".Ltp_{name}_{fresh}", after_call=True)
            fresh += 1
            blocks.append(landing)
            after_call = False
        if live_names:
            label = live_names[0]
        else:
            label = f".Ltp_{name}_{fresh}"
            fresh += 1
        block = Block(label=label, names=names, after_call=after_call)
        block.statements.extend(p.statement for p in pending)
        pending, after_call = [], False
        blocks.append(block)
        open_block = block
        return block

    for item in members:
        if isinstance(item, LabelItem):
            if item.name in referenced or item.name == name or open_block is None:
                open_block = None
                pending.append(item)
            else:
                open_block.statements.append(item.statement)
            continue
        ending = isa.ending(item.insn)
        if ending is not None and ending.kind == "rep" and open_block is not None and open_block.insns:
            open_block = None
        block = open_block or start()
        block.insns.append(item.insn)
        block.statements.append(item.statement)
        if ending is not None:
            block.ending = ending
            after_call = ending.kind in ("call", "icall") and ending.returns
            open_block = None
    if not any(label.name in referenced or label.name == name for label in pending):
        pending = []
    if after_call or pending:
        start()
        blocks[-1].ending = Ending("trap")
    return blocks


def _split_entry(name: str, blocks: list[Block]) -> list[Block]:
    """A function whose first label is jumped to gets an empty entry block of its own."""
    if any(b.ending.target == name and b.ending.kind in ("jump", "branch", "rep") for b in blocks):
        first = blocks[0]
        inner = f".Ltp_{name}_head"
        entry = Block(label=name, names=[n for n in first.names if n == name], statements=first.statements[:1])
        del first.statements[:1]
        first.names = [n for n in first.names if n != name]
        first.label = inner
        for block in blocks:
            if block.ending.target == name and block.ending.kind in ("jump", "branch", "rep"):
                block.ending = Ending(block.ending.kind, inner)
        return [entry, *blocks]
    return blocks


def _connect(function: Function, entries: Collection[str], address_taken: Collection[str]) -> None:
    """Fill successors; jumps to other functions become tail calls."""
    _add_stubs(function)
    labels = function.by_label()
    indirect = tuple(
        dict.fromkeys(
            block.label
            for block in function.blocks[1:]
            if any(n in address_taken and n not in entries for n in block.names)
        )
    )
    for position, block in enumerate(function.blocks):
        last = block.breaks or position + 1 == len(function.blocks)
        following = None if last else function.blocks[position + 1]
        falls = following.label if following is not None else ""
        block.ending = _resolve(block.ending, labels)
        ending = block.ending
        match ending.kind:
            case "call" if not ending.returns:
                pass
            case "next" | "call" | "icall":
                block.successors = (falls,) if falls else ()
                if not falls and ending.kind == "next":
                    block.ending = Ending("trap")
            case "branch":
                block.successors = tuple(dict.fromkeys(s for s in (ending.target, falls) if s))
            case "rep":
                block.successors = (block.label, falls) if falls else (block.label,)
            case "jump":
                block.successors = (ending.target,)
            case "ijump":
                block.successors = indirect
                if not indirect:
                    block.ending = Ending("itail")
            case _:
                block.successors = ()
        if ending.kind in ("next", "call", "icall", "branch", "rep"):
            block.next_label = falls


def _add_stubs(function: Function) -> None:
    """A conditional jump to another function goes through a block of ours that jumps there."""
    labels = function.by_label()
    stubs: dict[str, Block] = {}
    for block in function.blocks:
        target = block.ending.target
        if block.ending.kind == "branch" and target not in labels:
            stub = stubs.setdefault(target, Block(f".Ltp_{function.name}_to_{target}", ending=Ending("tail", target)))
            block.ending = Ending("branch", stub.label)
    function.blocks.extend(stubs.values())


def _resolve(ending: Ending, labels: Mapping[str, Block]) -> Ending:
    if ending.kind in ("jump", "branch"):
        block = labels.get(ending.target)
        if block is not None:
            return Ending(ending.kind, block.label)
        return Ending("tail" if ending.kind == "jump" else "branch", ending.target)
    return ending
