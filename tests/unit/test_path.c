/* SPDX-License-Identifier: BSD-2-Clause */
/* The way that a connection's packets took. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY (4u << 20)

/* Systems begin with a TTL of 64, 128 or 255; a router takes one away (RFC 791 3.2, RFC 8200 3). */
static void a_client_whose_packets_passed_no_router_is_told(void **state)
{
    static const struct {
        uint8_t client[2], server;
        enum tunnel tunnel;
        bool has_macs, attached;
    } rows[] = {
        {{64, 64}, 53, TUNNEL_NONE, true, true},
        {{128, 128}, 64, TUNNEL_NONE, true, true},
        {{255, 255}, 255, TUNNEL_NONE, true, true},
        {{63, 63}, 64, TUNNEL_NONE, true, false},
        {{127, 127}, 64, TUNNEL_NONE, true, false},
        {{64, 61}, 64, TUNNEL_NONE, true, false}, /* somebody else speaks for it */
        {{64, 64}, 64, TUNNEL_VXLAN, true, false},
        {{64, 64}, 64, TUNNEL_NONE, false, false},
    };
    static const struct said said[] = {
        HANDSHAKE, {C, ACK, 1, 1, "a", 0}, {S, ACK, 1, 2, "b", 0}, {C, ACK, 2, 2, "c", 0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = rig_open(MEMORY);

        for (size_t j = 0; j < COUNT_OF(said); j++) {
            const bool is_last = j == COUNT_OF(said) - 1;

            rig->link = (struct link){.has_macs = rows[i].has_macs, .tunnel = rows[i].tunnel};
            rig->link.time_to_live = said[j].from == S ? rows[i].server : rows[i].client[is_last];
            rig_say(rig, &said[j]);
        }
        rig_flush(rig);
        assert_int_equal(rig->facts.client_attached, rows[i].attached);
        rig_close(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_whose_packets_passed_no_router_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
