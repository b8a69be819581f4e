"""What the bodies of requests have in common."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What is asked for; a field that nobody knows is a mistake, and not passed over."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
