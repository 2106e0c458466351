#!/usr/bin/env bash
# The line that tells an editor the schema of a rules file: one line too low, and the file counts as correct, whatever it says.
#
# One would guess: `# yaml-language-server: $schema=…` is honoured wherever it stands among the first lines of a file, or the
#   editor warns that it is not.
# What happens: it counts in comments before the first content only. Behind `rules:` it is a comment like any other: the file is
#   checked against no schema, so there is no mistake in it. A comment, a `---` or a %YAML line before it does no harm.
# Versions: yaml-language-server 1.25.0 (npm). Seen on 2026-11-29.
# Who cares: the schemas for editors of `notifier rules schema`. What we do: it prints the editor's settings for all files, so that
#   no file needs the line; `--file` prints the line for one, and `rules check` warns where it stands too low.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

node_packages yaml-language-server@1.25.0
mkdir "$work/rules"
cat > "$work/rules/schema.json" <<'JSON'
{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"rules": {"type": "array", "items": {
        "type": "object", "properties": {"rule": {"type": "string"}, "when": {"type": "string"}}, "additionalProperties": false
    }}}
}
JSON
modeline="# yaml-language-server: \$schema=schema.json"
mistake="  - rule: late-order\n    whn: order.status == 'held'"
printf '%b\n' "$modeline\nrules:\n$mistake" > "$work/rules/1-first-line.yaml"
printf '%b\n' "# Orders that are late\n$modeline\nrules:\n$mistake" > "$work/rules/2-below-a-comment.yaml"
printf '%b\n' "---\n$modeline\nrules:\n$mistake" > "$work/rules/3-below-dashes.yaml"
printf '%b\n' "rules:\n$modeline\n$mistake" > "$work/rules/4-below-a-key.yaml"
cat > "$work/editor.js" <<'JS'
const fs = require("fs"), path = require("path");
const folder = process.argv[2], waiting = {};
const server = require("child_process").spawn("yaml-language-server", ["--stdio"]);
const say = (message) => {
    const content = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
};
// No catalogue of schemas is fetched from outside.
const settings = ({ section }) => (section === "yaml" ? { schemaStore: { enable: false }, validate: true } : {});
let heard = Buffer.alloc(0);
server.stdout.on("data", (data) => {
    heard = Buffer.concat([heard, data]);
    for (let head; (head = heard.indexOf("\r\n\r\n")) >= 0; ) {
        const end = head + 4 + Number(/Content-Length: (\d+)/.exec(heard.subarray(0, head))[1]);
        if (heard.length < end) return;
        const message = JSON.parse(heard.subarray(head + 4, end));
        heard = heard.subarray(end);
        if (message.method === "textDocument/publishDiagnostics") waiting[message.params.uri](message.params.diagnostics);
        else if (message.method === "workspace/configuration") say({ id: message.id, result: message.params.items.map(settings) });
        else if (message.method && "id" in message) say({ id: message.id, result: null });
        else if (message.id === 1) waiting.server();
    }
});
(async () => {
    const ready = new Promise((answered) => (waiting.server = answered));
    say({ id: 1, method: "initialize", params: { processId: process.pid, rootUri: "file://" + folder, capabilities: {} } });
    await ready;
    say({ method: "initialized", params: {} });
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith(".yaml")).sort()) {
        const uri = "file://" + path.join(folder, name), text = fs.readFileSync(path.join(folder, name), "utf8");
        const checked = new Promise((answered) => (waiting[uri] = answered));
        say({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text } } });
        const found = (await checked).map((one) => `line ${one.range.start.line + 1}: ${one.message}`);
        console.log(`${name}: ${found.join("; ") || "no mistake"}`);
    }
    server.kill();
})();
JS
timeout 60 node "$work/editor.js" "$work/rules" > "$seen"
as_described <<'SEEN'
1-first-line.yaml: line 4: Property whn is not allowed.
2-below-a-comment.yaml: line 5: Property whn is not allowed.
3-below-dashes.yaml: line 5: Property whn is not allowed.
4-below-a-key.yaml: no mistake
SEEN
