"""What Gemini is asked about a playlist, and what its answer means."""

from collections import defaultdict
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError, create_model

from resonance_core.describe.character import PlaylistCharacter
from resonance_core.errors import ServiceError
from resonance_core.keys import canonical_json
from resonance_core.steering.concept_file import ConceptFile

LONGEST_WORD = 40

QUESTION = """\
Each of these clips is the loudest part of one track of a playlist. Listen to all of them and
describe the music of the playlist as a whole, in which each track counts alike. Judge by what you
hear only; do not name tracks or artists. Write in English, in lower case.

genres: what it is, each with its share of the music; the shares add up to 1.
tempo_bpm: the median of the tracks' tempos, in beats a minute; null if there is no beat.
instruments: what plays, the most heard first.
mood: in single adjectives, the most fitting first.
levels: each a number from -1 to 1, where 0 is what most music has:
"""


def _word(text: str) -> str:
    word = " ".join(text.split()).lower()
    if not word or len(word) > LONGEST_WORD or not word.isprintable():
        raise ValueError(f"must be a word or a few, of {LONGEST_WORD} characters at most")
    return word


Word = Annotated[str, AfterValidator(_word)]
"""It comes from elsewhere and goes into prompts and onto screens."""


class _Genre(BaseModel):
    name: Word
    share: Annotated[float, Field(ge=0, le=1)]


class GeminiQuestion:
    """A question about clips, and the form of its answer.

    Attributes:
        text: What is asked.
        schema: JSON schema of the answer.
    """

    def __init__(self, concepts: ConceptFile) -> None:
        """Ask for the level of each slider that is made from words; music cannot be named.

        Args:
            concepts: The sliders.
        """
        ends = {
            name: concept.words[0] for name, concept in concepts.concepts.items() if concept.words
        }
        self.text = QUESTION + "".join(
            f"- {name}: -1 is {low}, 1 is {high}\n" for name, (low, high) in ends.items()
        )
        # Fields are numbered, for a slider may have a name that no field of Python can have.
        levels: dict[str, Any] = {
            f"level{number}": (Annotated[float, Field(ge=-1, le=1, alias=name)], ...)
            for number, name in enumerate(ends)
        }
        self._form = create_model(
            "Answer",
            genres=(Annotated[list[_Genre], Field(min_length=1, max_length=5)], ...),
            tempo_bpm=(Annotated[float | None, Field(ge=20, le=400)], ...),
            levels=(create_model("Levels", **levels), ...),
            instruments=(Annotated[list[Word], Field(max_length=5)], ...),
            mood=(Annotated[list[Word], Field(max_length=3)], ...),
        )
        self.schema = self._form.model_json_schema()

    def canonical(self) -> str:
        """Return what tells one question from another, for keys."""
        return canonical_json({"text": self.text, "schema": self.schema})

    def read(self, answer: str) -> PlaylistCharacter:
        """Return what an answer says.

        Raises:
            ServiceError: It is not what was asked for.
        """
        try:
            found: Any = self._form.model_validate_json(answer)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "all of it"
            raise ServiceError(
                f"Gemini's answer is not in the form that was asked for ({where}: {first['msg']})",
                "Try again, for it may answer otherwise; or describe with local, which sends "
                "nothing",
            ) from error
        shares: dict[str, float] = defaultdict(float)
        for genre in found.genres:
            shares[genre.name] += genre.share
        whole = sum(shares.values()) or 1.0
        ordered = sorted(shares.items(), key=lambda share: -share[1])
        return PlaylistCharacter(
            genres={name: share / whole for name, share in ordered if share > 0},
            tempo_bpm=found.tempo_bpm,
            levels=found.levels.model_dump(by_alias=True),
            instruments=tuple(found.instruments),
            mood=tuple(found.mood),
        )
