"""Who asks, what they may do, and how often: the dependencies that stand before every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from starlette.concurrency import run_in_threadpool

from transpile.api.jobs import Job
from transpile.api.keys import SCOPES
from transpile.api.problems import Problem
from transpile.api.service import Caller, Service

KEY_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="A key of `transpile keys add`.")
BEARER = HTTPBearer(auto_error=False, description="The same key.")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="transpile"'}


async def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


JobId = Annotated[str, Path(max_length=64, description="As in `Location`.")]
Serving = Annotated[Service, Depends(service_of)]


@dataclass(frozen=True, slots=True)
class Needs:
    """The dependency that lets callers with ``scope`` through."""

    scope: str

    async def __call__(
        self,
        request: Request,
        service: Serving,
        key: Annotated[str | None, Security(KEY_HEADER)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    ) -> Caller:
        secret = key or (bearer.credentials if bearer else "")
        caller = service.anybody(address_of(request)) if not secret else None
        if caller is None:
            caller = await run_in_threadpool(service.caller, secret, address_of(request))
        if caller is None:
            raise Problem("unauthorized", "There is no key in the request, or none that is known.", headers=CHALLENGE)
        if self.scope not in caller.scopes:
            raise Problem("forbidden", f"The key lacks the scope '{self.scope}'.")
        allowance = service.rates.take(caller.id, caller.quotas.get("requests")) if caller.id else None
        if allowance is not None:
            request.state.headers = allowance.headers()
            if not allowance.allowed:
                raise Problem("rate", f"The key may send {allowance.limit} requests a minute.")
        return caller


Reader = Annotated[Caller, Depends(Needs(SCOPES[0]))]
Writer = Annotated[Caller, Depends(Needs(SCOPES[1]))]
Admin = Annotated[Caller, Depends(Needs(SCOPES[2]))]


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def owned(service: Service, caller: Caller, id: str) -> Job:
    """The caller's job; those of other keys are as if they were not there."""
    try:
        job = service.store.job(id)
    except KeyError:
        raise no_job(id) from None
    if job.owner != caller.id and SCOPES[2] not in caller.scopes:
        raise no_job(id)
    return job


def no_job(id: str) -> Problem:
    return Problem("not-found", f"There is no job '{id[:64]}'.")


def readable(service: Serving, caller: Reader, id: JobId) -> Job:
    return owned(service, caller, id)


def changeable(service: Serving, caller: Writer, id: JobId) -> Job:
    return owned(service, caller, id)


Readable = Annotated[Job, Depends(readable)]
Changeable = Annotated[Job, Depends(changeable)]
