"""A language model of 140 KB with random weights: a real file for a real server, which answers nonsense.

It is the same on every machine: weights come from a fixed seed. Its vocabulary is the bytes, for any prompt,
and printable ASCII, which greedy decoding prefers, so that what it says is text.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]

WIDTH, HEADS, FEED, CONTEXT = 32, 2, 64, 65_536
CONTROL = [b"<unk>", b"<s>", b"</s>"]
BYTES = [f"<0x{code:02X}>".encode() for code in range(256)]
PRINTABLE = [chr(code).replace(" ", "\u2581").encode() for code in range(32, 127)]
VOCABULARY = [*CONTROL, *BYTES, *PRINTABLE]
KINDS = [
    gguf.TokenType.UNKNOWN,
    *[gguf.TokenType.CONTROL] * 2,
    *[gguf.TokenType.BYTE] * len(BYTES),
    *[gguf.TokenType.NORMAL] * len(PRINTABLE),
]
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def write(file: Path) -> Path:
    """Write the model to *file*, and return that."""
    writer = gguf.GGUFWriter(file, "llama")
    _shape(writer)
    _vocabulary(writer)
    for name, weights in _tensors(np.random.default_rng(4)):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _shape(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)


def _vocabulary(writer: gguf.GGUFWriter) -> None:
    writer.add_vocab_size(len(VOCABULARY))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(VOCABULARY)
    writer.add_token_scores([0.0] * len(VOCABULARY))
    writer.add_token_types(KINDS)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)


def _tensors(chance: np.random.Generator) -> list[tuple[str, Weights]]:
    def weights(rows: int, columns: int) -> Weights:
        return (chance.standard_normal((rows, columns)) / 2).astype(np.float32)

    output = weights(len(VOCABULARY), WIDTH)
    output[: len(CONTROL) + len(BYTES)] = 0  # their logit is 0, so that some printable one is above it
    norm = np.ones(WIDTH, np.float32)
    square, tall = ("attn_q", "attn_k", "attn_v", "attn_output"), ("ffn_gate", "ffn_up")
    block = {name: weights(WIDTH, WIDTH) for name in square}
    block |= {name: weights(FEED, WIDTH) for name in tall} | {"ffn_down": weights(WIDTH, FEED)}
    block |= {"attn_norm": norm, "ffn_norm": norm}
    whole = {"token_embd": weights(len(VOCABULARY), WIDTH), "output": output, "output_norm": norm}
    whole |= {f"blk.0.{name}": value for name, value in block.items()}
    return [(f"{name}.weight", value) for name, value in whole.items()]
