"""A procedural composer: from a genre and seven attributes to the notes of a clip.

Everything is made to be learnt by a very small model and measured by simple probes. Attributes
are drawn independently of each other and of the genre, so each can be heard on its own. One bar
repeats throughout a clip, every event falls on a whole codec frame and velocities do not vary, so
repeated notes give nearly the same codec tokens: a pattern to copy.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from resonance_core.judge.features import ATTRIBUTES
from training.genres import GENRES, Genre

FRAME_MS = 20
"""Milliseconds of a codec frame, the grid of all events."""
CLIP_FRAMES = 600
SIXTEENTHS_PER_BAR = 16
TEMPO_SIXTEENTHS = ((11, 10), (8, 7), (6, 5))
"""Frames of a sixteenth note at each tempo level: 68 and 75, 94 and 107, 125 and 150 bpm."""
TONICS = (0, 3, 5, 8)
"""Few keys, so that every note is seen often."""

CHORDS, LEAD, BASS, CHOIR, ARPEGGIO, TREMOLO, SUB_BASS, DRUMS = 0, 1, 2, 3, 4, 5, 6, 9
"""MIDI channels."""
LOW, MEDIUM, HIGH = 0, 1, 2

ROOTS: dict[int, dict[int, tuple[tuple[int, ...], ...]]] = {
    LOW: {HIGH: ((0,),), MEDIUM: ((0,),), LOW: ((0,),)},
    MEDIUM: {
        LOW: ((0, 5), (0, 7), (0, 9)),
        MEDIUM: ((0, 8), (0, 5), (0, 10)),
        HIGH: ((0, 1), (0, 6)),
    },
    HIGH: dict.fromkeys((LOW, MEDIUM, HIGH), ((0, 9, 2, 7), (0, 5, 10, 3), (0, 4, 9, 2))),
}
"""Chord progressions of a bar, in semitones above the tonic, by harmony and tension level."""
TRIADS = {LOW: (0, 4, 7), MEDIUM: (0, 3, 7), HIGH: (0, 3, 6)}
"""By tension: major, minor, diminished."""
EXTENSIONS = {LOW: (11, 14), MEDIUM: (10, 14), HIGH: (9, 13)}
"""What complex harmony adds to the triads."""
MELODIES = ((0, 1, 2, 1), (2, 1, 0, 1), (0, 2, 1, 2), (2, 2, 1, 0), (1, 0, 2, 0), (0, 0, 2, 1))
"""Chord tones of a bar's beats."""
ARPEGGIOS = ((0, 1, 2, 1), (0, 2, 1, 2))


@dataclass(frozen=True)
class ClipSpec:
    """What a clip shall be.

    Attributes:
        genre: A name in `GENRES`.
        levels: 0, 1 or 2 for each of `ATTRIBUTES`.
        sixteenth_frames: Codec frames of a sixteenth note.
        tonic: Pitch class of the key, 0 for C.
    """

    genre: str
    levels: dict[str, int]
    sixteenth_frames: int
    tonic: int

    @property
    def beat_frames(self) -> int:
        """Codec frames of a beat."""
        return 4 * self.sixteenth_frames

    @property
    def bar_frames(self) -> int:
        """Codec frames of a bar, after which everything repeats."""
        return SIXTEENTHS_PER_BAR * self.sixteenth_frames

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return 60_000 / (FRAME_MS * self.beat_frames)


@dataclass(frozen=True)
class Note:
    """A note; times in codec frames from the start of the clip."""

    start: int
    length: int
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Clip:
    """A composed clip: what every channel plays with, and the notes.

    Attributes:
        programs: General MIDI program of each channel.
        volumes: MIDI volume of each channel, 0-127.
        notes: In no particular order; all end within the clip.
    """

    programs: dict[int, int]
    volumes: dict[int, int]
    notes: list[Note]


def random_spec(rng: random.Random, genre: str | None = None, **fixed: int) -> ClipSpec:
    """Draw a clip's genre, levels and key; the extreme levels are twice as frequent.

    Args:
        rng: What draws.
        genre: The genre, if it is not to be drawn.
        fixed: Levels of attributes that are not to be drawn.
    """
    levels = {attribute: rng.choice((0, 0, 1, 2, 2)) for attribute in ATTRIBUTES} | fixed
    return ClipSpec(
        genre=genre or rng.choice(list(GENRES)),
        levels=levels,
        sixteenth_frames=rng.choice(TEMPO_SIXTEENTHS[levels["tempo"]]),
        tonic=rng.choice(TONICS),
    )


def compose(spec: ClipSpec, rng: random.Random) -> Clip:
    """Write the notes of a clip: one bar, again and again.

    Args:
        spec: What the clip shall be.
        rng: Chooses among progressions, melodies and arpeggios.
    """
    genre, levels = GENRES[spec.genre], spec.levels
    bar = list(_Bar(spec, genre, rng).notes())
    notes = [
        Note(start, min(note.length, CLIP_FRAMES - start), note.channel, note.pitch, note.velocity)
        for offset in range(0, CLIP_FRAMES, spec.bar_frames)
        for note in bar
        if (start := offset + note.start) < CLIP_FRAMES - 2
    ]
    choir = 53 if levels["vocal"] == MEDIUM else 52
    return Clip(
        programs={
            CHORDS: genre.chord, LEAD: genre.lead, BASS: genre.bass, CHOIR: choir,
            ARPEGGIO: genre.arpeggio, TREMOLO: 44, SUB_BASS: 38,
        },
        volumes={
            CHORDS: 92, LEAD: 100, BASS: (0, 90, 127)[levels["bass"]],
            CHOIR: (0, 84, 127)[levels["vocal"]], ARPEGGIO: 120, TREMOLO: 108, SUB_BASS: 127,
        },
        notes=notes,
    )  # fmt: skip


