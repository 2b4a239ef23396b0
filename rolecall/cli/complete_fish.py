"""Completion for fish: a line for each word, with the place where it may stand."""

from rolecall.cli.command_tree import Tree, walk

_HELPERS = r"""
# The commands typed so far and the number of words after them: "local up|0".
function __rolecall_where
    set -l path
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip -eq 1
            set skip 0
        else if test "$word" = --
            echo "command|0"
            return
        else if string match -q -- '-*' $word
            contains -- $word $__rolecall_takes; and set skip 1
        else if contains -- "$path $word" $__rolecall_commands
            set path "$path $word"
            set count 0
        else
            set count (math $count + 1)
        end
    end
    echo (string trim -- "$path")"|$count"
end

function __rolecall_in
    string match -q -- "$argv|*" (__rolecall_where)
end

function __rolecall_at
    test "$argv" = (__rolecall_where)
end

function __rolecall_environments
    for file in environments/*.yaml
        string replace -r '.*/(.*)\.yaml$' '$1' -- $file
    end
end

function __rolecall_environment_list
    set -l before (string match -r '.*,' -- (commandline -ct))
    for name in (__rolecall_environments) all
        echo $before$name
    end
end

function __rolecall_links
    for name in (__rolecall_environments)
        echo $name/
    end
end

function __rolecall_aws_profiles
    set -l config ~/.aws/config
    set -q AWS_CONFIG_FILE; and set config $AWS_CONFIG_FILE
    set -l credentials ~/.aws/credentials
    set -q AWS_SHARED_CREDENTIALS_FILE; and set credentials $AWS_SHARED_CREDENTIALS_FILE
    sed -n 's/^\[profile \(.*\)\]$/\1/p; s/^\[default\]$/default/p' $config 2>/dev/null
    sed -n 's/^\[\(.*\)\]$/\1/p' $credentials 2>/dev/null
end

# The command after --.
function __rolecall_command
    set -l words (commandline -opc) (commandline -ct)
    set -l at (contains -i -- -- $words)
    complete -C (string join ' ' -- $words[(math $at + 1)..])
end

complete -c rolecall -f
complete -c rolecall -n '__rolecall_at "command|0"' -a '(__rolecall_command)'
"""
_VALUES = {
    "environment": "-x -a '(__rolecall_environments)'",
    "environments": "-x -a '(__rolecall_environment_list)'",
    "link": "-x -a '(__rolecall_links)'",
    "profile": "-x -a '(__rolecall_aws_profiles)'",
    "folder": "-x -a '(__fish_complete_directories)'",
    "file": "-r -F",
    "anything": "-x",
}


def script(tree: Tree) -> str:
    """The script, as a file of fish's completions."""
    takes, commands, lines = [], [], []
    for path, command in walk(tree):
        where = " ".join(path)
        if path:
            commands.append(_quoted(f" {where}"))
        for option in command["options"]:
            names = " ".join(
                f"-{'l' if n.startswith('--') else 's'} {n.lstrip('-')}" for n in option["names"]
            )
            value = ""
            if "takes" in option and "optional" not in option:
                takes += option["names"]
                value = f" {_value(option)}"
            condition = _quoted(f'__rolecall_in "{where}"')
            help_ = _quoted(option["help"])
            lines.append(f"complete -c rolecall -n {condition} {names}{value} -d {help_}")
        for name, inner in command["commands"].items():
            condition = _quoted(f'__rolecall_at "{where}|0"')
            summary = _quoted(inner["summary"])
            lines.append(f"complete -c rolecall -n {condition} -a {name} -d {summary}")
        for number, place in enumerate(command["places"]):
            condition = _quoted(f'__rolecall_at "{where}|{number}"')
            if place["takes"] != "anything":
                lines.append(f"complete -c rolecall -n {condition} {_value(place)}")
    head = "# Completion of rolecall for fish; made by `rolecall completion fish`."
    known = f"set -g __rolecall_commands {' '.join(commands)}"
    valued = f"set -g __rolecall_takes {' '.join(dict.fromkeys(takes))}"
    return "\n".join([head, known, valued, _HELPERS, *lines]) + "\n"


def _value(argument: Tree) -> str:
    if "choices" in argument:
        return f"-x -a {_quoted(' '.join(argument['choices']))}"
    return _VALUES[argument["takes"]]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
