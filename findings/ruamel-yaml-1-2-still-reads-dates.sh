#!/usr/bin/env bash
# YAML 1.2 by ruamel.yaml: dates, underscores in numbers and binary numbers are still those of YAML 1.1.
#
# One would guess: the library reads YAML 1.2, as it says, so `at: 2026-03-05` is a text, as in the core schema, and as the
#   parser behind the editors' language server reads it.
# What happens: `2026-03-05` becomes a date, and `2026-03-05T10:00:00-05:00` a datetime. `2026-03-05 10:00`, with no
#   seconds, is a text. `1_000` is 1000 and `0b11` is 3. Of YAML 1.2 are `on` (a text), `017` (17) and `08:30` (a text).
# Versions: ruamel.yaml 0.19.1, yaml 2.8.3 (npm; yaml-language-server 1.25.0 has it). Seen on 2026-11-29.
# Who cares: notifier/rules/yaml_reader.py: a rule that an editor finds correct must mean the same to us. What we do: it takes the
#   library's events only, and decides by the core schema what a plain text means.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages ruamel.yaml==0.19.1
node_packages yaml@2.8.3
cat > "$work/values.txt" <<'VALUES'
2026-03-05
2026-03-05T10:00:00-05:00
2026-03-05 10:00
1_000
0b11
017
08:30
on
VALUES
python - "$work/values.txt" > "$work/python" <<'PY'
import sys

from ruamel.yaml import YAML

for text in open(sys.argv[1]):
    value = YAML(typ="safe", pure=True).load(text)
    print(f"{text.strip():26} ruamel.yaml: {type(value).__name__:9} {value!s:26}")
PY
node - "$work/values.txt" > "$work/javascript" <<'JS'
const { parse } = require("yaml");
for (const text of require("fs").readFileSync(process.argv[2], "utf8").trim().split("\n")) {
    console.log(`yaml: ${typeof parse(text)} ${parse(text)}`);
}
JS
paste -d ' ' "$work/python" "$work/javascript" > "$seen"
as_described <<'SEEN'
2026-03-05                 ruamel.yaml: date      2026-03-05                 yaml: string 2026-03-05
2026-03-05T10:00:00-05:00  ruamel.yaml: datetime  2026-03-05 10:00:00-05:00  yaml: string 2026-03-05T10:00:00-05:00
2026-03-05 10:00           ruamel.yaml: str       2026-03-05 10:00           yaml: string 2026-03-05 10:00
1_000                      ruamel.yaml: int       1000                       yaml: string 1_000
0b11                       ruamel.yaml: int       3                          yaml: string 0b11
017                        ruamel.yaml: int       17                         yaml: number 17
08:30                      ruamel.yaml: str       08:30                      yaml: string 08:30
on                         ruamel.yaml: str       on                         yaml: string on
SEEN
