import json
import logging
import traceback

import numpy as np
import pytest
import soundfile

from resonance_core.api_key import ApiKey
from resonance_core.config import ModelConfig, PipelineConfig, RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.consent import ConsentError
from resonance_core.errors import ConfigError, ModelError, NotInStoreError, ServiceError
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.directions import find_direction
from resonance_core.stages.extract import choose_layers
from resonance_core.stages.generate import generate, generate_takes
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.hosted import Hosted, hosted_sending
from resonance_core.store.pieces import AUDIO, SIDECAR
from tests.lyria_server import KEY, RATE, Manner, samples

CPU = RuntimeConfig(device="cpu")
AGREED = Hosted(ApiKey(KEY, "GEMINI_API_KEY"), lambda sending: True)


@pytest.fixture(scope="module")
def config() -> PipelineConfig:
    """Lyria's, with short pieces and no pauses."""
    overrides = ("generate.duration_s=0.8", "lyria.pause_s=0", "lyria.timeout_s=20")
    return load_config("lyria", overrides, environment={})


def ask(**changes) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "slow piano", "seed": 3, **changes})


def make(request, config, store, hosted=AGREED, listener=None):
    return generate(request, config, store, CPU, listener, hosted)


def test_a_piece_is_kept_and_its_record_says_that_nothing_was_steered_inside(lyria, config, store):
    record = make(ask(sliders={"bass": 0.5, "energy": 0.0}), config, store).record
    audio, rate = soundfile.read(store.path(record, AUDIO), dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(audio.T, samples(0, 2)[:, : len(audio)], atol=2**-15)
    sidecar = json.loads(store.path(record, SIDECAR).read_text())
    assert sidecar["request_id"] == record.key
    told = {name: sidecar[name] for name in ("backend", "steering", "steer", "steered", "sliders")}
    assert told == {
        "backend": "lyria",
        "steering": [],
        "steer": None,
        "steered": "words",
        "sliders": {"bass": 0.5},
    }
    assert (sidecar["model"]["id"], sidecar["model"]["revision"]) == (
        "lyria",
        "models/lyria-realtime-exp",
    )
    length = {name: sidecar[name] for name in ("duration_s", "sample_rate", "channels", "joins_s")}
    assert length == {"duration_s": 0.8, "sample_rate": 48000, "channels": 2, "joins_s": []}
    assert sidecar["told"]["prompts"] == [
        {"text": "slow piano", "weight": 1.0},
        {"text": "heavy bass", "weight": 0.5},
    ]


def test_what_is_in_the_store_is_played_again_without_asking(lyria, config, store):
    made = make(ask(), config, store)
    assert hosted_sending(ask(), 1, config, store) is None
    assert hosted_sending(ask(), 2, config, store).request.prompts[0].text == "slow piano"
    again = make(ask(), config, store, hosted=None)
    assert (made.hit, again.hit, again.record) == (False, True, made.record)
    assert len(lyria.sessions) == 1


def test_a_playlist_and_sliders_are_said_in_words(lyria, config, example_store):
    request = ask(playlist="example", strength=0.5, sliders={"tempo": 0.5, "vocal": 1.0})
    record = make(request, config, example_store).record
    (session,) = lyria.sessions
    (content,), (sent,) = session.said("clientContent"), session.said("musicGenerationConfig")
    piano, playlist, vocal = content["weightedPrompts"]
    assert (piano["text"], playlist["weight"], vocal) == (
        "slow piano",
        0.5,
        {"text": "choir", "weight": 1.0},
    )
    assert " music" in playlist["text"]
    assert (sent["guidance"], sent["musicGenerationMode"]) == (5.0, "VOCALIZATION")
    assert 60 <= sent["bpm"] <= 200
    assert record.info["told"]["prompts"] == content["weightedPrompts"]
    assert example_store.get(record.info["description"]).stage == "describe"
    assert record.info["playlist"] == "example"
    assert record.info["steering"] == []


def test_takes_are_played_one_after_another(lyria, config, store):
    heard = []
    takes = generate_takes(
        *(ask(), 2, config, store, CPU),
        lambda rows, audio: heard.append((*rows, audio.shape[1])),
        AGREED,
    )
    seeds = [session.said("musicGenerationConfig")[0]["seed"] for session in lyria.sessions]
    assert seeds == [take.record.info["seed"] for take in takes] == [3, 4]
    assert set(heard) == {(0, 2), (1, 2)}
    # A take is the piece that is made alone.
    assert make(ask(seed=4), config, store).hit


def test_a_listener_hears_both_channels(lyria, config, store):
    heard = []
    make(ask(), config, store, listener=heard.append)
    assert np.concatenate(heard, axis=1).shape == (2, round(0.8 * RATE))


@pytest.mark.parametrize(
    "hosted", [None, Hosted(ApiKey(KEY, "GEMINI_API_KEY"), lambda sending: False)]
)
def test_nothing_is_sent_or_kept_without_consent(lyria, config, store, hosted):
    with pytest.raises(ConsentError, match="nobody agreed to send the words “slow piano”"):
        make(ask(), config, store, hosted)
    assert lyria.sessions == []
    assert list(store.records()) == []


def test_what_breaks_off_for_good_leaves_nothing(lyria, config, store):
    lyria.manners = [Manner(drops_after=1), *[Manner(drops_after=0)] * 3]
    with pytest.raises(ServiceError, match=r"0\.2 of 0\.8 s was heard, and none of it is kept"):
        make(ask(), config, store)
    assert list(store.records()) == []
    assert not [path for path in (store.root / "generate").rglob("*") if path.name == AUDIO]


def test_where_it_was_joined_is_on_record(lyria, config, store):
    lyria.manners = [Manner(drops_after=1)]
    assert make(ask(), config, store).record.info["joins_s"] == [0.25]


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"melody": "abcdef"}, ModelError, "lyria cannot follow a melody.*transformers"),
        ({"continues": "abcdef"}, ModelError, "lyria cannot go on from a piece.*transformers"),
        ({"playlist": "mine"}, NotInStoreError, "no playlist 'mine'"),
        ({"sliders": {"sweetness": 1}}, ConfigError, "no concept 'sweetness'"),
    ],
)
def test_what_it_cannot_do_is_refused_before_anything_is_sent(
    lyria, config, store, asked, kind, words
):
    with pytest.raises(kind, match=words):
        make(ask(**asked), config, store)
    assert lyria.sessions == []


