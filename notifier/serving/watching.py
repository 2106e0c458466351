"""`/healthz`, `/readyz` and `/metrics`: for who keeps the service running, not for the world."""

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from starlette.concurrency import run_in_threadpool

from notifier.model.reading import StoreError
from notifier.serving.figures import REGISTRY, DatabaseFigures, Followed
from notifier.serving.parts import Parts, Responses
from notifier.store.migrating import is_current

FIGURES: Responses = {
    200: {"content": {"text/plain": {}}},
    503: {"description": "the database is away"},
}
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def watching_routes(parts: Parts) -> APIRouter:
    """The routes for probes and for Prometheus."""
    router = APIRouter(tags=["Watching"])
    of_database = CollectorRegistry()
    of_database.register(DatabaseFigures(parts))
    followed = Followed(parts, of_database)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "the database is away, or another version's"}})
    def readyz() -> dict[str, str]:
        """The database can be used: a receipt would be stored now."""
        if not is_current(parts.database):
            raise StoreError("the database was made by another version")
        return {"status": "ready"}

    @router.get("/metrics", response_class=Response, responses=FIGURES)
    async def metrics() -> Response:
        """Figures for Prometheus."""

        def asked() -> bytes:
            followed.look()
            return generate_latest(REGISTRY) + generate_latest(of_database)

        return Response(await run_in_threadpool(asked), headers={"content-type": TEXT})

    return router
