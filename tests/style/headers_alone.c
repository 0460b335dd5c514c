/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked with a file for each public header (header_alone.c.in). */
int main(void)
{
    return 0;
}
