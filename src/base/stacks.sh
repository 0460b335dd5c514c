#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# stacks.sh data/stacks.csv: the C table of TLS stacks, sorted by hash, on standard output.
awk -F, '
    BEGIN { print "/* made by stacks.sh */\n#include \"names_stacks.h\"\n\nconst struct stack_row stack_rows[] = {" }
    /^#/ { next }
    NF != 3 || $1 !~ /^[0-9a-f][0-9a-f]*$/ || length($1) != 12 || $1 "" <= last "" || $3 !~ /^(tried|computed)$/ {
        print FILENAME ": line " NR ": a hash (in order), a stack, tried or computed" > "/dev/stderr"; exit 1 }
    { printf "    {\"%s\", {\"%s\", %s}},\n", $1, $2, $3 == "tried" ? "true" : "false"; last = $1 }
    END { print "};\n\nconst size_t stack_count = sizeof(stack_rows) / sizeof(stack_rows[0]);" }' "$1"
