"""What `--march` may be: refused once, as wrong usage, before a file is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile import architectures
from transpile.aarch64.abi import features
from transpile.architectures import FORMS, require_architecture, require_form
from transpile.cli import main
from transpile.directions import Asked, Unit, translate
from transpile.errors import UsageError
from transpile.inline import port
from transpile.options import Options
from transpile.pipeline import explain, translate_many

PLAIN = "\t.text\n\t.globl f\n\t.type f, @function\nf:\n\tleal 1(%rdi), %eax\n\tret\n\t.size f, .-f\n"
needs_assemblers = pytest.mark.skipif(
    shutil.which("riscv64-linux-gnu-as") is None or shutil.which("aarch64-linux-gnu-as") is None,
    reason="needs the assemblers of RISC-V and AArch64",
)
NONSENSE = (
    "--help", "rv64gc; rm", "rv64gc -o x", "rv64gc\n", "rv64gc\0", "@file", "-", "rv64gc_", "RV64GC", "rv32gc", "rv64",
    "armv8-a", "native", "$(x)", "rv64gc=", "rv64g" + "c" * 5000, "rv64gc" + "_zba" * 500, "rv64gc,rv64gcv", "é",
)  # fmt: skip


@pytest.mark.parametrize("march", NONSENSE)
def test_what_is_no_architecture_is_refused_by_its_form(march: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architectures, "_objection", lambda *_: pytest.fail("the assembler is not asked"))
    with pytest.raises(UsageError) as caught:
        require_architecture("riscv", march)
    assert "is no architecture for riscv" in caught.value.message and len(caught.value.message) < 200
    assert "rv64gc_zba_zbb" in caught.value.hint
    if march != "armv8-a":
        with pytest.raises(UsageError, match="is no architecture for aarch64"):
            require_form("aarch64", march)


@needs_assemblers
@pytest.mark.parametrize(
    ("to", "march", "said"),
    [
        ("riscv", "rv64gc_zfoo", "zfoo"),
        ("riscv", "rv64gc_foo", "unknown"),
        ("riscv", "rv64i", "'m'|`m'"),
        ("riscv", "rv64ima", "`d'|`f'"),
        ("aarch64", "armv8-a+foo", "`foo'"),
        ("aarch64", "armv9.9-a", "unknown architecture"),
        ("aarch64", "armv8-a+nofp", "does not support"),
    ],
)
def test_the_assembler_says_what_it_does_not_know_or_what_translations_lack(to: str, march: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        require_architecture(to, march)
    assert "possible is" in caught.value.hint


@needs_assemblers
def test_architectures_that_there_are_are_taken() -> None:
    for march in ("", "rv64gc", "rv64g", "rv64gcv", "rv64imafdc", "rv64gc_zba_zbb_zbs", "rv64i2p1_m2p0_a2p1_f2p2_d2p2"):
        require_architecture("riscv", march)
    for march in ("", "armv8-a", "armv8.1-a", "armv8.5-a", "armv9-a", "armv8-a+lse+rcpc", "armv8-a+crc+nocrypto"):
        require_architecture("aarch64", march)


def test_without_an_assembler_the_form_alone_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_RISCV_AS", "there-is-no-such-assembler")
    require_architecture("riscv", "rv64gc_zfoo")
    with pytest.raises(UsageError):
        require_architecture("riscv", "--help")


@pytest.mark.parametrize("march", ["--help", "rv64gc; rm", "nonsense"])
def test_each_way_in_refuses_it_once(march: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.s", "b.s"):
        (tmp_path / name).write_text(PLAIN)
    files = [str(tmp_path / name) for name in ("a.s", "b.s")]
    out = tmp_path / "out"
    for words in (
        ["translate", *files, "-o", f"{out}/"],
        ["explain", files[0], "--block", "5"],
        ["port", str(tmp_path)],
    ):
        assert main([*words, "--to", "riscv", f"--march={march}", "--store", "none"]) == 2
        said = capsys.readouterr().err
        assert said.count("is no architecture for riscv") == 1 and "rv64gc_zba_zbb" in said
        assert "<output>" not in said and "Traceback" not in said
    assert not out.exists()
    options = Options(march=march, lm="none")
    with pytest.raises(UsageError, match="is no architecture"):
        translate(Unit("a.s", PLAIN.encode()), Asked("riscv", {"march": march, "lm": "none"}))
    with pytest.raises(UsageError, match="is no architecture"):
        translate_many([(PLAIN, "a.s"), (PLAIN, "b.s")], "riscv", options=options)
    with pytest.raises(UsageError, match="is no architecture"):
        explain(PLAIN, "5", "riscv", options=options)
    with pytest.raises(UsageError, match="is no architecture"):
        port("int f(void) { return 1; }\n", targets=("riscv",), options=options)


def test_the_action_has_the_same_forms() -> None:
    text = (Path(__file__).parents[2] / "action" / "action.py").read_text()
    assert all(f'r"{form}"' in text for form in FORMS.values())


def test_an_extension_that_is_taken_away_is_not_used() -> None:
    assert features("armv8.1-a+nolse") == frozenset()
    assert features("armv8.3-a+nolse") == {"rcpc"} and features("armv8-a+nolse+lse") == {"lse"}
