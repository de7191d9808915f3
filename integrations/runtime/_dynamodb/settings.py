"""What the config.yaml of a DynamoDB adapter says."""

from __future__ import annotations

from typing import Annotated

import msgspec

from .._settings import Positive, Settings


class DynamoSettings(Settings, frozen=True, kw_only=True):
    """Settings of the tables of one region. Credentials are found as AWS's own tools find them."""

    region: Annotated[str | None, msgspec.Meta(description="Like eu-central-1; by default AWS_REGION.")] = (
        None
    )
    endpoint_url: Annotated[str | None, msgspec.Meta(description="Another endpoint than the region's.")] = (
        None
    )
    table_prefix: Annotated[str, msgspec.Meta(description="Stands before the name of every table.")] = ""
    pool_size: Annotated[int, msgspec.Meta(ge=1, description="Connections at most.")] = 10
    connect_timeout: Positive = 10.0
