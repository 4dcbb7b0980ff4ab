"""``hf:NAME_OR_PATH``: any causal or sequence-to-sequence model of ``transformers``, in this process (extra ``hf``).

The model is loaded at the first question, on a GPU where there is one. Questions are answered in batches of similar
length, padded on the left, with the chat template of the model where it has one; the seed and the questions decide the
answers. No code that comes with a model is run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from transpile.errors import ToolError, UsageError, printable
from transpile.lm.asking import Conversation, ModelProposer, Question, Usage
from transpile.lm.remembered import AnswerCache, key_of
from transpile.lm.settings import Settings
from transpile.native.abi import TargetIsa

EXTRA = ("transformers", "torch")
ROWS = 64
"""Sequences generated at once."""
OPENED = "```\n"
"""How the answer of a model without chat template begins: a part of its prompt."""


@dataclass(slots=True)
class Loaded:
    """A model ready to generate."""

    tokenizer: Any
    model: Any
    causal: bool
    chat: bool
    """Whether it has a chat template."""
    longest: int
    """Tokens that a prompt may have."""
    answer: int
    """Tokens that an answer may have."""
    out_of_memory: type[Exception]


@dataclass(slots=True)
class LocalModel:
    """A model of this process."""

    path: str
    settings: Settings
    usage: Usage = field(default_factory=Usage)
    trouble: ToolError | None = None
    missed: ToolError | None = None
    loaded: Loaded | None = None
    cache: AnswerCache | None = None

    @property
    def name(self) -> str:
        return f"hf:{self.path}"

    def begin(self) -> None:
        """See ``Model``. One that cannot be loaded stays so."""

    def answer(self, questions: Sequence[Question]) -> list[list[str]]:
        """See ``Model``."""
        begun = time.monotonic()
        if self.cache is None:
            self.cache = AnswerCache(self.settings.cache)
        keys = [self._key(question) for question in questions]
        texts = [self.cache.answers(key) or [] for key in keys]
        asked = [i for i, found in enumerate(texts) if not found]
        self.usage.cached += len(questions) - len(asked)
        try:
            for i, found in self._generated(questions, asked):
                texts[i] = found
                self.cache.remember(keys[i], found)
        except ToolError as error:
            self.trouble = error
        except Exception as error:
            self.trouble = ToolError(
                f"the language model '{self.name}' is not used: {printable(str(error))[:300] or type(error).__name__}",
                "blocks are translated without it",
            )
        self.usage.seconds += time.monotonic() - begun
        return texts

    def close(self) -> None:
        self.loaded = None
        if self.cache is not None:
            self.cache.close()
            self.cache = None

    def _key(self, question: Question) -> bytes:
        chosen = self.settings
        return key_of(question, self.name, chosen.temperature, chosen.seed, chosen.max_tokens)

    def _generated(self, questions: Sequence[Question], asked: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """The answers to the questions ``asked``, shortest first; those too long for the model are left out."""
        if not asked:
            return
        if self.loaded is None:
            self.loaded = load(self.path, self.settings.max_tokens)
        loaded = self.loaded
        prompts = {i: written(questions[i].messages, loaded) for i in asked}
        lengths = {i: len(loaded.tokenizer(prompts[i], add_special_tokens=False)["input_ids"]) for i in asked}
        left = sorted((i for i in asked if lengths[i] <= loaded.longest), key=lambda i: (lengths[i], i))
        self.usage.lost += len(asked) - len(left)
        rows = ROWS
        while left:
            samples = questions[left[0]].samples
            size = max(1, min(rows // samples, self.settings.concurrency))
            batch = [i for i in left[:size] if questions[i].samples == samples]
            try:
                found = self._batch([prompts[i] for i in batch], samples, loaded)
            except loaded.out_of_memory:
                if size == 1:
                    raise
                rows = samples * (size // 2)
                continue
            yield from zip(batch, found, strict=True)
            left = [i for i in left if i not in batch]

    def _batch(self, prompts: Sequence[str], samples: int, loaded: Loaded) -> list[list[str]]:
        import torch

        chosen = self.settings
        inputs = loaded.tokenizer(list(prompts), return_tensors="pt", padding=True, add_special_tokens=not loaded.chat)
        inputs = {name: inputs[name].to(loaded.model.device) for name in ("input_ids", "attention_mask")}
        sampling: dict[str, Any] = {"do_sample": chosen.temperature > 0}
        if chosen.temperature > 0:
            sampling["temperature"] = chosen.temperature
        torch.manual_seed(chosen.seed)
        with torch.inference_mode():
            output = loaded.model.generate(
                **inputs,
                **sampling,
                num_return_sequences=samples,
                max_new_tokens=loaded.answer,
                max_time=chosen.timeout_s,
                pad_token_id=loaded.tokenizer.pad_token_id,
            )
        new = output[:, inputs["input_ids"].shape[1] :] if loaded.causal else output
        self.usage.requests += 1
        self.usage.tokens_in += int(inputs["attention_mask"].sum())
        self.usage.tokens_out += int((new != loaded.tokenizer.pad_token_id).sum())
        texts = [finished(text, loaded) for text in loaded.tokenizer.batch_decode(new, skip_special_tokens=True)]
        return [texts[i : i + samples] for i in range(0, len(texts), samples)]


def load(path: str, max_tokens: int) -> Loaded:
    """The model at ``path``, a folder or a name of the hub; raises ToolError."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        config = AutoConfig.from_pretrained(path)
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")
        model = kind.from_pretrained(path, dtype="auto").to(device).eval()
    except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
        reason = printable(str(error).strip().partition("\n")[0])[:300]
        raise ToolError(
            f"the language model 'hf:{path}' cannot be loaded: {reason}",
            "name a folder with config.json, tokenizer and weights; blocks are translated without it",
        ) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    positions = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None) or 1 << 20
    causal = not config.is_encoder_decoder
    answer = min(max_tokens, positions // 2)
    longest = positions - answer if causal else positions
    return Loaded(tokenizer, model, causal, bool(tokenizer.chat_template), longest, answer, torch.OutOfMemoryError)


def written(messages: Conversation, loaded: Loaded) -> str:
    """The conversation as one text, up to where the answer begins."""
    turns = [{"role": message.role, "content": message.content} for message in messages]
    if loaded.chat:
        try:
            return str(loaded.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
        except Exception:
            # Templates that know no system turn raise errors of their own.
            first = {"role": "user", "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
            again = [first, *turns[2:]]
            return str(loaded.tokenizer.apply_chat_template(again, tokenize=False, add_generation_prompt=True))
    text = "\n\n".join(message.content for message in messages)
    return f"{text}\n\nAnswer:\n{OPENED}" if loaded.causal else text


def finished(text: str, loaded: Loaded) -> str:
    """An answer as it is read: one that continues a prompt ends with its code block."""
    return OPENED + text.partition("```")[0] if loaded.causal and not loaded.chat else text


def build(path: str, target: TargetIsa, settings: Settings) -> ModelProposer:
    """The proposer of ``hf:NAME_OR_PATH``."""
    return ModelProposer(local(path, settings), target, settings)


def local(path: str, settings: Settings) -> LocalModel:
    """The model of ``hf:NAME_OR_PATH``, which is loaded when it is first asked."""
    if not path:
        raise UsageError("'hf:' names no model", "write hf:NAME or hf:FOLDER")
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise ToolError(f"'hf:{path}' needs {' and '.join(missing)}", "pip install 'transpile[hf]'")
    return LocalModel(path, settings)
