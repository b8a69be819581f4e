"""Real music in every container and codec that can be written here, to be damaged by tests."""

import itertools
from pathlib import Path

import av

SECONDS = 2
ORIGINALS: dict[str, tuple[str, dict[str, str]]] = {
    "cbr.mp3": ("libmp3lame", {}),
    "vbr.mp3": ("libmp3lame", {"flags": "+qscale"}),
    "a.mp2": ("mp2", {}),
    "aac.m4a": ("aac", {}),
    "fragments.mp4": ("aac", {"movflags": "frag_keyframe+empty_moov"}),
    "alac.m4a": ("alac", {}),
    "a.aac": ("aac", {}),
    "a.ac3": ("ac3", {}),
    "a.ts": ("aac", {}),
    "opus.opus": ("libopus", {}),
    "opus.webm": ("libopus", {}),
    "vorbis.ogg": ("vorbis", {"strict": "experimental"}),
    "flac.ogg": ("flac", {}),
    "vorbis.mka": ("vorbis", {"strict": "experimental"}),
    "a.flac": ("flac", {}),
    "8.wav": ("pcm_u8", {}),
    "16.wav": ("pcm_s16le", {}),
    "24.wav": ("pcm_s24le", {}),
    "32.wav": ("pcm_s32le", {}),
    "float.wav": ("pcm_f32le", {}),
    "adpcm.wav": ("adpcm_ms", {}),
    "a.w64": ("pcm_s16le", {}),
    "a.aiff": ("pcm_s16be", {}),
    "a.au": ("pcm_s16be", {}),
    "alac.caf": ("alac", {}),
    "a.wma": ("wmav2", {"b": "128k"}),
    "a.wv": ("wavpack", {}),
    "a.tta": ("tta", {}),
}
"""File name to FFmpeg's encoder and its options."""


def write_originals(clip: Path, folder: Path) -> dict[str, bytes]:
    """Encode the first seconds of an Opus clip in every way, and return the files by name."""
    with av.open(str(clip)) as source:
        frames = list(itertools.islice(source.decode(audio=0), SECONDS * 50))  # of 20 ms each
    originals = {}
    for name, (codec, options) in ORIGINALS.items():
        muxer = {option: value for option, value in options.items() if option == "movflags"}
        with av.open(str(folder / name), "w", options=muxer) as output:
            stream = output.add_stream(codec, rate=48000, layout="stereo", options=options)
            for frame in frames:
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        originals[name] = (folder / name).read_bytes()
    return originals
