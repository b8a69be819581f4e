import time

import pytest

from resonance_core.sources.matching.names import artist_names, closeness, title_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Heroes - 2017 Remaster", '"Heroes" (2017 Remaster)'),
        ("Time - Remastered in 2011", "Time - 2011 Remastered Version"),
        ("Song (feat. B)", "Song ft. B & C"),
        ("Song feat. B - Live", "Song (Live) [feat. B]"),
        ("Halo (Official Video) [HD]", "HALO"),
        ("Satisfaction - Mono Version", "Satisfaction - Single Version / Stereo"),
        ("Strobe - Original Mix", "Strobe"),
        ("Don't Stop", "Don’t Stop"),
        ("Rock & Roll", "Rock and Roll"),
        ("Déjà Vu", "deja vu"),
        ("Группа крови", "Gruppa krovi"),
        ("Hello（feat. 宇多田）", "Hello"),
        ("夜に駆ける", "夜に駆ける (Official Audio)"),
    ],
)
def test_one_recording_has_one_name(one: str, other: str) -> None:
    assert title_name(one) == title_name(other)


@pytest.mark.parametrize(
    ("title", "versions"),
    [
        ("Wonderwall (Live at Wembley / 2011 Remaster)", {"live"}),
        ("Ignition - Remix", {"remix"}),
        ("Creep (Acoustic Karaoke Version)", {"acoustic", "karaoke", "version"}),
        ("Blank Space (Taylor's Version)", {"version"}),
        ("Teen Spirit [Sped Up]", {"sped"}),
        ("Love (8D Audio)", {"8d"}),
        ("Live and Let Die", set()),
        ("Live Forever - Remastered", set()),
        ("Cover Me Up", set()),
    ],
)
def test_another_version_is_named_by_a_remark_only(title: str, versions: set[str]) -> None:
    assert title_name(title).versions == versions


def test_what_may_tell_recordings_apart_stays() -> None:
    titles = ["Intro", "Intro (Part 1)", "Intro (Part 2)", "!!!", "÷", "(Live)", "夜", "愛"]
    names = [title_name(title) for title in titles]
    assert len({name.whole for name in names}) == len(titles)
    assert {name.bare for name in names[:3]} == {"intro"}
    assert all(name.bare for name in names)


@pytest.mark.parametrize(
    ("artist", "names"),
    [
        ("The Beatles", ("beatles",)),
        ("Theory of a Deadman", ("theoryofadeadman",)),
        ("Simon & Garfunkel", ("simonandgarfunkel", "simon", "garfunkel")),
        ("Beyoncé;JAY-Z", ("beyoncejayz", "beyonce", "jayz")),
        ("Tyler, The Creator", ("tylerthecreator", "tyler", "creator")),
        ("Кино", ("kino",)),
        ("!!!", ("!!!",)),
    ],
)
def test_an_artist_may_be_several(artist: str, names: tuple[str, ...]) -> None:
    assert artist_names(artist) == names


def test_closeness_is_of_the_most_alike() -> None:
    assert closeness(("oasis", "x"), ("blur", "oasis")) == 1
    assert 0.6 < closeness(("beatles",), ("beetles",)) < 1
    assert closeness(("oasis",), ()) == 0


@pytest.mark.parametrize("sign", ["(", "'", " - ", " feat ", "a (", "&", "=", "["])
def test_hostile_names_take_no_time(sign: str) -> None:
    start = time.process_time()
    title_name(sign * 50_000)
    artist_names(sign * 50_000)
    assert time.process_time() - start < 0.2
