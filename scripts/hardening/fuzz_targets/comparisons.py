"""`compare` of any two trust policies: its witnesses are true, its proofs are not refuted."""

import json

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import CompiledPolicy, PolicyDocument, PolicyError
from rolecall.policy.compare import Outcome, compare
from scripts.hardening.fuzz_targets import policies
from scripts.hardening.fuzz_targets.draw import require
from scripts.hardening.fuzz_targets.policies import ATTEMPTS, ROLE

JSON_WORDS = ["old", "new", *policies.JSON_WORDS]


def check(data: bytes) -> None:
    """The oracle of this target."""
    try:
        given = json.loads(data)
        old, new = (PolicyDocument.parse(given[side]) for side in ("old", "new"))
        before, after = CompiledPolicy(old), CompiledPolicy(new)
    except (ValueError, TypeError, KeyError, RecursionError, PolicyError):
        return
    answer = compare(old, new, role_arn=ROLE, tokens=TOKEN_KEYS, budget=20_000)
    for difference in (*answer.gains, *answer.losses):
        here, there = (after, before) if difference.gain else (before, after)
        require(difference.witness.under(here).allowed, "a witness that is not let in")
        require(not difference.witness.under(there).allowed, "a witness that always was")
        require(bool(difference.words()), "no words")
    open_ways = {each.gain for each in answer.undecided}
    for attempt, action in ATTEMPTS:
        for number in (0, 1):
            was, will = (policies.decided(p, attempt, action)[number] for p in (before, after))
            if was != will:
                gain = bool(will)
                told = answer.gains if gain else answer.losses
                require(bool(told) or gain in open_ways, "a difference that was proved away")
    require(compare(new, new, role_arn=ROLE).verdict is Outcome.SAME, "it differs from itself")
    back = compare(new, old, role_arn=ROLE, tokens=TOKEN_KEYS, budget=20_000)
    opposite = {Outcome.NARROWER: Outcome.WIDER, Outcome.WIDER: Outcome.NARROWER}
    if Outcome.UNDECIDED not in (answer.verdict, back.verdict):
        clear = not answer.undecided and not back.undecided
        require(
            not clear or back.verdict is opposite.get(answer.verdict, answer.verdict),
            "the other way round it is not the other answer",
        )
