/* SPDX-License-Identifier: BSD-2-Clause */
/* text.h: text from the wire, made safe once, where it is parsed; and addresses and times for people.
 *
 * After text_safe, text is valid printable UTF-8: control characters (C0, C1, DEL), bidirectional and
 * other invisible format characters (all of Unicode's category Cf), line separators and invalid bytes stand
 * as `\xNN`, a backslash as `\\`. Writers of CSV, JSON, HTML quote for their own format on top. All results
 * end with NUL. */
#ifndef LASTHELLO_TEXT_H
#define LASTHELLO_TEXT_H

#include <lasthello/bytes.h>
#include <lasthello/wire.h>

#define TEXT_MAC_BYTES 18

/* text_safe writes `raw`, made safe, into `out` of `out_size` bytes (at least 1); what does not fit is
 * left out at a character's border. Returns the length written. */
size_t text_safe(struct bytes raw, char *out, size_t out_size);

/* text_visible does the same to text that may have been made safe before: a backslash stays as it
 * is. For what comes from an inventory, a path or a command line, before it reaches a terminal or a
 * file. `out` of 4 bytes for each of `raw`, and one, holds all of it. */
size_t text_visible(struct bytes raw, char *out, size_t out_size);
/* text_received does so to an array, of at most TEXT_RECEIVED_BYTES, that a process without rights has
 * filled, and which may have no end: who took that process over wrote what he liked. What does not fit
 * is left out. */
#define TEXT_RECEIVED_BYTES 1024
void text_received(char *text, size_t size);
/* text_is_ascii: printable ASCII alone, which text_visible leaves as it is. */
bool text_is_ascii(const char *text);
/* text_is_utf8: valid UTF-8 (RFC 3629), visible or not. */
bool text_is_utf8(struct bytes raw);

/* Of files that people write, in UTF-8: NULL, or what their editor did otherwise, as a sentence for them.
 * text_wrong_mark looks at the beginning of a file, text_wrong_line at a line. */
const char *text_wrong_mark(struct bytes beginning);
const char *text_wrong_line(struct bytes line);

/* text_server_name writes a host name: letters made lower case, digits, `-`, `.`, `_`, and a final dot
 * dropped; any other byte stands as `\xNN`. Returns the length written. */
size_t text_server_name(struct bytes raw, char *out, size_t out_size);

/* text_mac writes `00-00-5e-00-53-23`, as the Elastic Common Schema wants it, in upper case. */
void text_mac(const uint8_t mac[6], char out[TEXT_MAC_BYTES]);

/* text_hex writes two lower-case digits a byte; `out` has room for 2 * len + 1. */
void text_hex(struct bytes raw, char *out);

/* count_text writes 18232 as "18,232". */
#define COUNT_TEXT_BYTES 32
const char *count_text(uint64_t number, char out[COUNT_TEXT_BYTES]);

#endif
