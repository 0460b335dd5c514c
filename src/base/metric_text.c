/* SPDX-License-Identifier: BSD-2-Clause */
/* metric_text.c: what Prometheus reads. */
#include <lasthello/clock.h>
#include <lasthello/metric_text.h>
#include <lasthello/text.h>

#include <string.h>

#define LABEL_BYTES 512

void metric_head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metric_quoted(FILE *out, const char *text)
{
    char visible[LABEL_BYTES];

    text_visible((struct bytes){(const uint8_t *)text, strlen(text)}, visible, sizeof(visible));
    fputc('"', out);
    for (const char *at = visible; *at != '\0'; at++) {
        if (*at == '\\' || *at == '"')
            fputc('\\', out);
        fputc(*at, out);
    }
    fputc('"', out);
}

void metric_seconds(FILE *out, int64_t time_ns)
{
    fprintf(out, "%lld.%03d\n", (long long)(time_ns / NANOSECONDS), (int)(time_ns % NANOSECONDS / 1000000));
}
