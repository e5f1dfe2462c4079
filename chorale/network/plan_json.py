"""Plans as JSON values, as checkpoints hold them.

Motion is stored as the levels of each phrase. Early downbeats are only stored if there are any, so
that the plans of a checkpoint without them, and its fingerprint, stay as they were.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from chorale.errors import CheckpointError
from chorale.music import MAX_STEPS, Key, Metre, Plan
from chorale.untrusted import require_int


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON values."""
    starts = [start for start, _ in plan.phrase_spans]
    early = {"early_downbeats": list(plan.early_downbeats)} if plan.early_downbeats else {}
    return {
        "length_steps": plan.length_steps,
        "metre": [plan.metre.numerator, plan.metre.denominator] if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "key": [plan.key.tonic, plan.key.mode] if plan.key else None,
        "fermatas": None if plan.fermatas is None else np.flatnonzero(plan.fermatas).tolist(),
        "motion": None if plan.motion is None else plan.motion[starts].tolist(),
        **early,
    }


def plan_from_json(fields: dict[str, Any]) -> Plan:
    """Return the plan of JSON values.

    Raises:
        CheckpointError: the plan is too long.
        LookupError, TypeError, ValueError: a value is missing or not allowed.
    """
    length = require_int(fields["length_steps"])
    if length > MAX_STEPS:
        raise CheckpointError(f"a plan has more than {MAX_STEPS:,} steps; train again")
    fermatas = None
    if fields["fermatas"] is not None:
        fermatas = np.zeros(length, np.bool_)
        fermatas[[require_int(step) for step in fields["fermatas"]]] = True
    plan = Plan(
        length,
        Metre(*map(require_int, fields["metre"])) if fields["metre"] else None,
        require_int(fields["pickup_steps"]),
        Key(require_int(fields["key"][0]), fields["key"][1]) if fields["key"] else None,
        fermatas,
        early_downbeats=tuple(map(require_int, fields.get("early_downbeats", ()))),
    )
    if fields["motion"] is None:
        return plan
    levels = [[require_int(level) for level in phrase] for phrase in fields["motion"]]
    lengths = [end - start for start, end in plan.phrase_spans]
    return replace(plan, motion=np.repeat(np.array(levels, np.int64), lengths, axis=0))
