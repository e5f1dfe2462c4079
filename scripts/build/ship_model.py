"""Measure a trained checkpoint and put it in the package.

    python scripts/build/ship_model.py bach.safetensors --name bach [--folder FOLDER]

The checkpoint is measured in half precision, as it ships, on the validation and the test split of
the data set that it was trained on (protocol: `chorale.judging.evaluation`). A copy with these
figures in its metadata is written to `chorale/models/NAME.safetensors`. The metadata keep the
validation NLL that training measured, in single precision unless training was mixed, so that the
cost of half precision can be seen. The test split is for one measurement of each model that ships:
run this script for nothing else.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, run

from chorale.corpus import load_corpus
from chorale.judging.evaluation import evaluate
from chorale.models import FOLDER
from chorale.network.checkpoint import load_checkpoint, save_checkpoint


def main() -> None:
    """Parse the arguments and ship the model."""
    parser = parser_for(__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--name", required=True, help="of the model in the package")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write it")
    parser.set_defaults(run=ship)
    run(parser)


def ship(options: argparse.Namespace) -> None:
    """Measure the checkpoint, print the figures, and write the copy."""
    checkpoint = load_checkpoint(options.checkpoint)
    corpus = load_corpus(checkpoint.about["data"])
    if corpus.fingerprint != checkpoint.about["fingerprint"]:
        sys.exit("the data set is not the one that the checkpoint was trained on")
    figures = dict(checkpoint.about["figures"])
    figures.setdefault("valid_nll_in_training", figures["valid_nll"])
    print(f"valid, as measured in training: {figures['valid_nll_in_training']:.4f} nats per note")
    for split in ("valid", "test"):
        result = evaluate(checkpoint, corpus.splits[split])
        figures[f"{split}_nll"] = round(result.nll_per_note, 4)
        figures[f"{split}_accuracy"] = round(result.accuracy, 4)
        figures[f"{split}_onset_accuracy"] = round(result.onset_accuracy, 4)
        by_voice = {voice: round(nll, 3) for voice, nll in result.nll_by_voice.items()}
        print(f"{split}: {result.nll_per_note:.4f} nats per note over {result.notes} notes of")
        print(f"  {result.chorales} chorales; accuracy {result.accuracy:.3f}, on onsets")
        print(f"  {result.onset_accuracy:.3f}; by voice {by_voice}")
    model = replace(checkpoint, about={**checkpoint.about, "figures": figures})
    path = options.folder / f"{options.name}.safetensors"
    save_checkpoint(model, path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, fingerprint {model.fingerprint}")


if __name__ == "__main__":
    main()
