"""Many text patterns run at once, and the shortest text that matches some and not others.

Each position of each pattern is a bit of one number, so that a step of all of them is a
few operations on integers. States are made when the search reaches them.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import chain

from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.patterns import Pattern, Symbol

# Characters that stand for all those which no pattern mentions, the most readable first.
_PREFERRED = "xyzwvutsrqponmlkjihgfedcba0123456789XYZABCDEFGHIJKLMNOPQRSTUVW-_.@=,+/: !"
# Then letters of other alphabets: the first few always, the rest only if those are mentioned.
_RESERVE = range(0x100, 0xD800)
_LAST_OF_POOL = chr(0x17F)


class Automaton:
    """The patterns of one condition key.

    `charset`: the characters that the key's values are made of; None: any.
    """

    def __init__(self, patterns: Sequence[Pattern], charset: str | None) -> None:
        self._charset = charset
        self._starts: list[int] = []
        self._finals: list[int] = []
        self._spans: list[int] = []
        self._sinks = 0
        self._left: list[int] = []
        self._explicit: dict[str, int] = {}
        self._any = self._any_star = 0
        self._not: dict[str, int] = {}
        self._groups: dict[str, tuple[int, int]] = {}
        self._texts: list[str] = []
        self._stars = self._wild = 0
        for row in patterns:
            self._add(row)
        self._moves: dict[str, tuple[int, int]] = {}
        self._separators = tuple(c for c in self._not if charset is None or c in charset)
        self._fresh = self._unmentioned()

    def _add(self, row: Pattern) -> None:
        start = len(self._texts)
        self._starts.append(1 << start)
        for index, symbol in enumerate(row, start):
            self._put(1 << index, symbol)
        end = start + len(row)
        self._texts.append("")
        self._finals.append(1 << end)
        # How many characters a text still needs from each position on, at least.
        left = [0]
        for symbol in reversed(row):
            left.append(left[-1] + (not symbol.star))
        self._left.extend(reversed(left))
        self._spans.append((1 << end + 1) - (1 << start))
        if row and row[-1] == Symbol(True, None):
            self._sinks |= 1 << end

    def _put(self, bit: int, symbol: Symbol) -> None:
        text = ""
        if symbol.chars is None:
            self._wild |= bit
            if symbol.star:
                self._any_star |= bit
            else:
                self._any |= bit
            for character in symbol.excluded:
                self._not[character] = self._not.get(character, 0) | bit
        elif symbol.star or len(symbol.chars) > 4:
            self._wild |= bit
            step, stay = self._groups.get(symbol.chars, (0, 0))
            self._groups[symbol.chars] = (step, stay | bit) if symbol.star else (step | bit, stay)
        else:
            text = symbol.chars
            if self._charset is not None:
                text = "".join(c for c in text if c in self._charset)
            for character in text:
                self._explicit[character] = self._explicit.get(character, 0) | bit
        if symbol.star:
            self._stars |= bit
        self._texts.append(text)

    def _unmentioned(self) -> tuple[str, ...]:
        """One character for each way in which unmentioned characters can differ.

        Where every character of a kind is mentioned by some pattern or other, no single one
        stands for the rest: then all of them.
        """
        charset = self._charset
        pool: Iterable[str] = chain(_PREFERRED, *self._groups)
        if charset is not None:
            pool = "x" + charset if "x" in charset else charset
        if charset is None or chr(_RESERVE.start) in charset:
            pool = chain(pool, (c for c in map(chr, _RESERVE) if charset is None or c in charset))
        chosen: dict[tuple[bool, ...], str] = {}
        mentioned: dict[tuple[bool, ...], dict[str, None]] = {}
        outside = (False,) * len(self._groups)
        for character in pool:
            signature = tuple(character in group for group in self._groups)
            if character in self._explicit or character in self._not:
                mentioned.setdefault(signature, {})[character] = None
            elif signature not in chosen:
                chosen[signature] = character
            if outside in chosen and (not self._groups or character == _LAST_OF_POOL):
                break
        crowded = (each for kind, each in mentioned.items() if kind not in chosen)
        return (*chosen.values(), *chain.from_iterable(crowded))

    def _move(self, character: str) -> tuple[int, int]:
        found = self._moves.get(character)
        if found is None:
            allowed = ~self._not.get(character, 0)
            step = self._explicit.get(character, 0) | self._any & allowed
            stay = self._any_star & allowed
            for group, (steps, stays) in self._groups.items():
                if character in group:
                    step |= steps
                    stay |= stays
            found = self._moves[character] = (step, stay)
        return found

    def _skip(self, states: int) -> int:
        """A star may stand for nothing."""
        stars = self._stars
        while fresh := (states & stars) << 1 & ~states:
            states |= fresh
        return states

    def accepts(self, text: str) -> list[bool]:
        """Which of the patterns match the whole text."""
        states = self._skip(sum(self._starts))
        for character in text:
            step, stay = self._move(character)
            states = self._skip((states & step) << 1 | states & stay)
        return [bool(states & final) for final in self._finals]

    def _options(self, states: int, clauses: list[int]) -> tuple[str, ...]:
        """The characters that are worth a try."""
        for clause in clauses:
            active = states & clause
            if not active & self._wild:
                return tuple(self._mentioned(active))
        # A list, not a set: the same question has the same answer in every process.
        listed = dict.fromkeys(self._mentioned(states & ~self._wild))
        listed.update(dict.fromkeys(self._separators))
        return (*self._fresh, *listed)

    def _mentioned(self, active: int) -> list[str]:
        found: list[str] = []
        while active:
            bit = active & -active
            active ^= bit
            for character in self._texts[bit.bit_length() - 1]:
                if character not in found:
                    found.append(character)
        return found

    def find(
        self,
        clauses: Sequence[Sequence[int]],
        forbidden: Sequence[int],
        *,
        least: int,
        most: int,
        budget: Budget,
        hurried: bool = True,
    ) -> str | None:
        """A short text that matches a pattern of every clause and none that is forbidden.

        Patterns are named by their number. Raises `BudgetExceeded`.
        """
        start = 0
        spans, accepting = [], []
        for clause in clauses:
            span = final = 0
            for number in clause:
                span |= self._spans[number]
                final |= self._finals[number]
                start |= self._starts[number]
            spans.append(span)
            accepting.append(final)
        refused = 0
        for number in forbidden:
            refused |= self._finals[number]
            start |= self._starts[number]
        hopeless = refused & self._sinks
        first = (self._skip(start), 0)
        left = self._left
        rows = [[self._spans[number] for number in clause] for clause in clauses]
        came: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {first: None}
        # The text that can be shortest first; of those the longest, which is nearest to its end.
        queue = [(0, 0, 0, first)]
        count = 0
        while queue:
            _, length, _, node = heappop(queue)
            length = -length
            states, counted = node
            if (
                not states & refused
                and counted >= least
                and all(states & final for final in accepting)
            ):
                return _text(came, node)
            if length >= most:
                if hurried:
                    # Something may have been reached by a detour: look again, step by step.
                    return self.find(
                        clauses, forbidden, least=least, most=most, budget=budget, hurried=False
                    )
                continue
            budget.spend()
            for character in self._options(states, spans):
                step, stay = self._move(character)
                following = self._skip((states & step) << 1 | states & stay)
                if following & hopeless or not all(following & span for span in spans):
                    continue
                after = (following, min(counted + 1, least))
                if after not in came:
                    came[after] = (node, character)
                    count += 1
                    ahead = 0
                    for row in rows:
                        nearest = min(
                            left[found.bit_length() - 1]
                            for span in row
                            if (found := following & span)
                        )
                        if nearest > ahead:
                            ahead = nearest
                    heappush(queue, (length + 1 + ahead, -length - 1, count, after))
        return None


def _text(
    came: dict[tuple[int, int], tuple[tuple[int, int], str] | None], node: tuple[int, int]
) -> str:
    letters: list[str] = []
    step = came[node]
    while step is not None:
        node, character = step
        letters.append(character)
        step = came[node]
    return "".join(reversed(letters))
