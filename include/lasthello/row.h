/* SPDX-License-Identifier: BSD-2-Clause */
/* row.h: what comes next when rows are asked for: one, their end, or a failure, which is not an end. */
#ifndef LASTHELLO_ROW_H
#define LASTHELLO_ROW_H

enum row {
    ROW_ONE,
    ROW_END,
    ROW_FAILED, /* the error is filled in */
};

#endif
