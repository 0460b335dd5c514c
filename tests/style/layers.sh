#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The rooms table of README.md, checked: a room includes the public headers on its row and no other, a private
# header only from its own folder, and each third-party library is included by one file.
cd "${1:-.}" || exit 2
status=0
complain() { echo "$*"; status=1; }

may() { # room, public headers it may include; further rooms whose private headers it may, as +ROOM
    room=$1; shift
    for header in $(grep -rhoE '<lasthello/[a-z_0-9]+\.h>' "$room" --include='*.[ch]' | sort -u | sed 's/<lasthello\///; s/\.h>//'); do
        case " $* " in *" $header "*) ;; *) complain "$room may not include $header.h" ;; esac
    done
    for header in $(grep -rhoE '^#include "[^"]+"' "$room" --include='*.[ch]' | cut -d'"' -f2 | sort -u); do
        found=
        for folder in "$room" $(printf '%s\n' "$@" | sed -n 's/^+/src\//p'); do
            [ -e "$folder/$header" ] && found=$folder
        done
        [ -n "$found" ] || [ -n "$(find . -path "./build*" -prune -o -name "$(basename "$header").in" -print)" ] ||
            complain "$room includes \"$header\", which is not its own"
    done
}
base='address bytes capture_marks clock error facts hash id_table ini_file json list names pool text utc wire session'
may src/base      $base carriers
may src/capture   $base carriers source interface
may src/decode    $base carriers decode
may src/flow      $base flow packet_time
may dissectors    $base dissector tls
may src/judge     $base judge
may src/store     $base db schema ledger inventory row
may src/verdict   $base policy verdict
may src/assets    $base assets
may src/query     $base assets db schema policy questions row verdict
may src/report    $base assets policy questions row report verdict
may src/events    $base events
may src/process   $base
may src/sensor    $base db source interface decode flow packet_time dissector judge ledger inventory events +process
may src/cli       $base assets db source interface decode flow packet_time dissector judge ledger inventory policy questions row report verdict events +process +sensor

one() { # library, header, files: included by at most so many files, one where none is said
    files=$(grep -rlE "#include <$2" src dissectors include | wc -l)
    [ "$files" -le "${3:-1}" ] || complain "$1 is included by $files files: $(grep -rlE "#include <$2" src dissectors include | tr '\n' ' ')"
}
one libpcap 'pcap' 2 # files and filters, and live interfaces: nothing but link types in common
one libbpf '(bpf/(lib)?bpf\.h|shunt\.skel\.h)'
one zlib 'zlib'
one libzstd 'zstd'
one liblzma 'lzma'
one liblz4 'lz4'
one libbz2 'bzlib'
one nDPI 'ndpi'
one SQLite 'sqlite3' 2 # its files, and all the rest
one jansson 'jansson'
one smartcols 'libsmartcols'
one libseccomp 'seccomp'
one libinih 'ini\.h'
one libcsv 'csv\.h'
one libcap-ng 'cap-ng'
one X.509 'openssl/x509\.h'
exit $status
