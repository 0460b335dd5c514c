#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The table of rooms in docs/architecture.md, checked: a room includes the public headers on its row and no other, a
# private header only from its own folder; and each third-party library is included by one file.
cd "${1:-.}" || exit 2
status=0
complain() { echo "$*"; status=1; }

# Of a row: its room and, in one line, the headers; 'base' stands for those of src/base.
rows=$(sed -n 's/^| \(src\/[a-z]*\|dissectors\) *| \([a-z_0-9, ]*\) |.*/\1 \2/p' docs/architecture.md | tr -d ,)
base=$(echo "$rows" | sed -n 's/^src\/base //p')
headers_of() { echo "$rows" | sed -n "s|^$1 ||p" | sed "s/\<base\>/$base/"; }

for room in dissectors src/*; do
    may=$(headers_of "$room")
    [ -n "$may" ] || complain "$room has no row in docs/architecture.md"
    for header in $(grep -rhoE '<lasthello/[a-z_0-9]+\.h>' "$room" --include='*.[ch]' | sort -u | sed 's/<lasthello\///; s/\.h>//'); do
        case " $may " in *" $header "*) ;; *) complain "$room may not include $header.h" ;; esac
    done
    for header in $may; do
        [ -e "include/lasthello/$header.h" ] || complain "$room may include $header.h, which is not there"
    done
    for header in $(grep -rhoE '^ *#include "[^"]+"' "$room" --include='*.[ch]' | cut -d'"' -f2 | sort -u); do
        [ -e "$room/$header" ] || [ "$header" = shunt.skel.h ] || # made by bpftool
            complain "$room includes \"$header\", which is not its own"
    done
done
for header in include/lasthello/*.h; do
    name=$(basename "$header" .h)
    grep -rqE "<lasthello/$name\.h>" src dissectors include --include='*.[ch]' || complain "nobody includes $header"
done

one() { # library, header, files: included by at most so many files, one where none is said
    files=$(grep -rlE "#include <$2" src dissectors include | wc -l)
    [ "$files" -le "${3:-1}" ] || complain "$1 is included by $files files: $(grep -rlE "#include <$2" src dissectors include | tr '\n' ' ')"
}
one libpcap 'pcap' 2 # files and filters, and live interfaces: nothing but link types in common
one libbpf '(bpf/(lib)?bpf\.h|shunt\.skel\.h)'
one zlib 'zlib' 2 # unpacking captures, and packing what a page carries
one libzstd 'zstd'
one liblzma 'lzma'
one liblz4 'lz4'
one libbz2 'bzlib'
one nDPI 'ndpi'
one SQLite 'sqlite3' 4 # its files, failures, statements, and all the rest
one jansson 'jansson'
one smartcols 'libsmartcols'
one libseccomp 'seccomp'
one libinih 'ini\.h'
one libcsv 'csv\.h'
one libcap-ng 'cap-ng'
one X.509 'openssl/x509\.h'
exit $status
