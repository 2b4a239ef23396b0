"""The search for a text: against every short text, tried one by one."""

import itertools

import pytest

from rolecall.policy.compare.automaton import Automaton
from rolecall.policy.compare.budget import Budget, BudgetExceeded
from rolecall.policy.compare.patterns import Pattern, Symbol, literal

ANY, ONE = Symbol(True, None), Symbol(False, None)
#: Anything but a colon, once or often; a group of letters, once or often.
WITHIN, INSIDE = Symbol(True, None, ":"), Symbol(False, None, ":")
GROUP = "abcdefgh"
PIECES = (*literal("a"), *literal(":"), ANY, ONE, WITHIN)
MORE = (INSIDE, Symbol(True, GROUP), Symbol(False, GROUP), Symbol(False, "ab"))
SHORT = ["".join(t) for n in range(4) for t in itertools.product("ab:x", repeat=n)]


def matches(pattern: Pattern, text: str) -> bool:
    """The definition, one character at a time."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first.star and matches(rest, text):
        return True
    if not text:
        return False
    fits = text[0] in first.chars if first.chars is not None else text[0] not in first.excluded
    return fits and matches(pattern if first.star else rest, text[1:])


def patterns(size: int) -> list[Pattern]:
    found = [p for n in range(size + 1) for p in itertools.product(PIECES, repeat=n)]
    return [*found, *((piece,) for piece in MORE), *((*literal("b"), piece) for piece in MORE)]


# The first one is not the empty one, whose position no character ever leaves.
PATTERNS = patterns(2)[::-1]


def test_what_is_accepted_is_the_definition() -> None:
    automaton = Automaton(PATTERNS, None)
    for text in SHORT:
        assert automaton.accepts(text) == [matches(pattern, text) for pattern in PATTERNS]


def found(
    clauses: list[list[int]],
    forbidden: list[int],
    *,
    least: int = 0,
    most: int = 3,
    charset: str | None = None,
) -> str | None:
    automaton = Automaton(PATTERNS, charset)
    return automaton.find(clauses, forbidden, least=least, most=most, budget=Budget(100_000))


def fits(text: str, clauses: list[list[int]], forbidden: list[int]) -> bool:
    return all(any(matches(PATTERNS[n], text) for n in clause) for clause in clauses) and not any(
        matches(PATTERNS[n], text) for n in forbidden
    )


@pytest.mark.parametrize("forbidden", range(len(PATTERNS)))
def test_a_text_is_found_where_there_is_one_and_only_there(forbidden: int) -> None:
    for wanted in range(len(PATTERNS)):
        text = found([[wanted]], [forbidden])
        first = next((t for t in SHORT if fits(t, [[wanted]], [forbidden])), None)
        if text is None:
            assert first is None, (wanted, first)
        else:
            assert fits(text, [[wanted]], [forbidden])
            assert len(text) <= 3


def test_every_clause_counts_and_every_length() -> None:
    numbers = [PATTERNS.index(p) for p in (
        (ANY, *literal("a")), (*literal("a"), ANY), (ONE, ONE), (*literal(":"), ANY), (WITHIN,)
    )]  # fmt: skip
    for one, two, three in itertools.permutations(numbers, 3):
        for least, most in ((0, 3), (1, 1), (2, 3), (3, 3)):
            clauses, forbidden = [[one], [two]], [three]
            allowed = [t for t in SHORT if least <= len(t) <= most]
            text = found(clauses, forbidden, least=least, most=most)
            assert (text is None) is not any(fits(t, clauses, forbidden) for t in allowed)
            assert text is None or (fits(text, clauses, forbidden) and least <= len(text) <= most)
            either = found([[one, two]], forbidden, least=least, most=most)
            assert (either is None) is not any(fits(t, [[one, two]], forbidden) for t in allowed)


def test_a_text_is_made_of_the_keys_characters() -> None:
    anything = [[PATTERNS.index((ONE,))]]
    assert found(anything, [], charset="ab") in ("a", "b")
    assert found(anything, [PATTERNS.index(literal("a"))], charset="ab:") in ("b", ":")
    assert found([[PATTERNS.index(literal("a"))]], [], charset="b:") is None
    assert found([[PATTERNS.index((INSIDE,))]], [], charset=":") is None
    # One more character than all that are mentioned: it is there as well.
    everything = "".join(map(chr, range(0x20, 0x250)))
    crowded = Automaton([(ONE,), literal(everything)], None)
    text = crowded.find([[0]], [], least=1, most=1, budget=Budget(100))
    assert text is not None
    assert text not in everything
    assert found([[PATTERNS.index((ONE,))]], [PATTERNS.index((Symbol(False, GROUP),))]) is not None
    assert found(
        [[PATTERNS.index((ONE,))]], [PATTERNS.index((Symbol(False, GROUP),))], charset=GROUP
    ) is None  # fmt: skip


def test_a_budget_is_kept() -> None:
    clauses = [[PATTERNS.index((ANY, *literal("a")))]]
    with pytest.raises(BudgetExceeded):
        Automaton(PATTERNS, None).find(clauses, [], least=3, most=9, budget=Budget(1))
    whole = Budget(10)
    assert (whole.part(3).left, whole.part(30).left) == (3, 10)
    whole.spend(10)
    assert whole.part(3).left == 0
    with pytest.raises(BudgetExceeded):
        whole.spend()
