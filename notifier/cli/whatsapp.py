"""`notifier rules whatsapp`: the texts that WhatsApp has to approve."""

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.rendering.approvals import TextToApprove


def whatsapp(
    context: typer.Context,
    write: Annotated[
        bool,
        typer.Option("--write", help="Writes the texts that are missing there into rules/whatsapp.yaml."),
    ] = False,
    json: Json = False,
) -> None:
    """The texts that rules say by WhatsApp, each with {{1}} where its first value stands, as it is handed in.

    A text is sent once its ContentSid stands in rules/whatsapp.yaml. With --json as Twilio's Content API takes them.

    [dim]notifier rules whatsapp --write[/dim]
    """
    from notifier.answers.documents.whatsapp import whatsapp_text_document
    from notifier.cli.shown.values import count_text
    from notifier.model.problems import Place, Problem
    from notifier.rendering.approvals import texts_to_approve
    from notifier.rendering.numbered import unapprovable
    from notifier.rendering.renderer import Renderer
    from notifier.rules.approved_texts import with_texts
    from notifier.rules.catalogue import WHATSAPP

    with opened(context, warn=False) as house:
        found = texts_to_approve(house.project, Renderer(house.project, house.settings.rendering))
        missing = [each for each in found.texts if not each.handed_in and not any(unapprovable(each.body))]
        file = house.folder / WHATSAPP
        if write and missing:
            before = file.read_text(encoding="utf-8") if file.exists() else ""
            after = with_texts(before, [each.key for each in missing])
            file.write_text(after, encoding="utf-8")
    if json:
        print_json([whatsapp_text_document(each) for each in found.texts])
        return
    print_problems([Problem(Place(at), why) for at, why in found.unnumbered.items()])
    if not found.texts and not found.unnumbered:
        print_text("No rule speaks by WhatsApp. Name it in one: channels: [whatsapp, sms].")
        return
    for text in found.texts:
        for line in _lines(text, written=write and text in missing):
            print_text(line)
    approved = sum(each.content_sid is not None for each in found.texts)
    refused = sum(any(unapprovable(each.body)) for each in found.texts)
    said = f"; {refused} that WhatsApp would not approve: notifier rules check says why" if refused else ""
    print_text(f"{count_text(len(found.texts), 'text')}: {approved} approved{said}.")
    if write and missing:
        print_text(f"Wrote {len(missing)} into {WHATSAPP}. Hand them in at Twilio, then write each content_sid there.")


def _lines(text: "TextToApprove", *, written: bool) -> "Iterator[str]":
    state = "not handed in"
    if text.content_sid is not None:
        state = f"approved, {text.content_sid}"
    elif text.handed_in or written:
        state = "waits for approval"
    yield f"{text.template}, {text.locale} ({state})"
    yield from (f"    {line}" if line else "" for line in text.body.split("\n"))
    yield from (f"    {{{{{number}}}}} such as {sample}" for number, sample in enumerate(text.samples, start=1))
    yield ""
