"""Completion for zsh: a function for each command, of specifications for `_arguments`."""

from rolecall.cli.command_tree import Tree, walk

_HELPERS = """
_rolecall_environments() {
    local folder=${opt_args[--directory]:-environments}
    [[ -d ${opt_args[--environments]:-} ]] && folder=$opt_args[--environments]
    local -a names=($folder/*.yaml(N:t:r))
    _describe environment names
}

_rolecall_environment_list() {
    local -a names=(environments/*.yaml(N:t:r) all)
    _values -s , environments $names
}

_rolecall_link() {
    local -a names=(environments/*.yaml(N:t:r))
    compadd -S / -a names
}

_rolecall_aws_profiles() {
    local -a names=(${(f)"$(
        sed -n 's/^\\[profile \\(.*\\)\\]$/\\1/p; s/^\\[default\\]$/default/p' \\
            ${AWS_CONFIG_FILE:-~/.aws/config} 2>/dev/null
        sed -n 's/^\\[\\(.*\\)\\]$/\\1/p' \\
            ${AWS_SHARED_CREDENTIALS_FILE:-~/.aws/credentials} 2>/dev/null
    )"})
    names=(${(u)names})
    _describe 'profile' names
}

# The command after --.
_rolecall_command() {
    local at=${words[(i)--]}
    ((at < CURRENT)) || return 1
    shift $at words
    ((CURRENT -= at))
    _normal
}
"""
_ACTIONS = {
    "environment": "_rolecall_environments",
    "environments": "_rolecall_environment_list",
    "link": "_rolecall_link",
    "profile": "_rolecall_aws_profiles",
    "folder": "_files -/",
    "file": "_files",
    "anything": " ",
}


def script(tree: Tree) -> str:
    """The script, as a file `_rolecall` of the function path."""
    functions = [_function(path, command) for path, command in walk(tree)]
    head = "#compdef rolecall\n# Completion of rolecall for zsh; made by `rolecall completion zsh`."
    # Loaded as a file, it is the function's body; sourced, it registers itself.
    tail = (
        'if [[ $funcstack[1] == _rolecall ]]; then\n    _rolecall "$@"\nelse\n'
        "    compdef _rolecall rolecall\nfi\n"
    )
    return "\n".join([head, _HELPERS, *functions, tail])


def _function(path: tuple[str, ...], command: Tree) -> str:
    lines = [
        f"{_name(path)}() {{",
        '    local curcontext="$curcontext" state line ret=1',
        "    typeset -A opt_args",
    ]
    specifications = [spec for option in command["options"] for spec in _option(option)]
    specifications += [
        _quoted(f"{number}:{_text(place['names'][0])}:{_action(place)}")
        for number, place in enumerate(command["places"], 1)
    ]
    if command["commands"]:
        known = " ".join(
            f"{name}\\:{_double(_text(inner['summary']))}"
            for name, inner in command["commands"].items()
        )
        specifications.append(_quoted(f"1:command:(({known}))"))
        specifications.append(_quoted("*::argument:->rest"))
    elif "runs" in command:
        specifications.append(_quoted("*::command:_rolecall_command"))
    lines.append("    _arguments -C \\")
    lines += [f"        {specification} \\" for specification in specifications]
    lines.append("        && ret=0")
    if command["commands"]:
        lines += ["    [[ $state == rest ]] && case $line[1] in"]
        lines += [f"    {name}) {_name((*path, name))} && ret=0 ;;" for name in command["commands"]]
        lines += ["    esac"]
    return "\n".join([*lines, "    return ret", "}", ""])


def _option(option: Tree) -> list[str]:
    often = "*" if "often" in option else ""
    specifications = []
    for name in option["names"]:
        said = f"[{_text(option['help'])}]"
        if "takes" not in option:
            specifications.append(_quoted(f"{often}{name}{said}"))
        else:
            colons = "::" if "optional" in option else ":"
            value = f"{colons}{_text(str(option['metavar']).lower())}:{_action(option)}"
            specifications.append(_quoted(f"{often}{name}={said}{value}"))
    return specifications


def _action(argument: Tree) -> str:
    if "choices" in argument:
        return f"({' '.join(argument['choices'])})"
    return _ACTIONS[argument["takes"]]


def _name(path: tuple[str, ...]) -> str:
    return "_".join(("_rolecall", *(word.replace("-", "_") for word in path)))


def _text(text: str) -> str:
    """A text inside of a specification, where brackets and colons mean something."""
    for sign in ("\\", "[", "]", ":"):
        text = text.replace(sign, f"\\{sign}")
    return text


def _double(text: str) -> str:
    for sign in ("\\", '"', "$", "`"):
        text = text.replace(sign, f"\\{sign}")
    return f'"{text}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
