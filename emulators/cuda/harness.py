"""A program around one function, for its CUDA and its C version alike: arguments from standard input, what it wrote to
standard output, all as raw bytes.

Input: the scalars in the order of the parameters, then the arrays. Output: what the function returns, then every array
that it may write. What the function itself prints goes to standard error.

With ``placed`` arrays, the sizes come with the input and arrays may overlap; ``Placement`` says how.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """A scalar, or an array that has ``extents``: C expressions over the scalars, multiplied. ``type`` is the C type of
    the scalar or the element. A function whose text has an array of arrays here must have C linkage."""

    name: str
    type: str
    extents: tuple[str, ...] = ()
    constant: bool = False

    @property
    def declaration(self) -> str:
        star = "*" if self.extents else ""
        return f"{'const ' if self.constant and self.extents else ''}{self.type} {star}{self.name}"


@dataclass(frozen=True, slots=True)
class Signature:
    """The function under test; C or C++ linkage, whichever its text gives it."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str = "void"

    @property
    def declaration(self) -> str:
        return f"{self.returns} {self.name}({', '.join(p.declaration for p in self.parameters)})"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an array starts: ``offset`` bytes into the memory of the array number ``base``, which is itself or an
    earlier one in the order of the input. An array that is its own base has ``size`` bytes of memory, for itself and
    all others that lie there; their content follows in the input."""

    base: int
    size: int = 0
    offset: int = 0

    @property
    def packed(self) -> bytes:
        return struct.pack("=3q", self.base, self.size, self.offset)


_PROGRAM = """\
#include <stddef.h>
#include <stdint.h>

namespace cuda_emulator {{
void keep_output();
void set_rounding();
void take(void *to, size_t bytes);
void *take_array(size_t bytes);
void give(const void *from, size_t bytes);
void missing(const char *declaration);
}}
namespace with_c_linkage {{
extern "C" __attribute__((weak)) {declaration};
}}
__attribute__((weak)) {declaration};

static size_t emulated_extent(long long size) {{ return size > 0 ? size_t(size) : 0; }}

int main() {{
    cuda_emulator::keep_output();
    const auto emulated_call = with_c_linkage::{name} ? with_c_linkage::{name} : ::{name};
    if (!emulated_call) cuda_emulator::missing("{declaration}");
{body}
}}
"""


def harness(signature: Signature, placed: bool = False) -> str:
    """The C++ text of the program. ``placed``: a ``Placement`` stands before each array in the input, and the extents
    of the parameters do not count; the memory of each array that is its own base is given back, constant or not."""
    scalars = [p for p in signature.parameters if not p.extents]
    arrays = [p for p in signature.parameters if p.extents]
    body = [f"{p.type} {p.name}; cuda_emulator::take(&{p.name}, sizeof {p.name});" for p in scalars]
    body += _placed(arrays) if placed else _exact(arrays)
    body.append("cuda_emulator::set_rounding();")
    call = f"emulated_call({', '.join(p.name for p in signature.parameters)});"
    if signature.returns == "void":
        body.append(call)
    else:
        body.append(f"const {signature.returns} emulated_result = {call}")
        body.append("cuda_emulator::give(&emulated_result, sizeof emulated_result);")
    if placed:
        body += [f"cuda_emulator::give(emulated_memory[{n}], emulated_size_{n});" for n in range(len(arrays))]
    else:
        given = [(n, p) for n, p in enumerate(arrays) if not p.constant]
        body += [f"cuda_emulator::give({p.name}, emulated_size_{n});" for n, p in given]
    return _PROGRAM.format(
        name=signature.name, declaration=signature.declaration, body="\n".join(f"    {row}" for row in body)
    )


def _exact(arrays: list[Parameter]) -> list[str]:
    body: list[str] = []
    for number, p in enumerate(arrays):
        count = " * ".join(f"emulated_extent({extent})" for extent in p.extents)
        body.append(f"const size_t emulated_size_{number} = sizeof({p.type}) * {count};")
        body.append(f"{p.type} *{p.name} = ({p.type} *)cuda_emulator::take_array(emulated_size_{number});")
    return body


def _placed(arrays: list[Parameter]) -> list[str]:
    body = [f"char *emulated_memory[{len(arrays) + 1}];"]
    for number, p in enumerate(arrays):
        body += [
            f"int64_t emulated_place_{number}[3];",
            f"cuda_emulator::take(emulated_place_{number}, sizeof emulated_place_{number});",
            f"const bool emulated_own_{number} = emulated_place_{number}[0] == {number};",
            f"const size_t emulated_size_{number} = emulated_own_{number} ? size_t(emulated_place_{number}[1]) : 0;",
            f"emulated_memory[{number}] = emulated_own_{number}"
            f" ? (char *)cuda_emulator::take_array(emulated_size_{number}) : nullptr;",
            f"{p.type} *{p.name} = ({p.type} *)"
            f"(emulated_memory[emulated_place_{number}[0]] + emulated_place_{number}[2]);",
        ]
    return body
