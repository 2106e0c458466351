#!/usr/bin/env bash
# An English reading score asks for a download; a Spanish one does not.
#
# One would guess: a library that counts syllables and words needs no network, as its own earlier versions did not.
# What happens: from 0.7.9 on, every English score of textstat looks for the corpus `cmudict` of nltk, and downloads it when it is
#   not on the machine. Where there is no network that is an exception, and it names nltk, not textstat. Other languages hyphenate, and ask nobody.
# Versions: textstat 0.7.13, nltk 3.10.4. Seen on 2026-11-30.
# Who cares: `rules check` measures how hard texts are to read, and must not call anybody. What we do: textstat is held below
#   0.7.9, which brings the dictionary as a package.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages textstat==0.7.13 nltk==3.10.4
python > "$seen" 2> "$work/log" <<'PY'
import os

os.environ["NLTK_DATA"] = "/nonexistent"
import nltk
import textstat

asked = []
nltk.download = lambda name, **_options: asked.append(name)  # what it would fetch, without fetching it
for language, score, text in (
    ("es", "szigriszt_pazos", "Su factura vence pronto y puede pagarla hoy."),
    ("en", "flesch_reading_ease", "Your bill is due soon and you can pay it today."),
):
    textstat.set_lang(language)
    try:
        outcome = round(getattr(textstat, score)(text))
    except Exception as error:
        outcome = type(error).__name__
    print(f"{language}: {outcome}, asked to download {asked or 'nothing'}")
PY
as_described <<'SEEN'
es: 82, asked to download nothing
en: LookupError, asked to download ['cmudict']
SEEN
