#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# stacks.sh data/stacks.csv: the C table of TLS stacks, sorted by hash, on standard output. What is wrong is one sentence with file and line.
export LC_ALL=C
refuse() { # reason, about the first line
    echo "$file:1: $1" >&2
    exit 1
}
file=$1
case $(head -c 3 "$file" | od -An -tx1 | tr -d ' ') in
fffe* | feff*) refuse 'the file is UTF-16: save it as UTF-8' ;;
efbbbf) refuse 'the file begins with a byte order mark: save it as UTF-8 without one' ;;
esac
tr -d '\000' <"$file" | cmp -s - "$file" || refuse 'it holds a zero byte: save the file as UTF-8'
awk -F, '
    function refuse(reason) { print FILENAME ":" NR ": " reason > "/dev/stderr"; failed = 1; exit 1 }
    BEGIN { print "/* made by stacks.sh */\n#include \"names_stacks.h\"\n\nconst struct stack_row stack_rows[] = {" }
    /\r/ { refuse("it ends with CR LF: save the file with Unix line ends") }
    /^#/ { next }
    NF != 3 { refuse("a row is a hash, a stack, and how it is known: 723694b0fccc,GnuTLS 3.7,tried") }
    $1 !~ /^[0-9a-f]*$/ || length($1) != 12 { refuse("a hash has twelve hexadecimal digits") }
    $1 "" <= last "" { refuse("this hash stands already, or is out of order") }
    $2 == "" || $2 ~ /["\\]/ { refuse("a stack has a name, without quotes and backslashes") }
    $3 != "tried" && $3 != "computed" { refuse("how it is known is one of: tried, computed") }
    { printf "    {\"%s\", {\"%s\", %s}},\n", $1, $2, $3 == "tried" ? "true" : "false"; last = $1 }
    END { if (!failed) print "};\n\nconst size_t stack_count = sizeof(stack_rows) / sizeof(stack_rows[0]);" }' "$file"
