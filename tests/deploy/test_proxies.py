"""The proxies in front of the service: real ones, on this machine, with the files that are shipped."""

import http.client
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from ruamel.yaml import YAML
from twilio.request_validator import RequestValidator

from notifier.serving.app import build
from tests.serving.conftest import FORM, PUBLIC, TOKEN, Service, service
from tests.support.ports import free_port

__all__ = ["service"]

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX, CADDY = DEPLOY / "nginx" / "notifier.conf", DEPLOY / "caddy" / "Caddyfile"
INGRESS = DEPLOY / "kubernetes" / "serve.yaml"
INSIDE = {"healthz", "readyz", "metrics", "v1", "gateway"}
"""What is for the company's own network alone: who posts promises is its own systems."""


@dataclass(frozen=True)
class Proxy:
    port: int
    tls: bool

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """The status of the answer to one request."""
        context = ssl._create_unverified_context() if self.tls else None
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
            if self.tls
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        )
        with closing(connection):
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            return connection.getresponse().status

    def twilio(self, path: str, form: Mapping[str, str], *, signed_for: str | None = None) -> int:
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + (signed_for or path), dict(form))
        return self.call("POST", path, urlencode(form).encode(), Content_Type=FORM, X_Twilio_Signature=signature)


@pytest.fixture(scope="module", params=["nginx", "Caddy"])
def proxy(
    request: pytest.FixtureRequest, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    if shutil.which(request.param.lower()) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp("proxy")
    with (nginx if request.param == "nginx" else caddy)(folder, service.port) as found:
        yield found


@contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[Proxy]:
    """The shipped file with a certificate of its own, on free ports, in the rest of a configuration."""
    port, text = free_port(), NGINX.read_text(encoding="utf-8")
    key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        str(folder / "privkey.pem"),
    ]
    made = ["openssl", "req", "-x509", *key, "-out", str(folder / "fullchain.pem"), "-subj", "/CN=notices.example.com"]
    subprocess.run(made, check=True, capture_output=True)
    text = text.replace("/etc/letsencrypt/live/notices.example.com", str(folder))
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    text = re.sub(r"\n    listen \[::\]:\d+.*", "", text)
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace(
        "listen 80;", f"listen 127.0.0.1:{free_port()};"
    )
    temporary = "".join(
        f"{name}_temp_path {folder}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main, user = folder / "nginx.conf", "user root; " if os.geteuid() == 0 else ""
    main.write_text(
        f"{user}daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {temporary}access_log off;\n{text}\n}}\n",
        encoding="utf-8",
    )
    checked = subprocess.run(["nginx", "-t", "-c", main], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    with _running(["nginx", "-c", str(main)], Proxy(port, tls=True), folder) as found:
        yield found


@contextmanager
def caddy(folder: Path, upstream: int) -> Iterator[Proxy]:
    """The shipped file, without TLS: Caddy would ask an authority for a certificate."""
    port, file = free_port(), folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + CADDY.read_text(encoding="utf-8"), encoding="utf-8")
    command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
    named = {"SITE": f"http://127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{upstream}"}
    with _running(command, Proxy(port, tls=False), folder, named) as found:
        yield found


@contextmanager
def _running(command: list[str], proxy: Proxy, folder: Path, named: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **(named or {})}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up and process.poll() is None:
            with suppress(OSError):
                proxy.call("GET", "/")
                break
            time.sleep(0.02)
        assert process.poll() is None, (folder / "said").read_text()
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_what_twilio_signed_comes_through_as_it_was(proxy: Proxy) -> None:
    for path in ("/twilio/status", "/twilio/status?rule=a%20b&x=%C3%B1"):
        assert proxy.twilio(path, {"MessageSid": "SM404", "MessageStatus": "sent"}) == 204
    assert proxy.twilio("/twilio/status", {"MessageSid": "SM404"}, signed_for="/twilio/status?x") == 403


def test_what_is_for_inside_is_not_there_from_outside(proxy: Proxy, service: Service) -> None:
    assert service.call("GET", "/metrics").status == 200
    paths = [f"/{name}" for name in sorted(INSIDE)]
    paths += ["/", "/docs", "/openapi.json", "//metrics", "/twilio/../metrics", "/twilio/%2e%2e/metrics"]
    assert {path: proxy.call("GET", path) for path in paths} == dict.fromkeys(paths, 404)


def test_mails_may_be_large_and_no_larger(proxy: Proxy) -> None:
    sizes = {"what is taken": 2 * 1024 * 1024, "too large": 33 * 1024 * 1024}
    codes = {}
    for name, size in sizes.items():
        with suppress(BrokenPipeError, ConnectionResetError):  # the answer may come before all of it was sent
            codes[name] = proxy.call("POST", "/bounces/abcdefgh", b"x" * size, Content_Type="message/rfc822")
    assert codes["what is taken"] == 403  # by the service itself: the token is wrong
    # Caddy says 502 where the service refuses the mail by its length before all of it was sent.
    assert codes.get("too large", 413) in (413, 502)


def test_all_proxies_pass_on_what_the_world_may_call(service: Service) -> None:
    wanted = {path.split("/")[1] for path in build(service.parts).openapi()["paths"]} - INSIDE
    (alternatives,) = re.findall(r"location ~ \^/\(([a-z|]+)\)/ \{", NGINX.read_text(encoding="utf-8"))
    assert set(alternatives.split("|")) == wanted
    (paths,) = re.findall(r"@world path (.*)\n", CADDY.read_text(encoding="utf-8"))
    assert set(paths.split()) == {f"/{name}/*" for name in wanted}
    manifests = YAML(typ="safe").load_all(INGRESS.read_text(encoding="utf-8"))
    (ingress,) = [each for each in manifests if each["kind"] == "Ingress"]
    assert {path["path"] for path in ingress["spec"]["rules"][0]["http"]["paths"]} == {f"/{name}/" for name in wanted}
