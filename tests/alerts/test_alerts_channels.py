import json
import logging
import socket
import threading
from collections.abc import Iterator

import pytest

from alerts.channels.apprise import AppriseChannel
from alerts.channels.base import Failure, Sent, host_of, masked
from alerts.channels.webhook import plain
from tests.alerts.sink import Sink, running
from vitals.finding import Severity


@pytest.fixture(scope="module")
def channel() -> AppriseChannel:
    return AppriseChannel(connect=0.5, read=0.5)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as it:
        yield it


def send(channel: AppriseChannel, url: str, severity: Severity = Severity.HIGH) -> Sent:
    return channel.send(url, "Act now: …", "Measured 84 %.", severity, "key-1")


@pytest.mark.parametrize("options", [{}, {"overflow": "split"}])
def test_a_web_hook_gets_what_apprise_would_post(channel: AppriseChannel, sink: Sink, options: dict[str, str]):
    sent = send(channel, sink.url(**options))
    assert sent.ok
    (heard,) = sink.wait_for(1)
    assert heard == {
        "version": "1.0",
        "title": "Act now: …",
        "message": "Measured 84 %.",
        "attachments": [],
        "type": "failure",
    }
    assert sink.keys == ["" if options else "key-1"]


def test_severity_becomes_apprises_type(channel: AppriseChannel, sink: Sink):
    for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW):
        send(channel, sink.url(), severity)
    assert [said["type"] for said in sink.wait_for(3)] == ["failure", "warning", "info"]


@pytest.mark.parametrize("options", [{}, {"overflow": "split"}])
@pytest.mark.parametrize(
    ("status", "failure"), [(503, Failure.BUSY), (429, Failure.BUSY), (404, Failure.REFUSED), (500, Failure.REFUSED)]
)
def test_a_refusal_is_named_and_a_recovered_sink_is_used_again(
    channel: AppriseChannel, sink: Sink, options: dict[str, str], status: int, failure: Failure
):
    sink.status = status
    refused = send(channel, sink.url(**options))
    assert (refused.ok, refused.failure, refused.retryable) == (False, failure, True)
    assert str(status) in refused.text
    sink.status = 200
    assert send(channel, sink.url(**options)).ok


@pytest.mark.parametrize("options", [{}, {"overflow": "split"}])
def test_a_silent_sink_costs_its_time_limit_and_no_more(channel: AppriseChannel, sink: Sink, options: dict[str, str]):
    sink.gate.clear()
    sent = send(channel, sink.url(**options))
    assert (sent.ok, sent.failure in (Failure.TIMEOUT, Failure.UNREACHABLE)) == (False, True)


@pytest.mark.parametrize("options", ["", "?overflow=split"])
def test_nobody_there_is_unreachable(channel: AppriseChannel, options: str):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sent = send(channel, f"json://127.0.0.1:{port}/notify{options}")
    assert (sent.ok, sent.failure) == (False, Failure.UNREACHABLE)


def test_a_sink_that_hangs_up_between_two_notices_is_called_again(channel: AppriseChannel, sink: Sink):
    assert send(channel, sink.url()).ok
    port = sink.server.server_port
    for connection in channel._hooks._idle["127.0.0.1", port]:
        connection.sock.shutdown(socket.SHUT_RDWR)
    assert send(channel, sink.url()).ok
    assert len(sink.heard) == 2


def test_a_redirect_is_followed_by_apprise(channel: AppriseChannel, sink: Sink):
    sink.status = 307
    assert not send(channel, sink.url()).ok
    assert len(sink.heard) >= 2


@pytest.mark.parametrize("url", ["nonsense://token-s3cr3t", "json://", "mailto://", "slack://x", "not a url"])
def test_a_url_that_names_no_service_is_a_persons_to_mend(channel: AppriseChannel, url: str):
    for answer in (send(channel, url), channel.check(url)):
        assert (answer.ok, answer.failure, answer.retryable) == (False, Failure.MISCONFIGURED, False)
        assert "s3cr3t" not in answer.text


def test_no_secret_reaches_an_answer_or_a_log(channel: AppriseChannel, sink: Sink, caplog: pytest.LogCaptureFixture):
    sink.status = 403
    with caplog.at_level(logging.DEBUG):
        for options in ({}, {"overflow": "split"}):
            url = sink.url("tok3n-in-path", host="user:pa55word@127.0.0.1", **options)
            sent = send(channel, url)
            assert not sent.ok
            assert not any(secret in sent.text for secret in ("tok3n", "pa55word"))
    ours = [record for record in caplog.records if not record.name.startswith(("urllib3", "apprise"))]
    assert not any("tok3n" in record.getMessage() or "pa55word" in record.getMessage() for record in ours)
    assert not logging.getLogger("apprise").propagate


def test_hosts_are_told_apart_without_secrets():
    assert host_of("slack://TokenA/TokenB?x") == "slack://tokena"
    assert host_of("json://u:p@a.example:81/x") == "json://a.example:81"
    assert masked("to a.example/hook with p%40ss and p@ss", "json://u:p%40ss@a.example/hook") == (
        "to a.example/**** with **** and ****"
    )


def test_only_the_plain_web_hook_is_ours(channel: AppriseChannel):
    ours = [channel._parse(f"json://127.0.0.1{rest}") for rest in ("", "/x?rto=1", "/x?+X-Key=1")]
    others = ("json://127.0.0.1/?method=PUT", "jsons://127.0.0.1", "json://127.0.0.1/?:version=", "xml://127.0.0.1")
    assert [plain(parsed, "", "") for parsed in ours] == [True, True, False]
    assert not any(plain(channel._parse(url), "", "") for url in others)
    assert not plain(ours[0], "", "x" * 40_000)


def test_what_was_parsed_stays_as_it_was(channel: AppriseChannel, sink: Sink):
    url = sink.url(overflow="split")
    before = json.dumps(channel._parse(url), default=str)
    send(channel, url)
    assert json.dumps(channel._parse(url), default=str) == before


@pytest.mark.parametrize(
    "lie", [b"SSH-2.0-liar\r\n", b"HTTP/1.1 abc\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
@pytest.mark.parametrize("options", ["", "?overflow=split"])
def test_a_sink_that_lies_is_a_failure_in_words(channel: AppriseChannel, lie: bytes, options: str):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65_536)
                caller.sendall(lie)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        sent = send(channel, f"json://127.0.0.1:{server.getsockname()[1]}/notify{options}")
        thread.join(5)
    assert not sent.ok
    assert sent.text
    assert sent.retryable
