"""The report as one HTML file: opened from a CI artifact, offline, by whoever reviews."""

from rolecall.review.html.page import to_html

__all__ = ["to_html"]
