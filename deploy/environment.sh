# Sourced by deploy/try and deploy/test: brings .venv up to the lock file named in $1 and activates it.
# A stamp holds the lock's checksum, so that a second run costs nothing.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "ruleout needs Python 3.11 or newer; install it (Debian 12: apt install python3 python3-venv) and run this again." >&2
    exit 1
fi

lock=$1
stamp=".venv/$lock.sha256"
if ! { [ -f "$stamp" ] && sha256sum --quiet --check "$stamp" 2>/dev/null; }; then
    echo "Installing what $lock names into .venv ..." >&2
    "$python" -m venv .venv || { echo "The venv could not be made; Debian needs the package python3-venv." >&2; exit 1; }
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" || exit 1
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || exit 1
    sha256sum "$lock" pyproject.toml >"$stamp"
fi
# shellcheck disable=SC1091
. .venv/bin/activate
