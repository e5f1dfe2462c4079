"""`chorale models`: list the models that come with chorale."""

from typing import Any

from chorale.cli import arguments as shared
from chorale.cli.console import print_renderable, print_result
from chorale.models import DEFAULT, find, list_models


def models(as_json: shared.AsJson = False) -> None:
    """List the models that come with chorale: training data, size, NLL in nats per note."""
    facts = [_collect_facts(name) for name in list_models()]
    if as_json:
        import json

        print_result(json.dumps(facts, indent=2))
        return
    _print_table(facts)


def _collect_facts(name: str) -> dict[str, Any]:
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
        "calibration": about.get("calibration"),
        "critic": about.get("critic"),
        "weights": sum(weight.size for weight in checkpoint.weights.values()),
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "valid_nll": figures.get("valid_nll"),
        "test_nll": figures.get("test_nll"),
        "critic_auc": figures.get("critic_auc"),
        "minutes": about.get("minutes"),
        "fingerprint": checkpoint.fingerprint,
    }


def _print_table(facts: list[dict[str, Any]]) -> None:
    """Print a table with a row for each model; the default has a star."""
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
    print_renderable(table)
    print_result("* the default; NLL in nats a note, as `chorale evaluate` measures it")
