"""The resource of a call, where one parameter names it beyond doubt, and only there.

Source of the lists of operations: "Actions, resources, and condition keys" of each service
in the Service Authorization Reference, the column of resource types.
"""

import json

import pytest

from rolecall.local.authorization.resources import resource_of
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.enforcement.direct.conftest import REGION, Place, api_call


def here(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{HOME}:{resource}"


def queried(service: str, operation: str, params: dict[str, str]) -> str | None:
    return resource_of(api_call(service, operation, params=params), operation, {}, HOME)


def sent(
    service: str, operation: str, body: object, labels: dict[str, str] | None = None
) -> str | None:
    call = api_call(service, operation, protocol="json", body=json.dumps(body).encode())
    return resource_of(call, operation, labels or {}, HOME)


QUEUE = f"https://sqs.{REGION}.amazonaws.com/{HOME}/jobs"
QUEUE_CALLS = """
    AddPermission ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage
    DeleteMessageBatch DeleteQueue GetQueueAttributes ListDeadLetterSourceQueues ListQueueTags
    PurgeQueue ReceiveMessage RemovePermission SendMessage SendMessageBatch SetQueueAttributes
    TagQueue UntagQueue
"""


@pytest.mark.parametrize("operation", QUEUE_CALLS.split())
def test_a_queue_by_its_url(operation: str) -> None:
    assert queried("sqs", operation, {"QueueUrl": QUEUE}) == here("sqs", "jobs")
    assert sent("sqs", operation, {"QueueUrl": QUEUE}) == here("sqs", "jobs")
    assert queried("sqs", operation, {"QueueName": "jobs"}) is None


@pytest.mark.parametrize("operation", ["CreateQueue", "GetQueueUrl"])
def test_a_queue_by_its_name(operation: str) -> None:
    assert queried("sqs", operation, {"QueueName": "a.fifo"}) == here("sqs", "a.fifo")
    assert queried("sqs", operation, {"QueueUrl": QUEUE}) is None


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:5000/{HOME}/jobs",
        f"https://x/{HOME}/jobs",
    ],
)
def test_a_url_of_any_host(url: str) -> None:
    assert queried("sqs", "SendMessage", {"QueueUrl": url}) == here("sqs", "jobs")


@pytest.mark.parametrize(
    "url",
    [
        QUEUE.replace(HOME, OTHER),
        f"{QUEUE}/x",
        f"{QUEUE}?x",
        f"{QUEUE}#x",
        f"x{QUEUE}",
        f"https://x/y/{HOME}/jobs",
        f"https://x/{HOME}1/jobs",
        f"https://x/{HOME}/",
        f"https:///{HOME}/jobs",
        "jobs",
        "https://x/１１１１２２２２３３３３/jobs",
        "",
    ],
)
def test_a_url_that_could_mean_another_queue(url: str) -> None:
    assert queried("sqs", "SendMessage", {"QueueUrl": url}) is None


def test_a_queue_that_a_call_does_not_look_at() -> None:
    assert queried("sqs", "ListQueues", {"QueueUrl": QUEUE, "QueueName": "jobs"}) is None
    assert queried("sqs", "SendMessage", {}) is None
    assert sent("sqs", "SendMessage", {"QueueUrl": [QUEUE]}) is None
    assert sent("sqs", "SendMessage", [QUEUE]) is None


TOPIC = here("sns", "news")
TOPIC_CALLS = """
    AddPermission ConfirmSubscription DeleteTopic GetTopicAttributes ListSubscriptionsByTopic
    Publish PublishBatch RemovePermission SetTopicAttributes Subscribe
"""


@pytest.mark.parametrize("operation", TOPIC_CALLS.split())
def test_a_topic_by_its_arn(operation: str) -> None:
    assert queried("sns", operation, {"TopicArn": TOPIC}) == TOPIC
    for other in ("TargetArn", "PhoneNumber"):
        assert queried("sns", operation, {"TopicArn": TOPIC, other: ""}) is None
    assert queried("sns", operation, {"Name": "news"}) is None


