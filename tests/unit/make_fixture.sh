#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Writes tests/unit/inventory_N.sql: an inventory of today's schema N, with a few sessions of a capture, as SQL. Once a
# version is released its fixture is never made anew: what comes later must upgrade it. make_fixture.sh LASTHELLO
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" read -o "$folder/i.db" "$root/pcaps/refused-silence-30s/capture.pcapng" 2>"$folder/log" || { cat "$folder/log"; exit 1; }
version=$(sqlite3 "$folder/i.db" 'PRAGMA user_version')
{
    echo "PRAGMA application_id = 0x6c684c4f; PRAGMA user_version = $version;"
    sqlite3 "$folder/i.db" .dump
} | sed "s|$root/||g" >"$root/tests/unit/inventory_$version.sql"
