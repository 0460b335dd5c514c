/* SPDX-License-Identifier: BSD-2-Clause */
/* json.h: one JSON object, put together key by key; what is unknown is left out. */
#ifndef LASTHELLO_JSON_H
#define LASTHELLO_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct json; /* an object; remembers if memory ran out, so that only json_line needs to be checked */

struct json *json_open(void);
void json_close(struct json *json);

/* Keys are string constants. NULL and "" are left out, and so is a flag that is not set. */
void json_put_text(struct json *json, const char *key, const char *text);
void json_put_number(struct json *json, const char *key, int64_t number);
void json_put_flag(struct json *json, const char *key, bool flag);
/* json_put_list makes an array of comma-separated text; an empty one is left out. */
void json_put_list(struct json *json, const char *key, const char *commas);
void json_put_numbers(struct json *json, const char *key, const uint16_t *numbers, unsigned count);
/* json_put_object takes `inner` and closes it. */
void json_put_object(struct json *json, const char *key, struct json *inner);
/* json_add_object appends `inner`, and closes it, to the array under `key`. */
void json_add_object(struct json *json, const char *key, struct json *inner);

/* json_line gives the object as one line without its newline; the caller frees it. NULL: no memory. */
char *json_line(const struct json *json);

#endif
