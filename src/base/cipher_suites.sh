#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cipher_suites.sh data/cipher-suites.csv: the C table of cipher suites, sorted by number, on standard output.
awk -F, '
    BEGIN { print "/* made by cipher_suites.sh */\n#include \"names_cipher_suites.h\"\n\nconst struct number_name cipher_suites[] = {" }
    /^#/ { next }
    NF != 3 || $1 !~ /^[0-9A-F][0-9A-F][0-9A-F][0-9A-F]$/ || $1 "" <= last "" { print FILENAME ": line " NR ": a number (in order), a name, an origin" > "/dev/stderr"; exit 1 }
    { printf "    {0x%s, \"%s\"},\n", tolower($1), $2; last = $1 }
    END { print "};\n\nconst size_t cipher_suite_count = sizeof(cipher_suites) / sizeof(cipher_suites[0]);" }' "$1"