def test_a_topic_by_its_name() -> None:
    assert queried("sns", "CreateTopic", {"Name": "news"}) == TOPIC
    assert queried("sns", "CreateTopic", {"TopicArn": TOPIC}) is None
    assert queried("sns", "ListTopics", {"TopicArn": TOPIC, "Name": "news"}) is None


@pytest.mark.parametrize(
    "arn",
    [
        TOPIC.replace(HOME, OTHER),
        TOPIC.replace(REGION, "us-east-1"),
        TOPIC.replace("sns", "sqs"),
        f"{TOPIC}:sub",
        f"{TOPIC}/x",
        f"x{TOPIC}",
        here("sns", ""),
        "news",
    ],
)
def test_an_arn_that_means_another_topic(arn: str) -> None:
    assert queried("sns", "Publish", {"TopicArn": arn}) is None


TABLE_CALLS = """
    CreateTable DeleteItem DeleteTable DescribeContinuousBackups DescribeTable
    DescribeTimeToLive GetItem PutItem UpdateItem UpdateTable UpdateTimeToLive Query Scan
"""


@pytest.mark.parametrize("operation", TABLE_CALLS.split())
def test_a_table_by_its_name(operation: str) -> None:
    assert sent("dynamodb", operation, {"TableName": "t"}) == here("dynamodb", "table/t")
    assert sent("dynamodb", operation, {"TableName": here("dynamodb", "table/t")}) is None
    assert sent("dynamodb", operation, {}) is None


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_an_index_is_another_resource(operation: str) -> None:
    table = here("dynamodb", "table/t")
    assert sent("dynamodb", operation, {"TableName": "t", "IndexName": "i"}) is None
    assert sent("dynamodb", operation, {"TableName": "t", "IndexName": ""}) == table
    assert sent("dynamodb", "GetItem", {"TableName": "t", "IndexName": "i"}) == table
    assert sent("dynamodb", "BatchGetItem", {"TableName": "t"}) is None


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("aZ09_.-", True),
        ("a" * 512, True),
        ("a" * 513, False),
        ("", False),
        ("a b", False),
        ("a*", False),
        ("a/b", False),
        ("a:b", False),
        ("ä", False),
        ("a\n", False),
        (7, False),
        (None, False),
    ],
)
def test_a_plain_name(name: object, taken: bool) -> None:
    wanted = here("dynamodb", f"table/{name}") if taken else None
    assert sent("dynamodb", "GetItem", {"TableName": name}) == wanted


def test_a_body_counts_not_the_query_beside_it() -> None:
    body = b'{"TableName": "t"}'
    for protocol in ("json", "rest-json"):
        call = api_call(
            "dynamodb", "GetItem", protocol=protocol, body=body, params={"TableName": "x"}
        )
        assert resource_of(call, "GetItem", {}, HOME) == here("dynamodb", "table/t")
        for broken in (b"", b"[]", b"{"):
            call = api_call(
                "dynamodb", "GetItem", protocol=protocol, body=broken, params={"TableName": "x"}
            )
            assert resource_of(call, "GetItem", {}, HOME) is None


def test_a_function() -> None:
    function, labels = here("lambda", "function:f"), {"FunctionName": "f"}
    body = b'{"FunctionName": "f"}'
    made = api_call("lambda", body=body)
    assert resource_of(made, "CreateFunction", {}, HOME) == function
    assert resource_of(made, "CreateFunction", {"FunctionName": "x"}, HOME) == function
    assert resource_of(made, "GetFunction", {}, HOME) is None
    assert resource_of(api_call("lambda"), "GetFunction", labels, HOME) == function
    for name in ("f:1", function):
        assert resource_of(api_call("lambda"), "GetFunction", {"FunctionName": name}, HOME) is None
    version = api_call("lambda", params={"Qualifier": ""})
    assert resource_of(version, "GetFunction", labels, HOME) is None
    assert resource_of(api_call("lambda"), "ListFunctions", {}, HOME) is None


def test_a_service_whose_resources_are_not_known(place: Place) -> None:
    assert queried("ec2", "RunInstances", {"QueueUrl": QUEUE, "TopicArn": TOPIC}) is None
    assert place.cloud.records == {}
