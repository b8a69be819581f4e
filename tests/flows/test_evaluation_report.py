import json
from html.parser import HTMLParser

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from flows.evaluation_report import write_report
from resonance_core.config import RuntimeConfig
from resonance_core.evaluation.protocol import Trials
from resonance_core.evaluation.results import Evaluation, SweepRef
from resonance_core.stages.sweep import sweep
from tests.evaluations import realistic_evaluation

PICTURES = ("sliders", "cross-talk", "ladder", "playlists")


class Cells(HTMLParser):
    """The text of all table cells, and whatever the page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag in ("td", "th"):
            self._inside = True
            self.cells.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.cells[-1] += data


@pytest.fixture
def report(store, quick, tmp_path):
    """An evaluation with one real sweep, and the folder of its report."""
    trials = Trials(prompts=("music", "a song"), seeds=1, duration_s=4.0)
    record = sweep(None, (0.0,), trials, quick, store, RuntimeConfig(device="cpu")).record
    ref = SweepRef(rung="conditional", title="unsteered", key=record.key)
    evaluation = realistic_evaluation().model_copy(update={"sweeps": (ref,)})
    return evaluation, write_report(evaluation, store, tmp_path / "report")


def test_the_report_is_one_page_with_its_numbers_pictures_and_clips(report):
    evaluation, files = report
    assert [path.name for path in files] == [
        "index.html",
        "evaluation.json",
        *(f"{name}.png" for name in PICTURES),
        "clips.parquet",
    ]
    found = Evaluation.model_validate_json(files[1].read_text())
    assert found == evaluation
    for path in files[2:-1]:
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 5
    clips = pq.read_table(files[-1])
    assert clips["title"].to_pylist() == ["unsteered"] * 2
    assert clips["prompt"].to_pylist() == ["music", "a song"]
    assert "level_energy" in clips.column_names


def test_the_page_shows_every_claim_and_fetches_nothing(report):
    evaluation, (path, *_) = report
    page = Cells(path.read_text())
    for claim in evaluation.claims:
        assert {claim.text, claim.found, claim.wanted} <= set(page.cells)
    assert {"yes", "no", "reported"} <= set(page.cells)
    assert {rung.rung for rung in evaluation.ladder} <= set(page.cells)
    assert all(link.startswith("data:") for link in page.links)
    assert sum(link.startswith("data:image/png") for link in page.links) == len(PICTURES)
    assert "script" not in page.tags


def test_names_that_people_gave_are_text(report):
    _, (path, *_) = report
    page = Cells(path.read_text())
    assert "<b>loud</b>" in page.cells
    assert "b" not in page.tags


def test_only_a_quick_run_says_that_its_numbers_mean_nothing(report, store, tmp_path):
    evaluation, (path, *_) = report
    assert "Quick run" not in path.read_text()
    quick = evaluation.model_copy(update={"quick": True})
    assert "Quick run" in write_report(quick, store, tmp_path / "quick")[0].read_text()


def test_json_numbers_are_finite(report):
    _, (_, numbers, *_) = report
    json.loads(numbers.read_text(), parse_constant=pytest.fail)
