#!/usr/bin/env bash
# A Jinja template whose CSS is inlined before it is rendered: the loop leaves the table, and the row stays behind.
#
# One would guess: text that is no HTML, such as `{% for fact in facts %}`, stays where it is.
# What happens: the inliner parses as a browser does. Text directly in a <table> is moved in front of it, so the
#   loop runs over nothing, and the row stands outside of it. There is no error, and the rendered mail has an empty row.
# Versions: css-inline 0.23.1, Jinja2 3.1.6. Seen on 2026-11-29.
# Who cares: notifier/rendering/layout.py. What we do: the layout is rendered first, with marks for its texts, and inlined then.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages css-inline==0.23.1 jinja2==3.1.6
python > "$seen" <<'PY'
import css_inline
import jinja2

TEMPLATE = (
    "<html><head><style>td { padding: 4px }</style></head><body><table>"
    "{% for fact in facts %}<tr><td>{{ fact }}</td></tr>{% endfor %}</table></body></html>"
)


def body(html):
    return html[html.index("<body>") : html.index("</html>")]


def rendered(template):
    return jinja2.Template(template).render(facts=["jueves", "10:00"])


print("inlined:               ", body(css_inline.inline(TEMPLATE)))
print("inlined, then rendered:", body(rendered(css_inline.inline(TEMPLATE))))
print("rendered, then inlined:", body(css_inline.inline(rendered(TEMPLATE))))
PY
as_described <<'SEEN'
inlined:                <body>{% for fact in facts %}{% endfor %}<table><tbody><tr><td style="padding: 4px;">{{ fact }}</td></tr></tbody></table></body>
inlined, then rendered: <body><table><tbody><tr><td style="padding: 4px;"></td></tr></tbody></table></body>
rendered, then inlined: <body><table><tbody><tr><td style="padding: 4px;">jueves</td></tr><tr><td style="padding: 4px;">10:00</td></tr></tbody></table></body>
SEEN
