"""Windows a second of the `tf.data` pipeline alone, beside those of training.

    python scripts/benchmark_pipeline.py [--epochs 2]

Both at the default options on the `bach` training split, in one process, one after the other; the
first epoch of each is left out.
"""

import argparse
import os
import platform
import time

from chorale.corpus import load_corpus
from chorale.options import ModelOptions, TrainingOptions
from chorale.training.quiet_import import import_tensorflow


def main() -> None:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=2, help="epochs measured")
    parser.add_argument("--units", type=int, default=ModelOptions().units)
    arguments = parser.parse_args()
    epochs = arguments.epochs
    import_tensorflow()
    from chorale.network.tokens import Vocabulary
    from chorale.training.dataset import arrays_of, ranges_of, training_windows
    from chorale.training.trainer import Trainer

    train = load_corpus("bach").splits["train"]
    vocabulary, options = Vocabulary(), TrainingOptions()
    arrays = arrays_of(train, vocabulary, ranges_of(train))

    def pipeline(epoch: int) -> None:
        for _ in training_windows(arrays, vocabulary, options, epoch):
            pass

    trainer = Trainer(ModelOptions(units=arguments.units), options, vocabulary, arrays)

    def training(epoch: int) -> None:
        trainer.run_epoch(epoch, lambda update, loss: None)

    rates = {}
    for name, work in (("pipeline alone", pipeline), ("training", training)):
        work(0)
        started = time.perf_counter()
        for epoch in range(1, epochs + 1):
            work(epoch)
        rates[name] = epochs * len(train) / (time.perf_counter() - started)
        print(f"{name}: {rates[name]:.0f} windows a second")
    ratio = rates["pipeline alone"] / rates["training"]
    print(f"ratio {ratio:.0f}; {platform.machine()}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
