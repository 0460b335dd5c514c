#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# docs/fields.md is made from the table of facts. fields.sh PROGRAM ROOT: fails where it is stale; --write makes it anew:
#     tests/style/fields.sh build/tests/style/fields . --write
[ "$3" = --write ] && exec "$1" >"$2/docs/fields.md"
"$1" | diff -u "$2/docs/fields.md" - && exit 0
echo "docs/fields.md is stale: tests/style/fields.sh $1 . --write"
exit 1
