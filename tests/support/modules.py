"""The package's modules, by name."""

from pathlib import Path

import chorale

PACKAGE = Path(chorale.__file__).parent


def module_name(path: Path) -> str:
    """Return the name of a module: "chorale.cli.data", or "chorale.cli" for its __init__.py."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
