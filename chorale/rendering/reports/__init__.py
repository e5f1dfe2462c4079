"""Reports: what `check` and `explain` found, as text, JSON and coloured notes."""
