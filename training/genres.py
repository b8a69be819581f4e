"""The genres of the procedural corpus: who plays, and on which sixteenths of the bar."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Genre:
    """A genre's instruments and drum pattern.

    Programs are those of General MIDI, counted from 0; drums are keys of its percussion
    channel. Patterns list sixteenths of a bar of four beats, 0-15.

    Attributes:
        chord: Program of the chords.
        lead: Program of the melody.
        arpeggio: Program of the arpeggio.
        bass: Program of the bass.
        sustained: Chords are held rather than struck.
        pulse: Drum on every beat.
        backbeat: Drum on the second and fourth beat of energetic music.
        tick: Drum of the pattern that tells the genre.
        ticks: Where it plays.
        names: What captions call the genre.
    """

    chord: int
    lead: int
    arpeggio: int
    bass: int
    sustained: bool
    pulse: int
    backbeat: int
    tick: int
    ticks: tuple[int, ...]
    names: tuple[str, ...]


GENRES = {
    "techno": Genre(
        chord=90, lead=81, arpeggio=80, bass=38, sustained=False,
        pulse=36, backbeat=39, tick=46, ticks=(2, 6, 10, 14),
        names=("techno", "electronic dance", "club techno", "techno dance"),
    ),
    "rock": Genre(
        chord=29, lead=30, arpeggio=27, bass=34, sustained=True,
        pulse=36, backbeat=38, tick=42, ticks=(0, 2, 4, 6, 8, 10, 12, 14),
        names=("rock", "guitar rock", "rock band", "hard rock"),
    ),
    "orchestral": Genre(
        chord=48, lead=60, arpeggio=45, bass=43, sustained=True,
        pulse=41, backbeat=38, tick=59, ticks=(2, 10),
        names=("orchestral", "symphonic", "cinematic orchestra", "classical strings"),
    ),
    "lofi piano": Genre(
        chord=4, lead=0, arpeggio=0, bass=33, sustained=False,
        pulse=35, backbeat=37, tick=42, ticks=(2, 6, 10, 14, 15),
        names=("lofi piano", "lofi hip hop", "chillhop", "lofi beat"),
    ),
    "ambient": Genre(
        chord=89, lead=88, arpeggio=99, bass=39, sustained=True,
        pulse=43, backbeat=45, tick=81, ticks=(6, 14),
        names=("ambient", "ambient pads", "atmospheric", "drone ambient"),
    ),
    "chiptune": Genre(
        chord=80, lead=80, arpeggio=80, bass=80, sustained=False,
        pulse=36, backbeat=40, tick=42, ticks=(2, 3, 6, 7, 10, 11, 14, 15),
        names=("chiptune", "8-bit", "retro video game", "arcade game"),
    ),
    "jazz": Genre(
        chord=26, lead=66, arpeggio=0, bass=32, sustained=False,
        pulse=36, backbeat=37, tick=51, ticks=(0, 4, 7, 8, 12, 15),
        names=("jazz", "jazz trio", "swing jazz", "saxophone jazz"),
    ),
    "folk": Genre(
        chord=25, lead=73, arpeggio=24, bass=32, sustained=False,
        pulse=35, backbeat=39, tick=54, ticks=(2, 4, 6, 10, 12, 14),
        names=("folk", "acoustic folk", "acoustic guitar", "flute folk"),
    ),
    "latin": Genre(
        chord=24, lead=56, arpeggio=12, bass=35, sustained=False,
        pulse=36, backbeat=63, tick=70, ticks=(0, 3, 6, 8, 11, 14),
        names=("latin", "latin percussion", "salsa", "marimba latin"),
    ),
}  # fmt: skip
