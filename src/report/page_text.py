# SPDX-License-Identifier: BSD-2-Clause
# Writes a file of the page as lines in C, and the hash by which the page's Content-Security-Policy allows it (CSP 3, 2.3.1).
import base64
import hashlib
import sys

name, path = sys.argv[1:]
with open(path, encoding='utf-8') as source:
    text = source.read()
digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
print(f'extern const char *const {name}_lines[];\nextern const char {name}_hash[];')
print(f'const char *const {name}_lines[] = {{')
for line in text.splitlines(keepends=True):
    # a question mark is written so that it begins no trigraph
    quoted = line.replace('\\', '\\\\').replace('"', '\\"').replace('?', '\\?').replace('\n', '\\n')
    print(f'    "{quoted}",')
print(f'    0,\n}};\nconst char {name}_hash[] = "sha256-{digest}";')
