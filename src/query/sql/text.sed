# SPDX-License-Identifier: BSD-2-Clause
# From SQL, without its comments, to one text in C.
$a ;
/^ *--/d
s/[\\"]/\\&/g
s/.*/    "&\\n"/
