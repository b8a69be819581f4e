import json
import math
from urllib.request import Request, urlopen

import boto3
import pytest

from resonance_core.errors import ConfigError, StoreError
from resonance_core.keys import Stage
from resonance_core.store.bucket import open_bucket
from resonance_core.store.open import open_store
from tests.s3 import BUCKET

REQUEST = Stage(name="made", version=1).request({}, {})


def refuse(_folder):
    raise AssertionError("made")


def test_a_wrong_secret_is_said_in_words(rclone_url, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(ConfigError, match=r"secret key does not.*Correct AWS_ACCESS_KEY_ID and"):
        open_store(rclone_url)


def test_an_unknown_access_key_is_said_in_words(rclone_url, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    with pytest.raises(ConfigError, match=r"access key is not known.*Correct AWS_ACCESS_KEY_ID"):
        open_store(rclone_url)


def test_a_missing_bucket_is_said_in_words(bucket_url):
    with pytest.raises(ConfigError, match=r"s3://nowhere/store cannot be read: there is no such"):
        open_store("s3://nowhere/store")


@pytest.mark.parametrize("url", ["s3://", "s3:///store", "s3://no such bucket"])
def test_what_no_bucket_can_be_called_is_said_in_words(rclone_url, url):
    with pytest.raises(ConfigError, match="bucket"):
        open_store(url)


def test_missing_credentials_are_said_in_words(rclone_url, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(ConfigError, match=r"no credentials for s3://.*Set AWS_ACCESS_KEY_ID"):
        open_store(rclone_url)


def test_an_endpoint_where_nothing_answers_is_said_in_words(rclone_url, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9 does not answer.*AWS_ENDPOINT_URL"):
        open_store(rclone_url)


@pytest.fixture
def url_to_read(moto, credentials, monkeypatch):
    """A place that the credentials may list and read, and no more."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.url)
    iam = boto3.client("iam", region_name="us-east-1")
    iam.create_user(UserName="reader")
    allowed = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    check_after(0, moto.url)
    yield f"s3://{BUCKET}/to-read"
    check_after(math.inf, moto.url)


def check_after(actions: float, url: str) -> None:
    """Have moto check credentials after so many actions."""
    plain = {"Content-Type": "text/plain"}
    urlopen(Request(f"{url}/moto-api/reset-auth", data=str(actions).encode(), headers=plain))


def test_credentials_that_may_only_read_are_said_in_words_before_any_work(url_to_read):
    store = open_store(url_to_read)
    assert store.find(REQUEST) is None
    with pytest.raises(ConfigError, match=r"cannot be written with these credentials.*Allow them"):
        store.build(REQUEST, refuse)


def test_a_server_that_dies_loses_nothing(rclone, rclone_url):
    store = open_store(rclone_url)

    def make_while_it_dies(folder):
        (folder / "a.txt").write_text("content")
        rclone.kill()
        return {}

    with pytest.raises(StoreError, match=r"does not answer.*goes on where it was") as raised:
        store.build(REQUEST, make_while_it_dies)
    assert not isinstance(raised.value, ConfigError)
    rclone.start()
    outcome = store.build(REQUEST, refuse)
    assert store.path(outcome.record, "a.txt").read_text() == "content"
    assert open_bucket(rclone_url).get(f"made/{REQUEST.key}/a.txt") == b"content"
