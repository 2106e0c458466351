"""One decided notice -> its messages: the exact bytes for each channel, all from one sheet of claims.

A message that cannot be rendered, or whose channels would not print the same claims, raises RenderingError and is never
sent. The same input gives the same bytes, whenever and wherever it is rendered.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from notifier.model.alerts import Alert
from notifier.model.notices import BUILT_IN, Claims, Recipient, RenderedMessage
from notifier.model.problems import Place
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.rendering import parity, shipped
from notifier.rendering.alert_sheets import alert_sheet, template_of
from notifier.rendering.catalogue import Wording
from notifier.rendering.composing import Composed, Composer
from notifier.rendering.context import Voice, clean
from notifier.rendering.errors import RenderingError, UnapprovedError
from notifier.rendering.formats import zone_of
from notifier.rendering.joint import joint_message
from notifier.rendering.layout import Layout
from notifier.rendering.marks import Facts, Marking, Marks, TextHole
from notifier.rendering.mime import date_text
from notifier.rendering.moulds import FAILURES, Mould
from notifier.rendering.numbering import numbered_message
from notifier.rendering.parity import PrintedText
from notifier.rendering.settings import RenderSettings
from notifier.rendering.shapes import Shapes
from notifier.rendering.sheets import Said, Sheet, voice_of
from notifier.rendering.wordings import Wordings
from notifier.rules.checked import Project


class Renderer:
    """Renders the notices of one project for one sender.

    Compiles each template once, on first use, so keep one instance for a project and its settings.
    """

    def __init__(self, project: Project, settings: RenderSettings) -> None:
        self.project = project
        self.settings = settings
        self._wordings = Wordings(project, settings)
        self.catalogue = self._wordings.catalogue
        self._shapes = Shapes()

    def compose(
        self,
        *,
        template: str,
        said: Said,
        recipient: Recipient,
        channels: Sequence[ChannelName],
        reference: str,
        exit_id: str,
        owner_id: str,
        notice_class: NoticeClass,
        now: datetime,
    ) -> tuple[Composed, ...]:
        """The messages of a notice, in the order of `channels`, each with its texts. `now` (aware) dates the mail.

        Raises RenderingError, with file and line where a template is at fault, when a text cannot be rendered, is too
        long, or does not print what the others print; with everything that is wrong with any of the texts. What
        WhatsApp would not take is no error here: `Composed.refusal` says it.
        """
        if template == BUILT_IN:
            said = replace(said, claims=_without_truths(said.claims))
        composed: list[Composed] = []
        wrong: list[RenderingError] = []
        unsubscribable = notice_class is not NoticeClass.SAFETY
        sheets = self._wordings.sheets(template, said, recipient, channels, reference, exit_id, owner_id, voice_of)
        for channel, wording, sheet in sheets:
            try:
                found = self._compose(channel, wording, sheet, recipient, now, unsubscribable=unsubscribable)
                if channel is ChannelName.WHATSAPP:
                    found = self._numbered(found, template, said, recipient, reference, exit_id, owner_id, now)
            except RenderingError as error:
                wrong.append(error)
                continue
            wrong.extend(parity.differences(found.parts, said.claims, required=sheet.required))
            composed.append(found)
        wrong.extend(parity.one_sided([part for each in composed for part in each.parts], partly=bool(wrong)))
        if wrong:
            raise RenderingError(wrong[0].what, wrong[0].place, wrong[1:])
        return tuple(composed)

    def messages(
        self,
        *,
        template: str,
        said: Said,
        recipient: Recipient,
        channels: Sequence[ChannelName],
        reference: str,
        exit_id: str,
        owner_id: str,
        notice_class: NoticeClass,
        now: datetime,
    ) -> tuple[RenderedMessage, ...]:
        """The messages that `compose` makes, byte for byte; by a mould where another notice of this shape made one.

        Raises what `compose` raises, and UnapprovedError for what WhatsApp would not take.
        """
        shape = facts = None
        if template != BUILT_IN and recipient.timezone is not None:
            try:
                zone_of(recipient.timezone)
                facts = self._facts(said, recipient, recipient.timezone, reference, now)
                name = facts.name
            except (RenderingError, ValueError):
                pass  # it is said below
            else:
                shape = self._shapes.shape(template, said, recipient, name, channels, exit_id, owner_id, notice_class)
                mould = shape.moulds.get(shape.values_in(said))
                written = None if mould is None else mould.write(facts, recipient)
                if written is not None:
                    return written
        composed = self.compose(
            template=template,
            said=said,
            recipient=recipient,
            channels=channels,
            reference=reference,
            exit_id=exit_id,
            owner_id=owner_id,
            notice_class=notice_class,
            now=now,
        )
        for each in composed:
            if each.refusal is not None:
                raise UnapprovedError(each.refusal, Place(each.parts[0].file))
        messages = tuple(each.message for each in composed)
        if shape is not None and facts is not None and shape.is_open and shape.values_in(said) not in shape.moulds:
            marks = Marks()
            mould = self._mould(marks, template, said, recipient, channels, exit_id, owner_id, notice_class)
            # Whatever the templates do, it must write the notice that it was made from as they did.
            written = None if mould is None else mould.write(facts, recipient)
            shape.keep(said, mould if written == messages else None, frozenset(marks.compared))
            return written if written == messages else messages
        return messages

    def unsendable(
        self,
        *,
        template: str,
        said: Said,
        recipient: Recipient,
        reference: str,
        exit_id: str,
        owner_id: str,
        notice_class: NoticeClass,
        now: datetime,
    ) -> str | None:
        """Why WhatsApp would not take what the notice says; None where it would.

        Also None where the text is wrong in itself, for that is said where it is written.
        """
        if template == BUILT_IN:
            return "nobody approved the built-in words"
        try:
            self.messages(
                template=template,
                said=said,
                recipient=recipient,
                channels=(ChannelName.WHATSAPP,),
                reference=reference,
                exit_id=exit_id,
                owner_id=owner_id,
                notice_class=notice_class,
                now=now,
            )
        except UnapprovedError as error:
            return error.what
        except RenderingError:
            return None
        return None

    def _facts(self, said: Said, recipient: Recipient, zone: str, reference: str, now: datetime) -> Facts:
        """Raises RenderingError for a name that cannot be printed."""
        return Facts(
            said=said,
            zone=zone,
            name=clean(recipient.name),
            reference=reference,
            unsubscribe_token=self._composer.unsubscribe_token(reference, recipient.email or ""),
            status_page=self.settings.status_page(reference),
            to=recipient.email or "",
            date=date_text(now),
        )

    def _numbered(
        self,
        composed: Composed,
        template: str,
        said: Said,
        recipient: Recipient,
        reference: str,
        exit_id: str,
        owner_id: str,
        now: datetime,
    ) -> Composed:
        """The WhatsApp message as it is handed over; or why it may not be."""
        marks = Marks()

        def marking(recipient: Recipient, wording: Wording) -> Voice:
            return Marking(voice_of(recipient, wording), wording.language, marks)

        assert recipient.timezone is not None, "a text is composed for a zone"
        named, channels = marks.of(TextHole("reference", "")), (ChannelName.WHATSAPP,)
        sheets = self._wordings.sheets(template, said, recipient, channels, named, exit_id, owner_id, marking)
        facts = self._facts(said, recipient, recipient.timezone, reference, now)
        return numbered_message(self._composer, composed, template, sheets, marks, facts, recipient)

    def _mould(
        self,
        marks: Marks,
        template: str,
        said: Said,
        recipient: Recipient,
        channels: Sequence[ChannelName],
        exit_id: str,
        owner_id: str,
        notice_class: NoticeClass,
    ) -> Mould | None:
        """The texts of this notice with holes for what varies, proven to say the same; None where that is in doubt."""

        def marking(recipient: Recipient, wording: Wording) -> Voice:
            return Marking(voice_of(recipient, wording), wording.language, marks)

        mould = Mould(self._composer, marks)
        parts: list[PrintedText] = []
        reference = marks.of(TextHole("reference", ""))
        token = self._token_mark(marks, recipient) if notice_class is not NoticeClass.SAFETY else None
        sheets = self._wordings.sheets(template, said, recipient, channels, reference, exit_id, owner_id, marking)
        try:
            for channel, wording, sheet in sheets:
                if channel is ChannelName.SMS:
                    part = mould.add_sms(wording, sheet)
                elif channel is ChannelName.WHATSAPP:
                    part = mould.add_whatsapp(template, wording, sheet)
                else:
                    part = mould.add_mail(wording, sheet, token)
                for error in parity.differences([part], said.claims, required=sheet.required):
                    raise error
                parts.append(part)
            for error in parity.one_sided(parts):
                raise error
        except FAILURES:
            return None
        return mould

    def _token_mark(self, marks: Marks, recipient: Recipient) -> str:
        """The mark of the token in links for unsubscribing; empty where they have none."""
        has_tokens = self._composer.unsubscribe_token("", recipient.email or "") != ""
        return marks.of(TextHole("unsubscribe_token", "")) if has_tokens else ""

    def joint(
        self,
        channel: ChannelName,
        template: str,
        messages: Sequence[RenderedMessage],
        references: Sequence[str],
        recipient: Recipient,
        notice_class: NoticeClass,
        now: datetime,
    ) -> RenderedMessage:
        """One message of these, which were rendered for the recipient; the first is that of the notice that speaks,
        made from `template`. Raises RenderingError."""
        return joint_message(
            self._composer,
            channel,
            messages,
            references,
            self._wordings.wording(template, channel, recipient.locale),
            recipient,
            now,
            unsubscribable=notice_class is not NoticeClass.SAFETY,
        )

    def may_be_section(self, template: str, channel: ChannelName, locale: str) -> bool:
        """Whether what the template writes on the channel can be a part of a message: HTML of its own is a whole, and
        WhatsApp approved each text by itself."""
        return channel is not ChannelName.WHATSAPP and self._wordings.wording(template, channel, locale).html is None

    def spoken_locale(self, template: str, channel: ChannelName, locale: str) -> str:
        """The locale in which a reader of this one is written to. Raises RenderingError where there are no texts."""
        return self._wordings.spoken_locale(template, channel, locale)

    def render_alert(
        self, *, alert: Alert, recipient: Recipient, channels: Sequence[ChannelName], reference: str, now: datetime
    ) -> tuple[RenderedMessage, ...]:
        """The messages that tell an owner, from the built-in templates. Raises RenderingError."""
        messages = []
        for channel in channels:
            texts = ChannelName.EMAIL if channel is ChannelName.CHAT else channel
            wording = self._wordings.of_alert(template_of(alert), texts, recipient.locale)
            sheet = alert_sheet(alert, recipient, wording, reference, self.settings.company, now)
            messages.append(self._compose(channel, wording, sheet, recipient, now, unsubscribable=False).message)
        return tuple(messages)

    def _compose(
        self,
        channel: ChannelName,
        wording: Wording,
        sheet: Sheet,
        recipient: Recipient,
        now: datetime,
        *,
        unsubscribable: bool,
    ) -> Composed:
        match channel:
            case ChannelName.SMS:
                return self._composer.sms(wording, sheet, recipient)
            case ChannelName.WHATSAPP:
                return self._composer.whatsapp(wording, sheet, recipient)
            case ChannelName.EMAIL:
                return self._composer.email(wording, sheet, recipient, now, unsubscribable=unsubscribable)
            case ChannelName.CHAT:
                return self._composer.chat(wording, sheet, recipient)

    @cached_property
    def _composer(self) -> Composer:
        approved = {(each.template, each.locale, each.body): each.content_sid for each in self.project.approved_texts}
        return Composer(self.settings, Layout(self.catalogue.compiled(shipped.LAYOUT)), approved)


def _without_truths(claims: Claims) -> Claims:
    """The claims that have a printed form: templates branch on the others, and built-in words know none of them."""
    return {name: claim for name, claim in claims.items() if claim.type is not TopicType.BOOL}
