#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cause.sh ROOT: what ./check prints first of a failed step's log is its cause, of each kind of log that there is, between a thousand lines
# about what is well.
cause=$1/tests/cause status=0
log=$(mktemp) && told=$(mktemp) || exit 1
trap 'rm -f "$log" "$told"' EXIT
well() { # how many times: what passed says, also in words that sound otherwise
    for i in $(seq "$1"); do
        printf '%s\n' "ok $i - an error: of the file is told" '  ---' '  duration_ms: 1.5' '  ...' '# Subtest: FAIL: is a word' \
            "$i/90 lasthello:unit / error            OK    0.19s" '[1/834] Compiling C object src/base/libbase.a.p/error.c.o' \
            'lasthello: 127 of 127 files read' "passed   error: line $i: all is well (3 s)"
    done
}
shows() { # kind, a line that must be told; the log's lines come from standard input
    { well 60; cat; well 60; } >"$log"
    "$cause" "$log" >"$told"
    grep -qF -- "$2" "$told" || { echo "$1: \"$2\" is not told, but:"; cat "$told"; status=1; }
    [ "$(wc -l <"$told")" -le 40 ] || { echo "$1: $(wc -l <"$told") lines are no short cause"; status=1; }
    ! grep -q 'all is well' "$told" || { echo "$1: told is what is well"; status=1; }
}

shows node 'Cannot read properties of undefined' <<END
# Subtest: as a file: its weight
not ok 21 - as a file: its weight
  ---
  duration_ms: 16099.3
  location: 'size.test.js:65:1'
  failureType: 'testCodeFailure'
  error: |-
    page.evaluate: TypeError: Cannot read properties of undefined (reading 'startTime')
  code: 'ERR_TEST_FAILURE'
END
shows cmocka '# 0x5 != 0x6' <<END
not ok 3 - a_gap_yields_no_version
# 0x5 != 0x6
# ../tests/unit/test_tls.c:12: error: Failure!
END
shows meson 'src/base/error.c:12: lines of at most 110' <<END
50/52 lasthello:style / greps                FAIL             43.56s   exit status 1
>>> MESON_TEST_ITERATION=1 /lasthello/tests/style/greps.sh /lasthello
――――――――――――――――――――――――――――――――――――― ✀  ―――――――――――――――――――――――――――――――――――――
src/base/error.c:12: lines of at most 110
END
shows 'meson, a time-out' 'flows / axes' <<END
3/9 lasthello:flows / axes                   TIMEOUT         120.01s   killed by signal 15 SIGTERM
END
shows compiler 'assert_in_range is deprecated' <<END
FAILED: [code=1] tests/unit/test_verdict.p/test_verdict.c.o
gcc -Itests/unit -c ../tests/unit/test_verdict.c
../tests/unit/test_verdict.c:197:5: error: assert_in_range is deprecated [-Werror=deprecated]
END
shows clang-tidy 'narrowing conversion' <<END
src/base/text.c:40:12: error: narrowing conversion [bugprone-narrowing-conversions,-warnings-as-errors]
    return len;
           ^
END
shows sanitizer 'heap-buffer-overflow' <<END
==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60200000
    #0 0x55 in bytes_u8 include/lasthello/bytes.h:20
END
shows assert "Assertion \`left > 0' failed" <<END
lasthello: ../src/flow/stream.c:88: stream_take: Assertion \`left > 0' failed.
Aborted
END
shows traceback "AssertionError: ('/', 500)" <<END
Traceback (most recent call last):
  File "tests/flows/serve.py", line 104, in main
    assert answer.status == 200, ('/', answer.status)
AssertionError: ('/', 500)
END
shows 'a library of Python' 'subprocess.TimeoutExpired' <<END
subprocess.TimeoutExpired: Command '['lasthello', 'serve']' timed out after 60 seconds
END
shows shell 'tests/hostile/campaign' <<END
./check: line 33: tests/hostile/campaign: No such file or directory
END
many=$(for i in $(seq 100); do printf '%s\n' "not ok $i - test number $i" '  ---' "  error: 'number $i'"; done)
shows 'a hundred that failed' 'test number 1' <<END
$many
END
many=$(for i in $(seq 100); do echo "lasthello: error: file $i cannot be read, as it ought to be"; done)
shows 'a test that failed after a hundred errors that are wanted' 'not ok 9' <<END
$many
not ok 9 - the last one
END
exit $status
