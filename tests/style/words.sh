#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Words that docs/glossary.md has retired: each meant several things, or nothing to a newcomer.
cd "${1:-.}" || exit 2
status=0
retired='shelf|shelves|stock|stocked|conduct|dialogue|first_words|syn_words|unheard|owed|owes'
found=$(grep -rnwiE "$retired" src dissectors include tests docs README.md CONTRIBUTING.md --include='*.[ch]' --include='*.md' \
    --include='*.sql' --include='*.py' --include='*.1' --exclude=glossary.md)
parts=$(grep -rnE '\b(shelf|stock|claims|conduct|dialogue)_|_(shelf|stock|conduct|dialogue)\b|struct (way|words|mark|conversation)\b' \
    src dissectors include tests --include='*.[ch]' --include='*.sql')
for lines in "$found" "$parts"; do
    [ -z "$lines" ] || { echo "retired words (docs/glossary.md):"; echo "$lines" | cut -c1-140 | head -20; status=1; }
done
exit $status
