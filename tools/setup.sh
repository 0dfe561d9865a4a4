#!/usr/bin/env bash
# Make .venv with exactly the versions of constraints.txt, then the browser libraries. `make setup` calls it.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "$python is not installed; Python 3.11 or newer is needed"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old; Python 3.11 or newer is needed (make setup PYTHON=/path/to/python3)"

if [ ! -x .venv/bin/pip ]; then
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python cannot make environments; on Debian or Ubuntu: apt-get install python3-venv"
    "$python" -m venv .venv
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
.venv/bin/python -m pip install --quiet 'pip>=23.2'
.venv/bin/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt
if [ -f tools/assets.py ]; then
    .venv/bin/python tools/assets.py
fi
