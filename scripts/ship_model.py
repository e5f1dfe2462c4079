"""Measure a trained checkpoint and put it in the package.

    python scripts/ship_model.py bach.safetensors --name bach

Measures the file itself, in half precision as it ships, on the validation and the test split of
the data it was trained on (protocol: `chorale.judging.evaluation`), and writes a copy with the figures in
its metadata to `chorale/models/NAME.safetensors`; beside them stays the NLL that training measured,
in single precision unless it was mixed, so that one sees what half precision costs. The test split
is looked at once a model that ships: run this only for that.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from chorale.corpus import load_corpus
from chorale.judging.evaluation import evaluate
from chorale.models import FOLDER
from chorale.network.checkpoint import load_checkpoint, save_checkpoint


def main() -> None:
    """Measure, print and ship."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="instead of the package's")
    arguments = parser.parse_args()
    checkpoint = load_checkpoint(arguments.checkpoint)
    corpus = load_corpus(checkpoint.about["data"])
    if corpus.fingerprint != checkpoint.about["fingerprint"]:
        raise SystemExit("the data set is not the one that the checkpoint was trained on")
    figures = dict(checkpoint.about["figures"])
    figures.setdefault("valid_nll_in_training", figures["valid_nll"])
    print(f"valid, as training measured it: {figures['valid_nll_in_training']:.4f} nats a note")
    for split in ("valid", "test"):
        result = evaluate(checkpoint, corpus.splits[split])
        figures[f"{split}_nll"] = round(result.nll_per_note, 4)
        figures[f"{split}_accuracy"] = round(result.accuracy, 4)
        figures[f"{split}_onset_accuracy"] = round(result.onset_accuracy, 4)
        by_voice = {voice: round(nll, 3) for voice, nll in result.nll_by_voice.items()}
        print(f"{split}: {result.nll_per_note:.4f} nats a note over {result.notes} notes of")
        print(f"  {result.chorales} chorales; accuracy {result.accuracy:.3f}, on onsets")
        print(f"  {result.onset_accuracy:.3f}; by voice {by_voice}")
    shipped = replace(checkpoint, about={**checkpoint.about, "figures": figures})
    path = arguments.folder / f"{arguments.name}.safetensors"
    save_checkpoint(shipped, path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, fingerprint {shipped.fingerprint}")


if __name__ == "__main__":
    main()
