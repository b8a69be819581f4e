"""Records of calibrations as they could be, for tests of how one is shown."""

from resonance_core.config import CalibrateConfig
from resonance_core.stages.calibrate import CALIBRATE
from resonance_core.steering.calibrate import strength_map, usable_range
from resonance_core.store.records import Record

LOUDNESS = (0.11, 0.12, 0.14, 0.19, 0.24, 0.3, 0.41)
FAULTS = (["stuck"], ["clipped", "stuck"], ["loud", "clipped", "noise"])


def calibration(sign: int = 1, usable: int = 5, upper: float = 4.0) -> Record:
    """Return the record of a calibration.

    Args:
        sign: Whether the direction was added or taken away.
        usable: How many strengths had no fault.
        upper: The bound that the direction's norm sets.
    """
    config = CalibrateConfig()
    moved = [0.3 * strength - 0.03 * strength**2 for strength in config.strengths]
    curve = [
        {
            "strength": strength,
            "usable": place < usable,
            "faults": [] if place < usable else FAULTS[min(place - usable, 2)],
            "moved": moved[place],
            "rms": LOUDNESS[place],
            "loudness_lufs": None if place == 0 else -20.0 + place,
            "spectral_flatness": 0.002,
        }
        for place, strength in enumerate(config.strengths)
    ]
    fine = [place < usable for place in range(len(curve))]
    found = usable_range(config.strengths, fine, moved, upper)
    slider = strength_map(config.strengths, moved, found) if found else None
    return Record(
        key="0" * 64,
        request=CALIBRATE.request({**config.model_dump(mode="json"), "sign": sign}, {}),
        files={},
        info={
            "range": found.model_dump() if found else None,
            "map": slider.model_dump() if slider else None,
            "analytic_upper": upper,
            "curve": curve,
        },
        seconds=1.0,
    )
