"""Where the headers of audio files keep their numbers, and numbers that do harm there."""

import random
import struct

EDGE = 4096
"""Bytes at either end of a file in which headers lie."""

FIELDS = {
    # WAV, Wave64, AIFF, AU, CAF: sizes, format, channels, rate, bits.
    b"RIFF": [(4, "<I")],
    b"fmt ": [(8, "<H"), (10, "<H"), (12, "<I"), (16, "<I"), (20, "<H"), (22, "<H")],
    b"data": [(4, "<I"), (4, ">Q")],
    b"fmt \xf3\xac": [(24, "<H"), (26, "<H"), (28, "<I"), (36, "<H"), (38, "<H")],
    b"data\xf3\xac": [(16, "<Q")],
    b"COMM": [(8, ">H"), (10, ">I"), (14, ">H"), (16, ">H")],
    b"SSND": [(4, ">I")],
    b".snd": [(4, ">I"), (8, ">I"), (12, ">I"), (16, ">I"), (20, ">I")],
    b"desc": [(12, ">d"), (28, ">I"), (32, ">I"), (36, ">I"), (40, ">I")],
    # FLAC: block sizes; rate, channels and bits; samples.
    b"fLaC": [(4, ">I"), (8, ">I"), (18, ">I"), (22, ">I")],
    # Ogg pages and the headers of its codecs.
    b"OggS": [(5, "B"), (6, "<Q"), (14, "<I"), (18, "<I"), (26, "B")],
    b"OpusHead": [(9, "B"), (10, "<H"), (12, "<I"), (16, "<H"), (18, "B")],
    b"\x01vorbis": [(11, "B"), (12, "<I"), (20, "<I"), (28, "B")],
    # MP4: durations, tables of samples, sizes of boxes.
    b"mvhd": [(16, ">I"), (20, ">I")],
    b"mdhd": [(16, ">I"), (20, ">I")],
    b"stsz": [(8, ">I"), (12, ">I"), (16, ">I")],
    b"stts": [(8, ">I"), (12, ">I"), (16, ">I")],
    b"stsc": [(8, ">I"), (12, ">I"), (16, ">I")],
    b"stco": [(8, ">I"), (12, ">I")],
    b"trun": [(4, ">I"), (8, ">I"), (12, ">I")],
    b"mp4a": [(20, ">H"), (22, ">H"), (28, ">I")],
    b"alac": [(20, ">H"), (22, ">H"), (28, ">I")],
    b"mdat": [(-4, ">I")],
    b"moov": [(-4, ">I")],
    # Matroska: duration, rate, channels.
    b"\x44\x89\x88": [(3, ">d")],
    b"\xb5\x88": [(2, ">d")],
    b"\x9f\x81": [(2, "B")],
    # ASF: size, packets, durations; the format of the stream.
    b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11": [(40, "<Q"), (56, "<Q"), (64, "<Q"), (92, "<I")],
    b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11": [(56, "<H"), (58, "<I"), (62, "<I"), (66, "<H")],
    # MP3: flags, frames and bytes; the size of its tag. WavPack and TTA: rate, samples.
    b"Xing": [(4, ">I"), (8, ">I"), (12, ">I")],
    b"Info": [(4, ">I"), (8, ">I"), (12, ">I")],
    b"ID3": [(6, ">I")],
    b"wvpk": [(4, "<I"), (12, "<I"), (20, "<I"), (24, "<I")],
    b"TTA1": [(4, "<H"), (6, "<H"), (8, "<H"), (10, "<I"), (14, "<I")],
}
"""A marker to the offset and type of each number near it."""

TEN_HOURS = 10 * 3600 * 48000
HOSTILE = {
    "B": [0, 1, 128, 255],
    "H": [0, 1, 255, 0x7FFF, 0xFFFF],
    "I": [0, 1, 100, TEN_HOURS, 0x7F7F7F7F, 0x7FFFFFFF, 0xFFFFFFFF],
    "Q": [0, 1, TEN_HOURS, 2**63 - 1, 2**64 - 1],
    "d": [0.0, 1.0, -1.0, 1e-300, 4e9, 1e300, float("inf"), float("nan")],
}
"""No rate, a rate of 1 Hz or 4 GHz, 255 channels, ten hours, four gigabytes."""


def lie(data: bytes, rng: random.Random, lies: int) -> bytes:
    """Have some fields of a header say something hostile."""
    places = [
        (start + offset, form)
        for marker, fields in FIELDS.items()
        for start in {data.find(marker, 0, EDGE), data.find(marker, -EDGE)} - {-1}
        for offset, form in fields
        if 0 <= start + offset <= len(data) - struct.calcsize(form)
    ]
    damaged = bytearray(data)
    for place, form in rng.choices(places or [(0, ">I")], k=lies):
        struct.pack_into(form, damaged, place, rng.choice(HOSTILE[form[-1]]))
    return bytes(damaged)


def lie_anywhere(data: bytes, rng: random.Random) -> bytes:
    """Put a hostile number somewhere near the start."""
    form = rng.choice("<>") + rng.choice("HIQd")
    damaged = bytearray(data)
    struct.pack_into(form, damaged, rng.randrange(504), rng.choice(HOSTILE[form[-1]]))
    return bytes(damaged)
