# SPDX-License-Identifier: BSD-2-Clause
# From SQL to an array of its lines in C, which limits the length of one literal.
s/[\\"]/\\&/g
s/.*/    "&\\n",/
1i const char *const schema_sql[] = {
$a 0};
