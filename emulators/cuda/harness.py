"""A program around one function, for its CUDA and its C version alike: arguments from standard input, what it wrote to
standard output, all as raw bytes.

Input: the scalars in the order of the parameters, then the arrays. Output: what the function returns, then every array
that it may write. What the function itself prints goes to standard error.
"""

from __future__ import annotations

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


_PROGRAM = """\
#include <stddef.h>
#include <stdint.h>

namespace cuda_emulator {{
void keep_output();
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


def harness(signature: Signature) -> str:
    """The C++ text of the program."""
    scalars = [p for p in signature.parameters if not p.extents]
    arrays = [p for p in signature.parameters if p.extents]
    body = [f"{p.type} {p.name}; cuda_emulator::take(&{p.name}, sizeof {p.name});" for p in scalars]
    for p in arrays:
        count = " * ".join(f"emulated_extent({extent})" for extent in p.extents)
        body.append(f"const size_t emulated_{p.name} = sizeof({p.type}) * {count};")
        body.append(f"{p.type} *{p.name} = ({p.type} *)cuda_emulator::take_array(emulated_{p.name});")
    call = f"emulated_call({', '.join(p.name for p in signature.parameters)});"
    if signature.returns == "void":
        body.append(call)
    else:
        body.append(f"const {signature.returns} emulated_result = {call}")
        body.append("cuda_emulator::give(&emulated_result, sizeof emulated_result);")
    body += [f"cuda_emulator::give({p.name}, emulated_{p.name});" for p in arrays if not p.constant]
    return _PROGRAM.format(
        name=signature.name, declaration=signature.declaration, body="\n".join(f"    {row}" for row in body)
    )
