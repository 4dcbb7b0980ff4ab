"""Models of ``transformers``, really run: in this process, and behind ``transformers serve``.

The model is made here and has random weights. Its tokens are whole lines, so that what it samples are instructions:
some fit the blocks of the example and are proved, most are refuted.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.checker import BlockChecker
from transpile.core.loop import Judged
from transpile.core.verdict import Proved
from transpile.errors import ToolError, UsageError
from transpile.lm import hf, openai
from transpile.lm.asking import ModelProposer, Question
from transpile.lm.prompt import Message
from transpile.lm.settings import Settings
from transpile.options import Options
from transpile.planning import BlockUnit, Body, FilePlan, Proposal
from transpile.store import ProofStore
from transpile.targets import target_isa

pytest.importorskip("torch", reason="the extra 'hf' is not installed")
pytest.importorskip("transformers", reason="the extra 'hf' is not installed")

CHAT = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"
SHORT = Settings(samples=8, seed=3, temperature=1.0, max_tokens=1, concurrency=4, timeout_s=60.0, retries=1)
Tally = tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]


def short_blocks(tally: Tally) -> list[tuple[BlockUnit, Proposal]]:
    """The blocks that the rules translate to a single instruction."""
    return [(u, p) for u, p in tally[1] if u.block.source.insns and len(p.bodies[u.block.source.label]) == 1][:12]


def save_model(folder: Path, lines: Sequence[str], seq2seq: bool = False, chat: str = "") -> Path:
    """A model with random weights whose tokens are ``lines``."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
        T5Config,
        T5ForConditionalGeneration,
    )

    words = ["<unk>", "<s>", "</s>", *(f"{line}\n" for line in dict.fromkeys(lines))]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[^\n]*\n"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>")
    if chat:
        fast.chat_template = chat
    torch.manual_seed(1)
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2, "vocab_size": len(words)}
    if seq2seq:
        t5 = T5Config(**ids, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=2)
        model = T5ForConditionalGeneration(t5)
    else:
        llama = LlamaConfig(**ids, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
        model = LlamaForCausalLM(llama)
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def chat_model(tallies: dict[str, Tally], tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = [pair for tally in tallies.values() for pair in short_blocks(tally)]
    lines = [line.text for unit, proposal in found for line in proposal.bodies[unit.block.source.label]]
    return save_model(tmp_path_factory.mktemp("model"), lines, chat=CHAT)


@pytest.fixture(scope="module")
def served(chat_model: Path) -> Iterator[str]:
    """The URL of a ``transformers serve`` that hosts the model."""
    for module in ("accelerate", "fastapi", "uvicorn", "openai"):
        pytest.importorskip(module, reason="'transformers[serving]' is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from transformers.cli.transformers import main; main()", "serve", str(chat_model),
               "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]  # fmt: skip
    log = (chat_model / "log.txt").open("w")
    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HF_HUB_OFFLINE": "1"})
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        else:
            pytest.fail((chat_model / "log.txt").read_text()[-2000:])
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def judged(proposer: ModelProposer, tally: Tally) -> list[Judged[Body]]:
    """What the checker says of the model's candidates for the short blocks, and of those that follow on feedback."""
    plan = tally[0]
    found = short_blocks(tally)
    checker = BlockChecker(plan.target, Options(), ProofStore(None))
    checker.learn([proposal for _, proposal in found])
    proposer.prepare([unit for unit, _ in found])
    history: list[Judged[Body]] = []
    for unit, _ in found:
        first = [Judged(c, checker.check(unit, c)) for c in proposer.propose(unit, ())]
        wrong = [j for j in first if not isinstance(j.verdict, Proved)]
        second = proposer.propose(unit, wrong)
        assert not {c.body for c in second} & {j.candidate.body for j in wrong}
        history += [*first, *(Judged(c, checker.check(unit, c)) for c in second)]
    return history


def check_end_to_end(proposer: ModelProposer, tally: Tally) -> None:
    history = judged(proposer, tally)
    assert proposer.trouble is None
    assert {j.candidate.proposer for j in history} == {proposer.name}
    assert any(isinstance(j.verdict, Proved) for j in history)
    assert any(not isinstance(j.verdict, Proved) for j in history)
    usage = proposer.usage
    assert usage.candidates == len(history) < usage.answers
    assert usage.tokens_in > 0 and usage.tokens_out > 0 and usage.lost == 0


def test_served_model_end_to_end(served: str, chat_model: Path, tally: Tally) -> None:
    # The server has one random generator for all requests.
    proposer = openai.build(f"{chat_model}@{served}", tally[0].target, replace(SHORT, concurrency=1))
    check_end_to_end(proposer, tally)
    again = openai.build(f"{chat_model}@{served}", tally[0].target, SHORT)
    again.prepare([unit for unit, _ in short_blocks(tally)])
    assert sorted(map(len, again.known.values())) == sorted([8] * len(again.known))
    proposer.close()
    again.close()


def test_model_of_this_process_end_to_end(chat_model: Path, tally: Tally) -> None:
    check_end_to_end(hf.build(str(chat_model), tally[0].target, SHORT), tally)


def questions(count: int, samples: int = 3) -> list[Question]:
    return [Question((Message("system", "s"), Message("user", "nop\n" * (i + 1))), samples) for i in range(count)]


@pytest.mark.parametrize("kind", ["causal", "chat", "seq2seq"])
def test_batches_are_seeded_and_complete(kind: str, tmp_path: Path) -> None:
    folder = save_model(tmp_path, ["nop", "ret", "mv a0, a1"], kind == "seq2seq", CHAT if kind == "chat" else "")
    first = hf.LocalModel(str(folder), SHORT)
    answers = first.answer(questions(9))
    assert first.trouble is None and [len(texts) for texts in answers] == [3] * 9
    assert hf.LocalModel(str(folder), SHORT).answer(questions(9)) == answers
    assert first.usage.requests == 3
    assert all(text.startswith(hf.OPENED) == (kind == "causal") for texts in answers for text in texts)


def test_answers_are_remembered(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model", ["nop", "ret"])
    settings = Settings(samples=2, max_tokens=2, cache=tmp_path / "cache")
    first = hf.LocalModel(str(folder), settings)
    answers = first.answer(questions(2, 2))
    first.close()
    second = hf.LocalModel(str(folder), settings)
    assert second.answer(questions(2, 2)) == answers and second.usage.cached == 2 and second.loaded is None


def test_without_sampling_there_is_one_answer(tmp_path: Path) -> None:
    folder = save_model(tmp_path, ["nop", "ret"])
    model = hf.LocalModel(str(folder), Settings(temperature=0.0, max_tokens=2))
    assert [len(texts) for texts in model.answer(questions(2, 1))] == [1, 1] and model.trouble is None


def test_questions_beyond_the_context_are_left_out(tmp_path: Path) -> None:
    folder = save_model(tmp_path, ["nop", "ret"])
    model = hf.LocalModel(str(folder), Settings(max_tokens=2))
    long = Question((Message("user", "nop\n" * 3000),), 2)
    assert [len(texts) for texts in model.answer([long, *questions(1, 2)])] == [0, 2]
    assert model.usage.lost == 1 and model.trouble is None


def test_a_template_without_system_turn(tmp_path: Path) -> None:
    refuse = "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}{% endfor %}"
    template = refuse + CHAT
    model = hf.LocalModel(str(save_model(tmp_path, ["nop"], chat=template)), SHORT)
    assert len(model.answer(questions(1))[0]) == 3 and model.trouble is None


def test_a_batch_that_does_not_fit_is_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    model = hf.LocalModel(str(save_model(tmp_path, ["nop", "ret"])), Settings(max_tokens=2, concurrency=8))
    whole = model._batch

    def small(prompts: Sequence[str], samples: int, loaded: hf.Loaded) -> list[list[str]]:
        if len(prompts) > 2:
            raise torch.OutOfMemoryError
        return whole(prompts, samples, loaded)

    monkeypatch.setattr(hf.LocalModel, "_batch", lambda self, *arguments: small(*arguments))
    assert [len(texts) for texts in model.answer(questions(7, 2))] == [2] * 7 and model.trouble is None


def test_what_is_no_model_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    target = target_isa("riscv")
    model = hf.LocalModel(str(tmp_path), SHORT)
    assert model.answer(questions(2)) == [[], []]
    assert model.trouble is not None and str(tmp_path) in model.trouble.message
    with pytest.raises(UsageError):
        hf.build("", target, SHORT)
    monkeypatch.setattr(hf, "EXTRA", ("transformers", "nowhere_to_be_found"))
    with pytest.raises(ToolError, match="nowhere"):
        hf.build("m", target, SHORT)
