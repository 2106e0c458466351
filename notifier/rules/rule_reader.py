"""One item of `rules:` -> a checked rule, or its problems."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass, ValueType
from notifier.model.vocabulary import VALUES
from notifier.rules import shapes
from notifier.rules.canary_reader import PEOPLE, read_canary
from notifier.rules.catalogue import CONTACT_POINTS, JOURNEY, OWNERS, Catalogue
from notifier.rules.catalogue_files import check_identifier, check_name
from notifier.rules.checked_rules import (
    DEFAULT_RECIPIENTS,
    Claim,
    Condition,
    DayKind,
    Limits,
    Moment,
    PlannedAction,
    Rule,
)
from notifier.rules.claims import read_claim, read_seen
from notifier.rules.conditions import Scope
from notifier.rules.copies import read_copies, read_seller
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Expression
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings, unknown
from notifier.rules.follow_ups import read_follow_ups
from notifier.rules.holdouts import read_holdout, refuse_holdout
from notifier.rules.invitations import read_invitation
from notifier.rules.leads import read_lead
from notifier.rules.limits import within_limits
from notifier.rules.list_claims import is_list, read_group, read_list, read_order
from notifier.rules.quantities import positive_span, share, span
from notifier.rules.rescue_reader import read_rescue
from notifier.rules.row_paths import Recipients, is_bounded
from notifier.rules.texts_by_value import default_template, read_texts_by_value
from notifier.rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode

_TAKEN_BY_CONDITIONS = (
    "now",
    "in",
    "and",
    "or",
    "not",
    "has",
    "true",
    "false",
    "null",
    "duration",
    "timestamp",
    "forecast",
)


def read_rule(node: Node, catalogue: Catalogue, findings: Findings) -> Rule | None:
    """The rule without its digests; None when anything is wrong, which is added to `findings`."""
    return _RuleReader(Fields(node, shapes.RULE, findings), catalogue, findings).rule()


class _RuleReader:
    def __init__(self, fields: Fields, catalogue: Catalogue, findings: Findings) -> None:
        self._fields = fields
        self._catalogue = catalogue
        self._findings = findings

    def rule(self) -> Rule | None:
        fields = self._fields
        if not within_limits(fields, self._findings):
            return None
        if name := fields.scalar("rule"):
            check_name(name, self._findings)
        owner = fields.reference("owner", self._catalogue.owners, "owner", OWNERS)
        exit_id = fields.reference("exit", self._catalogue.contact_points, "contact point", CONTACT_POINTS)
        template = self._template()
        touchpoint = self._touchpoint()
        repeat = fields.converted("repeat", positive_span)
        fallback_after = fields.converted("fallback_after", positive_span) or self._catalogue.policy.fallback_after
        self._check_against_at()
        limits = self._limits()
        plan = tuple(self._planned_action(item, owner) for item in fields.items("plan"))
        copies = read_copies(fields, self._findings)
        rescue = read_rescue(fields, self._catalogue, self._findings)
        channels = tuple(ChannelName(name) for name in fields.texts("channels")) or USUAL_CHANNELS
        if len(set(channels)) < len(channels):
            self._findings.add(fields.key_place("channels"), "a channel is named twice")
        reader, each = self._names()
        if reader is None:
            return None
        to = self._to(reader)
        at = reader.moments(fields.scalars("at"))
        until = reader.moments(fields.scalars("until"))
        reader = self._reader(reader.scope.names, at)
        when = reader.conditions(fields.scalars("when"))
        unless = reader.conditions(fields.scalars("unless"))
        self._check_opening_days((*at, *until))
        group = read_group(fields, self._findings)
        if group is not None and ChannelName.WHATSAPP in channels:
            what = "WhatsApp approves a text letter by letter, and one of several rows has as many texts as rows"
            self._findings.add(fields.key_place("channels"), f"{what}; take whatsapp out, or take out 'group'")
        claims = [claim for entry in fields.named("claims") for claim in self._claims(entry, reader)]
        self._check_names_once()
        seen = read_seen(fields.named("texts_see"), reader, self._catalogue, self._findings)
        claims += [claim for claim in seen if claim is not None]
        claims += [*read_order(fields, reader, self._findings), *read_seller(fields, reader, self._findings)]
        texts = read_texts_by_value(fields.node("template"), reader, self._catalogue, self._findings)
        follow_up = read_follow_ups(fields.items("follow_up"), reader, self._catalogue, self._findings)
        invitation = read_invitation(fields, [claim for claim in claims if not claim.seen], channels, self._findings)
        confirm = self._confirm()
        came_true = self._came_true()
        hush = self._hush()
        lead = read_lead(fields, at, self._findings)
        holdout = read_holdout(fields, self._catalogue, self._findings)
        if self._findings or to is None:
            return None
        if limits.recipients is None and (each is not None or not is_bounded(to)):
            limits = replace(limits, recipients=DEFAULT_RECIPIENTS)
        notice_class = NoticeClass(fields.text("class"))
        rule = Rule(
            name=fields.text("rule"),
            place=fields.place,
            about=fields.text("about"),
            each_name=each[0] if each else None,
            each=each[1] if each else None,
            to=to,
            touchpoint=touchpoint,
            owner=owner,
            notice_class=notice_class,
            when=when,
            unless=unless,
            at=at,
            until=until[0] if until else None,
            never_earlier=fields.text("earlier") == "never",
            repeat=repeat,
            lead=lead,
            born_late=fields.optional_text("born_late"),
            group=group,
            claims=tuple(claims),
            template=template,
            texts=texts,
            channels=channels,
            exit=exit_id,
            on_change=fields.text("on_change") or "correct",
            follow_up=follow_up,
            limits=limits,
            plan=plan,
            copies=copies,
            rescue=rescue,
            tell_backlog=fields.text("backlog") == "tell",
            fallback_after=fallback_after,
            merges=fields.text("merge") != "never",
            invitation=invitation,
            confirm=confirm,
            came_true=came_true,
            hush=hush,
            approvals=self._approvals(notice_class),
            shadow=fields.text("mode") == "shadow",
            duty=fields.optional_text("duty"),
            holdout=holdout,
        )
        refuse_holdout(rule, fields, self._findings)
        return None if self._findings else rule

    def _check_names_once(self) -> None:
        claimed = {entry.key.text for entry in self._fields.named("claims")}
        for entry in self._fields.named("texts_see"):
            if entry.key.text in claimed:
                self._findings.add(entry.key.place, f"'{entry.key.text}' is a claim already, which texts may ask, too")

    def _template(self) -> str:
        """The rule's own texts: those of every value that has none of its own."""
        node = self._fields.node("template")
        if isinstance(node, MappingNode):
            return default_template(node)
        return self._fields.reference("template", self._catalogue.template_names, "template", "templates/")

    def _claims(self, entry: Entry, reader: ExpressionReader) -> Sequence[Claim]:
        """One claim; of a list, one for each fact that its rows say."""
        if is_list(entry):
            return read_list(entry, reader, self._catalogue, self._findings, is_grouped="group" in self._fields)
        claim = read_claim(entry, reader, self._catalogue, self._findings)
        return [] if claim is None else [claim]

    def _touchpoint(self) -> str | None:
        if self._catalogue.journey is not None:
            self._fields.reference("touchpoint", self._catalogue.journey.touchpoints, "touchpoint", JOURNEY)
        return self._fields.optional_text("touchpoint")

    def _check_against_at(self) -> None:
        fields = self._fields
        if "at" in fields and "repeat" in fields:
            self._findings.add(
                fields.key_place("repeat"), "'repeat' is for a rule without 'at'; give 'at' a list of moments instead"
            )
        if "at" not in fields and "born_late" in fields:
            self._findings.add(
                fields.key_place("born_late"),
                "'born_late' is for a rule with 'at'; without it a row is told from when it is true; remove it",
            )
        if "at" in fields and "backlog" in fields:
            self._findings.add(
                fields.key_place("backlog"),
                "'backlog' is for a rule without 'at'; with 'at' it tells what lies in its window; remove it",
            )

    def _check_opening_days(self, moments: Sequence[Moment]) -> None:
        about = self._fields.text("about")
        site = self._catalogue.schema.entities[about].relations.get("site")
        if about == "site" or (site is not None and not site.many):
            return
        for moment in moments:
            if moment.counted is DayKind.OPENING:
                what = f"a {about} has no site, so nobody knows its opening days; count working days instead"
                self._findings.add(moment.place, what)

    def _limits(self) -> Limits:
        node = self._fields.node("limits")
        if node is None:
            return Limits()
        fields = Fields(node, shapes.LIMITS, self._findings)
        recipients = fields.whole("recipients")
        if recipients is not None and recipients < 0:
            self._findings.add(
                fields.key_place("recipients"), "'recipients' is at least 0, where each waits for approval"
            )
        return Limits(
            recipients=recipients,
            share=fields.converted("share", share),
            canary=read_canary(fields, self._findings),
        )

    def _approvals(self, notice_class: NoticeClass) -> int:
        said = self._fields.text("approval")
        return PEOPLE[said] if said else self._catalogue.policy.approvals.get(notice_class, 0)

    def _confirm(self) -> str | None:
        """The status that a yes gives the row: one that rows of this kind may have."""
        node = self._fields.node("replies")
        if node is None:
            return None
        status = Fields(node, shapes.REPLIES, self._findings).scalar("confirm")
        if status is None:
            return None
        about = self._fields.text("about")
        known = VALUES.get(about, {}).get("status", ())
        if not known:
            what = f"a {about} has no status, so an answer cannot change it; remove it"
            self._findings.add(self._fields.key_place("replies"), what)
        elif status.text not in known:
            self._findings.add(status.place, unknown("status", status.text, known, f"the statuses of {about}"))
        return status.text

    def _came_true(self) -> tuple[Condition, ...]:
        """Over the row alone: a notice may be about several rows of `each`, and is counted once."""
        about = self._fields.text("about")
        return self._reader({about: about}).conditions(self._fields.scalars("came_true"))

    def _hush(self) -> Mapping[str, str]:
        """Codes of warnings with reasons."""
        node = self._fields.node("hush")
        if node is None:
            return {}
        fields = Fields(node, shapes.HUSH, self._findings)
        return {code: fields.text(code) for code in shapes.HUSH.names if fields.text(code)}

    def _planned_action(self, node: Node, owner: str) -> PlannedAction:
        fields = Fields(node, shapes.PLANNED_ACTION, self._findings)
        return PlannedAction(
            do=fields.text("do"),
            owner=fields.reference("owner", self._catalogue.owners, "owner", OWNERS) or owner,
            within=fields.converted("within", span),
        )

    def _names(self) -> tuple[ExpressionReader | None, tuple[str, Expression] | None]:
        """The reader of the rule's expressions over `about` and `each`, and the name and path of `each`."""
        entities = self._catalogue.schema.entities
        about = self._fields.reference("about", entities, "entity", "the state")
        if about not in entities:
            return None, None
        names = {about: about}
        entries = self._fields.named("each")
        if "each" not in self._fields:
            return self._reader(names), None
        each = self._each(entries, self._reader(names))
        if each is None:
            return None, None
        return self._reader({**names, each[0]: each[1].entity or ""}), each

    def _reader(self, names: Mapping[str, str], at: tuple[Moment, ...] = ()) -> ExpressionReader:
        return ExpressionReader(Scope(self._catalogue.schema, names, at), self._findings)

    def _each(self, entries: tuple[Entry, ...], reader: ExpressionReader) -> tuple[str, Expression] | None:
        place = self._fields.key_place("each")
        if len(entries) != 1 or not isinstance(entries[0].value, ScalarNode):
            node = self._fields.node("each")
            remedy = "; a comma ends a plain value inside { }: quote the path" if _is_cut(node) else ""
            self._findings.add(place, f"'each' is one name with one path: {{ order: site.orders }}{remedy}")
            return None
        name, path = entries[0].key, entries[0].value
        check_identifier(name, self._findings)
        if name.text in (*reader.scope.names, *_TAKEN_BY_CONDITIONS):
            self._findings.add(name.place, f"the name '{name.text}' is taken; choose another")
            return None
        rows = reader.path(path)
        if rows is None:
            return None
        if rows.type is not ValueType.ENTITIES:
            self._findings.add(path.place, f"'{path.text}' leads to one {rows.entity}; 'each' goes over many rows")
            return None
        return name.text, rows

    def _to(self, reader: ExpressionReader) -> Expression | None:
        if "to" not in self._fields:
            return self._default_to(reader)
        paths = []
        nodes = self._fields.scalars("to")
        if len(nodes) > 1 and any(node.text.count("(") != node.text.count(")") for node in nodes):
            what = "a comma ends a plain value inside [ ]; quote the paths, or give each a line of its own"
            self._findings.add(self._fields.key_place("to"), what)
            return None
        for node in nodes:
            path = reader.path(node)
            if path is not None and path.entity != "customer":
                self._findings.add(node.place, f"'to' ends at customers; '{node.text}' ends at {path.entity} rows")
            elif path is not None and path in paths:
                self._findings.add(node.place, f"'{node.text}' is named twice")
            elif path is not None:
                paths.append(path)
        if len(paths) < 2:
            return paths[0] if paths else None
        text = ", ".join(path.text for path in paths)
        return Recipients(type=ValueType.ENTITIES, entity="customer", paths=tuple(paths), text=text)

    def _default_to(self, reader: ExpressionReader) -> Expression | None:
        """The row's customer, or the row itself where it is one."""
        about = self._fields.text("about")
        relation = self._catalogue.schema.entities[about].relations.get("customer")
        if about != "customer" and (relation is None or relation.many):
            article = "an" if about[0] in "aeiou" else "a"
            what = f"{article} {about} has no customer of its own; say in 'to' who is told"
            self._findings.add(self._fields.place, f"{what}: a path, such as contract.customer")
            return None
        text = about if about == "customer" else f"{about}.customer"
        return reader.path(ScalarNode(place=self._fields.place, value=text, text=text, raw=text))


def _is_cut(node: Node | None) -> bool:
    """Whether a comma inside parentheses ended a plain value early."""
    return (
        isinstance(node, MappingNode)
        and node.flow
        and any(
            isinstance(entry.value, ScalarNode) and entry.value.text.count("(") > entry.value.text.count(")")
            for entry in node.entries
        )
    )
