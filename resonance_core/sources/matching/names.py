"""Names of music in one form, so that two ways to write the same name are equal."""

import re
from difflib import SequenceMatcher
from itertools import product
from typing import NamedTuple

from slugify import slugify

LONGEST = 200
"""Of longer names, only this many characters are looked at."""
REMARK = re.compile(r"[(\[{（［【]([^()\[\]{}（）［］【】]*)[)\]}）］】]| [-–—~] (.*)")
FEATURED = re.compile(r"\s(?:feat|ft|featuring)\b[^()\[\]]*?(?=\s[-–—~(\[]|$)", re.IGNORECASE)
SEVERAL = re.compile(r"[,;/&+]|\b(?:and|with|x|vs|feat|ft|featuring)\b", re.IGNORECASE)
NEUTRAL = re.compile(
    r"""\b(?: (?:\d{4}\ )? (?:digital(?:ly)?\ )? re\ ?master(?:ed)? (?:\ (?:in\ )?\d{4})?
      (?:\ version)?
    | (?:album|single|original|lp|explicit|clean|full|deluxe|mono|stereo) \ (?:version|mix|edition)
    | (?:official\ )? (?:music\ |lyrics?\ )? (?:video|audio|visuali[sz]er)
    | radio\ edit | bonus\ track | lyrics? | official | explicit | clean | mono | stereo
    | hd | hq | 4k | (?:feat|ft|featuring) \ .* )\b""",
    re.VERBOSE,
)
"""What a remark may say about the same recording."""
WORDS = """
    8d acapella acoustic bootleg cappella cover demo dub edit extended instrumental karaoke live
    lofi mashup mix nightcore orchestral rehearsal remake remix reprise rerecorded reverb rework
    session sessions slowed sped tribute unplugged version vip
"""
VERSIONS = frozenset(WORDS.split())
"""What a remark says about another recording."""


class TitleName(NamedTuple):
    """A title in one form."""

    whole: str
    """With the remarks that may tell recordings apart."""
    bare: str
    """Without any remark."""
    versions: frozenset[str]
    """Of `VERSIONS`, those in the remarks."""


def title_name(title: str) -> TitleName:
    """Return a title in one form.

    Args:
        title: As people and services write it, such as ``Song (feat. B) - 2011 Remaster``.
    """
    title = FEATURED.sub("", title[:LONGEST])
    telling = REMARK.sub(lambda remark: f" {_telling(remark)} ", title)
    whole = _joined(telling)
    return TitleName(
        whole=whole,
        bare=_joined(REMARK.sub(" ", title)) or whole,
        versions=frozenset(
            word for remark in REMARK.finditer(title) for word in _telling(remark).split()
        )
        & VERSIONS,
    )


def artist_names(artist: str) -> tuple[str, ...]:
    """Return an artist's name in one form, and where it may name several, each of them in order.

    Args:
        artist: As people and services write it, such as ``A, B & C`` or ``A;B``.
    """
    artist = artist[:LONGEST]
    names = (
        _joined(_words(name).removeprefix("the ")) for name in (artist, *SEVERAL.split(artist))
    )
    return tuple(dict.fromkeys(filter(None, names)))


def closeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how much the most alike of two groups of names have in common, from 0 to 1."""
    pairs = product(one, other)
    return max((SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in pairs), default=0)


def _telling(remark: re.Match[str]) -> str:
    """Return the words of a remark that may tell recordings apart."""
    return NEUTRAL.sub(" ", _words(remark[1] or remark[2] or ""))


def _words(text: str) -> str:
    """Return a text's words in Latin letters; a text without words as it is."""
    return slugify(text, separator=" ", replacements=[("&", " and ")]) or text.casefold().strip()


def _joined(text: str) -> str:
    return _words(text).replace(" ", "")
