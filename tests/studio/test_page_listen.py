"""The page where one chooses music, asks for a piece, and says how it is steered."""

import re
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from resonance_core.stages import vocabulary as vocabulary_stage
from resonance_core.steering.concept_file import Concept
from resonance_core.store.concepts import save_concept
from resonance_core.store.creations import list_creations
from tests.studio.routes.test_melodies import humming
from tests.studio.windows import SIZES, make_piece, needs_chromium

pytestmark = needs_chromium
LISTS = """
import sys
from resonance_core.config import ResolveConfig, RuntimeConfig
from resonance_core.sources.resolve import resolve
from resonance_core.store.jobs import Job, running_job
from resonance_core.store.open import open_store
runtime = RuntimeConfig()
tracks = resolve(sys.argv[-1], ResolveConfig()).tracks
named = Job(id=runtime.job, request=runtime.request, source=sys.argv[-1])
with running_job(open_store(runtime.store), named) as job:
    job.list_tracks([track.title for track in tracks])
    for place, track in enumerate(tracks):
        job.advance(place, "failed" if track.refused else "extracted", track.refused)
    job.end_with("example")
"""
"""A stand-in for an ingest, which hears nothing."""


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_a_quick_impression_fills_in_words_and_sliders(window):
    page = window.page
    page.goto("/playlist?example")
    expect(page.get_by_label("Listen closely (minutes)")).to_be_checked()
    page.get_by_label("Quick impression (seconds)").check()
    window.check()
    page.get_by_role("button", name="Listen to it").click()
    expect(page.get_by_role("heading", name="A quick impression")).to_be_visible()
    page.get_by_role("link", name="Say what to play").click(timeout=60_000)
    expect(page.get_by_text("The model has heard none of your songs")).to_be_visible()
    expect(page.get_by_label("A few words")).to_have_value(re.compile(" music"))
    window.check()

    page.get_by_label("A few words").fill("harp music")
    page.reload()
    expect(page.get_by_label("A few words")).to_have_value("harp music")
    expect(page.get_by_text("The model has heard none of your songs")).to_contain_text(" energy")
    with page.expect_request("**/generations") as asked:
        page.get_by_role("button", name="Make it").click()
    sent = asked.value.post_data_json
    assert (sent["prompt"], "playlist" in sent) == ("harp music", False)
    assert sent["sliders"]
    assert all(-1 <= position <= 1 for position in sent["sliders"].values())
    page.get_by_role("button", name="Cancel").click()


def test_the_example_is_heard_after_three_actions(window, monkeypatch):
    monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", LISTS))
    page = window.page
    page.goto("/")
    page.get_by_role("button", name="Try the example").click()
    page.get_by_role("link", name="Say what to play").click(timeout=60_000)
    page.get_by_label("Length").wait_for()
    page.get_by_role("button", name="Make it").click()
    sound = page.get_by_label("The piece while it is made")
    expect(sound).to_have_js_property("paused", False, timeout=60_000)
    made = page.get_by_role("link", name="Open it in the studio")
    made.or_(page.get_by_role("heading", name="slow piano")).first.wait_for(timeout=60_000)


def test_a_list_and_a_song_beside_it_are_sent_together(window, clips, monkeypatch):
    monkeypatch.setattr("studio.ingests.COMMAND", (sys.executable, "-c", LISTS))
    page = window.page
    page.goto("/playlist")
    files = (
        ("mine.m3u", "audio/x-mpegurl", b"one song.opus\n/home/me/two.opus\n"),
        ("one song.opus", "audio/ogg", clips[0].read_bytes()[:40_000]),
    )
    page.locator("#files").set_input_files(
        [FilePayload(name=name, mimeType=kind, buffer=held) for name, kind, held in files]
    )
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    tracks = page.get_by_role("list").last
    expect(tracks.get_by_role("listitem").first).to_contain_text("one-song listened to")
    expect(tracks).to_contain_text("two.opus left out: 'two.opus' is a file of another machine")
    window.check()

    page.goto("/playlist")
    names = b"Track Name,Artist Name(s)\nSinnerman,Nina Simone\n"
    page.locator("#files").set_input_files(
        [FilePayload(name="spotify.csv", mimeType="text/csv", buffer=names)]
    )
    expect(page.get_by_role("group", name="That did not work")).to_contain_text("resonance match")
    window.errors.clear()  # Chromium writes the refusal to its console


