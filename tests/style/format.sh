#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Is the code as clang-format 14 would write it?
cd "${1:-.}" || exit 2
# 14 is Debian 12's; others write some lines otherwise
clang_format=$(command -v clang-format-14 || command -v clang-format) || { echo 'clang-format is needed'; exit 77; }
"$clang_format" --version | grep -q 'version 14' || { echo 'clang-format 14 is needed'; exit 77; }
find src dissectors include tests -name '*.[ch]' -print0 | xargs -0 "$clang_format" --dry-run --Werror 2>&1 | grep -E 'error:' | head -20 > "${TMPDIR:-/tmp}/format.$$"
found=$(cat "${TMPDIR:-/tmp}/format.$$"); rm -f "${TMPDIR:-/tmp}/format.$$"
[ -z "$found" ] || { echo "$found"; echo 'mend with: find src dissectors include tests -name "*.[ch]" | xargs clang-format -i'; exit 1; }
