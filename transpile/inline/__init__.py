"""Inline assembly in C and C++ sources: the ``asm`` statements of x86-64 beside their proved translations.

``port`` is the entry: it returns the source with ``#if`` around every statement that has a translation, and says of
each statement and target what is known. See ``docs/inline-assembly.md``.
"""

from __future__ import annotations

from transpile.inline.porting import Outcome, Ported, port
from transpile.inline.reasons import Reason
from transpile.inline.scan import statements
from transpile.inline.statement import Operand, Statement

__all__ = ["Operand", "Outcome", "Ported", "Reason", "Statement", "port", "statements"]
