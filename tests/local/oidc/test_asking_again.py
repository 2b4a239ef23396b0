"""How long the keys of an issuer are remembered, and when it is asked again."""

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc.connections import connect, disconnect
from rolecall.local.oidc.keys import forget_keys, signing_keys
from tests.local.oidc.web import URL, Web, no_key
from tests.local.sts.conftest import refusal

# -- remembering -----------------------------------------------------------------------


def test_keys_are_remembered_for_five_minutes(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    web.second += 300.0
    assert web.keys() == ["one"]
    assert web.fetches == 1
    web.second += 0.5
    assert web.keys() == ["two"]
    web.second += 300.0
    web.keys()
    assert web.fetches == 2


def test_a_failure_is_not_remembered(web: Web) -> None:
    web.failure = "it is away"
    assert refusal(web.keys) == no_key("it is away")
    web.second += 0.001
    web.failure = ""
    assert web.keys() == ["one"]


def test_a_failure_does_not_spoil_keys_that_are_remembered(web: Web) -> None:
    web.keys()
    web.failure = "it is away"
    web.second += 1
    assert refusal(web.keys, beyond="two").reason == "it is away"
    assert web.keys() == ["one"]


def test_each_issuer_has_its_own_keys(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    assert web.keys("https://other.example.com") == ["two"]
    assert web.keys() == ["one"]


def test_another_place_has_other_keys(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    connect(web.cloud, URL, "127.0.0.1:8443", "")
    assert web.keys() == ["two"]
    disconnect(web.cloud, URL)
    assert web.keys() == ["one"]


def test_another_embedded_aws_remembers_for_itself(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    assert [key.key_id for key in signing_keys(URL, Cloud())] == ["two"]


def test_keys_that_are_to_be_forgotten(web: Web) -> None:
    forget_keys(web.cloud, URL)  # nothing is known yet
    web.keys()
    web.keys("https://other.example.com")
    forget_keys(Cloud(), URL)
    forget_keys(web.cloud, URL)
    web.key_ids = ["two"]
    assert web.keys() == ["two"]
    assert web.keys("https://other.example.com") == ["one"]


def test_of_two_hundred_issuers_the_one_not_asked_longest_is_forgotten(web: Web) -> None:
    web.members = ["no key"]  # it is quicker so
    urls = [f"https://{n}.example.com" for n in range(200)]
    for url in urls:
        web.keys(url)
    web.keys(urls[0])
    assert web.fetches == 200
    web.keys("https://one-more.example.com")
    web.keys(urls[0])
    assert web.fetches == 201
    web.keys(urls[1])
    assert web.fetches == 202
    web.keys(urls[3])
    assert web.fetches == 202


# -- a key that is not among them ------------------------------------------------------


def test_an_unknown_key_makes_an_issuer_be_asked_at_once(web: Web) -> None:
    web.keys()
    web.second += 0.001
    web.key_ids = ["one", "two"]
    assert web.keys(beyond="two") == ["one", "two"]
    assert web.fetches == 2


def test_a_key_that_is_known_by_now_is_not_asked_for(web: Web) -> None:
    web.keys()
    web.second += 1
    assert web.keys(beyond="one") == ["one"]
    assert web.fetches == 1


def test_unknown_keys_are_asked_for_once_in_five_seconds(web: Web) -> None:
    web.keys()
    web.second += 1
    web.keys(beyond="two")
    for _ in range(5):
        web.second += 1
        assert web.keys(beyond="three") == ["one"]
    assert web.fetches == 2
    web.second += 0.5
    web.keys(beyond="three")
    assert web.fetches == 3
    web.second += 5
    web.keys(beyond="three")
    assert web.fetches == 3


def test_a_question_that_failed_counts_as_one(web: Web) -> None:
    web.keys()
    web.second += 1
    web.failure = "it is away"
    refusal(web.keys, beyond="two")
    web.second += 1
    assert web.keys(beyond="two") == ["one"]


def test_the_first_question_of_all_needs_no_second(web: Web) -> None:
    """Who has just been asked is not asked again for what he did not publish."""
    assert web.keys(beyond="two") == ["one"]
    assert web.keys(beyond="two") == ["one"]
    assert web.fetches == 1


def test_who_was_asked_while_one_waited_is_not_asked_again(web: Web) -> None:
    web.keys()
    assert web.keys(beyond="two") == ["one"], "fetched no earlier than it was asked for"
    assert web.fetches == 1
    web.second += 0.001
    web.keys(beyond="two")
    assert web.fetches == 2


def test_an_ordinary_question_is_none_for_an_unknown_key(web: Web) -> None:
    web.keys()
    web.second += 301
    web.keys()
    web.second += 1
    web.keys(beyond="two")
    assert web.fetches == 3
