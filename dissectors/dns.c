/* SPDX-License-Identifier: BSD-2-Clause */
/* dns.c: questions for addresses, and their answers (RFC 1035 4). */
#include <lasthello/dns.h>

#define FLAG_RESPONSE  0x8000
#define FLAGS_OPCODE   0x7800
#define FLAGS_RCODE    0x000f
#define CLASS_IN       1
#define LABEL_POINTER  0xc0
#define LABEL_MAX      63
#define NAME_WIRE_MAX  255
#define TTL_IS_NONE    0x80000000 /* RFC 2181 8: the highest bit set means 0 */
#define TTL_NOT_KNOWN  UINT32_MAX
#define ADDRESS_BYTES4 4
#define ADDRESS_BYTES6 16

enum dns_type {
    TYPE_A = 1,
    TYPE_CNAME = 5,
    TYPE_AAAA = 28,
};

struct dns_header {
    uint16_t id, flags, question_count, answer_count, authority_count, additional_count;
};

/* Where a name is being read: at most to its end, and only backwards from where it began. */
struct name_reader {
    struct bytes at;
    struct bytes after; /* behind the name, where it stands */
    size_t limit;       /* a pointer leads before this place of the message */
    bool jumped;
    char *out;
    size_t len;
};

static bool header_read(struct bytes *in, struct dns_header *header)
{
    return bytes_u16(in, &header->id) &&
        bytes_u16(in, &header->flags) &&
        bytes_u16(in, &header->question_count) &&
        bytes_u16(in, &header->answer_count) &&
        bytes_u16(in, &header->authority_count) &&
        bytes_u16(in, &header->additional_count);
}

/* ---- names -------------------------------------------------------------------------------------- */

/* A host's character in lower case; 0: it is none. */
static char host_character(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return (char)(byte - 'A' + 'a');
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_')
        return (char)byte;
    return 0;
}

static bool append_label(struct name_reader *reader, struct bytes label)
{
    uint8_t byte;

    if (reader->len + label.left + 2 > NAME_WIRE_MAX)
        return false;
    if (reader->len > 0)
        reader->out[reader->len++] = '.';
    while (bytes_u8(&label, &byte))
        if ((reader->out[reader->len++] = host_character(byte)) == 0)
            return false;
    return true;
}

/* RFC 1035 4.1.4: "a pointer to a prior occurrence"; each is before the one that led there, so that there
 * are no circles. */
static bool follow(struct name_reader *reader, struct bytes message, uint8_t high)
{
    uint8_t low;
    size_t place;

    if (!bytes_u8(&reader->at, &low))
        return false;
    if (!reader->jumped)
        reader->after = reader->at;
    reader->jumped = true;
    place = (size_t)(high & ~LABEL_POINTER) << 8 | low;
    if (place >= reader->limit)
        return false;
    reader->limit = place;
    reader->at = message;
    return bytes_skip(&reader->at, place);
}

/* `in` ends where the message does. */
static bool name_read(struct bytes *in, struct bytes message, char out[DNS_NAME_BYTES])
{
    struct name_reader reader = {.at = *in, .limit = message.left - in->left, .out = out};
    struct bytes label;
    uint8_t length;

    while (bytes_u8(&reader.at, &length)) {
        if (length == 0) {
            out[reader.len] = '\0';
            *in = reader.jumped ? reader.after : reader.at;
            return true;
        }
        if (length >= LABEL_POINTER) {
            if (!follow(&reader, message, length))
                return false;
        } else if (length > LABEL_MAX || !bytes_take(&reader.at, length, &label) ||
            !append_label(&reader, label)) {
            return false;
        }
    }
    return false;
}

/* ---- records ------------------------------------------------------------------------------------ */

struct dns_record {
    char owner[DNS_NAME_BYTES];
    uint16_t type, class;
    uint32_t ttl_s;
    struct bytes data;
    struct bytes rest; /* from `data` to the end of the message, for names in it */
};

