"""`rolecall completion bash|zsh|fish`: the script that teaches a shell to complete words."""

import argparse
from importlib import import_module

SHELLS = ("bash", "zsh", "fish")
_EPILOG = """\
how to use it:
  bash  source <(rolecall completion bash)       in ~/.bashrc
        or once: rolecall completion bash > ~/.local/share/bash-completion/completions/rolecall
  zsh   rolecall completion zsh > "${fpath[1]}/_rolecall"     once, before compinit
  fish  rolecall completion fish > ~/.config/fish/completions/rolecall.fish      once

Commands, options, their words, the environments of the folder that one is in, files and
the profiles of the AWS files are completed; nothing of Rolecall is started for it.

exit codes: 0; 2 wrong input
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("shell", choices=SHELLS, help="which shell is to learn it")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    from rolecall.cli.command_tree import kept

    print(import_module(f"rolecall.cli.complete_{args.shell}").script(kept()), end="")
    return 0
