"""Comments of GitHub's pull requests.

Source: GitHub Docs, "REST API endpoints for issue comments", "Using pagination in the REST
API", "Troubleshooting the REST API", "Events that trigger workflows" (forks).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from rolecall.problems import Exit, Problem
from rolecall.review.comment.http import Answer, Api, RefusedError, checked_token, checked_url
from rolecall.review.comment.in_place import Found

TOKEN_VARIABLE = "GITHUB_TOKEN"  # noqa: S105 - a name
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_LARGEST_EVENT = 32 * 1024 * 1024
#: What a comment may have, in characters.
LIMIT = 65_536
#: Who comments with the token of a job; no user can have a name with brackets.
_JOBS = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class GitHub:
    """The comments of one pull request."""

    api: Api = field(repr=False)
    repository: str
    number: int
    wanted_author: str | None = None

    @classmethod
    def of_job(
        cls, environ: Mapping[str, str], number: int | None = None, author: str | None = None
    ) -> "GitHub":
        """The pull request of the job, from the variables that GitHub Actions sets.

        Raises `Problem` outside of a job, and for an event that has no pull request.
        """
        repository = environ.get("GITHUB_REPOSITORY", "")
        if not repository:
            raise Problem(
                "GITHUB_REPOSITORY is not set: `rolecall comment github` works in a job of GitHub "
                "Actions."
            )
        if not _REPOSITORY.fullmatch(repository):
            raise Problem("GITHUB_REPOSITORY is not what GitHub sets: it must be OWNER/NAME.")
        token = environ.get(TOKEN_VARIABLE, "")
        if not token:
            raise Problem(
                f"{TOKEN_VARIABLE} is not set: write `env: GITHUB_TOKEN: ${{{{ github.token }}}}` "
                "at the step, and `permissions: pull-requests: write` at the job."
            )
        url = checked_url(
            environ.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL"
        )
        headers = {
            "Authorization": f"Bearer {checked_token(token, TOKEN_VARIABLE)}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        if number is None:
            number = _pull_request(environ.get("GITHUB_EVENT_PATH", ""))
        return cls(Api("GitHub", url, headers), repository, number, author)

    def author(self) -> str:
        """Whom the token belongs to. The token of a job may not ask, and is the job's."""
        if self.wanted_author is not None:
            return self.wanted_author
        answer = self.api.call("GET", "/user")
        if answer.status == 403:
            return _JOBS
        login = answer.data.get("login") if isinstance(answer.data, dict) else None
        if answer.status != 200 or not isinstance(login, str):
            self._refused(answer)
        return login

    def comments(self) -> Iterator[Found]:
        """All comments, the oldest first, a hundred a page."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments?per_page=100"
        try:
            for item in self.api.pages(path):
                found = _found(item)
                if found is not None:
                    yield found
        except RefusedError as refused:
            self._refused(refused.answer)

    def post(self, text: str) -> tuple[str | None, str]:
        """Write a new comment."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        answer = self.api.call("POST", path, {"body": text})
        found = _found(answer.data)
        if answer.status != 201 or found is None:
            self._refused(answer)
        return _url(answer.data), found.author

    def update(self, number: int, text: str) -> tuple[bool, str | None]:
        """Write the comment anew."""
        path = f"/repos/{self.repository}/issues/comments/{number}"
        answer = self.api.call("PATCH", path, {"body": text})
        if answer.status == 404:
            return False, None
        if answer.status != 200:
            self._refused(answer)
        return True, _url(answer.data)

    def delete(self, number: int) -> bool:
        """Delete the comment."""
        path = f"/repos/{self.repository}/issues/comments/{number}"
        return self.api.call("DELETE", path).status == 204

    def _refused(self, answer: Answer) -> NoReturn:
        where = f"pull request {self.number} of {self.repository}"
        status, words = answer.status, answer.words
        if status == 401:
            raise Problem(
                f"GitHub does not know the token in {TOKEN_VARIABLE} (401 {words}): it is over "
                "with its job; give the job's own, ${{ github.token }}.",
                Exit.DENIED,
            )
        if status == 403:
            raise ReadOnlyProblem(
                f"GitHub does not let this token comment on {where} (403 {words}): the job needs "
                "`permissions: pull-requests: write`. For a pull request from a fork the token "
                "only reads, whatever is written there: use the job's summary, with --summary.",
                Exit.DENIED,
            )
        if status in {404, 410}:
            raise Problem(
                f"GitHub finds no {where} ({status} {words}): the number is another "
                "repository's, or the token may not see it.",
                Exit.FAILED,
            )
        if status == 422:
            raise Problem(f"GitHub does not take the comment (422 {words}).", Exit.FAILED)
        if 300 <= status < 400:
            raise Problem(
                f"GitHub redirects ({status}), and the token does not go along: the repository "
                "was renamed or GITHUB_API_URL is not the API's address.",
                Exit.FAILED,
            )
        code = Exit.UNREACHABLE if status >= 500 else Exit.FAILED
        raise Problem(f"GitHub answered {status} ({words}) for {where}.", code)


class ReadOnlyProblem(Problem):
    """The token may read and not write: the rule for a pull request from a fork."""


def _pull_request(path: str) -> int:
    """The number of the event's pull request."""
    if not path:
        raise Problem("GITHUB_EVENT_PATH is not set: name the pull request with --number.")
    try:
        with Path(path).open("rb") as file:
            text = file.read(_LARGEST_EVENT + 1)
        event = json.loads(text) if len(text) <= _LARGEST_EVENT else None
    except OSError as error:
        raise Problem(f"GITHUB_EVENT_PATH cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise Problem("GITHUB_EVENT_PATH holds no event of GitHub.")
    pull, issue = event.get("pull_request"), event.get("issue")
    if not isinstance(pull, dict) and isinstance(issue, dict) and "pull_request" in issue:
        pull = issue
    number = pull.get("number") if isinstance(pull, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Problem(
            "The event of this job has no pull request: run the step for `on: pull_request`, or "
            "name the pull request with --number."
        )
    return number


def _found(item: object) -> Found | None:
    if not isinstance(item, dict):
        return None
    user = item.get("user")  # null: the account was deleted
    login = user.get("login") if isinstance(user, dict) else None
    number, text = item.get("id"), item.get("body")
    if not isinstance(number, int) or not isinstance(login, str):
        return None
    return Found(number, text if isinstance(text, str) else "", login)


def _url(item: object) -> str | None:
    found = item.get("html_url") if isinstance(item, dict) else None
    return found if isinstance(found, str) else None
