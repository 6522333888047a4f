"""`replyclock check` and `schema`: is the file right, and what would a change do."""

import json
import sys
from pathlib import Path

import click

from stream.cli.group import example, main, read_config
from stream.company.schema import schema as company_schema
from stream.config.difference import differences
from stream.config.schema import schema as rules_schema
from stream.process.setup import Setup, read_setup
from stream.records import event_schema

SCHEMAS = {"rules": rules_schema, "events": event_schema, "company": company_schema}

_EXAMPLE = """\
replyclock check config/sla.yaml --format json
  replyclock check --diff config/sla.yaml new.yaml"""


@main.command(epilog=example(_EXAMPLE))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--diff",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="OLD NEW",
    help="Say what changes between two rules files, and for whom.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--strict", is_flag=True, help="A warning is a fault, too: exit 1.")
def check(
    file: Path | None, *, diff: tuple[Path, Path] | None, form: str, strict: bool
) -> None:
    """Validate the settings and FILE (default: REPLYCLOCK_CONFIG): each fault a line.

    Exit status 0 when both are good, 1 when not. What is legal but odd is a warning.
    """
    if diff:
        _say_changes(*diff, form)
        return
    setup = read_setup(file)
    odd = len(setup.warnings) + len(setup.odd_environment)
    ok = not (setup.faults or (strict and odd))
    if form == "json":
        click.echo(json.dumps({"ok": ok, **_plain(setup)}, indent=2))
    else:
        _say(setup)
        if ok:
            click.echo(f"{setup.path}: good")
        elif not setup.faults:
            many = "1 warning" if odd == 1 else f"{odd} warnings"
            click.echo(f"{setup.path}: not good, strictly: {many}", err=True)
    sys.exit(0 if ok else 1)


@main.command(epilog=example("replyclock schema > sla.schema.json"))
@click.argument("what", type=click.Choice([*SCHEMAS]), default="rules")
def schema(what: str) -> None:
    """Print the JSON Schema of the rules file, for editors, or of events.

    A first line of `# yaml-language-server: $schema=sla.schema.json` names it. That of
    events is for who writes them to Kafka (docs/events.md), of a company for profiles
    of `simulate --week` (docs/company.md).
    """
    click.echo(SCHEMAS[what](), nl=False)


def _say(setup: Setup) -> None:
    for warning in setup.warnings:
        where = f"{warning.file}:{warning.line}:{warning.column}"
        click.echo(f"{where}: warning: {warning.path}: {warning.message}", err=True)
    for name, message in setup.odd_environment:
        click.echo(f"environment: warning: {name}: {message}", err=True)
    if setup.lines:
        click.echo("\n".join(setup.lines), err=True)


def _plain(setup: Setup) -> dict[str, object]:
    levelled = [{"level": "error", **fault} for fault in setup.faults]
    odd = [{"level": "warning", **vars(warning)} for warning in setup.warnings]
    odd += [
        {"level": "warning", "file": "environment", "path": name, "message": message}
        for name, message in setup.odd_environment
    ]
    return {"faults": levelled, "warnings": odd}


def _say_changes(old: Path, new: Path, form: str) -> None:
    changes = [*differences(read_config(old), read_config(new))]
    if form == "json":
        plain = [
            {"what": change.what, "how": change.how, "whom": change.whom}
            for change in changes
        ]
        click.echo(json.dumps({"changes": plain}, indent=2))
    elif changes:
        click.echo("\n".join(map(str, changes)))
    else:
        click.echo("the same")
