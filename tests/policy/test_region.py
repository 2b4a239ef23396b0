"""Which partition a region belongs to."""

import pytest

from rolecall.policy import PARTITIONS, partition_of_region


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"), ("eu-central-2", "aws"), ("ap-southeast-5", "aws"),
        ("il-central-1", "aws"), ("mx-central-1", "aws"), ("sa-east-1", "aws"),
        ("ca-west-1", "aws"), ("me-south-1", "aws"), ("af-south-1", "aws"),
        ("ap-northeast-1", "aws"), ("us-northwest-9", "aws"), ("us-southwest-1", "aws"),
        ("ap-north-1", "aws"),
        ("cn-north-1", "aws-cn"), ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"), ("us-gov-east-1", "aws-us-gov"),
        ("", None), ("us-east-0", None), ("us-east-1a", None), ("us-east-1\n", None),
        ("xx-east-1", None), ("us-middle-1", None), ("US-EAST-1", None), ("aus-east-1", None),
    ],
)  # fmt: skip
def test_a_regions_partition(region: str, partition: str | None) -> None:
    assert partition_of_region(region) == partition
    assert partition is None or partition in PARTITIONS
