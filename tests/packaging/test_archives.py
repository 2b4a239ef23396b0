"""The wheel and the sdist: what is in them, and that they are the same for the same source."""

import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

from tests.packaging.environments import ROOT

Built = dict[str, Path]


def test_the_wheel_holds_the_packages_with_their_data_and_nothing_else(
    built: Built, our_files: list[str]
) -> None:
    ours = {name.removeprefix("constructs/") for name in our_files if "/" in name}
    with zipfile.ZipFile(built["whl"]) as wheel:
        names = set(wheel.namelist())
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == ours
    assert {name.partition("/")[2] for name in about} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }
    # The list above comes from git; these would be missed only when somebody runs them.
    assert {
        "rolecall/py.typed",
        "rolecall_cdktf/py.typed",
        "rolecall_cdktf/_cdktf.pyi",
        "rolecall_cdktf/_lazy_modules.cjs",
        "rolecall/cli/command_tree.json",
        "rolecall/review/html/templates/report.html.j2",
        "rolecall/review/html/static/report.css",
        "rolecall/review/schema/review-1.schema.json",
    } <= names
    assert not [name for name in names if "test" in name.split("/")[0] or "__pycache__" in name]


def test_the_sdist_holds_what_the_wheel_is_made_of(built: Built, our_files: list[str]) -> None:
    with tarfile.open(built["gz"]) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers()}
        owners = {(member.uid, member.gid, member.uname) for member in sdist.getmembers()}
    assert names == {*our_files, "PKG-INFO", ".gitignore"}
    assert owners == {(0, 0, "")}


def test_no_archive_names_a_folder_of_this_machine(built: Built) -> None:
    texts: dict[str, bytes] = {}
    with zipfile.ZipFile(built["whl"]) as wheel:
        texts |= {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(built["gz"]) as sdist:
        for member in sdist.getmembers():
            if (file := sdist.extractfile(member)) is not None:
                texts[member.name] = file.read()
    for folder in (ROOT, Path.home(), built["whl"].parent):
        if len(folder.parts) > 2:
            told = os.fsencode(folder)
            assert [name for name, text in texts.items() if told in text] == []


def test_two_builds_from_two_folders_are_the_same_bytes(
    built: Built, source: Path, package: Callable[[Path], Built], tmp_path: Path
) -> None:
    """Other path, other times, other rights of the files, other byte code lying around."""
    other = tmp_path / "somewhere else"
    shutil.copytree(source, other)
    for path in other.rglob("*"):
        if path.is_file():
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            os.utime(path, (1, 1))
    (other / "rolecall/__pycache__").mkdir()
    (other / "rolecall/__pycache__/litter.cpython-311.pyc").write_bytes(b"litter")
    again = package(other)
    assert {kind: path.read_bytes() for kind, path in again.items()} == {
        kind: path.read_bytes() for kind, path in built.items()
    }


def test_the_metadata_says_what_an_index_wants_to_know(built: Built) -> None:
    with zipfile.ZipFile(built["whl"]) as wheel:
        (name,) = [each for each in wheel.namelist() if each.endswith("/METADATA")]
        told = Parser().parsestr(wheel.read(name).decode())
        (name,) = [each for each in wheel.namelist() if each.endswith("/entry_points.txt")]
        entry_points = wheel.read(name).decode()
        (name,) = [each for each in wheel.namelist() if each.endswith("/WHEEL")]
        kind = wheel.read(name).decode()
    assert told["Name"] == "rolecall"
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Requires-Python"] == ">=3.11"
    assert told["Description-Content-Type"] == "text/markdown"
    assert str(told.get_payload()).startswith("# Rolecall")
    extras = {"cdktf", "keyring", "local", "review", "session", "testing"}
    assert extras <= set(told.get_all("Provides-Extra") or [])
    assert "[console_scripts]\nrolecall = rolecall.cli.main:main" in entry_points
    assert "[pytest11]\nrolecall = rolecall.testing.plugin" in entry_points
    assert "Root-Is-Purelib: true" in kind
    assert "Tag: py3-none-any" in kind
