"""What a reply means: the word alone leaves, what only sounds like it is for a person, likeness proves nothing."""

import pytest

from notifier.consent.reading import read_reply
from notifier.consent.words import languages
from notifier.model.replies import Meaning
from notifier.model.texts import folded
from notifier.model.types import ChannelName


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", Meaning.STOP),
        ("stop.", Meaning.STOP),
        ("  ¡Baja!  ", Meaning.STOP),
        ("BAJA 🙏", Meaning.STOP),
        ("“Alto”", Meaning.STOP),
        ("Parar", Meaning.STOP),
        ("No más", Meaning.STOP),
        ("no mas mensajes", Meaning.STOP),
        ("No más mensajes, por favor", Meaning.STOP),
        ("Stop please", Meaning.STOP),
        ("stop stop STOP", Meaning.STOP),
        ("OPT-OUT", Meaning.STOP),
        ("ST\u200bOP", Meaning.STOP),
        ("ＳＴＯＰ", Meaning.STOP),
        ("arrêt", Meaning.STOP),
        ("Cancelar", Meaning.STOP_OR_CANCEL),
        ("cancel", Meaning.STOP_OR_CANCEL),
        ("START", Meaning.START),
        ("alta", Meaning.START),
        ("Ayuda", Meaning.HELP),
        ("Sí", Meaning.CONFIRM),
        ("1", Meaning.CONFIRM),
        ("no", Meaning.CANCEL),
        ("Não", Meaning.CANCEL),
        ("por favor no me escriban más", Meaning.PROBABLE_STOP),
        ("Please stop texting me", Meaning.PROBABLE_STOP),
        ("STOP this now please", Meaning.PROBABLE_STOP),
        ("quiero darme de baja", Meaning.PROBABLE_STOP),
        ("parem de enviar isso", Meaning.PROBABLE_STOP),
        ("para", Meaning.OTHER),
        ("¿Para cuándo?", Meaning.OTHER),
        ("bajar", Meaning.OTHER),
        ("la señal está muy baja", Meaning.OTHER),
        ("el precio es muy alto", Meaning.OTHER),
        ("ya pueden parar de buscar, apareció", Meaning.OTHER),
        ("the bill must be stopped", Meaning.OTHER),
        ("voy a salir a las tres", Meaning.OTHER),
        ("no puedo el martes, ¿el jueves?", Meaning.OTHER),
        ("", Meaning.OTHER),
        ("🙏", Meaning.OTHER),
    ],
)
def test_a_reply_is_read_as_what_it_says(text: str, meaning: Meaning) -> None:
    assert read_reply(text).meaning is meaning


def test_a_word_counts_in_every_language_and_that_of_the_notice_goes_first() -> None:
    assert read_reply("stop", ["es"]).meaning is Meaning.STOP
    assert read_reply("no", ["es"]).language == "es"
    assert read_reply("pare", ["pt"]).language == "pt"


def test_no_word_has_two_meanings_in_one_language_and_none_is_lost_in_folding() -> None:
    for language, words in languages().items():
        sets = [words.stop, words.stop_or_cancel, words.start, words.help, words.confirm, words.cancel]
        assert sum(map(len, sets)) == len(frozenset().union(*sets)), language
        assert all(word == folded(word) for each in sets for word in each), language
        assert {"stop", "start", "help", "heard", "confirmed", "way_out"} == words.answers.keys()


@pytest.mark.parametrize("language", languages())
def test_the_answers_fit_one_sms_of_a_short_company_name(language: str) -> None:
    words = languages()[language]
    for text in words.answers.values():
        said = {"company": "Fibra", "way_out": "", "reference": "7K3QM-X9T2A", "address": "+57 601 7945501"}
        assert len(text.format(**said, here=words.here[ChannelName.SMS])) <= 134


def test_a_reply_of_a_megabyte_is_read_in_a_blink() -> None:
    assert read_reply("por favor " * 100_000).meaning is Meaning.OTHER
