"""What can play here, and what it can do."""

from fastapi import APIRouter

from resonance_core.models.capabilities import CAPABILITIES, Capabilities
from resonance_core.models.registry import model_info
from studio.service import Served

router = APIRouter(prefix="/models", tags=["models"])


class Backend(Capabilities):
    """What a backend can do, and whether it is the service's."""

    backend: str
    used: bool
    """Whether the service plays with it."""


@router.get("")
def backends(service: Served) -> list[Backend]:
    """List what each backend can do; `resonance doctor` prints the same table."""
    used = model_info(service.config.model).backend
    return [
        Backend(backend=name, used=name == used, **row.model_dump())
        for name, row in CAPABILITIES.items()
    ]
