#!/bin/sh
# What the tests need of the system: PHP on the command line and SimpleSAMLphp, a real SAML
# identity provider (docs/testing-identity-providers.md), and the shells that read back what
# Rolecall writes for them; Chromium, which opens the HTML report of a review; and, on Linux,
# GNOME Keyring with D-Bus, the key store of `rolecall keys`. Does nothing where all of it is
# there.
#
# SimpleSAMLphp is taken out of Debian's package into .rolecall/, not installed: installed,
# it would bring a web server that starts by itself. Its signature is checked by apt all the
# same. PHP is installed with apt-get, as root or by `sudo -n`.
#
# ROLECALL_SIMPLESAMLPHP names a copy of SimpleSAMLphp 1.19 elsewhere, ROLECALL_CHROMIUM a
# Chromium or Chrome.
# Exit 8: something is missing and cannot be installed from here; the words say how.
set -eu
cd "$(dirname "$0")/.."

packages="php-cli php-xml php-mbstring"
shells="fish mksh zsh"
keyring="gnome-keyring dbus"
here=.rolecall/simplesamlphp

has_php() {
    command -v php >/dev/null 2>&1 || return 1
    modules=$(php -m 2>/dev/null) || return 1
    for module in dom mbstring openssl session zlib; do
        printf '%s\n' "$modules" | grep -qx "$module" || return 1
    done
}

has_shells() {
    for shell in $shells; do
        command -v "$shell" >/dev/null 2>&1 || return 1
    done
}

# Elsewhere the system has a key store of its own, which tests leave alone.
has_keyring() {
    [ "$(uname -s)" = Linux ] || return 0
    for program in gnome-keyring-daemon dbus-daemon; do
        command -v "$program" >/dev/null 2>&1 || return 1
    done
}

# The same names, in the same order, as tests/browser.py.
has_chromium() {
    for browser in "${ROLECALL_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [ -n "$browser" ] && command -v "$browser" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

# The same places, in the same order, as tests/idp/saml.py.
has_simplesamlphp() {
    for folder in "${ROLECALL_SIMPLESAMLPHP:-}" /usr/share/simplesamlphp \
        "$here/usr/share/simplesamlphp"; do
        if [ -n "$folder" ] && [ -f "$folder/lib/_autoload.php" ]; then return 0; fi
    done
    return 1
}

missing() {
    echo "The tests need PHP (with dom, mbstring, openssl), SimpleSAMLphp 1.19, Chromium, on Linux GNOME Keyring with D-Bus, and the shells $shells. $1" >&2
    exit 8
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

# dpkg is talkative even so; what it says matters only when it fails.
apt_get() {
    talk=$(mktemp)
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" \
        >"$talk" 2>&1; then
        rm -f "$talk"
    else
        cat "$talk" >&2
        rm -f "$talk"
        return 1
    fi
}

if has_php && has_simplesamlphp && has_shells && has_chromium && has_keyring; then exit 0; fi

if ! command -v apt-get >/dev/null 2>&1; then
    case "$(uname -s)" in
    Darwin) how="On macOS: \`brew install php $shells\`, install Chrome and set ROLECALL_CHROMIUM to its program, unpack the 1.19 release of SimpleSAMLphp (https://simplesamlphp.org/download) and set ROLECALL_SIMPLESAMLPHP to its folder; or run \`make test\` in a container of Debian 12. Only the container has been tried." ;;
    *) how="Install PHP, Chromium, $keyring and $shells with your package manager, unpack the 1.19 release of SimpleSAMLphp (https://simplesamlphp.org/download) and set ROLECALL_SIMPLESAMLPHP to its folder; or run \`make test\` in a container of Debian 12." ;;
    esac
    missing "$how"
fi

# An image without package lists knows no package; old lists name files that are gone.
updated=no
update() {
    if [ "$updated" = yes ] || ! may_install; then return 1; fi
    updated=yes
    apt_get update
}
known() { apt-cache show "$1" >/dev/null 2>&1; }

if ! has_php; then
    may_install || missing "Install PHP, then try again: sudo apt-get install --no-install-recommends $packages"
    echo "==> PHP for the tests' SAML identity provider" >&2
    known php-cli || update || true
    # shellcheck disable=SC2086  # a list of packages
    apt_get install --no-install-recommends $packages \
        || { update && apt_get install --no-install-recommends $packages; } \
        || missing "apt-get could not install $packages."
    has_php || missing "The \`php\` on the PATH has not all extensions: install $packages."
fi

if ! has_shells; then
    may_install || missing "Install them, then try again: sudo apt-get install --no-install-recommends $shells"
    echo "==> the shells $shells for the tests" >&2
    known fish || update || true
    # shellcheck disable=SC2086  # a list of packages
    apt_get install --no-install-recommends $shells \
        || { update && apt_get install --no-install-recommends $shells; } \
        || missing "apt-get could not install $shells."
fi

if ! has_chromium; then
    may_install || missing "Install it, then try again: sudo apt-get install --no-install-recommends chromium"
    echo "==> Chromium for the tests of the HTML report" >&2
    known chromium || update || true
    apt_get install --no-install-recommends chromium \
        || { update && apt_get install --no-install-recommends chromium; } \
        || missing "apt-get could not install chromium."
fi

if ! has_keyring; then
    may_install || missing "Install it, then try again: sudo apt-get install --no-install-recommends $keyring"
    echo "==> GNOME Keyring for the tests of \`rolecall keys\`" >&2
    known gnome-keyring || update || true
    # shellcheck disable=SC2086  # a list of packages
    apt_get install --no-install-recommends $keyring \
        || { update && apt_get install --no-install-recommends $keyring; } \
        || missing "apt-get could not install $keyring."
fi

if ! has_simplesamlphp; then
    echo "==> SimpleSAMLphp of Debian into $here" >&2
    known simplesamlphp || update || true
    fetched=$(mktemp -d)
    trap 'rm -rf "$fetched"' EXIT
    fetch() { (cd "$fetched" && apt-get -qq -o APT::Sandbox::User=root download simplesamlphp >&2); }
    fetch || { update && fetch; } || missing \
        "The package lists have no simplesamlphp. Refresh them (sudo apt-get update); if that does not help, unpack the 1.19 release (https://simplesamlphp.org/download) and set ROLECALL_SIMPLESAMLPHP to its folder."
    rm -rf "$here"
    mkdir -p "$here"
    dpkg-deb -x "$fetched"/simplesamlphp_*.deb "$here"
    has_simplesamlphp || missing "The package of this system has another layout."
fi
