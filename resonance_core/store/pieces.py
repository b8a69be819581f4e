"""The files of a generated piece."""

AUDIO = "audio.wav"
SIDECAR = "audio.json"
