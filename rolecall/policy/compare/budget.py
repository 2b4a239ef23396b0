"""How much work a comparison may do: counted in steps, so that it always ends alike."""


class BudgetExceeded(Exception):
    """The question was not decided within the budget."""


class Budget:
    """So many steps; one step is one state of an automaton or one split of a box."""

    __slots__ = ("left", "total")

    def __init__(self, total: int) -> None:
        self.total = total
        self.left = total

    def spend(self, steps: int = 1) -> None:
        """Raises `BudgetExceeded` when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetExceeded

    def part(self, steps: int) -> "Budget":
        """A budget of its own for one question, within what is left of this one."""
        return Budget(max(0, min(steps, self.left)))
