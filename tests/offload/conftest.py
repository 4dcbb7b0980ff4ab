"""The emulator is compiled once for all tests of this folder."""

from __future__ import annotations

import pytest

from transpile.offload.translate import Choices


@pytest.fixture(scope="session")
def choices(tmp_path_factory: pytest.TempPathFactory) -> Choices:
    """Choices that make trials short."""
    return Choices(seconds=0.2, cache=tmp_path_factory.mktemp("cache"))
