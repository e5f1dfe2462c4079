"""Findings: the places where a chorale breaks a rule, and the result of a rule."""

from dataclasses import dataclass

from chorale.music import STEPS_PER_QUARTER
from chorale.music.voicings import SATB, Voicing
from chorale.wording import count


@dataclass(frozen=True)
class Finding:
    """One place at which a chorale breaks a rule.

    Attributes:
        rule: name of the rule, a key of RULES.
        step: first step of the finding, at which a note starts or ends.
        end_step: exclusive end of a finding that has a duration, else None.
        voices: numbers of the voices concerned, 0 (soprano) to 3 (bass).
        notes: names of the notes of each voice concerned, such as ("D5", "E5").
        remark: additional information; may be empty.
        voicing: the choir, which names the voices.
    """

    rule: str
    step: int
    end_step: int | None
    voices: tuple[int, ...]
    notes: tuple[tuple[str, ...], ...]
    remark: str = ""
    voicing: Voicing = SATB

    @property
    def voice_names(self) -> tuple[str, ...]:
        """Names of the voices concerned, such as "soprano 1"."""
        return tuple(self.voicing.part_at(voice).name for voice in self.voices)

    @property
    def text(self) -> str:
        """The notes and the remark, such as "soprano D5-E5, tenor G4-A4"."""
        by_voice = [
            " ".join([voice, "-".join(names)]).strip()
            for voice, names in zip(self.voice_names, self.notes, strict=True)
        ]
        separator = " " if self.remark.startswith("(") else ", "
        return separator.join(filter(None, [", ".join(by_voice), self.remark]))


def describe_length(start: int, end: int) -> str:
    """Describe the length of a finding from its steps, such as "2.5 quarters"."""
    return count((end - start) / STEPS_PER_QUARTER, "quarter")


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule in a chorale.

    Attributes:
        rule: name of the rule.
        opportunities: number of places where the rule could have been broken.
        findings: places where the rule is broken.
    """

    rule: str
    opportunities: int
    findings: list[Finding]
