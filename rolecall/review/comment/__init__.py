"""A review as the comment of a pull or merge request: posted once, then updated in place."""