def test_stages_that_look_inside_a_model_refuse_it(config, example_store):
    words = "lyria cannot show what it hears in music.*audiocraft or transformers"
    with pytest.raises(ModelError, match=words):
        load_model(config.model, CPU)
    with pytest.raises(ModelError, match=words):
        choose_layers(config.extract, model_info(ModelConfig(id="lyria")))
    direction = find_direction("example", example_store)
    with pytest.raises(ModelError, match="lyria cannot be steered by directions"):
        calibrate(direction, config, example_store, CPU)


def test_a_local_model_needs_no_consent(lyria, config, store, quick):
    hosted = make(ask(), config, store).record
    local = make(ask(), quick, store, hosted=None).record
    assert (hosted.stage, local.stage) == ("generate", "generate")
    assert hosted.key != local.key
    assert local.info["backend"] == "transformers"


def test_its_key_stays(lyria, config, store):
    request = ask(sliders={"tempo": 0.5, "tension": -0.5})
    assert make(request, config, store).record.key == (
        "c158b3dc1040c3704d79165fb42ecc2f1bcccaffc5478d8ee6f677428c1d7355"
    )


def test_the_services_key_is_in_no_store_record_log_or_error(lyria, config, store, caplog):
    caplog.set_level(logging.DEBUG)
    lyria.manners = [Manner(), Manner(closes=(1008, f"who is {KEY}?")), Manner(filters=(KEY, KEY))]
    record = make(ask(), config, store).record
    errors = []
    for seed in (4, 5):
        with pytest.raises((ServiceError, ModelError)) as caught:
            make(ask(seed=seed), config, store)
        errors.append("".join(traceback.format_exception(caught.value)))
    assert KEY not in record.model_dump_json() + caplog.text + "".join(errors) + repr(AGREED)
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
