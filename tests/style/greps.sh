#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Small rules of the house, each a grep: what it finds is wrong.
cd "${1:-.}" || exit 2
status=0
finds() { # sentence, grep arguments
    sentence=$1; shift
    found=$(grep -rn "$@" 2>/dev/null)
    [ -z "$found" ] || { echo "$sentence:"; echo "$found" | head -5; status=1; }
}
code='src dissectors include'
# in a program for the kernel, *.bpf.c, the kernel's verifier checks each read
finds 'wire bytes are read through bytes.h only' -E '(->|\.)data\[|ntoh[sl]\(' $code --include='*.[ch]' --exclude=bytes.h --exclude='*.bpf.c'
finds 'no goto, no longjmp' -wE 'goto|longjmp' $code --include='*.[ch]'
finds 'only main ends the program' -wE 'exit|_exit|abort' src/assets src/base src/capture src/centre src/decode src/events src/extract src/flow src/judge src/merge src/names src/query src/report \
    src/sensor src/serve src/store src/verdict dissectors --include='*.c'
finds 'rooms below the dissectors know no session' -F '<lasthello/session.h>' src/capture src/decode src/flow include/lasthello/flow.h include/lasthello/decode.h
finds 'no tabs' -P '\t' $code tests --include='*.[ch]'
finds 'no trailing blanks' -E ' +$' $code tests --include='*.[ch]' --include='*.sh' --include='*.sql'
finds 'lines up to 110 characters' -E '^.{111,}' $code --include='*.[ch]'
finds 'lines up to 160 characters in the tables of tests' -E '^.{161,}' tests --include='*.[ch]'
finds 'no star of a reflowed comment inside a line' -E '^(/| )\*.* \* [A-Z][a-z]* ' $code tests --include='*.[ch]'
finds 'a comment ends where its last word does' -E '^ +\*/$' $code tests --include='*.[ch]'
finds 'no promises left in the code' -wE 'TODO|FIXME|XXX|HACK' $code tests --include='*.[ch]' --include='*.py' --include='*.sh' --exclude=greps.sh
finds 'what was typed wrongly is told by wrong_usage or usage_error' -w argp_error src --include='*.c' --exclude=settings.c
finds 'what newer versions of cmocka call otherwise: assert_between' -wE 'assert_(not_)?in_(range|set)' tests --include='*.[ch]'
finds 'unsafe string functions' -E '\<(strcpy|strcat|sprintf|gets|strtok) *\(' $code --include='*.[ch]'
lines=$(wc -l <README.md)
[ "$lines" -le 127 ] || { echo "README.md has $lines lines; its aim is 120, and 127 the most"; status=1; }
for file in $(find $code tests -name '*.[ch]'); do
    head -1 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || { echo "$file: the SPDX line is missing"; status=1; }
done
exit $status
