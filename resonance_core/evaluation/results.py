"""What an evaluation found, as plain JSON values."""

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """Base of everything that an evaluation found."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Estimate(Result):
    """A number with its bootstrap interval, over prompts or over playlists."""

    value: float
    low: float
    high: float


class CurvePoint(Result):
    """How all pieces score at one position of a slider."""

    position: float
    strength: float
    score: Estimate
    """Mean over the pieces, less the pieces without the slider, in standard deviations of these."""
    failed: float
    """Share of the pieces in which the gate finds a fault."""


class SliderScore(Result):
    """How well one slider does what its name says."""

    slider: str
    scorer: str
    """What it is judged by: a measure, or the level that a probe reads."""
    monotone: Estimate
    """Share of sweeps whose score rises with the strength (Spearman's rho above 0.8)."""
    monotone_prompts: Estimate
    """The same of sweeps in which each score is the mean over a prompt's pieces, of which the
    slider moves all, but of which each is another take."""
    direct_measure: str
    direct_monotone: float
    """The same by the direct measure of signal processing."""
    slope: Estimate
    """Score per strength, in standard deviations of the pieces without the slider."""
    random_mean: float
    """Mean of the random directions' absolute slopes on the same scorer."""
    random_max: float
    ratio: float
    """Slope over the mean of the random directions."""
    p: float
    """That the slider's slope is no larger than those of random directions, each of which counts
    once (see `larger_p`)."""
    right_way: float
    """Share of the pieces at both ends that score on the right side of the piece without it."""
    failed: float
    """Share of the pieces at both ends in which the gate finds a fault."""
    curve: tuple[CurvePoint, ...]
    effects: dict[str, float]
    """From one end to the other, what each attribute's probe reads without loudness, in standard
    deviations of the pieces without the slider."""
    on_over_off: float
    """The slider's own effect over the mean of the others, all absolute."""
    worst_on_over_off: float
    """The same over the largest of the others."""


class PlaylistScore(Result):
    """How close to a playlist music comes that is made with its direction."""

    playlist: str
    strength: float | None
    """None where no strength of the direction is usable; the music is then unsteered."""
    top_1: float
    """Share of the pieces that are closest to this playlist's held-out tracks."""
    top_1_unsteered: float
    closest: dict[str, int]
    """How many pieces were closest to each playlist."""
    similarity: float
    """Mean cosine to the held-out tracks, less that of unsteered music."""
    nearest_source: float
    """Mean distance of a piece to the nearest track that the direction was made from."""
    nearest_source_unsteered: float
    nearest_held_out: float
    """The same to the nearest held-out track: copying would bring the others closer."""
    failed: float
    """Share of the pieces in which the gate finds a fault."""


class Yardsticks(Result):
    """What to hold the share of pieces against that come closest to their own playlist."""

    tracks: float
    """The same of the tracks that directions were made from: no music is more like a playlist."""
    named: float
    """The same of pieces without steering whose prompt is the playlist's name."""


class RungScore(Result):
    """How far one rung of the ladder gets."""

    rung: str
    ratio: float
    """Slope over the random directions' mean, mean over the sliders."""
    right_way: float
    """Mean over the sliders, at their ends."""
    effect: float
    """From end to end on the own attribute, in standard deviations, mean over the sliders."""
    on_over_off: float
    """Own effect over the mean of the others, mean over the sliders."""
    failed: float
    top_1: Estimate
    """Of all playlists, equal weight each."""
    top_1_shuffled: float
    """The same with directions of shuffled tracks."""
    playlists: tuple[PlaylistScore, ...]

    @property
    def score(self) -> float:
        """What rungs are ranked by: right way and top-1 count alike, faults count against."""
        return self.right_way + self.top_1.value - self.failed


class Claim(Result):
    """One thing that should be true, and what was found."""

    number: int
    text: str
    found: str
    wanted: str
    met: bool | None
    """None where it is reported without a target."""


class SweepRef(Result):
    """Where a sweep's clips are."""

    rung: str
    title: str
    """What was played: a slider, a random direction, a playlist."""
    key: str
    """Of its record in the store."""


class Evaluation(Result):
    """All that was found."""

    model: str
    revision: str
    rung: str
    """The rung of the ladder that the sliders were judged with."""
    confidence: float
    """Of the intervals."""
    quick: bool
    """Whether it was the short run, whose numbers mean nothing."""
    sliders: tuple[SliderScore, ...]
    ladder: tuple[RungScore, ...]
    yardsticks: Yardsticks
    claims: tuple[Claim, ...]
    sweeps: tuple[SweepRef, ...]
    """All that was played, in its order."""

    @property
    def playlists(self) -> tuple[PlaylistScore, ...]:
        """The playlists' scores on the rung that the sliders were judged with."""
        return next(rung for rung in self.ladder if rung.rung == self.rung).playlists
