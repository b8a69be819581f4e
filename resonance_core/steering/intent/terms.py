"""From text to terms: words, forgiven slips of the finger, and the roles of the table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from resonance_core.steering.intent import words

TOKEN = re.compile(r"[+−-]?\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|\n|[^\s]")
LINKING_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")

Phrase = tuple[str, ...]


class Meaning(NamedTuple):
    """What the table says of a phrase: its role in a clause, and a value where it has one."""

    role: str
    value: Any = None


@dataclass(frozen=True)
class Term:
    """A phrase where it stands in the text.

    Attributes:
        role: As named in the table; ``unknown`` for words that are not in it.
        value: What the table says beside the role.
        start: Where the phrase starts.
        end: Where it ends.
    """

    role: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True)
class _Token:
    word: str
    start: int
    end: int


def read_terms(text: str) -> list[Term]:
    """Return the terms of a text, in order; together they cover all but its white space."""
    # Letter by letter, because some letters become two in lower case, which would move the rest.
    lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    plain = LINKING_HYPHEN.sub(" ", lower.replace("’", "'"))
    tokens = [_Token(match[0], match.start(), match.end()) for match in TOKEN.finditer(plain)]
    tokens = list(_rewritten([_corrected(token) for token in tokens]))
    terms = []
    for run in _runs(tokens, LEXICON):
        role, value = LEXICON.get(_phrase(run)) or _by_looks(run[0].word)
        terms.append(Term(role, value, run[0].start, run[-1].end))
    return terms


def _runs(tokens: list[_Token], table: Mapping[Phrase, Any]) -> Iterator[list[_Token]]:
    """Cut tokens into the longest phrases that a table knows, and into single ones between."""
    longest = max(map(len, table))
    while tokens:
        lengths = range(min(longest, len(tokens)), 1, -1)
        length = next((n for n in lengths if _phrase(tokens[:n]) in table), 1)
        yield tokens[:length]
        tokens = tokens[length:]


def _rewritten(tokens: list[_Token]) -> Iterator[_Token]:
    """Replace phrases by those that mean the same; the new words stand where the old ones did."""
    for run in _runs(tokens, REWRITES):
        if (meaning := REWRITES.get(_phrase(run))) is None:
            yield from run
        else:
            yield from (_Token(word, run[0].start, run[-1].end) for word in meaning)


def _phrase(tokens: list[_Token]) -> Phrase:
    return tuple(token.word for token in tokens)


def _by_looks(word: str) -> Meaning:
    """Return what a word is that no table holds."""
    if word.replace(".", "").isdecimal():
        return Meaning("number", float(word))
    return Meaning("unknown" if len(word) > 1 or word.isalnum() else "symbol")


def _corrected(token: _Token) -> _Token:
    """Forgive a slip of the finger where only one known word can be meant."""
    if token.word in VOCABULARY or token.word in LOOKALIKES:
        return token
    meant = [known for known in VOCABULARY if _is_slip(token.word, known)]
    return replace(token, word=meant[0]) if len(meant) == 1 else token


def _is_slip(typed: str, known: str) -> bool:
    """Tell whether two neighbours changed places, or a letter is doubled or left out.

    Other letters in place of the right ones make other words too easily: brass, fatter, locals.
    """
    if len(typed) < 4 or len(known) < 4 or typed[0] != known[0]:
        return False
    if len(typed) == len(known):
        wrong = [i for i, (a, b) in enumerate(zip(typed, known, strict=True)) if a != b]
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(typed) == sorted(known)
    if len(typed) == len(known) + 1:
        doubled = (i for i in range(1, len(typed)) if typed[i] == typed[i - 1])
        return any(typed[:i] + typed[i + 1 :] == known for i in doubled)
    # Shorter words with a letter left out are often others: speed and seed, boost and boot.
    return len(typed) >= 5 and any(typed == known[:i] + known[i + 1 :] for i in range(len(known)))


def _phrases(row: str) -> Iterator[Phrase]:
    return (tuple(phrase.split()) for phrase in row.split(", "))


def _lexicon() -> dict[Phrase, Meaning]:
    """Return the role and value of every phrase."""
    lexicon = {
        phrase: Meaning(role, value)
        for role, rows in words.PHRASES.items()
        for value, row in rows.items()
        for phrase in _phrases(row)
    }
    for role, row in words.MARKERS.items():
        lexicon |= dict.fromkeys(_phrases(row), Meaning(role))
    for role, marks in words.PUNCTUATION.items():
        lexicon |= {(mark,): Meaning(role) for mark in marks}
    for alone, table in ((True, words.ADJECTIVES), (False, words.QUALIFIERS)):
        for names, row in table.items():
            signs = {name[:-1]: 1 if name[-1] == "+" else -1 for name in names.split()}
            for forms in row.split(", "):
                plain, _, comparative = forms.partition("/")
                lexicon[tuple(plain.split())] = Meaning("adj", words.Quality(signs, alone))
                if comparative:
                    lexicon[comparative,] = Meaning("comp", words.Quality(signs, alone))
    return lexicon


LEXICON = _lexicon()
REWRITES = {
    phrase: tuple(meaning.split())
    for row, meaning in words.SAME_AS.items()
    for phrase in _phrases(row)
}
LOOKALIKES = frozenset(words.LOOKALIKES.split(", "))
VOCABULARY = frozenset(word for table in (LEXICON, REWRITES) for phrase in table for word in phrase)
