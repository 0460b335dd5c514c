#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The numbers of the house: function lengths, file lengths. Fails where a function is over 60 lines, a file over 500, or README.md over 120.
cd "${1:-.}" || exit 2
status=0
ctags=$(command -v ctags-universal || command -v ctags) || { echo 'universal-ctags is needed'; exit 77; }
measure() { # title, folders
    title=$1; shift
    lengths=$(find "$@" -name '*.c' -print0 | xargs -0 "$ctags" --languages=C --c-kinds=f --fields=+ne -o - 2>/dev/null |
        awk -F'\t' '{b=e=0; for(i=4;i<=NF;i++){if($i~/^line:/)b=substr($i,6); if($i~/^end:/)e=substr($i,5)} if(e)print e-b+1, $2, $1}' | sort -n)
    echo "$lengths" | awk -v t="$title" '{n[NR]=$1} END {printf "%s: %d functions, lines median %d, p90 %d, longest %d\n", t, NR, n[int((NR+1)/2)], n[int(NR*0.9)], n[NR]}'
    long=$(echo "$lengths" | awk '$1 > 60 {print "  too long: " $3 " in " $2 ", " $1 " lines"}')
    [ -z "$long" ] || { echo "$long"; status=1; }
}
measure 'program' src dissectors
measure 'tests' tests/unit tests/fuzz
big=$(find src dissectors include tests -name '*.[ch]' ! -name '*_data.c' ! -name 'names_*' -exec wc -l {} + | awk '$2 != "total" && $1 > 500 {print "  too long: " $2 ", " $1 " lines"}')
[ -z "$big" ] || { echo "$big"; status=1; }
readme=$(wc -l <README.md)
[ "$readme" -le 120 ] || { echo "  too long: README.md, $readme lines"; status=1; }
exit $status
