"""`chorale models`: the models that come with the package."""

from typing import Annotated, Any

import typer

from chorale.cli.console import say, say_renderable
from chorale.models import DEFAULT, find, shipped


def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the models that come with chorale: training, size, likelihoods in nats per note."""
    facts = [_facts(name) for name in shipped()]
    if as_json:
        import json

        say(json.dumps(facts, indent=2))
        return
    _show(facts)


def _facts(name: str) -> dict[str, Any]:
    from chorale.network.checkpoint import load_checkpoint

    path = find(name)
    checkpoint = load_checkpoint(path)
    about = checkpoint.about
    figures = about.get("figures", {})
    return {
        "name": name,
        "default": name == DEFAULT,
        "data": about.get("data"),
        "split": about.get("split"),
        "command": about.get("command"),
        "weights": sum(weight.size for weight in checkpoint.weights.values()),
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "valid_nll": figures.get("valid_nll"),
        "test_nll": figures.get("test_nll"),
        "minutes": about.get("minutes"),
        "fingerprint": checkpoint.fingerprint,
    }


def _show(facts: list[dict[str, Any]]) -> None:
    """Print a table, a row a model; the default has a star."""
    from rich.table import Table

    table = Table()
    for label in ("name", "trained on"):
        table.add_column(label)
    for label in ("weights", "MB", "valid NLL", "test NLL", "minutes"):
        table.add_column(label, justify="right")
    for fact in facts:
        nlls = [fact[f"{split}_nll"] for split in ("valid", "test")]
        table.add_row(
            fact["name"] + (" *" if fact["default"] else ""),
            f"{fact['data']}, {fact['split']}" if fact["data"] else "unknown",
            f"{fact['weights']:,}",
            f"{fact['megabytes']:.1f}",
            *("unknown" if nll is None else f"{nll:.4f}" for nll in nlls),
            "unknown" if fact["minutes"] is None else f"{fact['minutes']:.1f}",
        )
    say_renderable(table)
    say("* the default; NLL in nats a note, measured as `chorale evaluate` does")
