/* SPDX-License-Identifier: BSD-2-Clause */
/* sensor_lines.c: the first lines of the coverage of a centre: a zero of a sensor that is silent is none. */
#include "sensor_lines.h"

#include "number_format.h"

#include <lasthello/utc.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MICROSECONDS 1000000

/* What is said of a whole sensor, and of its place: the site, unless it has none of its own. */
static void begin_line(FILE *out, const struct sensor_state *sensor)
{
    const bool has_site = sensor->site != NULL && strcmp(sensor->site, "default") != 0;

    fprintf(out, "%s%s%s: ", sensor->observer, has_site ? " at " : "", has_site ? sensor->site : "");
}

/* 2026-12-01 00:10 */
static void write_time(FILE *out, int64_t microseconds)
{
    char text[UTC_BYTES];

    utc_text(microseconds, text);
    fprintf(out, "%.10s %.5s UTC", text, text + sizeof("2026-12-01T") - 1);
}

static void tell_silence(FILE *out, const struct sensor_state *sensor)
{
    char silent[NUMBER_BYTES];

    begin_line(out, sensor);
    if (sensor->received == 0) {
        fputs("is known to the centre, and has sent nothing yet\n", out);
        return;
    }
    fputs("was last heard on ", out);
    write_time(out, sensor->received);
    fprintf(out, ", %s before the centre was asked; what it saw since is not here\n",
        duration_text((uint64_t)((sensor->asked - sensor->received) / MICROSECONDS), silent));
}

static void tell_rest(FILE *out, const struct sensor_state *sensor)
{
    char ahead[NUMBER_BYTES];

    if (sensor->behind > 0) {
        begin_line(out, sensor);
        fputs("is behind: not all that it had seen had come to the centre\n", out);
    }
    if (sensor->is_rolled_back) {
        begin_line(out, sensor);
        fputs("its inventory was put back from an older copy, which was noticed on ", out);
        write_time(out, sensor->rolled_back);
        fputs("; what it had sent before stays\n", out);
    }
    if (sensor->is_wrong_clock) {
        begin_line(out, sensor);
        fprintf(out, "its clock is %s %s that of the centre; its times are not corrected\n",
            duration_text((uint64_t)(llabs(sensor->ahead) / MICROSECONDS), ahead),
            sensor->ahead > 0 ? "ahead of" : "behind");
    }
}

static void tell(void *context, const struct sensor_state *sensor)
{
    if (sensor->is_silent)
        tell_silence(context, sensor);
    tell_rest(context, sensor);
}

bool sensor_lines_write(FILE *out, struct inventory *inventory, struct error *error)
{
    return inventory_sensors(inventory, tell, out, error);
}
