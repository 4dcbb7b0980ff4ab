"""The store forgets nothing that holds, trusts no damaged file, and serves several writers."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

import transpile
from transpile import checker, pipeline
from transpile.core import verdict as v
from transpile.errors import TranspileError
from transpile.options import Options
from transpile.store import ProofStore, verdict_from, verdict_to

SOURCE = (Path(__file__).parents[1] / "golden/sources/loop.s").read_text()


def forbid(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError(f"{name} was called")

    monkeypatch.setattr(module, name, never)


def options(tmp_path: Path) -> Options:
    return Options(jobs=1, store=tmp_path / "deep" / "proofs.sqlite")


def test_a_known_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = options(tmp_path)
    first = transpile.translate(SOURCE, "aarch64", file="a.s", options=chosen)
    forbid(monkeypatch, pipeline, "plan_file")
    assert transpile.translate(SOURCE, "aarch64", file="b.s", options=chosen) == replace(first, file="b.s")
    with pytest.raises(AssertionError, match="plan_file was called"):
        transpile.translate(SOURCE, "riscv", options=chosen)
    with pytest.raises(AssertionError, match="plan_file was called"):
        transpile.translate(SOURCE, "aarch64", options=replace(chosen, rlimit=7))
    assert transpile.translate(SOURCE, "aarch64", options=replace(chosen, jobs=2)).text == first.text


def test_known_blocks_are_not_proved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = options(tmp_path)
    first = transpile.translate(SOURCE, "aarch64", options=chosen)
    forbid(monkeypatch, checker, "prove")
    second = transpile.translate("# changed\n" + SOURCE, "aarch64", options=chosen)
    assert second.verdicts == first.verdicts
    assert transpile.check(SOURCE, first.text, options=chosen).meets("proved")


@pytest.mark.parametrize("damage", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_store_is_an_empty_one(tmp_path: Path, damage: bytes) -> None:
    chosen = options(tmp_path)
    assert chosen.store is not None
    chosen.store.parent.mkdir()
    chosen.store.write_bytes(damage)
    assert transpile.translate(SOURCE, "aarch64", options=chosen).meets("proved")


def test_damaged_rows_are_not_believed(tmp_path: Path) -> None:
    chosen = replace(options(tmp_path), lm="none")
    assert chosen.store is not None
    first = transpile.translate(SOURCE, "aarch64", options=chosen)
    for body in (b"", b"\x78\x9c garbage", "text", 7, None):
        with sqlite3.connect(chosen.store) as connection:
            connection.execute("UPDATE files SET translation = ?", (body if body is not None else b"\0",))
            connection.execute("UPDATE verdicts SET verdict = ?", (body if body is not None else '{"word": "sure"}',))
        assert transpile.translate(SOURCE, "aarch64", options=chosen) == first


def test_a_store_that_cannot_be_written_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    chosen = Options(jobs=1, store=tmp_path / "file" / "proofs.sqlite")
    assert transpile.translate(SOURCE, "aarch64", options=chosen).meets("proved")


def _write(path: Path, start: int) -> None:
    for number in range(start, start + 50):
        store = ProofStore(path)
        store.remember(b"%d" % number, v.Proved(rlimit=number))
        store.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "proofs.sqlite"
    context = get_context("spawn")
    writers = [context.Process(target=_write, args=(path, 50 * i)) for i in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    store = ProofStore(path)
    assert [store.verdict(b"%d" % n) for n in range(150)] == [v.Proved(rlimit=n) for n in range(150)]
    store.close()


def test_open_questions_are_asked_again(tmp_path: Path) -> None:
    store = ProofStore(tmp_path / "proofs.sqlite")
    store.remember(b"a", v.Undecided("too hard"))
    store.remember(b"b", v.Refuted({"rax": 1}))
    assert store.verdict(b"a") is None
    assert store.verdict(b"b") is None
    store.close()


def test_files_that_cannot_be_read_are_not_kept(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(TranspileError):
            transpile.translate("\tbad one\n", "aarch64", options=options(tmp_path))


@pytest.mark.parametrize(
    "verdict",
    [
        v.Proved(("a", "b"), 12),
        v.Tested(200, 7, "why"),
        v.Refuted({"rax": 1 << 63}, ("rax",)),
        v.Undecided("no", {"a": "b"}),
    ],
)
def test_verdicts_survive(verdict: v.Proved | v.Tested | v.Refuted | v.Undecided) -> None:
    assert verdict_from(verdict_to(verdict)) == verdict
