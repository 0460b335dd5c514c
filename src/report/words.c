/* SPDX-License-Identifier: BSD-2-Clause */
/* words.c: what judgements are called. */
#include "words.h"

#include <stdio.h>

enum severity severity_of(enum verdict verdict)
{
    if (verdict >= VERDICT_BREAKS)
        return SEVERITY_HARM;
    return verdict == VERDICT_LEGACY || verdict == VERDICT_FRAGILE ? SEVERITY_WARNING : SEVERITY_NONE;
}

const char *words_step(enum step step)
{
    static const char *const words[STEP_COUNT] = {
        [STEP_UPDATE_CLIENT] = "update or replace the client",
        [STEP_FIND_OLD_CLIENT] = "one of several clients behind this IP is old: find which",
        [STEP_CONFIRM_UPDATE] = "updated, or another host has the address: confirm",
        [STEP_UPDATE_SERVER] = "update the server",
        [STEP_UPDATE_SERVER_NEW] = "update the server: the client offers only TLS 1.3",
        [STEP_FIND_MIDDLEBOX] = "find the middlebox that breaks TLS 1.2+ handshakes",
        [STEP_CAPTURE_HANDSHAKE] = "capture from the SYN, both directions, -s 0",
        [STEP_ENABLE_TLS] = "enable TLS on the client",
        [STEP_REQUIRE_STARTTLS] = "client logs in before STARTTLS: require TLS",
        [STEP_FIND_STARTTLS_FAILURE] = "find why STARTTLS failed",
        [STEP_REQUEST_TLS] = "TLS was never requested: enable it on the client",
        [STEP_CHECK_PORT] = "check the client's port and TLS setting",
        [STEP_CHECK_CLIENT] = "the client broke the handshake off: check its settings",
        [STEP_SEE_SERVER_LOG] = "refused, and not by its version: the server's log may say why",
        [STEP_SHARE_SUITES] = "no cipher suite, group or signature in common: update the older of the two",
        [STEP_SHARE_VERSION] = "no TLS version in common: update the older of the two",
        [STEP_CHANGE_NAME] = "this server name ends: point the client at the provider's regular one",
        [STEP_MOVE_MAIL] = "the service ends: move its mailboxes",
        [STEP_KEEP_OLD_TLS] = "keep TLS 1.0/1.1 enabled until its clients are updated, then disable",
        [STEP_CANNOT_TELL] = "server: cannot be told (its clients offer no better)",
        [STEP_REFUSE_LOGINS] = "refuse logins without TLS",
    };

    return words[step];
}

const char *words_notes(unsigned notes, char out[NOTES_BYTES])
{
    static const char *const words[NOTE_COUNT] = {
        "also negotiates TLS 1.2 or later",
        "nothing older since",
        "from another MAC address",
        "version from record headers",
        "TLS never requested",
        "the server speaks clear text on this port",
        "unconfirmed: no answer was seen",
    };
    size_t used = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < NOTE_COUNT; i++)
        if (notes >> i & 1 && used < NOTES_BYTES)
            used += (size_t)snprintf(out + used, NOTES_BYTES - used, "%s%s", used > 0 ? ", " : "", words[i]);
    return used > 0 ? out : NULL;
}

const char *words_versions(unsigned bits, char out[VERSIONS_BYTES])
{
    size_t used = 0;

    out[0] = '\0';
    for (unsigned version = VERSION_COUNT - 1; version > VERSION_UNKNOWN; version--)
        if (bits >> version & 1 && used < VERSIONS_BYTES)
            used += (size_t)snprintf(out + used, VERSIONS_BYTES - used, "%s%s", used > 0 ? ", " : "",
                version_name((enum version)version));
    return used > 0 ? out : NULL;
}
