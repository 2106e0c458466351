"""The words of a new project that are no file of their own, in each language: comments of files, and questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.rules import catalogue


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one language."""

    headers: Mapping[str, str]
    """What the first lines of each file say."""
    questions: Mapping[str, str]
    """What is asked, by what the answer is."""
    replies: Mapping[str, str]
    """What is said to an answer that cannot be taken, and at the end."""
    entities: Mapping[str, str] = field(default_factory=dict)
    """What its speakers call the rows that rules are about; empty where that is the rows' own name."""


SPANISH = Words(
    headers={
        catalogue.OWNERS: "El equipo que responde por cada regla. Escriba sus direcciones: allí\nse le avisa.",
        catalogue.CONTACT_POINTS: (
            "La salida que imprime cada aviso: siempre una persona. Al principio es una\nsola para todo."
        ),
        catalogue.TOPICS: (
            "De qué se puede prometer algo, con su tipo. `worse` dice de qué lado\nel cliente sale perdiendo."
        ),
        catalogue.ATTRIBUTES: (
            "Campos propios de su empresa, que las condiciones leen como\ncualquier columna: contract.attributes.speed."
        ),
        catalogue.HOURS: "Días en que un sitio abre en otro horario. Los festivos del país ya se conocen.",
        catalogue.CAUSES: "Por qué no se cumple una promesa: con una de estas se cierra. Escriba las suyas.",
        catalogue.CAMPAIGNS: (
            "Lo que una campaña promete a cada contrato o pedido con su código.\nEsta es de los escenarios."
        ),
        catalogue.REASONS: (
            "Por qué lo contactan: una cosa, un paso, qué falló y quién puede acabarlo. Escriba las suyas.\n"
            "notifier reasons classify da a cada contacto su razón; lo que viene después la recibe solo.\n"
            "Un día con más contactos de los que explica el azar se avisa mientras pasa (unusual_days)."
        ),
        catalogue.JOURNEY: (
            "El camino de sus clientes: qué puede fallar en cada punto y qué se hace. Escriba el suyo.\n"
            "notifier journey lo muestra con lo que se avisó y se halló."
        ),
    },
    questions={
        "country": "País de sus clientes (dos letras: CL, CO, MX …)",
        "packs": "Paquetes, separados por comas",
        "company": "Nombre de la empresa, como la conocen sus clientes",
        "zone": "Zona horaria",
        "locale": "Idioma y país de los textos",
        "currency": "Moneda",
        "owner": "Correo que recibe los avisos de {owner}",
        "contact": "Dónde responde una persona (teléfono, correo o página)",
        "hours": "En qué horario",
        "about": "¿De qué se trata? ({known})",
        "name": "Su nombre, con guiones (visita-manana)",
        "kind": "¿De qué tipo? ({known}; vacío: todos)",
        "who": "¿A quién? Se avisa donde {usual}. Una condición más, o vacío",
        "when": "¿Cuándo? (now: en cuanto sea cierto)",
        "facts": "¿Qué tienen que saber?",
        "sentence": "En una frase ({language})",
        "answers": "¿Quién responde? ({known})",
        "exit": "¿Qué salida? ({known})",
    },
    replies={
        "empty": "esto no puede quedar vacío",
        "unknown": "no hay '{text}'; hay {known}",
        "meant": "no hay '{text}'; ¿quiso decir '{close}'?",
        "no_name": "'{text}' no sirve de nombre; use letras sin tilde, cifras y guiones, sin espacios: visita-manana",
        "taken": "'{text}' ya está en {place}; elija otro nombre",
        "no_fact": "'{text}' no es NOMBRE=CAMPO; escríbalo así: place=appointment.place",
        "there": "La carpeta tenía {names}: eso queda como está.",
        "this_folder": "Esta carpeta",
        "project": (
            "{where} ya es un proyecto: {packs} para {place}. {rules} archivos en rules/, {texts} avisos en templates/."
        ),
        "first_notice": "No se envía nada. Vea el primer aviso:",
        "make_it_yours": (
            "README.md dice cómo hacerlo suyo: primero las direcciones en rules/owners.yaml y "
            "rules/contact_points.yaml."
        ),
        "unreadable": "en el carácter {column} de '{text}': {what}",
        "not_written": "no se escribió nada; escrita como se respondió, tendría estos problemas:",
        "again": "Sus respuestas, para corregir la que falló sin escribir todas otra vez:",
        "written": "{name} está escrita, y sus historias se cumplen:",
        "next": "Cambie las palabras en {folder} como quiera. Después:",
    },
    entities={
        "appointment": "cita",
        "order": "pedido",
        "contract": "contrato",
        "charge": "cobro",
        "incident": "falla",
        "contact": "contacto",
    },
)
ENGLISH = Words(
    headers={
        catalogue.OWNERS: "The team that answers for each rule. Write your addresses: alerts\ngo there.",
        catalogue.CONTACT_POINTS: (
            "The way out that each notice prints: always a person. At first it is\none for all."
        ),
        catalogue.TOPICS: (
            "What something can be promised about, with its type. `worse` says on which\nside the customer loses."
        ),
        catalogue.ATTRIBUTES: "Your own fields, which conditions read as any column:\ncontract.attributes.speed.",
        catalogue.HOURS: "Days on which a site keeps other hours. The public holidays of the country are known.",
        catalogue.CAUSES: "Why promises are broken: each is closed with one of these. Write your own.",
        catalogue.CAMPAIGNS: (
            "What a campaign promises to every contract or order with its code.\nThis one is of the scenarios."
        ),
        catalogue.REASONS: (
            "Why people get in touch: a thing, a step, what failed, and who can end it. Write your own.\n"
            "notifier reasons classify gives each contact its reason; what comes later gets one by itself.\n"
            "A day with more contacts than chance explains is said while it goes on (unusual_days)."
        ),
        catalogue.JOURNEY: (
            "The way of your customers: what may fail at each point, and what is done about it. Write your own.\n"
            "notifier journey shows it with what was told and found."
        ),
    },
    questions={
        "country": "Country of your customers (two letters: US, GB, CL …)",
        "packs": "Packs, with commas between them",
        "company": "Name of the company, as its customers know it",
        "zone": "Time zone",
        "locale": "Language and country of texts",
        "currency": "Currency",
        "owner": "Mail address that hears what {owner} must know",
        "contact": "Where a person answers (phone, mail or page)",
        "hours": "In which hours",
        "about": "What is it about? ({known})",
        "name": "Its name, with hyphens (visit-tomorrow)",
        "kind": "Which kind? ({known}; empty: all)",
        "who": "For whom? It is told where {usual}. A further condition, or empty",
        "when": "When? (now: as soon as it is true)",
        "facts": "What must they know?",
        "sentence": "In one sentence ({language})",
        "answers": "Who answers for it? ({known})",
        "exit": "Which way out? ({known})",
    },
    replies={
        "empty": "this cannot be empty",
        "unknown": "there is no '{text}'; there are {known}",
        "meant": "there is no '{text}'; did you mean '{close}'?",
        "no_name": "'{text}' is not a name; use letters, digits and hyphens, and no spaces: visit-tomorrow",
        "taken": "'{text}' is at {place} already; choose another name",
        "no_fact": "'{text}' is not NAME=FIELD; write it like place=appointment.place",
        "there": "The folder had {names}: that stays as it is.",
        "this_folder": "This folder",
        "project": (
            "{where} is a project now: {packs} for {place}. {rules} files in rules/, {texts} notices in templates/."
        ),
        "first_notice": "Nothing is sent. See the first notice:",
        "make_it_yours": (
            "README.md says how to make it yours: first the addresses in rules/owners.yaml and "
            "rules/contact_points.yaml."
        ),
        "unreadable": "at character {column} of '{text}': {what}",
        "not_written": "nothing was written; written as answered, it would have these problems:",
        "again": "Your answers, so that you correct the wrong one without writing all of them again:",
        "written": "{name} is written; its stories hold:",
        "next": "Change the words in {folder} as you like. Then:",
    },
)


def words_of(language: str) -> Words:
    """The words of a language; English for one that has none."""
    return {"es": SPANISH, "en": ENGLISH}.get(language, ENGLISH)
