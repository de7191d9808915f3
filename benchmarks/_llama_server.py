"""llama.cpp's own server for one GGUF file, as a process of its own on 127.0.0.1.

    python benchmarks/_llama_server.py FILE ALIAS THREADS CONTEXT

It prints its address as soon as it listens, and loads the model then. It ends with its standard input, so
that it is not left over in whatever way the process that started it ended.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any


def parameters(file: str, alias: str, threads: int, context: int) -> Any:
    """Return the server's parameters: greedy, and nothing kept from one request to the next.

    What is kept in a cache changes the shapes that are computed, and with them the last bits and the text.
    """
    chosen = import_module("xllamacpp").CommonParams()  # it ships no types
    chosen.model.path = file
    chosen.model_alias = {alias}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0  # one that is free; the server says which
    chosen.ui = False
    chosen.n_ctx, chosen.n_parallel = context, 1
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = threads
    chosen.sampling.temp, chosen.sampling.seed = 0.0, 7
    chosen.cache_prompt, chosen.cache_idle_slots, chosen.cache_ram_mib = False, False, 0
    return chosen


def main(file: str, alias: str, threads: str, context: str) -> None:
    """Serve until standard input ends."""
    server = import_module("xllamacpp").Server(parameters(file, alias, int(threads), int(context)))
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # its own threads may still be at work on a request that nobody waits for


if __name__ == "__main__":
    main(*sys.argv[1:])
