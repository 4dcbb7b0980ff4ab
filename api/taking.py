"""From a request's body to a job: JSON, a form, or an archive, checked against the limits before anything is kept."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue, TypeAdapter, ValidationError

from transpile.api.archives import Member
from transpile.api.jobs import NewFile, NewJob, Webhook
from transpile.api.limits import Limits
from transpile.api.names import NameRefused, Names
from transpile.api.problems import ErrorRow, Problem, about
from transpile.api.schema import JobAsked, SourceFile, WebhookAsked
from transpile.api.webhooks import AddressRefused, checked_url
from transpile.directions import DIRECTIONS, directions_for

OPTIONS: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True)
class Batch:
    """What a request asks for, whatever form it came in."""

    to: str
    files: tuple[Member, ...]
    companions: Mapping[str, bytes] = field(default_factory=dict)
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    webhook: Webhook | None = None

    def job(self, owner: str, idempotency_key: str | None) -> NewJob:
        files = tuple(NewFile(file.name, file.content) for file in self.files)
        return NewJob(self.to, files, self.companions, self.options, owner, self.webhook, idempotency_key)


def from_json(body: bytes) -> Batch:
    asked = parsed(JobAsked, body)
    files = tuple(Member(file.name, content_of(file)) for file in asked.files)
    companions = {name: text_bytes(name, text) for name, text in asked.companions.items()}
    return Batch(asked.to, files, companions, asked.options, webhook_of(asked.webhook))


def from_members(to: str, options: str, members: Iterable[Member], webhook: Webhook | None = None) -> Batch:
    """Members that can go this direction are translated, the others are what those may refer to.

    Raises:
        Problem: none of them can.
    """
    if to not in DIRECTIONS:
        raise invalid("to", f"must be one of {', '.join(DIRECTIONS)}")
    everything = list(members)
    units = tuple(member for member in everything if to in directions_for(member.name, member.content))
    if not units:
        raise Problem("invalid", f"None of the {len(everything)} files can be translated to {to}.")
    names = {unit.name for unit in units}
    companions = {member.name: member.content for member in everything if member.name not in names}
    return Batch(to, units, companions, options_from(options), webhook)


def options_from(text: str) -> dict[str, JsonValue]:
    """Options as JSON in a field or a parameter."""
    try:
        return OPTIONS.validate_json(text or "{}")
    except ValidationError as error:
        raise invalid("options", "must be a JSON object") from error


def webhook_of(asked: WebhookAsked | None) -> Webhook | None:
    if asked is None:
        return None
    if not asked.secret.isprintable():
        raise invalid("webhook.secret", "has a character that is not printable")
    try:
        checked_url(asked.url)
    except AddressRefused as error:
        raise invalid("webhook.url", str(error)) from error
    return Webhook(asked.url, asked.secret)


def content_of(file: SourceFile) -> bytes:
    if (file.source is None) == (file.source_base64 is None):
        raise invalid(file.name, "needs either source or source_base64")
    if file.source is not None:
        return text_bytes(file.name, file.source)
    try:
        return base64.b64decode(file.source_base64 or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(file.name, "has no base64 in source_base64") from error


def text_bytes(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise invalid(name, "has half of a surrogate pair; send bytes that are no text as source_base64") from error


def bounded(batch: Batch, limits: Limits) -> Batch:
    """The same with plain names; raises Problem where it is more than is allowed, or names clash."""
    if len(batch.files) > limits.files:
        raise Problem("limit", f"A job has at most {limits.files} files, not {len(batch.files)}.")
    if len(batch.companions) > limits.archive_members:
        raise Problem("limit", f"A job has at most {limits.archive_members} companions, not {len(batch.companions)}.")
    names = Names(limits)
    files = tuple(_bounded(member, names, limits) for member in batch.files)
    companions = [_bounded(Member(*pair), names, limits) for pair in batch.companions.items()]
    total = sum(len(member.content) for member in (*files, *companions))
    if total > limits.unpacked_bytes:
        raise Problem("limit", f"The files of a job have at most {limits.unpacked_bytes} bytes, not {total}.")
    plain = {member.name: member.content for member in companions}
    return Batch(batch.to, files, plain, batch.options, batch.webhook)


def _bounded(member: Member, names: Names, limits: Limits) -> Member:
    try:
        name = names.take(member.name)
    except NameRefused as error:
        raise Problem("invalid", f"'{error.name}' {error.reason}", [about(error.name, error.reason)]) from error
    if len(member.content) > limits.file_bytes:
        raise over(name, f"is longer than {limits.file_bytes} bytes")
    if member.content.count(b"\n") > limits.lines:
        raise over(name, f"has more than {limits.lines} lines")
    return Member(name, member.content)


def over(name: str, reason: str) -> Problem:
    return Problem("limit", f"'{name}' {reason}", [about(name, reason)])


def invalid(place: str, reason: str) -> Problem:
    return Problem("invalid", f"{place} {reason}", [about("", f"{place} {reason}")])


def parsed(model: type[JobAsked], body: bytes) -> JobAsked:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise unreadable(error.errors(include_url=False, include_context=False, include_input=False)) from error


def unreadable(errors: Iterable[Mapping[str, object]]) -> Problem:
    """What pydantic says, as a problem: of kind ``bad-request`` if it is no JSON at all."""
    rows: list[ErrorRow] = []
    kind = "invalid"
    for error in errors:
        place = error["loc"]
        parts = [str(part) for part in place if part != "body"] if isinstance(place, tuple) else []
        if error["type"] in ("json_invalid", "value_error.jsondecode"):
            kind = "bad-request"
        rows.append(about("", f"{'.'.join(parts)}: {error['msg']}" if parts else str(error["msg"])))
    return Problem(kind, rows[0]["message"] if rows else "The request cannot be read.", rows)
