"""单点登录账号 of a user: by which account at the office's identity provider somebody comes in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, read_form
from web.pages.users import back_to_list, user_page
from web.site import Site
from web.typed import whole_or
from workflows.provider_accounts import give_account

Form = Annotated[Sent, Depends(read_form)]


def routes(site: Site) -> APIRouter:
    """The form on the page of a user; 404 where nobody signs in by a provider."""
    router = APIRouter()

    @router.post("/settings/users/{number}/account")
    def given(request: Request, number: int, sent: Form) -> Response:
        if site.provider is None:
            raise HTTPException(404)
        issuer, account = site.provider.settings.issuer, sent.get("account")
        revision = whole_or(sent.get("revision"), 0)
        try:
            give_account(site.database, number, issuer, account, revision, site.clock(), acting(request).who)
        except DubanError as error:
            return user_page(site, request, number, error, account=account)
        return back_to_list(site, request, "user.account")

    return router
