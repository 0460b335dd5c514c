/* SPDX-License-Identifier: BSD-2-Clause */
/* view.c: how wide, how high, in colours? */
#include "view.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEAST_WIDTH 20

/* 0: the variable has no sensible width. */
static size_t width_of_variable(void)
{
    const char *text = getenv("COLUMNS");
    char *end;
    unsigned long width;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    width = strtoul(text, &end, 10);
    return *end == '\0' && width >= LEAST_WIDTH && width <= 10000 ? width : 0;
}

static void ask_terminal(FILE *out, struct view *view)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    struct winsize size;

    view->width = 80;
    view->height = 24;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        view->width = size.ws_col;
        view->height = size.ws_row;
    }
    /* https://no-color.org: set, and not empty */
    view->colors =
        (no_color == NULL || no_color[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

struct view view_of(FILE *out, bool wide)
{
    struct view view = {0};

    if (isatty(fileno(out)))
        ask_terminal(out, &view);
    else
        view.width = width_of_variable();
    if (wide)
        view.width = 0;
    return view;
}
