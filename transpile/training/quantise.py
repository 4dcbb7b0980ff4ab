"""A trained T5 model as int8 weights for CTranslate2, without torch at run time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

VOCABULARY = "vocabulary.json"


def quantise(trained: Path, out: Path, quantization: str = "int8") -> None:
    """Convert the checkpoint in ``trained`` (``config.json``, weights, ``vocabulary.json``) to the folder ``out``.

    The vocabulary is word-level, which no tokenizer of ``transformers`` stands for, so the parts of CTranslate2's
    converter are put together here.
    """
    from ctranslate2.converters.transformers import T5Loader
    from transformers import T5ForConditionalGeneration
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    vocabulary = json.loads((trained / VOCABULARY).read_text())
    model = T5ForConditionalGeneration.from_pretrained(trained)
    spec = T5Loader().get_model_spec(model)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.bos_token = "<pad>"
    spec.config.eos_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.config.decoder_start_token = "<pad>"
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=quantization)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    spec.save(str(out))
