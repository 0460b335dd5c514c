/* SPDX-License-Identifier: BSD-2-Clause */
/* Each public header compiles alone, and twice. */
#include HEADER
#include HEADER

int main(void)
{
    return 0;
}
