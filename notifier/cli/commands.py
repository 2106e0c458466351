"""The list of all commands. A new one is a line here; its function, or the app of its group, stands in its module."""

from notifier.cli.on_demand import Listed

COMMANDS = (
    Listed(
        "demo",
        "demo:demo",
        "Plays a week: notices, holds, caught contradictions. No account, network or service is needed; "
        "nothing is sent.",
    ),
    Listed(
        "init",
        "init:init",
        "A new project: rules with texts and tests from packs, settings, a README, and rows to look at.",
    ),
    Listed(
        "import",
        "imports:import_",
        "Loads rows by id. An absent column stays as it is, an empty cell is null, an unchanged row changes nothing.",
    ),
    Listed(
        "preview",
        "preview:preview",
        "Who would be told what, when, on which channel, with exact texts and cost; who would not, and why.",
    ),
    Listed(
        "simulate",
        "simulate:simulate",
        "Plays history again: who would have been told what and when, what it would have cost, and how often rightly.",
    ),
    Listed("why", "why:why", "Why a customer is told something, or not; or why a notice became what it is."),
    Listed(
        "today",
        "today:today",
        "What waits for a person: to approve, held, failed, unknown, surfacing next, promises due, opt-outs to decide.",
    ),
    Listed(
        "digest",
        "digest:digest",
        "The week of an owner that ends now, or at --at: just the mail that `weekly` in rules/owners.yaml has sent.",
    ),
    Listed(
        "brief",
        "brief:brief",
        "One page for whoever picks up the phone: nobody has to tell it again, on whatever channel they come.",
    ),
    Listed(
        "timeline",
        "timeline:timeline",
        "Everything promised, told, delivered, asked, found and decided, in order: nobody has to ask "
        "the customer again.",
    ),
    Listed(
        "status-page",
        "status_page:status_page",
        "What the customer sees: done, now, next, by when. Prints the link to their page, and the same as an SMS.",
    ),
    Listed(
        "tick",
        "running:tick",
        "One evaluation pass: decide what is due, and hand it over. Without NOTIFIER_LIVE into the outbox folder.",
    ),
    Listed(
        "run", "running:run", "The daemon: evaluates, sends, reconciles, until SIGTERM or Ctrl-C. Logs go to stderr."
    ),
    Listed(
        "reconcile",
        "running:reconcile",
        "Ask Twilio what became of the messages that it took, and of which it said nothing yet.",
    ),
    Listed(
        "serve",
        "serving:serve",
        "The service beside the daemon: Twilio's receipts and replies, one-click unsubscribing, probes and figures.",
    ),
    Listed(
        "health",
        "health:health",
        "Ask the daemon of this folder how it is: whether it lives, and evaluates and sends. Exit code 1 where not.",
    ),
    Listed(
        "doctor",
        "doctor:doctor",
        "Examine settings, rules, zones, database, clock and backlog; ask Twilio (or your own SMS "
        "gateway), the mail relay and our public address.",
    ),
    Listed("learn", "learn:learn", "Learn how long things take, from what was completed until now, or until --at."),
    Listed(
        "journey",
        "journey:journey",
        "The customer's way, as rules/journey.yaml maps it: where it hurts, who owns what, and what no rule reaches.",
    ),
    Listed(
        "receive",
        "bounces:receive",
        "Take a mail from standard input: mail servers pipe it. Exit code 0 when it is kept.",
    ),
    Listed(
        "receive-bounce",
        "bounces:receive_bounce",
        "The same as `notifier receive`, under its former name.",
        hidden=True,
    ),
    Listed(
        "promise",
        "promises:app",
        "What customers were promised: list it, record it with evidence, read it from a text, withdraw it.",
    ),
    Listed("promises", "auditing:app", "What is promised to everybody: audit what is published."),
    Listed(
        "rules",
        "rule_changes:app",
        "Rules and checks: write one, check their files, test their scenarios, list what is in force.",
    ),
    Listed(
        "report",
        "report:app",
        "What became of promises, how good notices were, why people get in touch, and whom an incident touched.",
    ),
    Listed("reasons", "reasons:app", "Why people get in touch, and which notice was missing."),
    Listed(
        "contradictions",
        "contradictions:app",
        "Promises that a fact contradicts: list, show, acknowledge, settle, waive.",
    ),
    Listed("actions", "actions:app", "What is done so that it does not happen again: open, list, done, move, drop."),
    Listed(
        "notices",
        "notices:app",
        "What was decided for customers: list, show, replies, approve, release, cancel, resend, …",
    ),
    Listed(
        "suppressions",
        "suppressions:app",
        "Addresses that their provider refused for good (opted out, dead): list, lift.",
    ),
    Listed("consent", "consent:app", "Who wants no more, at which address: show, set, import, export."),
    Listed("customer", "customers:app", "What is known of a person: export, forget, readmit."),
    Listed("bounces", "bounces:app", "Mails that came back: list, show, and where they come in."),
    Listed("backlog", "backlog:app", "What a first pass or a baseline kept from being told: list, tell, drop."),
)
"""What `notifier --help` lists, in its order."""
