"""Bach's shipped rates, against his chorales and published figures."""

import json
import runpy
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import Run
from places import ROOT, SHARED

from chorale.analysis import FIFTH, UNISON, chord_changes, parallels
from chorale.checking import RULES, apply_rules, bach_rates, examine
from chorale.checking.rates import RATES, SPLITS
from chorale.corpus import Corpus, jsb
from chorale.music import Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.score.musicxml import musicxml_bytes


def in_one_phrase(chorale: Chorale) -> Chorale:
    """Return the chorale as one phrase, in which all changes of chord are judged."""
    none = np.zeros(chorale.plan.length_steps, np.bool_)
    return replace(chorale, plan=replace(chorale.plan, fermatas=none))


def test_the_shipped_rates_are_right_for_a_split(bach_corpus: Corpus) -> None:
    found, among, chorales = Counter[str](), Counter[str](), Counter[str]()
    for chorale in bach_corpus.splits["test"]:
        for count in apply_rules(chorale):
            found[count.rule] += len(count.findings)
            among[count.rule] += count.opportunities
            chorales[count.rule] += bool(count.findings)
    for rule, rate in bach_rates("test").items():
        shipped = (rate.findings, rate.opportunities, rate.chorales_with_finding, rate.chorales)
        assert shipped == (found[rule], among[rule], chorales[rule], 77), rule


def test_rules_and_rates_correspond() -> None:
    shipped = json.loads(RATES.read_text())
    assert shipped["rules"].keys() == RULES.keys() == bach_rates().keys()
    assert shipped["chorales"].keys() == set(SPLITS)
    whole = bach_rates()["parallel fifths"]
    assert whole.findings == sum(bach_rates(s)["parallel fifths"].findings for s in SPLITS)
    assert whole.chorales == 376


def test_the_script_writes_the_format_of_the_shipped_rates(bach_corpus: Corpus) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "build" / "rule_rates.py"))
    few = {split: bach_corpus.splits[split][:5] for split in SPLITS}
    by_split = {split: script["count_findings"](few[split]) for split in SPLITS}
    text = script["to_json"](dict.fromkeys(SPLITS, 5), by_split)
    assert json.loads(text)["rules"].keys() == RULES.keys()
    assert [line[:8] for line in text.splitlines()[:3]] == ["{", '  "chora', '  "rules']


def test_bach_often_breaks_three_rules() -> None:
    often = {rule for rule, rate in bach_rates().items() if rate.chorales_share >= 0.5}
    assert often == {"overlap", "crossing", "dropped leading tone"}
    tendencies = {rule for rule, rate in bach_rates().items() if rate.is_tendency}
    assert tendencies == often | {"unequal fifths"}  # which textbooks tolerate


def test_bach_breaks_some_rules_more_often_between_phrases(bach_corpus: Corpus) -> None:
    joined = [in_one_phrase(chorale) for chorale in bach_corpus.splits["test"]]
    found = Counter(one.rule for chorale in joined for one in examine(chorale).findings)
    for rule in ("direct fifths", "wide leap", "leap of a seventh", "false relation"):
        assert found[rule] > 1.4 * bach_rates("test")[rule].findings, rule


def test_bach_has_as_many_findings_as_expected(bach_corpus: Corpus) -> None:
    checked = [examine(chorale) for chorale in bach_corpus.splits["test"]]
    found = sum(len(one.findings) for one in checked)
    expected = sum(one.expected(rule) for one in checked for rule in RULES)
    assert found == pytest.approx(expected, rel=0.1)


def test_in_one_phrase_bachs_parallels_are_as_in_analysis(bach_corpus: Corpus) -> None:
    chorales = [in_one_phrase(chorale) for chorale in bach_corpus.splits["test"]]
    count = Counter(one.rule for chorale in chorales for one in examine(chorale).findings)
    assert count["parallel fifths"] == sum(parallels(c, FIFTH) for c in chorales)
    assert count["parallel octaves"] == sum(parallels(c, UNISON) for c in chorales)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files are not beside the checkout")
def test_parallels_on_the_benchmark_are_as_published() -> None:
    corpus = jsb.download(SHARED / "Jsb16thSeparated.json")
    chorales = [in_one_phrase(c) for split in corpus.splits.values() for c in split]
    changes = sum(int(chord_changes(chorale).sum()) for chorale in chorales)
    count = Counter(one.rule for chorale in chorales for one in examine(chorale).findings)
    rates = {rule: 1000 * count[rule] / changes for rule in RULES}
    for name, parallel, both in (("fifths", 1.78, 4.04), ("octaves", 1.24, 1.93)):
        assert rates[f"parallel {name}"] == pytest.approx(parallel, abs=0.005)
        assert rates[f"parallel {name}"] + rates[f"contrary {name}"] == pytest.approx(
            both, abs=0.005
        )


def test_bachs_chorales_have_the_same_findings_when_read_from_files(
    run: Run, bach_corpus: Corpus, tmp_path: Path
) -> None:
    for number, one in enumerate(bach_corpus.splits["test"][:3]):
        file = tmp_path / f"{number}.musicxml"
        file.write_bytes(musicxml_bytes(one, Metadata(one.source)))
        status, out, _ = run("check", str(file), "--json")
        (checked,) = json.loads(out)["files"]
        assert status == 0
        found = [(each["rule"], each["step"]) for each in checked["findings"]]
        assert found == [(each.rule, each.step) for each in examine(one).findings]
