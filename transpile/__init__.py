"""Translate x86-64 assembly to RISC-V and AArch64, proved block by block.

``translate`` is the one obvious entry; ``explain`` and ``check`` look at single blocks and at existing output. All are
loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transpile.options import Options
    from transpile.pipeline import check, explain, translate, translate_many
    from transpile.translation import BlockResult, Explanation, FunctionResult, Translation

__version__ = "0.1.0"
__all__ = [
    "BlockResult",
    "Explanation",
    "FunctionResult",
    "Options",
    "Translation",
    "__version__",
    "check",
    "explain",
    "translate",
    "translate_many",
]
_HOMES = {
    "Options": "transpile.options",
    "check": "transpile.pipeline",
    "explain": "transpile.pipeline",
    "translate": "transpile.pipeline",
    "translate_many": "transpile.pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'transpile' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "transpile.translation")), name)
