"""Mutants: what becomes of audio files on bad disks, in broken downloads, under wrong names."""

import base64
import random
import struct
import zlib
from pathlib import Path

from tests.headers import EDGE, lie, lie_anywhere

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OTHERS = (
    b"",
    bytes(100),
    b"this is no music, only text\n",
    b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n",
    b"PK\x03\x04\x14\0\0\0\x08\0",
    PNG,
    b"%PDF-1.7\n",
    b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9.0,\nfile:///dev/zero\n",
    b"#EXTM3U\n#EXTINF:9,\nsong.mp3\n",
    b"ffconcat version 1.0\nfile zero.wav\n",
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    b"RIFF\xff\xff\xff\xffWAVE",
    b"fLaC",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"\0\0\0\x20ftypM4A ",
    b"\xff\xfb\x90\x64",
)
"""What other files hold or start with, lists among them that lead a player elsewhere."""

REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def mutant(number: int, originals: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and the bytes of one mutant; the same number gives the same.

    Every original meets every mutation before two meet again with other luck.
    """
    rng = random.Random(number)
    name = list(originals)[number % len(originals)]
    mutate = MUTATIONS[number // len(originals) % len(MUTATIONS)]
    data = mutate(originals[name], rng)
    if data[:4] == b"OggS" and rng.random() < 0.7:
        data = seal(data)  # or players drop unread what is damaged
    suffix = Path(rng.choice(list(originals))).suffix if mutate is renamed else ""
    return f"{number:05}-{mutate.__name__}-{name}{suffix}", data


def seal(data: bytes) -> bytes:
    """Give every Ogg page the checksum of what it holds now."""
    pages = []
    for body in data.split(b"OggS")[1:]:
        page = b"OggS" + body[:18] + bytes(4) + body[22:]
        # The same polynomial as zlib's, with the bits of all bytes the other way round.
        crc = zlib.crc32(page.translate(REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
        pages.append(page[:22] + struct.pack("<I", crc).translate(REVERSED_BITS)[::-1] + page[26:])
    return b"".join(pages)


def flip(data: bytes, rng: random.Random, bits: int, end: int) -> bytes:
    damaged = bytearray(data)
    for _ in range(bits):
        damaged[rng.randrange(min(end, len(data)))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def one_bit(data: bytes, rng: random.Random) -> bytes:
    return flip(data, rng, 1, len(data))


def many_bits(data: bytes, rng: random.Random) -> bytes:
    return flip(data, rng, round(len(data) * 10 ** rng.uniform(-4, -1)), len(data))


def bits_of_the_header(data: bytes, rng: random.Random) -> bytes:
    return flip(data, rng, rng.randint(1, 16), rng.choice((16, 64, 256, 1024)))


def one_field(data: bytes, rng: random.Random) -> bytes:
    return lie(data, rng, 1)


def some_fields(data: bytes, rng: random.Random) -> bytes:
    return lie(data, rng, rng.randint(2, 3))


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice((rng.randrange(len(data)), round(len(data) ** rng.random())))]


def cut_at_the_end(data: bytes, rng: random.Random) -> bytes:
    return data[: -rng.randint(1, 64)]


def cut_at_the_start(data: bytes, rng: random.Random) -> bytes:
    return data[rng.choice((1, 4, rng.randrange(EDGE), rng.randrange(len(data)))) :]


def block(data: bytes, rng: random.Random) -> tuple[int, int]:
    size = round(len(data) ** rng.uniform(0.2, 0.95))
    start = rng.randrange(len(data) - size + 1)
    return start, start + size


def zeroed(data: bytes, rng: random.Random) -> bytes:
    start, end = block(data, rng)
    return data[:start] + bytes(end - start) + data[end:]


def noise(data: bytes, rng: random.Random) -> bytes:
    start, end = block(data, rng)
    return data[:start] + rng.randbytes(end - start) + data[end:]


def repeated(data: bytes, rng: random.Random) -> bytes:
    start, end = block(data, rng)
    return data[:end] + data[start:end] * rng.randint(1, 4) + data[end:]


def removed(data: bytes, rng: random.Random) -> bytes:
    start, end = block(data, rng)
    return data[:start] + data[end:]


def chained(data: bytes, rng: random.Random) -> bytes:
    """Put many of the same, or of its headers alone, one after another."""
    part = data if rng.random() < 0.3 else data[: rng.randrange(200, EDGE)]
    return part * min(rng.choice((2, 10, 1000)), 400_000 // len(part)) + data


def tagged(data: bytes, rng: random.Random) -> bytes:
    """Put a tag before it that claims up to 256 MB."""
    size = rng.choice((b"\x7f\x7f\x7f\x7f", b"\x40\0\0\0", rng.randbytes(4)))
    return b"ID3\x04\0\0" + size + b"APIC" + size + b"\0\0\0image/png\0\x03\0" + PNG + data


def cover_alone(data: bytes, rng: random.Random) -> bytes:
    """Return a tag with a cover, and none of the music behind it."""
    body = b"\0image/png\0\x03\0" + PNG
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame + data[: rng.randrange(64)]


def renamed(data: bytes, rng: random.Random) -> bytes:
    return data


def behind_another_start(data: bytes, rng: random.Random) -> bytes:
    return rng.choice(OTHERS) + data[rng.choice((0, 16, rng.randrange(EDGE))) :]


def something_else(data: bytes, rng: random.Random) -> bytes:
    return rng.choice(OTHERS) * rng.choice((1, 500))


MUTATIONS = (
    *(one_bit, many_bits, bits_of_the_header),
    *(one_field, one_field, some_fields, some_fields, lie_anywhere),
    *(cut, cut_at_the_end, cut_at_the_start),
    *(zeroed, noise, repeated, removed, chained),
    *(tagged, cover_alone, renamed, behind_another_start, something_else),
)
