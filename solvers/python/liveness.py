"""Which local variables may still be looked at, before they get another value."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def exposed(block: Sequence[ast.stmt], after: frozenset[str], guarded: bool = False) -> frozenset[str]:
    """The variables whose values count before ``block``, if those ``after`` count behind it. ``guarded``: an exception
    may lead from anywhere to what counts behind."""
    found, certain = _block(block)
    if guarded or any(isinstance(each, ast.Break | ast.Continue | ast.Try | ast.With) for each in _all(block)):
        certain = frozenset()
    return found | (after - certain)


def _all(block: Sequence[ast.stmt]) -> list[ast.AST]:
    return [each for stmt in block for each in ast.walk(stmt)]


def _block(block: Sequence[ast.stmt]) -> tuple[frozenset[str], frozenset[str]]:
    """What is looked at before it is written, and what is written for certain."""
    found: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    for stmt in block:
        needs, writes = _statement(stmt)
        found |= needs - written
        written |= writes
    return found, written


def _statement(stmt: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    match stmt:
        case ast.If(test=test, body=body, orelse=orelse):
            yes, no = _block(body), _block(orelse)
            return _read(test) | yes[0] | no[0], yes[1] & no[1]
        case ast.While(test=test, body=body):
            return _read(test) | _block(body)[0], frozenset()
        case ast.For(target=target, iter=iter_, body=body):
            own = {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
            return _read(iter_) | (_block(body)[0] - own), frozenset()
        case ast.Try() | ast.With() | ast.Match():
            return _read(stmt), frozenset()
        case ast.Assign(targets=targets):
            return _read(stmt), frozenset(each.id for each in _targets(targets))
        case ast.AnnAssign(target=ast.Name(id=name)):
            return _read(stmt.value) if stmt.value is not None else frozenset(), frozenset({name})
        case ast.AugAssign(target=ast.Name(id=name)):
            return _read(stmt.value) | {name}, frozenset({name})
    return _read(stmt), frozenset()


def _targets(targets: Sequence[ast.expr]) -> list[ast.Name]:
    inner = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [each for each in inner if isinstance(each, ast.Name)]


def _read(node: ast.AST) -> frozenset[str]:
    """Names that are looked at, and those that ``+=`` writes."""
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    augmented = [each.target for each in ast.walk(node) if isinstance(each, ast.AugAssign)]
    return frozenset(found | {each.id for each in augmented if isinstance(each, ast.Name)})
