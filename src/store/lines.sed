# SPDX-License-Identifier: BSD-2-Clause
# From SQL to an array of its lines in C, which limits the length of one literal. Without its comments, which an inventory
# would keep with its tables: one that was made when a comment read otherwise would not be of this schema.
1i const char *const schema_sql[] = {
s/ *--.*//
/^$/d
s/[\\"]/\\&/g
s/.*/    "&\\n",/
$a 0};
