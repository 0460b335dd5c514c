/* SPDX-License-Identifier: BSD-2-Clause */
/* json.c: objects for people's programs, through jansson. */
#include <lasthello/json.h>
#include <lasthello/text.h>

#include <jansson.h>
#include <stdlib.h>

struct json {
    json_t *object;
    bool failed;
};

struct json *json_open(void)
{
    struct json *json = calloc(1, sizeof(*json));

    if (json == NULL)
        return NULL;
    json->object = json_object();
    json->failed = json->object == NULL;
    return json;
}

void json_close(struct json *json)
{
    if (json == NULL)
        return;
    json_decref(json->object);
    free(json);
}

static void put(struct json *json, const char *key, json_t *value)
{
    if (json != NULL && json_object_set_new(json->object, key, value) != 0)
        json->failed = true;
}

/* Text from the wire is safe already; names of files, and whatever was overlooked, are made so here. */
static bool holds_control(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)at[0], next = (uint8_t)at[1];

        if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next < 0xa0))
            return true;
    }
    return false;
}

static json_t *text_value(const char *text, size_t len)
{
    char safe[2048];
    json_t *value = NULL;

    if (!holds_control(text))
        value = json_stringn(text, len);
    if (value != NULL)
        return value;
    text_safe((struct bytes){(const uint8_t *)text, len}, safe, sizeof(safe));
    return json_string(safe);
}

void json_put_text(struct json *json, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0')
        put(json, key, text_value(text, strlen(text)));
}

void json_put_number(struct json *json, const char *key, int64_t number)
{
    put(json, key, json_integer(number));
}

void json_put_flag(struct json *json, const char *key, bool flag)
{
    if (flag)
        put(json, key, json_true());
}

static void append(struct json *json, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0 && json != NULL)
        json->failed = true;
}

void json_put_list(struct json *json, const char *key, const char *commas)
{
    json_t *array;

    if (commas == NULL || commas[0] == '\0')
        return;
    array = json_array();
    while (*commas != '\0') {
        size_t len = strcspn(commas, ",");

        if (len > 0)
            append(json, array, text_value(commas, len));
        commas += len;
        commas += strspn(commas, ", ");
    }
    put(json, key, array);
}

void json_put_numbers(struct json *json, const char *key, const uint16_t *numbers, unsigned count)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < count; i++)
        append(json, array, json_integer(numbers[i]));
    put(json, key, array);
}

/* Takes the object out of its wrapping. */
static json_t *unwrap(struct json *json, struct json *inner)
{
    json_t *object = NULL;

    if (inner != NULL && !inner->failed)
        object = json_incref(inner->object);
    else if (json != NULL)
        json->failed = true;
    json_close(inner);
    return object;
}

void json_put_object(struct json *json, const char *key, struct json *inner)
{
    put(json, key, unwrap(json, inner));
}

void json_add_object(struct json *json, const char *key, struct json *inner)
{
    json_t *object = unwrap(json, inner);
    json_t *array = json == NULL ? NULL : json_object_get(json->object, key);

    if (array == NULL && json != NULL) {
        array = json_array();
        put(json, key, array);
    }
    append(json, array, object);
}

char *json_line(const struct json *json)
{
    if (json == NULL || json->failed)
        return NULL;
    return json_dumps(json->object, JSON_COMPACT);
}