@pytest.mark.parametrize("window", [SIZES["dark"], SIZES["320 px"]], indirect=True)
def test_recipe_layers_and_what_counts_are_chosen(window, example_store):
    page = window.page
    make_piece(page)
    window.piece()
    page.get_by_text("Advanced").click()
    page.get_by_label("Recipe").select_option("residual-scale")
    page.get_by_label("Layer 1").fill("1")
    page.get_by_label("Layer 4").fill("0.5")
    page.get_by_label("What counts").select_option("only a part of it")
    page.get_by_role("button", name="Add a part").click()
    page.get_by_label("Part 2 from second").fill("40")
    page.get_by_label("to second").last.fill("50")
    window.check()
    page.get_by_role("button", name="Remove part 2").click()
    page.get_by_role("button", name="Make a version with these").click()
    page.get_by_role("link", name="listen to it").click(timeout=60_000)
    expect(page.get_by_role("link", name="The version before it")).to_be_visible()
    newest = list_creations(example_store)[0]
    assert newest.request["steer"] == {"recipe": "residual-scale", "layers": {"1": 1, "4": 0.5}}
    assert newest.request["aggregate"]["windows_s"] == [[0, 30]]
    # They are where they were, and can be left again.
    page.get_by_text("Advanced").click()
    expect(page.get_by_label("Layer 4")).to_have_value("0.5")
    page.get_by_label("Recipe").select_option("as usual (in-words)")
    for layer in (1, 4):
        page.get_by_label(f"Layer {layer}").fill("")
    page.get_by_label("What counts").select_option("as it was listened to")
    with page.expect_request("**/variants") as asked:
        page.get_by_role("button", name="Make a version with these").click()
    assert asked.value.post_data_json == {"sliders": {}, "steer": None, "aggregate": None}
    expect(page.get_by_role("link", name="listen to it")).to_be_visible(timeout=60_000)


def test_a_concept_of_ones_own_is_a_slider_beside_the_seven(window, example_store):
    pairs = (("clean guitar", "gritty guitar"), ("clean bass", "dirty bass"))
    save_concept("grit", Concept(label="Grit", prompts=pairs), example_store)
    page = window.page
    make_piece(page)
    window.piece()
    expect(page.get_by_role("slider", name="Grit")).to_be_visible()
    assert page.locator(".slider").count() == 8
    with page.expect_request("**/variants") as asked:
        page.get_by_role("button", name="More grit").click()
    assert asked.value.post_data_json == {"sliders": {"grit": 0.1}}
    window.check()


@pytest.mark.parametrize("window", [SIZES["light"], SIZES["320 px"]], indirect=True)
def test_a_slider_of_ones_own_is_made_and_removed(window):
    page = window.page
    make_piece(page)
    window.piece()
    page.get_by_text("A slider of your own").click()
    page.get_by_label("What it is called").fill("Grit")
    words = (("clean guitar", "gritty guitar"), ("clean bass", "dirty bass"), ("soft", "hard"))
    page.get_by_role("button", name="Add a pair").click()
    for place, pair in enumerate(words):
        for end, word in zip(("Left end", "Right end"), pair, strict=True):
            page.get_by_label(end).nth(place).fill(word)
    window.check()
    page.get_by_role("button", name="Make the slider").click()
    expect(page.get_by_role("slider", name="Grit")).to_be_visible(timeout=60_000)
    expect(page.locator("#polite")).to_have_text("The slider Grit is there")
    expect(page.get_by_label("What it is called")).to_have_value("")
    window.check()
    page.get_by_role("button", name="Remove the slider Grit").click()
    expect(page.get_by_role("slider", name="Grit")).not_to_be_visible()


def test_the_accent_is_the_playlists(window, address, example_store):
    page = window.page
    accent = page.request.get(f"{address}/playlists/example").json()["accent"]
    shown = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    page.goto("/prompt")
    usual = page.evaluate(shown)
    make_piece(page)
    window.piece()
    expect(page.locator("html")).to_have_css("--accent", accent["light"])
    window.check()
    page.get_by_label("Colours").select_option("dark")
    expect(page.locator("html")).to_have_css("--accent", accent["dark"])
    window.check()
    page.get_by_label("Colours").select_option("light")
    page.get_by_role("link", name="Resonance").click()
    expect(page.get_by_role("link", name="Start with a playlist")).to_be_visible()
    expect(page.locator("html")).to_have_css("--accent", usual)
    assert usual != accent["light"]


def test_what_is_prepared_is_said_while_one_waits(window, example_store, monkeypatch):
    for known in list(example_store.records("vocabulary")):
        (example_store.directory(known.request) / "record.json").unlink()
    seen = threading.Event()
    play = vocabulary_stage.play_and_hear

    def wait(*given):
        assert seen.wait(30)
        return play(*given)

    monkeypatch.setattr(vocabulary_stage, "play_and_hear", wait)
    page = window.page
    make_piece(page)
    words = "Learning the model's words"
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.locator("#polite")).to_have_text(words)
    expect(page.get_by_text("It learns this once")).to_be_visible()
    window.check()
    seen.set()
    window.piece()


def test_a_melody_is_fetched_from_an_address(window, monkeypatch):
    async def fetched(url: str, target: Path, max_bytes: int) -> None:
        target.write_bytes(humming(2))

    page = window.page
    page.goto("/prompt")
    page.get_by_text("Hum or upload a melody").click()
    field = page.get_by_label("Or the address of a recording")
    field.fill("http://127.0.0.1/a.wav")
    field.press("Enter")
    trouble = page.get_by_role("group", name="That did not work")
    expect(trouble).to_contain_text("is not public")
    window.errors.clear()  # Chromium writes the refusal to its console
    monkeypatch.setattr("studio.routes.melodies.fetch", fetched)
    field.fill("https://music.example/a.wav")
    page.get_by_role("button", name="Fetch it").click()
    expect(page.get_by_text("It follows your melody of 2 seconds.")).to_be_visible()
    expect(trouble).not_to_be_visible()
    window.check()
