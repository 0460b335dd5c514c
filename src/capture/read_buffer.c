/* SPDX-License-Identifier: BSD-2-Clause */
/* read_buffer.c: a buffer that is moved over the bytes of an input. */
#include "read_buffer.h"

#include <stdlib.h>

bool read_buffer_open(struct read_buffer *buffer, struct input *input)
{
    *buffer =
        (struct read_buffer){.input = input, .memory = malloc(READ_BUFFER_BYTES), .size = READ_BUFFER_BYTES};
    buffer->ready.data = buffer->memory;
    return buffer->memory != NULL;
}

void read_buffer_close(struct read_buffer *buffer)
{
    free(buffer->memory);
    *buffer = (struct read_buffer){0};
}

static bool grow(struct read_buffer *buffer, size_t len)
{
    size_t size = buffer->size;
    uint8_t *memory;

    while (size < len)
        size *= 2;
    memory = malloc(size);
    if (memory == NULL || !bytes_copy(buffer->ready, memory, size)) {
        free(memory);
        return false;
    }
    free(buffer->memory);
    buffer->memory = memory;
    buffer->size = size;
    buffer->ready.data = memory;
    return true;
}

enum buffered read_buffer_fill(struct read_buffer *buffer, size_t len)
{
    struct input *input = buffer->input;

    if (len > buffer->size && !grow(buffer, len)) {
        error_set(&input->error, "%s: no memory left for %zu bytes that belong together", input->name, len);
        return BUFFERED_FAILED;
    }
    memmove(buffer->memory, buffer->ready.data, buffer->ready.left);
    buffer->ready.data = buffer->memory;
    while (buffer->ready.left < len) {
        ssize_t got =
            input_read(input, buffer->memory + buffer->ready.left, buffer->size - buffer->ready.left);

        if (got < 0)
            return BUFFERED_FAILED;
        if (got == 0)
            return buffer->ready.left == 0 ? BUFFERED_END : BUFFERED_CUT;
        buffer->ready.left += (size_t)got;
    }
    return BUFFERED_READY;
}
