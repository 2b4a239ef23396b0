"""Notes of GitLab's merge requests.

Source: GitLab Docs, "Notes API", "REST API" (pagination), "GitLab CI/CD job token" (notes are
not among what it may do), "Predefined CI/CD variables".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from rolecall.problems import Exit, Problem
from rolecall.review.comment.http import Answer, Api, RefusedError, checked_token, checked_url
from rolecall.review.comment.in_place import Found

TOKEN_VARIABLE = "GITLAB_TOKEN"  # noqa: S105 - a name
#: What a note may have, in characters.
LIMIT = 1_000_000
_HOW = (
    "a project access token with the role Reporter and the scope api, as a masked variable of the "
    "project. The job's own token (CI_JOB_TOKEN) may not write notes"
)


@dataclass(frozen=True, slots=True)
class GitLab:
    """The notes of one merge request."""

    api: Api = field(repr=False)
    project: int
    number: int
    wanted_author: str | None = None

    @classmethod
    def of_job(
        cls, environ: Mapping[str, str], number: int | None = None, author: str | None = None
    ) -> "GitLab":
        """The merge request of the job, from the variables that GitLab CI/CD sets.

        In a pipeline of a fork CI_PROJECT_ID is the fork's, and the number belongs to the
        project that the merge request is for. Raises `Problem` outside of a job.
        """
        project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", "")
        url = environ.get("CI_API_V4_URL", "")
        if not project or not url:
            raise Problem(
                "CI_API_V4_URL or CI_PROJECT_ID is not set: `rolecall comment gitlab` works in a "
                "job of GitLab CI/CD."
            )
        if not _is_number(project):
            raise Problem("CI_PROJECT_ID is not what GitLab sets: it must be a number.")
        if number is None:
            given = environ.get("CI_MERGE_REQUEST_IID", "")
            if not _is_number(given):
                raise Problem(
                    "CI_MERGE_REQUEST_IID is not set: run the job in a merge request pipeline "
                    '(`rules: - if: $CI_PIPELINE_SOURCE == "merge_request_event"`), or name the '
                    "merge request with --number."
                )
            number = int(given)
        token = environ.get(TOKEN_VARIABLE, "")
        if not token:
            raise Problem(f"{TOKEN_VARIABLE} is not set: make {_HOW}.")
        headers = {
            "PRIVATE-TOKEN": checked_token(token, TOKEN_VARIABLE),
            "Accept": "application/json",
        }
        api = Api("GitLab", checked_url(url, "CI_API_V4_URL"), headers)
        return cls(api, int(project), number, author)

    def author(self) -> str:
        """Whom the token belongs to: a project access token has a user of its own."""
        if self.wanted_author is not None:
            return self.wanted_author
        answer = self.api.call("GET", "/user")
        username = answer.data.get("username") if isinstance(answer.data, dict) else None
        if answer.status != 200 or not isinstance(username, str):
            self._refused(answer)
        return username

    def comments(self) -> Iterator[Found]:
        """All notes that people and bots wrote, a hundred a page."""
        try:
            for item in self.api.pages(
                f"{self._notes()}?per_page=100&sort=asc&order_by=created_at"
            ):
                found = _found(item)
                if found is not None:
                    yield found
        except RefusedError as refused:
            self._refused(refused.answer)

    def post(self, text: str) -> tuple[str | None, str]:
        """Write a new note."""
        answer = self.api.call("POST", self._notes(), {"body": text})
        found = _found(answer.data)
        if answer.status != 201 or found is None:
            self._refused(answer)
        return None, found.author

    def update(self, number: int, text: str) -> tuple[bool, str | None]:
        """Write the note anew."""
        answer = self.api.call("PUT", f"{self._notes()}/{number}", {"body": text})
        if answer.status == 404:
            return False, None
        if answer.status != 200:
            self._refused(answer)
        return True, None

    def delete(self, number: int) -> bool:
        """Delete the note."""
        return self.api.call("DELETE", f"{self._notes()}/{number}").status == 204

    def _notes(self) -> str:
        return f"/projects/{self.project}/merge_requests/{self.number}/notes"

    def _refused(self, answer: Answer) -> NoReturn:
        where = f"merge request {self.number} of project {self.project}"
        status, words = answer.status, answer.words
        if status == 401:
            raise Problem(
                f"GitLab does not know the token in {TOKEN_VARIABLE} (401 {words}): make {_HOW}.",
                Exit.DENIED,
            )
        if status == 403:
            raise Problem(
                f"GitLab does not let this token write a note at {where} (403 {words}): it needs "
                f"{_HOW}.",
                Exit.DENIED,
            )
        if status == 404:
            raise Problem(
                f"GitLab finds no {where} (404 {words}): the token may not see the project, or "
                "CI_API_V4_URL is another GitLab's.",
                Exit.FAILED,
            )
        if status in {400, 422}:
            raise Problem(f"GitLab does not take the note ({status} {words}).", Exit.FAILED)
        if 300 <= status < 400:
            raise Problem(
                f"GitLab redirects ({status}), and the token does not go along: CI_API_V4_URL is "
                "not the API's address.",
                Exit.FAILED,
            )
        code = Exit.UNREACHABLE if status >= 500 else Exit.FAILED
        raise Problem(f"GitLab answered {status} ({words}) for {where}.", code)


def _found(item: object) -> Found | None:
    if not isinstance(item, dict) or item.get("system") is True:
        return None
    author = item.get("author")
    username = author.get("username") if isinstance(author, dict) else None
    number, text = item.get("id"), item.get("body")
    if not isinstance(number, int) or not isinstance(username, str):
        return None
    return Found(number, text if isinstance(text, str) else "", username)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 19
