import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prefect import flow
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.blocks.system import Secret
from prefect.client.schemas.objects import State
from prefect.variables import Variable

from resonance_core.errors import ConfigError
from tasks.notify import CHOICE, NotifyError, notify

pytestmark = pytest.mark.usefixtures("prefect_server")

TOKEN = "T0K3N-that-nobody-may-see"


class Webhook(ThreadingHTTPServer):
    """Takes messages on the loopback interface; ``answers`` are its next statuses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[tuple[str, dict[str, str]]] = []
        self.answers: list[HTTPStatus] = []


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append((self.path, json.loads(body)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else HTTPStatus.OK)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook(prefect_server) -> Iterator[Webhook]:
    """A chat's webhook, and the block and the variable that lead to it."""
    with Webhook() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        block = CustomWebhookNotificationBlock(
            name="chat",
            url=f"http://127.0.0.1:{server.server_port}/{{{{token}}}}",
            json_data={"title": "{{subject}}", "text": "{{body}}"},
            secrets={"token": TOKEN},
        )
        block.save("chat", overwrite=True)
        Variable.set(CHOICE, "custom-webhook/chat", overwrite=True)
        yield server
        Variable.unset(CHOICE)
        server.shutdown()


@flow
def run() -> State[None]:
    """A flow with a message, and more to do after it."""
    return {"sent": notify.with_options(retry_delay_seconds=0)("evening", "a +", return_state=True)}


def test_a_message_is_sent_by_the_block_that_the_variable_names(webhook):
    assert run()["sent"].is_completed()
    assert webhook.messages == [(f"/{TOKEN}", {"title": "evening", "text": "a +"})]


def test_without_the_variable_nothing_happens(webhook):
    Variable.unset(CHOICE)
    assert run()["sent"].name == "Skipped"
    assert webhook.messages == []


def test_what_may_pass_is_tried_again(webhook):
    webhook.answers = [HTTPStatus.BAD_GATEWAY]
    assert run()["sent"].is_completed()
    assert len(webhook.messages) == 2


def test_a_message_that_cannot_be_sent_fails_no_run_and_betrays_no_secret(webhook, caplog):
    webhook.answers = [HTTPStatus.NOT_FOUND] * 3
    state = run()["sent"]
    assert state.is_failed()
    with pytest.raises(NotifyError, match=r"'custom-webhook/chat' .* \(HTTP status 404\)"):
        state.result()
    assert len(webhook.messages) == 3
    assert "HTTP status 404" in caplog.text
    assert TOKEN not in caplog.text + str(state)


@pytest.mark.parametrize("name", ["custom-webhook/other", "slack-webhook", "secret/plain"])
def test_a_variable_that_names_no_notification_block_is_said(webhook, name):
    Secret(value="x").save("plain", overwrite=True)
    Variable.set(CHOICE, name, overwrite=True)
    state = run()["sent"]
    with pytest.raises(ConfigError, match=f"names '{name}'"):
        state.result()
    assert webhook.messages == []
