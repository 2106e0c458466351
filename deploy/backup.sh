#!/usr/bin/env bash
# Backs up the notifier's database while daemons and services run, and puts a backup back.
#
#   backup.sh DATABASE FOLDER             a new file in FOLDER, whose name is printed
#   backup.sh --restore BACKUP DATABASE   into a new SQLite file, or an empty PostgreSQL database
#
# DATABASE is what NOTIFIER_DATABASE_URL says, sqlite:////var/lib/notifier/notifier.db or
# postgresql://USER:PASSWORD@HOST/NAME, or a file that holds it, such as secrets/notifier_database_url. SQLite needs the
# program sqlite3; PostgreSQL needs pg_dump, pg_restore and psql of its own version or newer.
# Every night: 0 3 * * * notifier /opt/notifier/backup.sh /etc/notifier/secrets/notifier_database_url /var/backups/notifier
set -euo pipefail
umask 077

fail() {
    echo "$1" >&2
    exit "${2:-1}"
}

# What may be left of a backup or a restoration that was not finished.
unfinished=
trap '[ -z "$unfinished" ] || rm -rf -- "$unfinished"' EXIT

# Sets `kind`, and `file` or `url`.
read_database() {
    local said=$1
    [ ! -f "$said" ] || said=$(<"$said")
    case $said in
    sqlite:///*)
        kind=sqlite file=$(realpath --canonicalize-missing -- "${said#sqlite:///}")
        ;;
    postgresql://*)
        kind=postgresql url=$said
        # Everybody on the machine sees a password that stands in a command line.
        if [[ $said =~ ^(postgresql://[^:/@]*):([^@]*)@(.*)$ ]]; then
            url=${BASH_REMATCH[1]}@${BASH_REMATCH[3]}
            local escaped=${BASH_REMATCH[2]//\\/\\\\}
            PGPASSWORD=$(printf '%b' "${escaped//%/\\x}")
            export PGPASSWORD
        fi
        ;;
    *) fail "DATABASE is neither sqlite:///FILE nor postgresql://…, nor a file that holds one" 2 ;;
    esac
}

# The whole file is read: a copy that cannot be used is noticed today.
check_sqlite() {
    local said
    said=$(sqlite3 -bail "$1" "PRAGMA integrity_check; SELECT 'version ' || version_num FROM alembic_version" 2>&1) || true
    [[ $said == "ok"$'\n'"version "* ]] || fail "$2: it is damaged, or no database of the notifier: $said"
}

back_up() {
    local folder=$1 made
    mkdir -p -- "$folder"
    made=$(realpath -- "$folder")/notifier-$(date -u +%Y%m%dT%H%M%SZ)
    unfinished=$(mktemp -d -- "$folder/.unfinished.XXXXXX")
    if [ "$kind" = sqlite ]; then
        [ -f "$file" ] || fail "$file: there is no such database; a relative name counts from this folder"
        made=$made.db
        sqlite3 -bail "$file" ".timeout 60000" ".backup '${unfinished//\'/\'\'}/copy'"
        check_sqlite "$unfinished/copy" "$file"
    else
        made=$made.dump
        pg_dump --format=custom --no-owner --no-privileges --file="$unfinished/copy" --dbname="$url"
        pg_restore --list -- "$unfinished/copy" >"$unfinished/list"
        grep -q "TABLE DATA .* alembic_version" "$unfinished/list" || fail "this is no database of the notifier"
    fi
    [ ! -e "$made" ] || fail "$made: there is one of this second already"
    mv -- "$unfinished/copy" "$made"
    echo "$made"
}

restore() {
    local backup=$1 there tables
    [ -f "$backup" ] || fail "$backup: there is no such backup"
    if [ "$kind" = sqlite ]; then
        for there in "$file" "$file-wal" "$file-shm" "$file-journal"; do
            [ ! -e "$there" ] || fail "$there is in the way: stop daemons and services, then move it elsewhere"
        done
        unfinished=$(mktemp -d -- "$(dirname -- "$file")/.unfinished.XXXXXX")
        cp -- "$backup" "$unfinished/copy"
        check_sqlite "$unfinished/copy" "$backup"
        # Who owns the folder owns the database.
        [ "$(id -u)" != 0 ] || chown --reference="$(dirname -- "$file")" -- "$unfinished/copy"
        sync -- "$unfinished/copy"
        mv -- "$unfinished/copy" "$file"
    else
        tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$url" --command="
            SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
        [ "$tables" = 0 ] || fail "the database has $tables tables: a backup goes into an empty one"
        pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$url" -- "$backup"
    fi
    echo "restored: what was sent since the backup may be sent again, so look at 'notifier preview' first"
}

if [ $# = 3 ] && [ "$1" = --restore ]; then
    read_database "$3"
    restore "$2"
elif [ $# = 2 ] && [[ $1 != -* ]]; then
    read_database "$1"
    back_up "$2"
else
    fail "usage: backup.sh DATABASE FOLDER, or backup.sh --restore BACKUP DATABASE" 2
fi
