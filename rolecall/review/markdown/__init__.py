"""A report as Markdown, for a comment on a pull or merge request."""

from rolecall.review.comment.body import MARKER
from rolecall.review.markdown.comment import LIMIT, to_markdown

__all__ = ["LIMIT", "MARKER", "to_markdown"]
