"""Whether one text can satisfy several conditions at once, and a text that does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from rolecall.policy.compare.atoms import FALSE, NOT_OF_TYPE, TEXT_FAMILIES, TRUE, Atom
from rolecall.policy.compare.automaton import Automaton
from rolecall.policy.compare.budget import Budget, BudgetExceeded
from rolecall.policy.compare.cells import is_of, typed_values
from rolecall.policy.compare.clauses import of_arns, of_booleans
from rolecall.policy.compare.domains import Domain, Kind
from rolecall.policy.compare.patterns import ARN, SHAPES, Pattern, literal, literal_in_any_case
from rolecall.policy.compare.plausible import filled_in
from rolecall.policy.operators import Family
from rolecall.policy.template import Context, Token, Wild


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nothing was found, and nothing was proved; why."""

    why: str


#: A text; None: there is none, which is proved; or neither.
Found: TypeAlias = str | Unsure | None
Wanted: TypeAlias = tuple[Atom, bool]

_STEPS_A_QUESTION = 20_000
_GUESSES = 8
_PATTERNED = (Family.STRING_LIKE, Family.ARN)
_REMEMBERED = 12
# Searches that take longer than this are worth a look at each pattern by itself.
_SHORT = 150


class TextKey:
    """The texts of one key in one domain.

    `probe` makes the condition keys of a text: the key itself, or all that follow from
    a caller's ARN. `lift` says which patterns of the text mean that a key made of it
    matches a pattern; None: they cannot be told.
    """

    def __init__(
        self,
        domain: Domain,
        probe: Callable[[str], Context],
        lift: Callable[[Atom], tuple[Pattern, ...] | None] = lambda atom: atom.patterns,
        *,
        direct: str | None = None,
        plausible: tuple[str, ...] = (),
    ) -> None:
        self._domain = domain
        self._plausible = plausible
        self._probe = probe
        self._lift = lift
        # The key whose value is the text itself.
        self._direct = direct
        self._automaton: Automaton | None = None
        self._language: Automaton | None = None
        self._numbers: dict[object, int] = {}
        self._patterns: list[Pattern] = []
        self._built = 0
        # Texts of the domain that answered earlier questions: often they answer the next.
        self._found: list[str] = []
        self._contexts: dict[str, Context] = {}

    def find(self, wanted: Sequence[Wanted], budget: Budget, unlike: Sequence[str] = ()) -> Found:
        """A text of at least one character that makes each condition as wanted.

        `unlike`: texts that it must not be.
        """
        finite = self._listed(wanted)
        if finite is not None:
            return next((text for text in finite if self._fits(text, wanted, unlike)), None)
        for known in self._found:
            if known not in unlike and self._comes_out(known, wanted):
                return known
        if self._domain.kind is Kind.TEXT:
            for text in self._plausible:
                if self._comes_out(text, wanted) and self._fits(text, wanted, unlike):
                    self._found.append(text)
                    return text
        found = self._guess(wanted, unlike) or self._look_for(wanted, budget, unlike)
        if isinstance(found, str) and len(self._found) < _REMEMBERED:
            self._found.append(found)
        return found

    def _look_for(self, wanted: Sequence[Wanted], budget: Budget, unlike: Sequence[str]) -> Found:
        families = {atom.operator.family for atom, _ in wanted}
        texts_only = families <= TEXT_FAMILIES
        if self._domain.kind is Kind.TEXT and texts_only:
            return self._search(wanted, budget, unlike)
        return self._try_values(wanted, families, budget, unlike)

    def _fits(self, text: str, wanted: Sequence[Wanted], unlike: Sequence[str]) -> bool:
        if text in unlike or not self._in_domain(text):
            return False
        return self._comes_out(text, wanted)

    def _comes_out(self, text: str, wanted: Sequence[Wanted]) -> bool:
        context = self._contexts.get(text)
        if context is None:
            context = self._contexts[text] = self._probe(text)
        return all(atom.holds(context) is outcome for atom, outcome in wanted)

    def _in_domain(self, text: str) -> bool:
        domain = self._domain
        if not max(1, domain.least) <= len(text) <= domain.most:
            return False
        if domain.charset is not None and not all(c in domain.charset for c in text):
            return False
        if domain.kind is not Kind.TEXT:
            return is_of(domain.kind, text)
        if not domain.language and not domain.excluded:
            return True
        return self._matches(text)

    def _matches(self, text: str) -> bool:
        """Whether the text is in the domain's language."""
        domain = self._domain
        if self._language is None:
            self._language = Automaton((*domain.language, *domain.excluded), domain.charset)
        answers = self._language.accepts(text)
        size = len(domain.language)
        return (not size or any(answers[:size])) and not any(answers[size:])

    def _listed(self, wanted: Sequence[Wanted]) -> tuple[str, ...] | None:
        best: tuple[str, ...] | None = None
        for atom, outcome in wanted:
            if atom.outcomes(outcome) == TRUE and atom.key == self._direct:
                texts = atom.texts
                if texts is not None and (best is None or len(texts) < len(best)):
                    best = texts
        return best

    def _guess(self, wanted: Sequence[Wanted], unlike: Sequence[str]) -> str | None:
        """A text that is near at hand: a wanted pattern with little in place of its wildcards."""
        for atom, outcome in wanted:
            if atom.outcomes(outcome) == TRUE and atom.operator.family in _PATTERNED:
                for tokens in atom.tokens[:_GUESSES]:
                    for text in _guesses(tokens):
                        if self._fits(text, wanted, unlike):
                            return text
                return None
        return None

    # Letters ---------------------------------------------------------------

    def _search(
        self,
        wanted: Sequence[Wanted],
        budget: Budget,
        unlike: Sequence[str],
        *,
        within: Sequence[int] = (),
        without: Sequence[int] = (),
    ) -> Found:
        clauses: list[list[int]] = [list(within)] if within else []
        forbidden = [*without, *(self._number(literal(text)) for text in unlike)]
        either: list[tuple[int, list[int]]] = []
        for atom, outcome in wanted:
            rows = self._lift(atom)
            if rows is None:
                return Unsure("letters beyond ASCII are compared ignoring case")
            numbers = [self._number(row) for row in rows]
            allowed = atom.outcomes(outcome)
            family = atom.operator.family
            if family is Family.ARN:
                of_arns(
                    allowed, numbers, self._number(ARN), atom.doubtful, clauses, forbidden, either
                )
            elif family is Family.BOOL:
                words = [self._number(literal_in_any_case(w) or ()) for w in ("true", "false")]
                of_booleans(allowed, numbers, words, clauses, forbidden)
            elif allowed & TRUE and not allowed & FALSE:
                clauses.append(numbers)
            elif not allowed & TRUE:
                forbidden.extend(numbers)
        return self._branches(clauses, forbidden, either, budget)

    def _branches(
        self,
        clauses: list[list[int]],
        forbidden: list[int],
        either: list[tuple[int, list[int]]],
        budget: Budget,
    ) -> Found:
        """`either`: this pattern is not matched, or one of those is."""
        if not either:
            return self._run(clauses, forbidden, budget)
        (first, rest), remaining = either[0], either[1:]
        without = self._branches(clauses, [*forbidden, first], remaining, budget)
        if isinstance(without, str):
            return without
        matched = self._branches([*clauses, rest], forbidden, remaining, budget)
        return matched if matched is not None else without

    def _run(self, clauses: list[list[int]], forbidden: list[int], budget: Budget) -> Found:
        if not all(clauses):
            return None
        domain = self._domain
        if domain.language:
            clauses = [*clauses, [self._number(row) for row in domain.language]]
        forbidden = [*forbidden, *(self._number(row) for row in domain.excluded)]
        # What matches one of the forbidden patterns cannot be what is wanted of it.
        refused = set(forbidden)
        clauses = [[number for number in clause if number not in refused] for clause in clauses]
        if not all(clauses):
            return None
        if self._automaton is None or self._built < len(self._patterns):
            self._automaton = Automaton(self._patterns, domain.charset)
            self._built = len(self._patterns)
        found = self._steps(clauses, forbidden, budget, _SHORT)
        if not isinstance(found, Unsure):
            return found
        clauses = [
            [n for n in clause if not self._within_one(n, forbidden, budget)] for clause in clauses
        ]
        if not all(clauses):
            return None
        return self._steps(clauses, forbidden, budget, _STEPS_A_QUESTION)

    def _within_one(self, number: int, forbidden: list[int], budget: Budget) -> bool:
        """Whether one of the forbidden patterns alone matches whatever this one does."""
        return any(self._steps([[number]], [each], budget, _SHORT) is None for each in forbidden)

    def _steps(
        self, clauses: list[list[int]], forbidden: list[int], budget: Budget, steps: int
    ) -> Found:
        assert self._automaton is not None  # noqa: S101 - the caller made it
        domain = self._domain
        part = budget.part(steps)
        before = part.left
        try:
            return self._automaton.find(
                clauses, forbidden, least=max(1, domain.least), most=domain.most, budget=part
            )
        except BudgetExceeded:
            return Unsure("the patterns need more steps than the budget has")
        finally:
            budget.left -= before - max(0, part.left)

    def _number(self, row: Pattern) -> int:
        number = self._numbers.get(row)
        if number is None:
            number = self._numbers[row] = len(self._patterns)
            self._patterns.append(row)
        return number

    def prepare(self, atoms: Sequence[Atom]) -> None:
        """Build one automaton for all patterns that may be asked for."""
        if self._domain.kind is not Kind.TEXT:
            return
        for atom in atoms:
            family = atom.operator.family
            if family in TEXT_FAMILIES:
                for row in self._lift(atom) or ():
                    self._number(row)
                if family is Family.ARN:
                    self._number(ARN)
                if family is Family.BOOL:
                    for word in ("true", "false"):
                        self._number(literal_in_any_case(word) or ())

    # Values of other types ----------------------------------------------------

    def _try_values(
        self,
        wanted: Sequence[Wanted],
        families: set[Family],
        budget: Budget,
        unlike: Sequence[str],
    ) -> Found:
        atoms = [atom for atom, _ in wanted]
        spare = len(unlike) + sum(
            len(atom.condition.values) for atom in atoms if atom.operator.family in TEXT_FAMILIES
        )
        candidates: Iterator[str] = typed_values(atoms, self._domain.kind, spare)
        for text in islice(candidates, _STEPS_A_QUESTION):
            if self._fits(text, wanted, unlike):
                return text
        # Texts that are ruled out one by one were allowed for; anything else was not.
        others = [atom for atom in atoms if atom.operator.family in TEXT_FAMILIES]
        kind, typed = self._domain.kind, families - TEXT_FAMILIES
        exact = all(a.texts is not None and a.operator.family is not Family.ARN for a in others)
        if Family.BINARY in typed and (others or kind is not Kind.TEXT):
            exact = False  # the same bytes can be written in several ways
        if kind is Kind.TEXT and (len(typed) > 1 or self._domain.language):
            exact = False
        if exact or kind is Kind.BOOL:
            return None
        if kind is Kind.TEXT:
            return self._outside_types(wanted, typed, budget, unlike)
        return Unsure(_MIXED)

    def _outside_types(
        self, wanted: Sequence[Wanted], typed: set[Family], budget: Budget, unlike: Sequence[str]
    ) -> Found:
        """What is left: a text of none of the types, or the proof that none of a type fits."""
        letters = [pair for pair in wanted if pair[0].operator.family in TEXT_FAMILIES]
        shapes = [self._number(row) for family in typed for row in SHAPES[family]]
        if all(
            atom.outcomes(outcome) & NOT_OF_TYPE
            for atom, outcome in wanted
            if atom.operator.family not in TEXT_FAMILIES
        ):
            found = self._search(letters, budget, unlike, without=shapes)
            if found is not None:
                return found
        for family in typed:
            rows = [self._number(row) for row in SHAPES[family]]
            if self._search(letters, budget, unlike, within=rows) is not None:
                return Unsure(_MIXED)
        return None


_MIXED = "operators for text and for other types ask about one key"


def _guesses(tokens: tuple[Token, ...]) -> Iterator[str]:
    """The pattern with something likely, nothing, or anything in place of its wildcards."""
    yield filled_in(tokens)
    for filler in ("", "x"):
        yield "".join(t if isinstance(t, str) else filler if t is Wild.ANY else "x" for t in tokens)
