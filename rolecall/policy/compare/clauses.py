"""What the outcome of an Arn or Bool test says of patterns that must match, or must not."""

from rolecall.policy.compare.atoms import FALSE, NOT_OF_TYPE, TRUE


def of_arns(
    allowed: int,
    numbers: list[int],
    shape: int,
    doubtful: bool,
    clauses: list[list[int]],
    forbidden: list[int],
    either: list[tuple[int, list[int]]],
) -> None:
    """True: a pattern matches. Not of the type: no ARN, or in doubt. False: the rest."""
    if doubtful:
        # Never false: whatever does not match might.
        if allowed & TRUE and not allowed & NOT_OF_TYPE:
            clauses.append(numbers)
        elif not allowed & TRUE:
            if allowed & NOT_OF_TYPE:
                forbidden.extend(numbers)
            else:
                clauses.append([])
        return
    if allowed == TRUE:
        clauses.append(numbers)
    elif allowed == FALSE:
        clauses.append([shape])
        forbidden.extend(numbers)
    elif allowed == NOT_OF_TYPE:
        forbidden.append(shape)
    elif allowed == TRUE | NOT_OF_TYPE:
        either.append((shape, numbers))
    elif allowed == FALSE | NOT_OF_TYPE:
        forbidden.extend(numbers)
    elif allowed == TRUE | FALSE:
        clauses.append([shape])


def of_booleans(
    allowed: int,
    numbers: list[int],
    words: list[int],
    clauses: list[list[int]],
    forbidden: list[int],
) -> None:
    """True: one of the named words. False: the other one. Not of the type: any other text."""
    others = [word for word in words if word not in numbers]
    if not allowed & NOT_OF_TYPE:
        clauses.append((numbers if allowed & TRUE else []) + (others if allowed & FALSE else []))
        return
    if not allowed & TRUE:
        forbidden.extend(numbers)
    if not allowed & FALSE:
        forbidden.extend(others)
