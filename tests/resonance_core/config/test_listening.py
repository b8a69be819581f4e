import pytest
from pydantic import ValidationError

from resonance_core.config import ExtractConfig


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"pooling": "strided"}, "strided and a stride go together"),
        ({"stride": 50}, "strided and a stride go together"),
        ({"pooling": "strided", "stride": 0}, "greater than 0"),
        ({"pooling": "max"}, "'mean', 'mean.std', 'last' or 'strided'"),
        ({"layers": []}, "at least 1 item"),
    ],
)
def test_what_cannot_be_extracted_is_refused(given, problem):
    with pytest.raises(ValidationError, match=problem):
        ExtractConfig.model_validate(given)
