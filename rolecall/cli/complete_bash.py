"""Completion for bash, 3.2 and newer: one function that walks the words typed so far."""

from shlex import quote

from rolecall.cli.command_tree import Tree, walk

_FUNCTIONS = r"""
# The environments of a folder of files.
_rolecall_environments() {
    local file
    for file in "${folder:-environments}"/*.yaml; do
        [[ -e $file ]] || continue
        file=${file##*/}
        printf '%s\n' "${file%.yaml}"
    done
}

_rolecall_profiles() {
    sed -n 's/^\[profile \(.*\)\]$/\1/p; s/^\[default\]$/default/p' \
        "${AWS_CONFIG_FILE:-$HOME/.aws/config}" 2>/dev/null
    sed -n 's/^\[\(.*\)\]$/\1/p' \
        "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" 2>/dev/null
}

_rolecall_reply() {
    local IFS=$'\n'
    COMPREPLY+=($(compgen -W "$1" -P "$2" -- "$cur"))
}

# What may stand for a value of this kind.
_rolecall_values() {
    local before
    case $1 in
    words:*) _rolecall_reply "$(printf '%s\n' ${1#words:})" ;;
    environment) _rolecall_reply "$(_rolecall_environments)" ;;
    environments)
        before=${cur%"${cur##*,}"}
        cur=${cur##*,}
        _rolecall_reply "$(_rolecall_environments; [[ -n $before ]] || printf 'all\n')" "$before"
        ;;
    link)
        _rolecall_reply "$(_rolecall_environments | sed 's|$|/|')"
        compopt -o nospace 2>/dev/null
        ;;
    profile) _rolecall_reply "$(_rolecall_profiles | sort -u)" ;;
    folder)
        compopt -o filenames 2>/dev/null
        local IFS=$'\n'
        COMPREPLY+=($(compgen -d -- "$cur"))
        ;;
    file)
        compopt -o filenames 2>/dev/null
        local IFS=$'\n'
        COMPREPLY+=($(compgen -f -- "$cur"))
        ;;
    esac
}

# The command after --, from word $1 on.
_rolecall_command() {
    if (($1 == COMP_CWORD)); then
        local IFS=$'\n'
        COMPREPLY=($(compgen -c -- "$cur"))
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    else
        _rolecall_values file
    fi
}

_rolecall() {
    COMPREPLY=()
    local cur=${COMP_WORDS[COMP_CWORD]} path=rolecall place=0 i=1
    local word kind commands options places runs folder=environments
    while ((i < COMP_CWORD)); do
        word=${COMP_WORDS[i]}
        ((i += 1))
        _rolecall_at "$path"
        if [[ $word == -- ]]; then
            [[ -n $runs ]] && { _rolecall_command "$i"; return; }
        elif [[ $word == -* ]]; then
            _rolecall_takes "$path" "${word%%=*}"
            if [[ -n $kind && $word != *=* ]]; then
                # Where = breaks words, --format=bash comes as three.
                [[ ${COMP_WORDS[i]} == = && $i -lt $COMP_CWORD ]] && ((i += 1))
                if ((i == COMP_CWORD)); then
                    [[ $cur == = ]] && cur=
                    _rolecall_values "$kind"
                    return
                fi
                [[ $kind == folder ]] && folder=${COMP_WORDS[i]}
                ((i += 1))
            fi
        elif [[ " $commands " == *" $word "* ]]; then
            path="$path $word"
            place=0
        else
            ((place += 1))
        fi
    done
    _rolecall_at "$path"
    if [[ $cur == --*=* ]]; then
        word=${cur%%=*}
        cur=${cur#*=}
        _rolecall_takes "$path" "$word"
        _rolecall_values "$kind"
    elif [[ $cur == -* ]]; then
        _rolecall_reply "$(printf '%s\n' $options)"
    elif [[ -n $commands ]]; then
        _rolecall_reply "$(printf '%s\n' $commands)"
    else
        _rolecall_values "${places[place]}"
    fi
}

complete -F _rolecall rolecall
"""


def script(tree: Tree) -> str:
    """The script: what each command has, and the functions that look it up."""
    at, takes = [], []
    for path, command in walk(tree):
        where = quote(" ".join(("rolecall", *path)))
        options = " ".join(name for option in command["options"] for name in option["names"])
        places = " ".join(quote(_kind(place)) for place in command["places"])
        at.append(
            f"    {where}) commands={quote(' '.join(command['commands']))} "
            f"options={quote(options)} places=({places}) runs={'1' if 'runs' in command else ''} ;;"
        )
        for option in command["options"]:
            if "takes" in option and "optional" not in option:
                for name in option["names"]:
                    key = quote(f"{' '.join(('rolecall', *path))} {name}")
                    takes.append(f"    {key}) kind={quote(_kind(option))} ;;")
    return (
        "\n".join(
            [
                "# Completion of rolecall for bash; made by `rolecall completion bash`.",
                "",
                "# What a command has: further commands, options, what stands without an option.",
                "_rolecall_at() {",
                "    commands= options= places=() runs=",
                "    case $1 in",
                *at,
                "    esac",
                "}",
                "",
                "# The kind of value that an option takes; empty where it takes none.",
                "_rolecall_takes() {",
                "    kind=",
                '    case "$1 $2" in',
                *takes,
                "    esac",
                "}",
                _FUNCTIONS,
            ]
        ).rstrip("\n")
        + "\n"
    )


def _kind(argument: Tree) -> str:
    if "choices" in argument:
        return "words:" + " ".join(argument["choices"])
    return str(argument["takes"])
