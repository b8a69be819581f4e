import io

import numpy as np
import pytest
from PIL import Image

from flows.plots import calibration_figure, data_uri, png
from tests.calibrations import calibration


def test_a_calibration_is_drawn_with_faults_range_and_movement():
    figure = calibration_figure({"towards low": calibration(-1), "towards high": calibration()})
    words = {text.get_text() for axis in figure.axes for text in axis.texts}
    assert "stuck" in words
    assert "clipped\nstuck" in words
    assert [axis.get_title() for axis in figure.axes[:2]] == ["towards low", "towards high"]
    low = figure.axes[0].get_lines()
    assert min(min(line.get_xdata(), default=0) for line in low) == -4.0  # taken away
    picture = np.asarray(Image.open(io.BytesIO(png(figure))).convert("L"))
    assert picture.std() > 10


@pytest.mark.parametrize("usable", [0, 1])
def test_a_direction_without_safe_range_is_drawn_without_one(usable):
    figure = calibration_figure({"one": calibration(usable=usable)})
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert "usable strengths" not in labels
    assert "trials" in labels


def test_the_bound_by_the_norm_is_drawn_where_it_cuts():
    labels = {
        text.get_text()
        for text in calibration_figure({"one": calibration(upper=3.2)}).legends[0].get_texts()
    }
    assert "bound by the norm" in labels


def test_a_data_uri_holds_the_picture():
    assert data_uri(b"\x89PNG") == "data:image/png;base64,iVBORw=="
