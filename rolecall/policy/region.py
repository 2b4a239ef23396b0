"""AWS regions, and the partition that each belongs to."""

import re

_REGION = re.compile(
    r"(?P<partition>cn|us-gov|us|af|ap|ca|eu|il|me|mx|sa)-"
    r"(?:central|north|northeast|northwest|east|southeast|south|southwest|west)-[1-9]\Z"
)


def partition_of_region(region: str) -> str | None:
    """`aws`, `aws-cn` or `aws-us-gov`; None for what is not shaped like a region.

    Source: "Regions and Availability Zones", AWS General Reference.
    """
    found = _REGION.match(region)
    if found is None:
        return None
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(found["partition"], "aws")
