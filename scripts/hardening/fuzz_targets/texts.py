"""ARNs, environment files, lists of reviewed changes: a value, or the documented refusal."""

from pathlib import Path

from rolecall.environment.loading import parse_environment
from rolecall.issuers import IssuerProblem, oidc_issuer
from rolecall.policy import Arn, PolicyError
from rolecall.problems import Problem
from rolecall.review.judge.acknowledgements import read_reviewed
from scripts.hardening.fuzz_targets.draw import require


def check(data: bytes) -> None:
    """The oracle of this target."""
    kind, text = data[:1], data[1:].decode("utf-8", "surrogateescape")
    try:
        if kind == b"a":
            _arn(text)
        elif kind == b"i":
            issuer = oidc_issuer(text)
            require(issuer.url == text and text.startswith("https://"), "another issuer")
            require(":" not in issuer.host, "an issuer with a port")
        elif kind == b"r":
            for entry in read_reviewed(text):
                require(len(entry.change) == 16 and bool(entry.by and entry.reason), "no entry")
        else:
            _environment(text)
    except (Problem, PolicyError, IssuerProblem) as problem:
        require("\n" not in str(problem), "a refusal is one line")
        str(problem).encode("utf-8")


def _arn(text: str) -> None:
    found = Arn.parse(text)
    require(str(found) == text, "an ARN is not written as it was read")
    require(Arn.parse(str(found)) == found, "an ARN is not read as it was written")


def _environment(text: str) -> None:
    found = parse_environment("tes", text, Path("environments"))
    require(found.account_id.isdigit() and len(found.account_id) == 12, "no account")
    require(bool(found.region and found.partition), "no region")
    again = parse_environment("tes", text, Path("environments"))
    require(again == found, "it is read in two ways")