class _Bar:
    """The notes of one bar; times in codec frames from its start."""

    def __init__(self, spec: ClipSpec, genre: Genre, rng: random.Random) -> None:
        self.genre, self.levels = genre, spec.levels
        self.sixteenth, self.beat = spec.sixteenth_frames, spec.beat_frames
        self.frames = spec.bar_frames
        self.key = 60 + spec.tonic - (12 if spec.tonic > 6 else 0)
        harmony, tension = self.levels["harmony"], self.levels["tension"]
        self.roots = rng.choice(ROOTS[harmony][tension])
        self.intervals = TRIADS[tension] + (EXTENSIONS[tension] if harmony == HIGH else ())
        self.melody, self.arpeggio = rng.choice(MELODIES), rng.choice(ARPEGGIOS)
        # Velocity opens the soundfont's filters too: energy is heard at any loudness.
        self.velocity = (58, 84, 110)[self.levels["energy"]]

    def notes(self) -> Iterator[Note]:
        """Yield all notes."""
        frames = self.frames // len(self.roots)
        for i, root in enumerate(self.roots):
            tones = [(root if root < 7 else root - 12) + interval for interval in self.intervals]
            start = i * frames
            yield from self._chord(start, frames, tones)
            yield from self._voices(start, frames, tones)
            yield from self._bass(start, frames, root)
            if self.levels["vocal"]:
                yield from self._choir(start, frames, tones)
        if self.levels["tension"] == HIGH:
            yield from self._tremolo()
        yield from self._drums()

    def _chord(self, start: int, frames: int, tones: list[int]) -> Iterator[Note]:
        """Yield the chord: held, or struck on every beat (every second one if sparse)."""
        sparse = self.levels["density"] == LOW
        stroke = min(frames, (2 if sparse else 1) * self.beat)
        if self.genre.sustained:
            stroke = frames
        rest = 1 if self.genre.sustained else self.sixteenth
        for at in range(start, start + frames, stroke):
            for tone in tones:
                yield Note(at, stroke - rest, CHORDS, self.key + tone, self.velocity - 10)

    def _voices(self, start: int, frames: int, tones: list[int]) -> Iterator[Note]:
        """Yield what makes the music dense: a melody, then an arpeggio and a doubled melody."""
        density = self.levels["density"]
        if density == LOW:
            return
        for at in range(start, start + frames, self.beat):
            pitch = self.key + 12 + tones[self.melody[at // self.beat]]
            yield Note(at, self.beat - 1, LEAD, pitch, self.velocity + 6)
            if density == HIGH:
                yield Note(at, self.beat - 1, LEAD, pitch + 12, self.velocity - 6)
        if density == HIGH:
            step = self.sixteenth * (2 if self.levels["tempo"] == HIGH else 1)
            for i, at in enumerate(range(start, start + frames, step)):
                pitch = self.key + 24 + tones[self.arpeggio[i % 4]]
                yield Note(at, step, ARPEGGIO, _folded(pitch), min(127, self.velocity + 14))

    def _bass(self, start: int, frames: int, root: int) -> Iterator[Note]:
        pitch = 36 + (self.key + root) % 12
        if self.levels["bass"] == MEDIUM:
            yield Note(start, frames - 2, BASS, pitch, 92)
        elif self.levels["bass"] == HIGH:
            # On every beat, with a sub an octave lower where the soundfont can play one.
            for at in range(start, start + frames, self.beat):
                yield Note(at, self.beat - self.sixteenth, BASS, pitch, 122)
                yield Note(at, self.beat - 1, SUB_BASS, max(pitch - 12, 28), 120)

    def _choir(self, start: int, frames: int, tones: list[int]) -> Iterator[Note]:
        loud = self.levels["vocal"] == HIGH
        for tone in tones[: 3 if loud else 2]:
            yield Note(start, frames - 1, CHOIR, self.key + tone, 112 if loud else 84)
        if loud:
            for at in range(start, start + frames, 2 * self.beat):
                pitch = self.key + 12 + tones[at // (2 * self.beat) % 2]
                yield Note(at, min(2 * self.beat, frames) - 1, CHOIR, pitch, 120)

    def _tremolo(self) -> Iterator[Note]:
        """Yield a trembling minor second under everything."""
        step = 2 * self.sixteenth
        for i, at in enumerate(range(0, self.frames, step)):
            yield Note(at, step, TREMOLO, self.key - 12 + i % 2, 92)
        for pitch in (self.key, self.key + 1):
            yield Note(0, self.frames - 1, TREMOLO, pitch, 100)

    def _drums(self) -> Iterator[Note]:
        energy = self.levels["energy"]
        velocity = (76, 98, 122)[energy]
        for beat in range(4):
            at = beat * self.beat
            yield Note(at, self.sixteenth, DRUMS, self.genre.pulse, velocity)
            if energy == HIGH and beat % 2:
                yield Note(at, self.sixteenth, DRUMS, self.genre.backbeat, velocity - 6)
        for tick in self.genre.ticks:
            at = tick * self.sixteenth
            yield Note(at, self.sixteenth, DRUMS, self.genre.tick, velocity - 24)


def _folded(pitch: int) -> int:
    """Bring a pitch that few instruments reach down by octaves."""
    return pitch if pitch <= 100 else _folded(pitch - 12)
