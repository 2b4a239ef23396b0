"""`rolecall comment`: one comment a review, updated in place, and nothing of the token told."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.cli.main import main
from rolecall.problems import Exit, Problem
from rolecall.review.comment import http
from rolecall.review.comment.body import MARKER, bears, marked, marker
from tests.ci.platforms import GitHubApi, GitLabApi, Token, served

SECRET = "ghs_0123456789hushhushhush"
PERSON = "ghp_0123456789mine"
FORK = "ghs_0123456789fork"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_sleep", SLEPT.append)
    SLEPT.clear()


SLEPT: list[float] = []


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "review.md"
    path.write_text("# Trust review\n\nwider: tes-deployer\n")
    return path


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GitHubApi]:
    api = GitHubApi({SECRET: Token(None), PERSON: Token("alice"), FORK: Token(None, writes=False)})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    for name, value in {
        "GITHUB_REPOSITORY": "acme/infra",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    with served(api.answer) as url:
        api.url = url
        monkeypatch.setenv("GITHUB_API_URL", url)
        yield api


@pytest.fixture
def gitlab(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitLabApi]:
    api = GitLabApi({SECRET: Token("project_42_bot"), FORK: Token("bob", writes=False)})
    for name, value in {
        "CI_PROJECT_ID": "43",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    with served(api.answer) as url:
        api.url = url
        monkeypatch.setenv("CI_API_V4_URL", url)
        yield api


def comment(platform: str, review: Path, *options: str) -> int:
    return main(["comment", platform, str(review), *options])


class TestGitHub:
    def test_it_is_posted_and_then_updated_in_place(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        github.add("LGTM", "alice")
        assert comment("github", review) == 0
        assert capsys.readouterr().out.startswith("The review is posted. https://github.com/")
        review.write_text("# Trust review\n\nsame\n")
        assert comment("github", review) == 0
        assert capsys.readouterr().out.startswith("The review's comment is updated. https://")
        assert [each["body"] for each in github.comments] == [
            "LGTM",
            f"{MARKER}\n# Trust review\n\nsame\n",
        ]
        assert github.writes() == ["POST", "PATCH"]

    def test_what_says_the_same_is_left_alone(self, github: GitHubApi, review: Path) -> None:
        comment("github", review)
        github.comments[0]["body"] = github.comments[0]["body"].replace("\n", "\r\n").rstrip()
        assert comment("github", review) == 0
        assert github.writes() == ["POST"]

    def test_it_is_found_on_a_later_page(self, github: GitHubApi, review: Path) -> None:
        for number in range(230):
            github.add(f"comment {number}", "alice")
        mine = github.add(f"{MARKER}\nold")
        for number in range(20):
            github.add(f"later {number}", "bob")
        assert comment("github", review) == 0
        assert "wider" in github.at(mine)["body"]
        assert len(github.comments) == 251
        assert sum("comments?" in target for _, target, _ in github.asked) == 3

    def test_of_several_the_newest_stays(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        github.add(f"{MARKER}\nfirst")
        github.add(f"{MARKER}\nsecond")
        newest = github.add(f"{MARKER}\nthird")
        assert comment("github", review, "--json") == 0
        assert json.loads(capsys.readouterr().out)["removed"] == 2
        assert [each["id"] for each in github.comments] == [newest]

    def test_a_stranger_s_marker_is_not_ours(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        """Whoever wrote a comment can change it after us: into a review that says "same"."""
        forged = github.add(f"{MARKER}\nNobody gains access.", "mallory")
        assert comment("github", review) == 0
        assert "mallory" in capsys.readouterr().err
        assert github.at(forged)["body"].endswith("Nobody gains access.")
        assert len(github.comments) == 2
        comment("github", review)
        assert len(github.comments) == 2

    def test_a_comment_that_only_quotes_the_marker_is_not_it(
        self, github: GitHubApi, review: Path
    ) -> None:
        github.add(f"> {MARKER}\n\nWhat is this?")
        comment("github", review)
        assert len(github.comments) == 2

    def test_reviews_with_names_do_not_meet(self, github: GitHubApi, review: Path) -> None:
        comment("github", review)
        comment("github", review, "--name", "plan-tes")
        comment("github", review, "--name", "plan-stg")
        comment("github", review, "--name", "plan-tes")
        assert len(github.comments) == 3

    def test_one_that_was_deleted_meanwhile_is_posted_again(
        self, github: GitHubApi, review: Path
    ) -> None:
        github.add(f"{MARKER}\nold")
        first = github.known

        def gone(method: str, *rest: Any) -> Any:
            if method == "PATCH":
                github.comments.clear()
            return first(method, *rest)

        github.known = gone  # type: ignore[method-assign]
        assert comment("github", review) == 0
        assert [each["body"].splitlines()[-1] for each in github.comments] == [
            "wider: tes-deployer"
        ]

    def test_a_person_s_token_knows_whose_it_is(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", PERSON)
        comment("github", review)
        review.write_text("other")
        comment("github", review)
        assert [each["user"]["login"] for each in github.comments] == ["alice"]

    def test_a_wrong_author_is_told(self, github: GitHubApi, review: Path, capsys: Output) -> None:
        assert comment("github", review, "--author", "acme-reviews[bot]") == 0
        assert "--author 'github-actions[bot]'" in capsys.readouterr().err

    def test_the_number_of_an_issue_comment_s_pull_request(
        self, github: GitHubApi, review: Path, tmp_path: Path
    ) -> None:
        event = {"issue": {"number": 7, "pull_request": {}}, "comment": {}}
        (tmp_path / "event.json").write_text(json.dumps(event))
        assert comment("github", review) == 0

    @pytest.mark.parametrize(
        "event", ["{}", '{"issue": {"number": 7}}', "[", '{"pull_request": {"number": "7"}}']
    )
    def test_an_event_without_a_pull_request(
        self, github: GitHubApi, review: Path, tmp_path: Path, event: str, capsys: Output
    ) -> None:
        (tmp_path / "event.json").write_text(event)
        assert comment("github", review) == Exit.BAD_INPUT
        assert comment("github", review, "--number", "7") == 0


class TestRefusals:
    def test_a_fork_s_token_only_reads(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", FORK)
        assert comment("github", review) == Exit.DENIED
        words = capsys.readouterr().err
        assert "fork" in words
        assert "--summary" in words

    def test_then_the_summary_is_enough(
        self,
        github: GitHubApi,
        review: Path,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: Output,
    ) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", FORK)
        summary = tmp_path / "summary"
        summary.write_text("before\n")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        assert comment("github", review, "--summary") == 0
        assert "summary only" in capsys.readouterr().out
        assert summary.read_text().startswith(f"before\n{MARKER}\n# Trust review")

    def test_no_summary_outside_of_a_job(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        assert comment("github", review, "--summary") == Exit.BAD_INPUT
        assert github.asked == []

    @pytest.mark.parametrize(
        ("status", "code", "words"),
        [
            (401, Exit.DENIED, "does not know the token"),
            (403, Exit.DENIED, "pull-requests: write"),
            (404, Exit.FAILED, "finds no pull request 7 of acme/infra"),
            (410, Exit.FAILED, "finds no pull request"),
            (422, Exit.FAILED, "does not take the comment"),
            (301, Exit.FAILED, "redirects"),
            (500, Exit.UNREACHABLE, "answered 500"),
            (418, Exit.FAILED, "answered 418"),
        ],
    )
    def test_each_has_its_sentence(
        self,
        github: GitHubApi,
        review: Path,
        status: int,
        code: Exit,
        words: str,
        capsys: Output,
    ) -> None:
        github.first = [(status, {}, {"message": "no\x1b[31m"})] * 3
        assert comment("github", review, "--author", "github-actions[bot]") == code
        told = capsys.readouterr().err
        assert words in told
        assert "\x1b" not in told
        assert SECRET not in told

    @pytest.mark.parametrize("status", [401, 403, 404, 422])
    def test_of_gitlab_too(
        self, gitlab: GitLabApi, review: Path, status: int, capsys: Output
    ) -> None:
        gitlab.first = [(200, {}, {"username": "x"}), (status, {}, {"message": "no"})]
        assert comment("gitlab", review) in {Exit.DENIED, Exit.FAILED}
        told = capsys.readouterr().err
        assert str(status) in told
        assert SECRET not in told

    def test_a_redirect_does_not_get_the_token(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        elsewhere = GitHubApi({SECRET: Token(None)})
        with served(elsewhere.answer) as url:
            github.first = [(302, {"Location": f"{url}/user"}, None)]
            assert comment("github", review) == Exit.FAILED
        assert elsewhere.asked == []

    def test_nor_does_a_next_page_elsewhere(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        elsewhere = GitHubApi({SECRET: Token(None)})
        with served(elsewhere.answer) as url:
            github.first = [
                (403, {}, {"message": "Resource not accessible by integration"}),
                (200, {"Link": f'<{url}/page2>; rel="next"'}, []),
            ]
            assert comment("github", review) == Exit.FAILED
        assert elsewhere.asked == []
        assert "another address" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "url",
        [
            "http://api.github.com",
            "https://me@api.github.com",
            "ftp://api.github.com",
            "https://",
            "https://api.github.com/?x=1",
            "https://api.github.com:x",
            "nonsense",
        ],
    )
    def test_the_token_travels_in_no_other_way(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("GITHUB_API_URL", url)
        assert comment("github", review) == Exit.BAD_INPUT

    def test_a_token_with_a_line_break_is_refused_without_being_told(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", f"{SECRET}\nX-Evil: 1")
        assert comment("github", review) == Exit.BAD_INPUT
        assert SECRET not in capsys.readouterr().err


class TestWaiting:
    def test_retry_after_is_obeyed(self, github: GitHubApi, review: Path) -> None:
        github.first = [(429, {"Retry-After": "7"}, {"message": "secondary rate limit"})]
        assert comment("github", review) == 0
        assert SLEPT == [7]

    def test_so_is_the_reset(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "_now", lambda: 1000.0)
        spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1030"}
        github.first = [(403, spent, {"message": "API rate limit exceeded"})]
        assert comment("github", review) == 0
        assert SLEPT == [30]

    def test_but_not_for_an_hour(self, github: GitHubApi, review: Path, capsys: Output) -> None:
        github.first = [(403, {"Retry-After": "3600"}, {"message": "slow down"})]
        assert comment("github", review) == Exit.UNREACHABLE
        assert SLEPT == []
        assert "3600 more seconds" in capsys.readouterr().err

    def test_nor_again_and_again(self, github: GitHubApi, review: Path) -> None:
        github.first = [(429, {"Retry-After": "50"}, None)] * 9
        assert comment("github", review) == Exit.UNREACHABLE
        assert SLEPT == [50, 50]

    def test_a_failure_for_the_moment(self, github: GitHubApi, review: Path) -> None:
        github.first = [(502, {}, None), (503, {}, None)]
        assert comment("github", review) == 0

    def test_a_comment_that_may_have_been_heard_is_not_posted_twice(
        self, github: GitHubApi, review: Path
    ) -> None:
        github.first = [
            (403, {}, {"message": "Resource not accessible by integration"}),
            (200, {}, []),
            (502, {}, None),
        ]
        assert comment("github", review) == Exit.UNREACHABLE
        assert github.writes() == ["POST"]

    def test_one_who_never_answers(
        self,
        github: GitHubApi,
        review: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
    ) -> None:
        monkeypatch.setattr(http, "_SECONDS", 0.05)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
            assert comment("github", review) == Exit.UNREACHABLE
        assert "does not answer" in capsys.readouterr().err

    def test_one_who_answers_a_byte_at_a_time(
        self, github: GitHubApi, review: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "_SECONDS", 0.2)
        over = threading.Event()

        def drip(server: socket.socket) -> None:
            while not over.is_set():
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                peer.recv(65_536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                try:
                    while not over.wait(0.02):
                        peer.sendall(b" ")
                except OSError:
                    continue

        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=drip, args=(server,), daemon=True)
            thread.start()
            monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
            assert comment("github", review) == Exit.UNREACHABLE
            over.set()


class TestGitLab:
    def test_it_is_posted_and_then_updated_in_place(self, gitlab: GitLabApi, review: Path) -> None:
        gitlab.add("assigned to @bob", "bob", system=True)
        assert comment("gitlab", review) == 0
        review.write_text("narrower")
        assert comment("gitlab", review) == 0
        assert gitlab.comments[1]["body"] == f"{MARKER}\nnarrower\n"
        assert gitlab.writes() == ["POST", "PUT"]

    def test_the_number_belongs_to_the_project_that_it_is_for(
        self, gitlab: GitLabApi, review: Path
    ) -> None:
        comment("gitlab", review)
        assert all("/projects/42/" in target for _, target, _ in gitlab.asked[1:])

    def test_found_on_a_later_page(self, gitlab: GitLabApi, review: Path) -> None:
        for number in range(150):
            gitlab.add(f"note {number}", "bob")
        mine = gitlab.add(f"{MARKER}\nold", "project_42_bot")
        assert comment("gitlab", review) == 0
        assert "wider" in gitlab.at(mine)["body"]

    def test_without_a_token_it_says_which_one(
        self, gitlab: GitLabApi, review: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.delenv("GITLAB_TOKEN")
        assert comment("gitlab", review) == Exit.BAD_INPUT
        words = capsys.readouterr().err
        assert "project access token" in words
        assert "CI_JOB_TOKEN" in words

    @pytest.mark.parametrize("name", ["CI_MERGE_REQUEST_IID", "CI_API_V4_URL"])
    def test_outside_of_a_merge_request(
        self, gitlab: GitLabApi, review: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.delenv(name)
        assert comment("gitlab", review) == Exit.BAD_INPUT


class TestText:
    def test_the_marker_comes_first_once(self) -> None:
        text = f"{MARKER}\n\n# Review\n"
        assert marked(text, MARKER, 100, "GitHub") == f"{MARKER}\n# Review\n"
        assert marked(text, marker("tes"), 100, "GitHub").startswith(
            "<!-- rolecall review: tes -->\n# Review"
        )

    @given(st.text(max_size=300))
    def test_whatever_it_says_it_is_found_again(self, text: str) -> None:
        try:
            whole = marked(text, MARKER, 400, "GitHub")
        except Problem:
            return
        assert bears(whole, MARKER)
        assert not bears(whole, marker("other"))

    @pytest.mark.parametrize("text", ["", "  \n", MARKER])
    def test_nothing_is_no_review(self, text: str) -> None:
        with pytest.raises(Problem, match="empty"):
            marked(text, MARKER, 100, "GitHub")

    def test_too_much_is_refused_and_not_cut(
        self, github: GitHubApi, review: Path, capsys: Output
    ) -> None:
        review.write_text("x" * 65_536)
        assert comment("github", review) == Exit.BAD_INPUT
        assert "65,536" in capsys.readouterr().err
        assert github.asked == []

    @pytest.mark.parametrize("name", ["", "a--b", "-a", "a-", "-->", "a b", "x" * 65])
    def test_a_name_cannot_end_the_marker(self, name: str) -> None:
        with pytest.raises(Problem, match="--name"):
            marker(name)

    def test_a_file_that_is_not_there(self, github: GitHubApi, tmp_path: Path) -> None:
        assert comment("github", tmp_path / "none.md") == Exit.BAD_INPUT
