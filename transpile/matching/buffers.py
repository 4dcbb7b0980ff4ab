"""Which buffer of the device is for which array of the C function."""

from __future__ import annotations

from transpile.c.tree import Block, Name, Statement, Variable
from transpile.c.walking import declared, walk
from transpile.matching.bodies import Names
from transpile.matching.runtime import TO_DEVICE, Allocation, Copy, operation


def buffers_of(ours: Block, theirs: Block, names: Names) -> dict[Variable, Variable]:
    """Pointers to the device and the C arrays they are for: by what is copied, else by name. It is a guess, which the
    copies and the kernels must bear out."""
    known = [*(mine.variable for mine in names.meaning.values() if isinstance(mine, Name)), *declared(ours)]
    arrays = {one.name: one for one in known if [other.name for other in known].count(one.name) == 1}
    found: dict[Variable, Variable] = {}
    for node in walk(theirs):
        match operation(node) if isinstance(node, Statement) else None:
            case Copy(to=to, source=source, kind=kind):
                device, host = (to, source) if kind == TO_DEVICE else (source, to)
                if host.name in arrays:
                    found.setdefault(device, arrays[host.name])
            case Allocation(variable=variable) if variable.name.removeprefix("d_") in arrays:
                found.setdefault(variable, arrays[variable.name.removeprefix("d_")])
    return found
