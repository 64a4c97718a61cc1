"""Generated requests against the real API: nothing fails at the server, every answer is as described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from db.session import Database
from engine.roles import Role
from tests.databases import sqlite_copy
from tests.web.running import pages
from tests.web.test_wall_pages import NOW, office
from tests.workflows.office_2024 import ZONE
from web.pages.api import description
from web.site import Site
from workflows.api_tokens import create_token

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# The description needs no rows; the client of each test has them.
schema = schemathesis.openapi.from_dict(description(Site(Database("sqlite://"), lambda: NOW)))
BOUNDED = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Screen:
    """Another system before a running office, with its token."""

    base_url: str
    token: str

    def ask(self, case: Case[Any], token: str) -> Response:
        """The answer to the generated request with that token, whatever it would have come in with."""
        case.cookies.clear()
        return case.call(base_url=self.base_url, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def screen(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The big screen of an office that has lived until May."""
    database = sqlite_copy(sqlite_template, tmp_path_factory.mktemp("fuzz"))
    office(database)
    token = create_token(database, "大屏", Role.LEADER, "", None, NOW, "管理员", zone=ZONE)
    with pages(database, NOW, role=None) as client:
        yield Screen(str(client.base_url), token)
    database.close()


def generated_requests_are_answered_as_described(operation: APIOperation[Any, Any, Any, Any]) -> Any:
    """The test of one operation: of several under one id, workers that share the files would run only the first."""

    @schema.include(path=operation.path, method=operation.method.upper()).parametrize()
    @BOUNDED
    def answered(case: Case[Any], screen: Screen) -> None:
        response = screen.ask(case, screen.token)
        if case.method != "GET":
            assert response.status_code in (403, 405)
            return
        case.validate_response(response, checks=CHECKS)
        assert response.status_code in (200, 403, 404, 422)
        assert screen.ask(case, "A" * 43).status_code == 401

    return answered


for found in schema.get_all_operations():
    assert isinstance(found, Ok), found
    name = re.sub(r"\W+", "_", found.ok().label).strip("_").lower()
    globals()[f"test_{name}_is_answered_as_described"] = generated_requests_are_answered_as_described(
        found.ok()
    )
