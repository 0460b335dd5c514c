#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# docs/fields.md is made from the table of facts. fields.sh PROGRAM ROOT: fails where it is stale, or a key of events has no type in the
# index template (which type, tests/flows/ecs.py asks); --write makes the page anew:
#     tests/style/fields.sh build/tests/style/fields . --write
[ "$3" = --write ] && exec "$1" >"$2/docs/fields.md"
status=0
"$1" | diff -u "$2/docs/fields.md" - || { echo "docs/fields.md is stale: tests/style/fields.sh $1 . --write"; status=1; }
for key in $("$1" | grep -oE '`lasthello\.[a-z_]+`' | tr -d '`' | sort -u); do
    grep -q "\"${key#*.}\": {" "$2/packaging/feeds/elastic-index-template.json" ||
        { echo "packaging/feeds/elastic-index-template.json does not have $key"; status=1; }
done
exit $status
