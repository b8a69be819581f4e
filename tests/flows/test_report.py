from flows.report import concept_report, playlist_report
from flows.results import ConceptResult
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, TrackReport
from resonance_core.store.records import Record
from tests.calibrations import calibration

REF = DirectionRef(key="1" * 64, sha256="2" * 64, path="direction.safetensors")


def aggregate_record() -> Record:
    """The record of a direction of two layers."""
    info = {
        "layers": [2, 3],
        "layer_norm": [1.5, 2.5],
        "residual_scale": [10.0, 20.0],
        "layer_scan": {"layers": [2, 3], "scores": [0.5, 0.9], "best": 3},
    }
    made = calibration()
    return made.model_copy(update={"key": REF.key, "info": info})


def test_a_playlist_s_report_shows_layers_and_the_calibration():
    made = calibration()
    entry = PlaylistEntry(
        name="evening",
        source="somewhere",
        direction=REF,
        calibration=made.key,
        range=made.info["range"],
        tracks=[
            TrackReport(title="one", status="completed", key="3" * 64),
            TrackReport(title="two", status="failed", reason="no audio"),
        ],
    )
    text = playlist_report(entry, ["salsa music", "fast music"], aggregate_record(), made)
    assert text.startswith("# evening\n\n1 of 2 tracks from `somewhere`.")
    assert "To the model it sounds like: salsa music, fast music." in text
    assert "| 3 | 2.500 | 20.000 | 0.900 (best) |" in text
    assert "![Calibration](data:image/png;base64," in text
    assert "| 0.67 | yes | 0.19 | 0.120 | -19.0 | 0.0020 |" in text
    assert "clipped, stuck" in text


def test_a_concept_s_report_says_which_side_has_no_safe_range():
    low, high = calibration(-1, usable=0), calibration()
    concept = ConceptResult(
        name="bass",
        label="Bass resonance",
        direction=REF,
        layers=[2, 3],
        split_half=[0.5, 0.75],
        agreement=[0.25, 0.5],
        low=low.info["range"],
        high=high.info["range"],
        tracks=[],
        left_out=0,
    )
    text = concept_report(concept, low, high)
    assert "- Towards low: No strength of this direction is known to be usable." in text
    assert "- Towards high: Usable strengths: 0.00 to 2.67" in text
    assert "| 3 | 0.75 | 0.50 |" in text
