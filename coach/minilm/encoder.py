"""Runs sentence encoders on onnxruntime; builds the bundled MiniLM once, in a child process, under the data folder."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding as TokenizedText
from tokenizers import Tokenizer

from coach.embed import Encoding, Vectors
from coach.minilm import weights
from metrics.errors import Refusal

MAX_TOKENS = 256
BATCH_TEXTS = 16
# In characters. A longer text is a third quicker by itself than in company, and then the same in every batch.
LONG_TEXT = 200
TINY = 1e-12
RECIPE = "int8-per-channel-1"


class _SentenceEncoder:
    """Vectors as the masked mean of a model's last layer, of length 1, and states from the same pass."""

    dimensions: int

    def __init__(self, model: Path, tokenizer: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Spinning threads burn CPU between questions on a small machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 [len(texts), d]; a text beyond 256 word pieces is cut there.

        Short texts of like length share a batch; int8 scales follow the batch, so their vectors may differ by about a
        hundredth with their batch mates. A text of more than 200 characters has one vector.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for places, batch in self._batches(texts):
            vectors[places] = self._run(batch)[0]
        return vectors

    def pieces_of(self, text: str) -> int:
        """Return how many word pieces a text falls into, without its markers, at most 256."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return vectors and states of one pass; the markers [CLS] and [SEP] count for the vector alone."""
        encodings: dict[int, Encoding] = {}
        for places, batch in self._batches(texts):
            vectors, hidden = self._run(batch)
            for row, (place, tokens) in enumerate(zip(places, batch, strict=True)):
                inner = np.flatnonzero(np.array(tokens.special_tokens_mask) == 0)
                states = hidden[row, inner]
                encodings[place] = Encoding(
                    vector=vectors[row],
                    pieces=np.array(tokens.ids, dtype=np.int32)[inner],
                    states=states / np.linalg.norm(states, axis=1, keepdims=True),
                    offsets=np.array(tokens.offsets, dtype=np.int32)[inner],
                )
        return [encodings[place] for place in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[TokenizedText]]]:
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        short = [place for place in by_length if len(texts[place]) <= LONG_TEXT]
        together = [short[start : start + BATCH_TEXTS] for start in range(0, len(short), BATCH_TEXTS)]
        for places in [*together, *([place] for place in by_length[len(short) :])]:
            yield places, self._tokenizer.encode_batch([texts[place] for place in places])

    def _run(self, batch: list[TokenizedText]) -> tuple[Vectors, Vectors]:
        """Return the vector of each text, and the last layer [texts, tokens, d]."""
        ids = np.array([tokens.ids for tokens in batch], dtype=np.int64)
        mask = np.array([tokens.attention_mask for tokens in batch], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        known = {name: values for name, values in inputs.items() if name in self._inputs}
        hidden = np.asarray(self._session.run(None, known)[0], dtype=np.float32)
        summed = (hidden * mask[..., None]).sum(axis=1)
        # Where a tokenizer adds no markers, a text without words has no tokens at all.
        lengths = np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), TINY)
        return np.asarray(summed / lengths, dtype=np.float32), hidden


class MiniLmEmbedder(_SentenceEncoder):
    """all-MiniLM-L6-v2 (Apache-2.0)."""

    id = f"all-MiniLM-L6-v2:{weights.WEIGHTS_SHA256[:12]}:{RECIPE}"
    dimensions = 384

    def __init__(self, models_folder: Path, threads: int = 2) -> None:
        files = weights.locate()
        model = models_folder / f"{weights.WEIGHTS_SHA256[:16]}-{RECIPE}" / "minilm.onnx"
        if not model.is_file():
            _build_in_child(files.safetensors, model)
        super().__init__(model, files.tokenizer, threads)


class OnnxEmbedder(_SentenceEncoder):
    """The encoder in a folder: model.onnx, whose first output is a state for each token, and tokenizer.json."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """Raises Refusal where a file is missing, or is no such model."""
        model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
        if not (model.is_file() and tokenizer.is_file()):
            raise Refusal(f"COACH_EMBEDDINGS=local:{folder} needs model.onnx and tokenizer.json in that folder.")
        try:
            super().__init__(model, tokenizer, threads)
        except Exception:
            # Each library raises kinds of its own.
            raise Refusal(f"model.onnx and tokenizer.json in {folder} cannot be read.") from None
        shape = self._session.get_outputs()[0].shape
        needed = self._inputs - {"input_ids", "attention_mask", "token_type_ids"}
        if needed or len(shape) != 3 or not isinstance(shape[2], int):
            raise Refusal(f"{model} must turn texts into a state for each token: [texts, tokens, dimensions].")
        self.dimensions = shape[2]
        self.id = f"local:{_digest(model)}:{_digest(tokenizer)}"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:12]


def _build_in_child(safetensors: Path, model: Path) -> None:
    # The build needs several times the memory of the finished model; a child gives it back.
    command = [sys.executable, "-m", "coach.minilm.graph", str(safetensors), str(model)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise Refusal(f"The language model could not be built under {model.parent}: {reason}")
