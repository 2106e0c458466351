#!/usr/bin/env bash
# A mail's layout with @media rules: the inliner writes them in front of everything in <head>, the charset included.
#
# One would guess: rules that cannot be inlined stay in the <style> element in which they stood.
# What happens: with keep_at_rules they go into a new <style>, first in <head>, and the old one is left out. `<meta charset>`
#   comes behind it. HTML asks for it within the first 1,024 bytes, so with enough rules it is out of reach. Rules such as
#   `a:hover`, which can neither be inlined nor are @-rules, are gone.
# Versions: css-inline 0.23.1. Seen on 2026-11-29.
# Who cares: notifier/rendering/layout.py. What we do: it moves `<meta charset>` back to the front; the shipped layout has only
#   @media rules.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages css-inline==0.23.1
python > "$seen" <<'PY'
import css_inline

RULES = "\n".join(f"@media (max-width: {width}px) {{ p {{ font-size: 18px }} }}" for width in range(400, 420))
LAYOUT = (
    '<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>Aviso</title>'
    f"<style>p {{ color: #222 }} a:hover {{ color: #000 }} {RULES}</style></head><body><p>Hola</p></body></html>"
)
for what, html in {
    "as written": LAYOUT,
    "keep_at_rules": css_inline.CSSInliner(keep_at_rules=True).inline(LAYOUT),
    "keep_style_tags": css_inline.CSSInliner(keep_style_tags=True).inline(LAYOUT),
}.items():
    print(
        f"{what}: <meta charset> at byte {html.index('<meta charset'):,};",
        f"@media rules: {html.count('@media')}; a:hover: {'there' if 'a:hover' in html else 'gone'}",
    )
PY
as_described <<'SEEN'
as written: <meta charset> at byte 37; @media rules: 20; a:hover: there
keep_at_rules: <meta charset> at byte 1,092; @media rules: 20; a:hover: gone
keep_style_tags: <meta charset> at byte 37; @media rules: 20; a:hover: there
SEEN
