"""The environment, the project folder's `.env` and a folder of secrets -> settings, or all their problems.

The environment wins over the file, and the file over the folder. An empty value counts as not given. Problems never
repeat a value: it may be a secret, even a secret given to the wrong setting.
"""

import difflib
import io
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dotenv.parser import Binding, parse_stream
from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, SecretsSettingsSource, SettingsError

from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean
from notifier.rules.regular_files import read_regular_file
from notifier.settings import ENVIRONMENT, Settings, questionable, setting_problem
from notifier.settings_checks import incomplete
from notifier.settings_variables import PREFIX, variable

FILE = ".env"
OF_COMMANDS = frozenset({"NOTIFIER_PROJECT"})
"""Variables that are options of commands, not settings."""
_SWALLOWED = re.compile(r"\n\s*(?:export\s+)?\w+\s*=")
"""In a value, the line of another setting: the quote was meant to be closed before it."""
OF_TESTS = "NOTIFIER_TEST_"
"""The variables of this program's own tests begin so."""
_OF_KUBERNETES = re.compile(
    r"NOTIFIER_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)
"""What Kubernetes sets in every container where a service is called `notifier` or `notifier-…`."""
SECRETS = Path("/run/secrets")
"""The folder of secrets in containers; read if it exists and no other folder is named."""


def load_settings(folder: Path) -> Settings:
    """The settings of the project in `folder`, relative paths counted from there.

    Raises ProblemsError with all their problems. `Settings.live` is true only where a provider has credentials;
    warnings are in `Settings.warnings`, and credentials that are not whole in `Settings.incomplete`: they stop nothing
    but sending.
    """
    given = _given(folder)
    problems = [*given.problems]
    missing = tuple(setting_problem(given.places, name, what) for name, what in incomplete(given.values))
    try:
        settings = Settings(**given.values)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            what = str(details["msg"]).removeprefix("Value error, ")
            # Problems raised by rendering start with the name of the setting.
            name, what = (str(details["loc"][0]), what) if details["loc"] else what.split(": ", 1)
            problems.append(setting_problem(given.places, name, what))
        raise ProblemsError([*problems, *missing]) from None  # the cause would repeat values
    if problems:
        raise ProblemsError([*problems, *missing])
    said = [
        setting_problem(given.places, *one, severity="warning") for one in questionable(settings, whole=not missing)
    ]
    database_url = _absolute(settings.database_url, folder)
    return settings.in_folder(
        folder, database_url=database_url, warnings=tuple(said), incomplete=missing, places=given.places
    )


@dataclass(frozen=True, kw_only=True)
class _Given:
    """Every value as written, the source of each, and problems with the sources themselves."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    problems: tuple[Problem, ...]


def _given(folder: Path) -> _Given:
    file = folder / FILE
    bindings, problems = _bindings(file)
    unknown = [*_unknown(bindings), *_unknown_variables(os.environ)]
    if problems:  # what a setting lacks may stand on the line that cannot be read
        raise ProblemsError([*problems, *unknown])
    written = _known(DotEnvSettingsSource(Settings, env_file=file)())
    environment = _known(EnvSettingsSource(Settings)())
    lines = {str(binding.key).upper(): _line_of(binding) for binding in bindings if binding.key}
    places = {name: Place(FILE, lines.get(variable(name), 1)) for name in written}
    places |= dict.fromkeys(environment, Place(ENVIRONMENT))

    named = (written | environment).get("secrets_dir")
    secrets = folder / named if named else SECRETS
    problems += unknown
    kept: dict[str, Any] = {}
    if secrets.is_dir():
        kept, found = _secrets(secrets)
        problems += found
        places = {name: _secret_place(secrets, name) for name in kept} | places
    elif named:
        what = "it is a file" if secrets.exists() else "there is no such folder"
        problems.append(setting_problem(places, "secrets_dir", f"{what}; name the folder of secrets"))
    return _Given(values=kept | written | environment, places=places, problems=tuple(problems))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Drops the variables of other programs, which the sources include."""
    return {name: value for name, value in values.items() if name in Settings.model_fields}


def _secrets(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """The values of the files in a folder, and the files that could not be read."""
    problems = []
    for path in sorted(folder.iterdir()):
        known = {variable(name) for name in Settings.model_fields}
        name = path.name.upper()
        if name.startswith(PREFIX) and name not in known:
            problems.append(Problem(Place(str(path)), f"unknown setting '{path.name}'{_meant(name, known)}"))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            values = SecretsSettingsSource(Settings, secrets_dir=folder)()
        except SettingsError:
            what = "a file in it cannot be read: each must be UTF-8 text that this user may read"
            return {}, [*problems, Problem(Place(str(folder)), what)]
    problems += [Problem(Place(str(folder)), str(warning.message)) for warning in said]
    return {name: value for name, value in values.items() if value != ""}, problems


def _secret_place(folder: Path, name: str) -> Place:
    return Place(str(next(path for path in folder.iterdir() if path.name.upper() == variable(name))))


def _bindings(file: Path) -> tuple[list[Binding], list[Problem]]:
    """The lines of the file, and those that cannot be read: their settings would silently be the defaults."""
    if not (file.exists() or file.is_symlink()):
        return [], []
    try:
        text = read_regular_file(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem(Place(FILE), "it is not UTF-8 text; save it as UTF-8")]
    except ValueError as error:
        return [], [Problem(Place(FILE), str(error))]
    bindings = list(parse_stream(io.StringIO(text)))
    return bindings, [Problem(Place(FILE, _line_of(each)), what) for each in bindings if (what := _broken(each))]


def _line_of(binding: Binding) -> int:
    """The line on which the name stands: what the parser calls the line may be an empty one before it."""
    before = binding.original.string
    return binding.original.line + before[: len(before) - len(before.lstrip())].count("\n")


def _broken(binding: Binding) -> str | None:
    """What is wrong with one line; the sentence repeats no value."""
    written = binding.original.string.strip()
    ours = str(binding.key or "").upper().startswith(PREFIX)
    if (binding.error and re.search(r"=\s*['\"]", written)) or (ours and _SWALLOWED.search(binding.value or "")):
        return "the quote that begins the value is not closed on its line; close it"
    if binding.error:
        return "the line cannot be read; write NAME=value"
    if ours and binding.value is None:
        return f"'{binding.key}' has no value; write {str(binding.key).upper()}=value, or remove the line"
    return None


def _meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` by what follows the prefix that all of ours share, else the empty string."""
    if not name.startswith(PREFIX):
        return did_you_mean(name, known)
    behind = [each.removeprefix(PREFIX) for each in known]
    return did_you_mean(name.removeprefix(PREFIX), behind).replace("mean '", f"mean '{PREFIX}")


def _unknown(bindings: Iterable[Binding]) -> Iterator[Problem]:
    """Unknown names in the file: a misspelt one would silently leave its setting at the default."""
    known = {variable(name) for name in Settings.model_fields}
    for binding in bindings:
        name = str(binding.key or "")
        if name.upper() in known | OF_COMMANDS or not binding.key:
            continue
        # Other programs may share the file; a name that is ours but for a letter is no other program's.
        if name.upper().startswith(PREFIX) or difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.9):
            what = f"unknown setting '{name}'{_meant(name.upper(), known)}"
            yield Problem(Place(FILE, _line_of(binding)), what)


def _unknown_variables(environment: Iterable[str]) -> Iterator[Problem]:
    """Unknown names in the environment that begin like ours."""
    known = {variable(name) for name in Settings.model_fields}
    for name in sorted(environment):
        upper = name.upper()
        if (
            upper.startswith(PREFIX)
            and upper not in known | OF_COMMANDS
            and not upper.startswith(OF_TESTS)
            and not _OF_KUBERNETES.fullmatch(upper)
        ):
            remedy = _meant(upper, known) or "; remove it, or rename it if it is another program's"
            yield Problem(Place(ENVIRONMENT), f"unknown setting '{name}'{remedy}")


def _absolute(database_url: str, folder: Path) -> str:
    """Makes the path of a SQLite file relative to the project folder; returns every other URL unchanged."""
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError:
        return database_url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return database_url
    return url.set(database=str(folder.absolute() / str(url.database))).render_as_string(hide_password=False)
