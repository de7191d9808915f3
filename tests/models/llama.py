"""A language model of 140 KB with random weights: a real file for a real server, which answers nonsense.

It is the same on every machine: weights come from a fixed seed. Its vocabulary is the bytes, for any prompt,
and printable ASCII, which greedy decoding prefers, so that what it says is text. Bent to JSON by a
grammar, it rather begins something than leaves it empty, and rather ends it than goes on: one of everything.
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
UNPRINTABLE = len(CONTROL) + len(BYTES)
# The first number of every state is the same; how much of it goes to a token's logit is what the model likes.
STEADY = 14.0
LIKED = {'"': 0.5, "]": -16.0, "}": -16.0, ",": -24.0, "\\": -24.0}
LIKES = [-32.0] * UNPRINTABLE + [LIKED.get(chr(code), 0.0) for code in range(32, 127)]
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
    def weights(rows: int, columns: int, most: float = 0.5) -> Weights:
        return (chance.standard_normal((rows, columns)) * most).astype(np.float32)

    norm = np.ones(WIDTH, np.float32)
    block = {name: weights(WIDTH, WIDTH) for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
    block |= {name: weights(FEED, WIDTH) for name in ("ffn_gate", "ffn_up")}
    block |= {"ffn_down": weights(WIDTH, FEED)}
    for matrix in block.values():
        matrix[0], matrix[:, 0] = 0, 0  # neither read nor changed by what is computed
    block |= {"attn_norm": norm, "ffn_norm": norm}
    words, output = weights(len(VOCABULARY), WIDTH), weights(len(VOCABULARY), WIDTH)
    words[:, 0], output[:, 0] = STEADY, LIKES
    whole = {"token_embd": words, "output": output, "output_norm": norm}
    whole |= {f"blk.0.{name}": value for name, value in block.items()}
    return [(f"{name}.weight", value) for name, value in whole.items()]
