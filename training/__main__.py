"""Trains nano: ``python -m training``; every step continues where it was stopped."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

# Threads that spin while they wait slow small models down; this must be set before torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import typer

from resonance_core.errors import ResonanceError
from training import codec, real_music
from training.corpus import build_corpus
from training.export import export_model
from training.language_model import LanguageModelTraining, train_language_model
from training.plan import FULL, SMOKE, Plan
from training.text import train_text_encoder
from training.tokens import tokenize

WORK = Path("build/nano")


@dataclass(frozen=True)
class Training:
    """The steps of a training, each of which finds what the ones before it made.

    Attributes:
        work: Where everything goes.
        plan: How much of everything.
    """

    work: Path
    plan: Plan

    def corpus(self) -> None:
        """Compose and render the procedural corpus."""
        workers = os.cpu_count() or 1
        build_corpus(self.work / "corpus", self.plan.shards, self.plan.clips, workers)

    def real(self) -> None:
        """Fetch real music for the codec."""
        (real_music.fetch if self.plan.whole_tracks else real_music.bundled)(self.work / "real")

    def quantizer(self) -> None:
        """Fit the codec's encoder and codebooks."""
        codec.fit_quantizer(
            self.work / "corpus",
            self.work / "real",
            self.work / "codec",
            self.plan.codec_excerpts,
        )

    def tokens(self) -> None:
        """Turn the corpus into tokens."""
        tokenize(self.work / "corpus", self.work / "codec", self.work / "tokens")

    def decoder(self) -> None:
        """Train the codec's decoder."""
        codec.train_decoder(
            self.work / "corpus", self.work / "real", self.work / "codec", self.plan.codec_steps
        )

    def text(self) -> None:
        """Train the text encoder."""
        if not (self.work / "text" / "encoder.pt").exists():
            train_text_encoder(self.work / "text", self.plan.text_steps)

    def language_model(self) -> None:
        """Train the language model."""
        train_language_model(self._language_model(), self.work / "lm" / "checkpoint.pt")

    def export(self) -> None:
        """Write the finished model."""
        training = self._language_model()
        training.load(self.work / "lm" / "checkpoint.pt")
        export_model(training, self.work / "codec", self.work / "model")

    def _language_model(self) -> LanguageModelTraining:
        return LanguageModelTraining(
            self.work / "corpus",
            self.work / "tokens",
            self.work / "codec",
            self.work / "text",
            self.plan.language_model_steps,
        )

    def steps(self) -> dict[str, Callable[[], None]]:
        """Return the steps by name, in their order."""
        return {
            "corpus": self.corpus,
            "real": self.real,
            "quantizer": self.quantizer,
            "tokens": self.tokens,
            "decoder": self.decoder,
            "text": self.text,
            "language-model": self.language_model,
            "export": self.export,
        }


def main(
    steps: Annotated[list[str] | None, typer.Argument(help="Steps to run; all if none.")] = None,
    work: Annotated[Path, typer.Option(help="Folder of everything that is made.")] = WORK,
    smoke: Annotated[bool, typer.Option("--smoke", help="A tiny training.")] = False,
) -> None:
    """Train the embedded model, or take some of the steps."""
    known = Training(work, SMOKE if smoke else FULL).steps()
    for step in steps or known:
        if step not in known:
            raise typer.BadParameter(f"{step!r} is no step; choose among {', '.join(known)}")
    for step in steps or known:
        try:
            known[step]()
        except ResonanceError as error:
            typer.echo(f"{step}: {error}", err=True)
            raise typer.Exit(error.exit_code) from error


if __name__ == "__main__":
    typer.run(main)
