"""Identity over HTTP."""

from app.identity.guard import Router

router = Router(tags=["identity"])
