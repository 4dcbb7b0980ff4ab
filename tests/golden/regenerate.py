"""Write the expected outputs anew: ``python tests/golden/regenerate.py``. Look at the difference before you commit."""

from __future__ import annotations

from pathlib import Path

import transpile
from transpile.options import TARGETS, Options

HERE = Path(__file__).parent
SOURCES = sorted((HERE / "sources").glob("*.s"))
OPTIONS = Options(lm="none", jobs=1, require="proved")


def expected(source: Path, target: str) -> Path:
    return HERE / target / source.name


if __name__ == "__main__":
    for source in SOURCES:
        for target in TARGETS:
            translation = transpile.translate(source.read_text(), target, file=source.name, options=OPTIONS)
            path = expected(source, target)
            path.parent.mkdir(exist_ok=True)
            path.write_text(translation.text)
            print(path.relative_to(HERE), translation.verdicts)
