"""What is asked of a C function before any work on it begins."""

from __future__ import annotations

from itertools import islice
from typing import Final

from transpile.c.tree import DoWhile, For, While
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk
from transpile.cuda.dialect import RESERVED
from transpile.errors import UnsupportedError

MOST_LOOPS: Final = 500
"""Each takes hundredths of a second to analyse, and a kernel to compile and try."""


def admit(unit: Unit, function: Function) -> None:
    """Raises UnsupportedError for parameters that CUDA cannot name, and for more loops than can be dealt with."""
    for parameter in function.parameters if not unit.cplusplus else ():
        if parameter.name in RESERVED:
            message = f"cannot translate a parameter that is called '{parameter.name}', which is a word of CUDA"
            raise UnsupportedError(parameter.span or function.span, message, "rename it")
    loops = (node for node in walk(function.body) if isinstance(node, For | While | DoWhile))
    beyond = next(islice(loops, MOST_LOOPS, None), None)
    if beyond is not None:
        message = f"cannot translate a function with more than {MOST_LOOPS} loops"
        raise UnsupportedError(beyond.span, message, "make several functions of it")