static bool record_read(struct bytes *in, struct bytes message, struct dns_record *record)
{
    uint16_t data_len;

    if (!name_read(in, message, record->owner) ||
        !bytes_u16(in, &record->type) ||
        !bytes_u16(in, &record->class) ||
        !bytes_u32(in, &record->ttl_s) ||
        !bytes_u16(in, &data_len))
        return false;
    record->rest = *in;
    return bytes_take(in, data_len, &record->data);
}

static bool address_take(const struct dns_record *record, struct address *address)
{
    if (record->type == TYPE_A) {
        *address = (struct address)ADDRESS_V4_MAPPED;
        return record->data.left == ADDRESS_BYTES4 &&
            bytes_copy(record->data, address->octets + ADDRESS_V4_AT, ADDRESS_BYTES4);
    }
    return record->data.left == ADDRESS_BYTES6 && bytes_copy(record->data, address->octets, ADDRESS_BYTES6);
}

static void note_ttl(struct dns_message *message, uint32_t ttl_s)
{
    if ((ttl_s & TTL_IS_NONE) != 0)
        ttl_s = 0;
    if (ttl_s < message->ttl_s)
        message->ttl_s = ttl_s;
}

/* Of the name that is asked for by now, or it is nobody's business. */
static bool note_record(struct dns_message *message, const struct dns_record *record, struct bytes whole,
    char current[DNS_NAME_BYTES])
{
    struct bytes target = record->rest;

    if (record->class != CLASS_IN || strcmp(record->owner, current) != 0)
        return true;
    if (record->type == TYPE_CNAME) {
        note_ttl(message, record->ttl_s);
        return name_read(&target, whole, current) && record->rest.left - target.left == record->data.left;
    }
    if (record->type != message->type || message->address_count == DNS_ADDRESSES_MAX)
        return true;
    note_ttl(message, record->ttl_s);
    return address_take(record, &message->addresses[message->address_count++]);
}

/* RFC 1034 4.3.2 step 3a: a CNAME stands before what is said of the name that it leads to. */
static bool answers_read(struct bytes in, struct bytes whole, unsigned count, struct dns_message *message)
{
    char current[DNS_NAME_BYTES];
    struct dns_record record;

    memcpy(current, message->name, sizeof(current));
    for (unsigned i = 0; i < count && i < DNS_RECORDS_MAX; i++)
        if (!record_read(&in, whole, &record) || !note_record(message, &record, whole, current))
            return false;
    return true;
}

/* ---- messages ------------------------------------------------------------------------------------ */

static enum dns_kind answer_read(struct bytes in, struct bytes whole, const struct dns_header *header,
    struct dns_message *message)
{
    message->ttl_s = TTL_NOT_KNOWN;
    if ((header->flags & FLAGS_RCODE) == 0 && !answers_read(in, whole, header->answer_count, message))
        return DNS_BROKEN;
    if (message->address_count == 0)
        message->ttl_s = 0;
    return DNS_ANSWER;
}

enum dns_kind dns_read(struct bytes payload, struct dns_message *message)
{
    struct bytes in = payload;
    struct dns_header header;
    uint16_t class;

    if (!header_read(&in, &header))
        return DNS_BROKEN;
    if ((header.flags & FLAGS_OPCODE) != 0 || header.question_count != 1)
        return DNS_OTHER;
    memset(message->name, 0, sizeof(message->name));
    if (!name_read(&in, payload, message->name) || !bytes_u16(&in, &message->type) || !bytes_u16(&in, &class))
        return DNS_BROKEN;
    if (class != CLASS_IN || message->name[0] == '\0' ||
        (message->type != TYPE_A && message->type != TYPE_AAAA))
        return DNS_OTHER;
    message->id = header.id;
    message->address_count = 0;
    message->ttl_s = 0;
    if ((header.flags & FLAG_RESPONSE) == 0)
        return header.answer_count == 0 ? DNS_QUESTION : DNS_BROKEN;
    return answer_read(in, payload, &header, message);
}
