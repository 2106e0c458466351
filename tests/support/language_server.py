"""The YAML language server that editors ask, over its standard input and output: what it offers, says and marks.

It comes from npm, pinned in `tests/editor` (`make prism`). It speaks LSP 3.17: JSON-RPC, each message behind a header
with its length.
"""

import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE = 60
"""Seconds after which an answer will not come; a busy machine may need many."""
_NO_NETWORK = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}


class NoLanguageServerError(Exception):
    """The language server cannot be started; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Mark:
    """What the server marks in a file. Lines and columns are counted from one, as people do."""

    line: int
    column: int
    says: str


@dataclass
class LanguageServer:
    """A running server. Files need not exist: their text is sent."""

    _process: "subprocess.Popen[bytes]"
    _heard: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _settings: Mapping[str, Any] = field(default_factory=dict)

    def start(self, folder: Path, schemas: Mapping[str, Any]) -> None:
        """Introduces this process, which the server does not outlive, and the editor's `yaml.schemas`."""
        threading.Thread(target=self._listen, daemon=True).start()
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        capabilities = {"textDocument": {"publishDiagnostics": {}, "hover": {"contentFormat": ["plaintext"]}}}
        options = {"processId": os.getpid(), "capabilities": capabilities}
        self._ask("initialize", options | {"rootUri": folder.as_uri(), "workspaceFolders": folders})
        self._tell("initialized", {})
        self._settings = {"yaml": _NO_NETWORK | {"schemas": schemas}}
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})

    def marks(self, texts: Mapping[Path, str]) -> dict[Path, list[Mark]]:
        """What is wrong with the texts of these files, in the order of their lines.

        All are open at once, as the server waits a fifth of a second before it looks at one.
        """
        for file, text in texts.items():
            self._open(file, text)
        found: dict[Path, list[Mark]] = {}
        while len(found) < len(texts):
            said = self._await(lambda said: said.get("method") == "textDocument/publishDiagnostics")["params"]
            for file in (one for one in texts if one.as_uri() == said["uri"]):
                starts = [(each["range"]["start"], each["message"]) for each in said["diagnostics"]]
                marks = [Mark(start["line"] + 1, start["character"] + 1, says) for start, says in starts]
                found[file] = sorted(marks, key=lambda mark: (mark.line, mark.column))
        for file in texts:
            self._close(file)
        return found

    def offered(self, file: Path, text: str) -> dict[str, str]:
        """What the server offers where `|` stands in the text, with what it says of each.

        It offers nothing while it reads a schema for the first time, so it is asked again until it offers something.
        """
        give_up = time.monotonic() + PATIENCE
        items: Sequence[dict[str, Any]] = ()
        while not items and time.monotonic() < give_up:
            result = self._at_cursor("textDocument/completion", file, text)
            items = result["items"] if isinstance(result, dict) else result
        return {item["label"]: _said(item.get("documentation", "")) for item in items}

    def said(self, file: Path, text: str) -> str:
        """What the server says of the word at which `|` stands in the text."""
        result = self._at_cursor("textDocument/hover", file, text)
        return _said(result["contents"]) if result else ""

    def _at_cursor(self, method: str, file: Path, text: str) -> Any:
        before, _, after = text.partition("|")
        self._open(file, before + after)
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        position = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
        answer = self._ask(method, position)
        self._close(file)
        return answer

    def _open(self, file: Path, text: str) -> None:
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": next(self._numbers), "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})

    def _close(self, file: Path) -> None:
        """The server answers that nothing is marked in a closed file."""
        self._tell("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
        self._await(
            lambda said: (
                said.get("method") == "textDocument/publishDiagnostics"
                and said["params"] == {"uri": file.as_uri(), "diagnostics": []}
            )
        )

    def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = self._await(lambda said: said.get("id") == number and "method" not in said)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _tell(self, method: str, params: Mapping[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _await(self, wanted: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
        while True:
            said = self._heard.get(timeout=PATIENCE)
            if said.get("method") == "workspace/configuration":
                asked = [each["section"] for each in said["params"]["items"]]
                self._send({"id": said["id"], "result": [self._settings.get(section) for section in asked]})
            elif "method" in said and "id" in said:  # the server asks for what an editor may have, and we have not
                self._send({"id": said["id"], "result": None})
            elif wanted(said):
                return said

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream: IO[bytes] | None = self._process.stdout
        assert stream is not None
        length = 0
        while header := stream.readline():
            if header.strip():
                name, _, value = header.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            else:
                self._heard.put(json.loads(stream.read(length)))


def _said(documentation: Any) -> str:
    """The text of what may be marked up."""
    return str(documentation["value"]) if isinstance(documentation, dict) else str(documentation)


@contextmanager
def language_server(folder: Path, schemas: Mapping[str, Any]) -> Iterator[LanguageServer]:
    """The server for a project folder. Raises NoLanguageServerError."""
    if shutil.which("node") is None:
        raise NoLanguageServerError("the YAML language server needs node (20 or newer), which is not installed")
    if not PROGRAM.exists():
        raise NoLanguageServerError("the YAML language server is not installed; run: make prism")
    with subprocess.Popen(
        ["node", PROGRAM, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            server = LanguageServer(process)
            server.start(folder, schemas)
            yield server
        finally:
            process.kill()
