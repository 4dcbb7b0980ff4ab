"""CTranslate2 against onnxruntime on the embedded model: the same weights in int8, greedy, one thread.

    python benchmarks/engines.py CHECKPOINT WEIGHTS DATA [--blocks N]

``CHECKPOINT``: a folder of ``transpile train``'s checkpoints, ``WEIGHTS`` the same model quantised, ``DATA`` a file of
pairs. Needs the extra ``train`` and the packages onnx and onnxruntime. The decoder is exported as one step with its
keys and values, as CTranslate2 has it inside.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import T5ForConditionalGeneration

from transpile.lm.engine import BATCH, MAX_OUTPUT, Engine

PAD, END = 0, 1


class Encoder(torch.nn.Module):
    """Source tokens to the keys and values that every decoder layer attends to."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.layers = torch.nn.ModuleList(block.layer[1].EncDecAttention for block in model.decoder.block)

    def forward(self, source: Any, mask: Any) -> tuple[Any, Any]:
        states = self.encoder(input_ids=source, attention_mask=mask).last_hidden_state
        keys = torch.stack([_heads(layer.k(states), layer) for layer in self.layers])
        return keys, torch.stack([_heads(layer.v(states), layer) for layer in self.layers])


class Step(torch.nn.Module):
    """One token further: ``past`` keys and values are layers x batch x heads x length x width."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        first = model.decoder.block[0].layer[0].SelfAttention
        distances = torch.arange(MAX_OUTPUT + 1)
        buckets = first._relative_position_bucket(
            -distances, bidirectional=False, num_buckets=first.relative_attention_num_buckets,
            max_distance=first.relative_attention_max_distance,
        )  # fmt: skip
        self.register_buffer("bias", first.relative_attention_bias(buckets).detach().T)

    def forward(self, token: Any, mask: Any, keys: Any, values: Any, past_k: Any, past_v: Any) -> tuple[Any, ...]:
        state = self.model.shared(token)[:, None]
        length = past_k.shape[3] + 1
        bias = self.bias[:, :length].flip(1)[None, :, None]
        hidden = (1.0 - mask[:, None, None].to(state.dtype)) * -1e9
        new_k, new_v = [], []
        for number, block in enumerate(self.model.decoder.block):
            own = block.layer[0].SelfAttention
            normed = block.layer[0].layer_norm(state)
            k = torch.cat([past_k[number], _heads(own.k(normed), own)], 2)
            v = torch.cat([past_v[number], _heads(own.v(normed), own)], 2)
            new_k.append(k)
            new_v.append(v)
            state = state + _attend(_heads(own.q(normed), own), k, v, bias, own)
            cross = block.layer[1].EncDecAttention
            normed = block.layer[1].layer_norm(state)
            state = state + _attend(_heads(cross.q(normed), cross), keys[number], values[number], hidden, cross)
            state = block.layer[2](state)
        state = self.model.decoder.final_layer_norm(state) * self.model.config.d_model**-0.5
        best = (state[:, 0] @ self.model.shared.weight.T).argmax(-1)
        return best, torch.stack(new_k), torch.stack(new_v)


def _heads(states: Any, attention: Any) -> Any:
    batch, length, _ = states.shape
    return states.view(batch, length, attention.n_heads, -1).transpose(1, 2)


def _attend(q: Any, k: Any, v: Any, bias: Any, attention: Any) -> Any:
    weights = torch.softmax(q @ k.transpose(2, 3) + bias, -1)
    found = (weights @ v).transpose(1, 2)
    return attention.o(found.reshape(found.shape[0], found.shape[1], -1))


class Onnx:
    """The exported model in int8; ``answers`` as the engine's greedy search."""

    def __init__(self, checkpoint: Path, folder: Path) -> None:
        model = T5ForConditionalGeneration.from_pretrained(checkpoint).eval()
        self.tokens = json.loads((checkpoint / "vocabulary.json").read_text())
        self.index = {token: number for number, token in enumerate(self.tokens)}
        config = model.config
        self.shape = (config.num_decoder_layers, config.num_heads, config.d_kv)
        source, mask = torch.ones(2, 5, dtype=torch.long), torch.ones(2, 5, dtype=torch.long)
        with torch.no_grad():
            keys, values = Encoder(model)(source, mask)
            batch = {0: "batch", 1: "source"}
            cross, own = {1: "batch", 3: "source"}, {1: "batch", 3: "length"}
            self.encoder = _session(
                Encoder(model), (source, mask), ["source", "mask"], ["keys", "values"],
                {"source": batch, "mask": batch, "keys": cross, "values": cross},
                folder / "encoder",
            )  # fmt: skip
            past = torch.zeros(self.shape[0], 2, self.shape[1], 3, self.shape[2])
            self.step = _session(
                Step(model), (source[:, 0], mask, keys, values, past, past),
                ["token", "mask", "keys", "values", "past_k", "past_v"], ["best", "new_k", "new_v"],
                {"token": {0: "batch"}, "mask": batch, "keys": cross, "values": cross, "past_k": own, "past_v": own},
                folder / "step",
            )  # fmt: skip

    def answers(self, sources: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        order = sorted(range(len(sources)), key=lambda n: len(sources[n]))
        found: dict[int, tuple[str, ...]] = {}
        for start in range(0, len(order), BATCH):
            group = order[start : start + BATCH]
            found.update(zip(group, self._batch([sources[n] for n in group]), strict=True))
        return [found[n] for n in range(len(sources))]

    def _batch(self, sources: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        rows = [[*(self.index.get(t, 2) for t in source), END] for source in sources]
        width = max(map(len, rows))
        source = numpy.array([row + [PAD] * (width - len(row)) for row in rows])
        mask = (source != PAD).astype(numpy.int64)
        keys, values = self.encoder.run(None, {"source": source, "mask": mask})
        layers, heads, size = self.shape
        past_k = past_v = numpy.zeros((layers, len(rows), heads, 0, size), numpy.float32)
        token = numpy.zeros(len(rows), numpy.int64)
        taken: list[Any] = []
        done = numpy.zeros(len(rows), bool)
        while not done.all() and len(taken) < MAX_OUTPUT:
            fed = {"token": token, "mask": mask, "keys": keys, "values": values, "past_k": past_k, "past_v": past_v}
            token, past_k, past_v = self.step.run(None, fed)
            taken.append(token)
            done |= token == END
        columns = numpy.stack(taken, 1).tolist()
        return [tuple(self.tokens[t] for t in (row[: row.index(END)] if END in row else row)) for row in columns]


def _session(module: Any, example: tuple[Any, ...], ins: list[str], outs: list[str], axes: Any, path: Path) -> Any:
    torch.onnx.export(
        module, example, f"{path}.onnx", input_names=ins, output_names=outs, dynamic_axes=axes, dynamo=False,
        opset_version=17,
    )  # fmt: skip
    quantize_dynamic(f"{path}.onnx", f"{path}.int8.onnx", weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(f"{path}.int8.onnx", options, providers=["CPUExecutionProvider"])


def timed(run: Callable[[], list[tuple[str, ...]]]) -> tuple[float, list[tuple[str, ...]]]:
    """Seconds of CPU time of the best of three runs, and what it gave."""
    best, found = float("inf"), run()
    for _ in range(3):
        start = time.process_time()
        found = run()
        best = min(best, time.process_time() - start)
    return best, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("-n", "--blocks", type=int, default=256)
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows = [json.loads(line) for line in given.data.read_text().splitlines()]
    rows = [row for row in rows if row.get("kind") != "repair"][: given.blocks]
    sources = [tuple(row["source"].split()) for row in rows]
    right = [tuple(row["output"].split()) for row in rows]
    engine = Engine(given.weights)
    with tempfile.TemporaryDirectory() as folder:
        onnx = Onnx(given.checkpoint, Path(folder))
        runs = {"ctranslate2": lambda: engine.greedy(sources), "onnxruntime": lambda: onnx.answers(sources)}
        for name, run in runs.items():
            seconds, found = timed(run)
            exact = sum(a == b for a, b in zip(found, right, strict=True)) / len(right)
            print(json.dumps({"engine": name, "blocks/s": round(len(sources) / seconds, 1), "exact": round(exact, 3)}))


if __name__ == "__main__":
    main()
