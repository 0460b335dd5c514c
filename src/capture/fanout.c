/* SPDX-License-Identifier: BSD-2-Clause */
/* fanout.c: several capture sockets on one interface, each with its share of the packets. The
 * kernel's own hash (PACKET_FANOUT_HASH) is symmetric, but takes the ports, which fragments do not
 * have, and would send a client's second try elsewhere than its first. PACKET_FANOUT_FLAG_DEFRAG
 * would mend the fragments of plain IPv4 alone, and hide from us those that never become whole. So
 * the group has a program of its own, over the two addresses. */
#include "fanout.h"

#include <lasthello/carriers.h>

#include <assert.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct fanout {
    pthread_mutex_t lock;
    unsigned members;
    int id;            /* the kernel's, while there are members */
    int64_t joined_ns; /* the newest member */
};

/* ---- the program --------------------------------------------------------------------------- */

/* Offsets from the network header: the link header's length differs, and is not there for all packets. */
#define NET(offset)    ((uint32_t)SKF_NET_OFF + (uint32_t)(offset))
#define VLAN_TAG_LEN   4
#define SPREAD         0x9e3779b1u /* 2^32 over the golden ratio: neighbouring addresses end far apart */
#define SPREAD_SHIFT   16
#define NUMBER(number) number,

static void emit(struct fanout_program *program, int code, uint32_t k)
{
    assert(program->len < FANOUT_PROGRAM_MAX); /* its length does not depend on packets */
    program->code[program->len++] = (struct sock_filter){.code = (uint16_t)code, .k = k};
}

/* begin_if and end_if: what stands between them is skipped unless the accumulator equals `value`. */
static unsigned short begin_if(struct fanout_program *program, uint32_t value)
{
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, value);
    return program->len;
}

static void end_if(struct fanout_program *program, unsigned short begin)
{
    assert(program->len - begin <= UINT8_MAX);
    program->code[begin - 1].jf = (uint8_t)(program->len - begin);
}

/* Returns the words of both addresses, mixed so that their order does not matter. */
static void emit_addresses(struct fanout_program *program, unsigned from, unsigned to)
{
    emit(program, BPF_LD | BPF_IMM, 0);
    for (unsigned at = from; at < to; at += sizeof(uint32_t)) {
        emit(program, BPF_MISC | BPF_TAX, 0);
        emit(program, BPF_LD | BPF_W | BPF_ABS, NET(at));
        emit(program, BPF_ALU | BPF_XOR | BPF_X, 0);
    }
    emit(program, BPF_ALU | BPF_MUL | BPF_K, SPREAD);
    emit(program, BPF_ALU | BPF_RSH | BPF_K, SPREAD_SHIFT);
    emit(program, BPF_RET | BPF_A, 0);
}

static void emit_ipv4(struct fanout_program *program, unsigned at)
{
    unsigned short tcp;

    emit(program, BPF_LD | BPF_B | BPF_ABS, NET(at + 9));
    tcp = begin_if(program, IPPROTO_TCP);
    emit_addresses(program, at + 12, at + 20);
    end_if(program, tcp);
    emit(program, BPF_RET | BPF_K, 0);
}

/* TCP at once or behind one extension header, a fragment's among them. */
static void emit_ipv6(struct fanout_program *program, unsigned at)
{
    static const uint8_t extensions[] = {CARRIER_EXTENSIONS(NUMBER)};
    unsigned short tcp;

    emit(program, BPF_LD | BPF_B | BPF_ABS, NET(at + 6));
    for (size_t i = 0; i < sizeof(extensions); i++) {
        unsigned short extended = begin_if(program, extensions[i]);

        emit(program, BPF_LD | BPF_B | BPF_ABS, NET(at + 40));
        end_if(program, extended);
    }
    tcp = begin_if(program, IPPROTO_TCP);
    emit_addresses(program, at + 8, at + 40);
    end_if(program, tcp);
    emit(program, BPF_RET | BPF_K, 0);
}

static void emit_ip(struct fanout_program *program, unsigned at)
{
    unsigned short is = begin_if(program, ETH_P_IP);

    emit_ipv4(program, at);
    end_if(program, is);
    is = begin_if(program, ETH_P_IPV6);
    emit_ipv6(program, at);
    end_if(program, is);
}

void fanout_program_write(struct fanout_program *program)
{
    static const uint32_t tags[] = {CARRIER_VLAN_TAGS(NUMBER)};

    *program = (struct fanout_program){0};
    /* the outermost VLAN tag is off already */
    emit(program, BPF_LD | BPF_H | BPF_ABS, (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL);
    emit_ip(program, 0);
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        unsigned short tagged = begin_if(program, tags[i]);

        emit(program, BPF_LD | BPF_H | BPF_ABS, NET(2));
        end_if(program, tagged);
    }
    emit_ip(program, VLAN_TAG_LEN);
    emit(program, BPF_RET | BPF_K, 0);
}

/* ---- the group ----------------------------------------------------------------------------- */

struct fanout *fanout_open(void)
{
    struct fanout *fanout = calloc(1, sizeof(*fanout));

    if (fanout == NULL)
        return NULL;
    pthread_mutex_init(&fanout->lock, NULL);
    return fanout;
}

void fanout_close(struct fanout *fanout)
{
    if (fanout == NULL)
        return;
    pthread_mutex_destroy(&fanout->lock);
    free(fanout);
}

static bool begin_group(struct fanout *fanout, int fd)
{
    const int unique = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    struct fanout_program program;
    struct sock_fprog choose;
    socklen_t len = sizeof(fanout->id);

    fanout_program_write(&program);
    choose = (struct sock_fprog){.len = program.len, .filter = program.code};
    return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &unique, sizeof(unique)) == 0 &&
        setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &choose, sizeof(choose)) == 0 &&
        getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &fanout->id, &len) == 0;
}

static bool join_group(const struct fanout *fanout, int fd)
{
    const int known = (fanout->id & 0xffff) | PACKET_FANOUT_CBPF << 16;

    return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &known, sizeof(known)) == 0;
}

bool fanout_join(struct fanout *fanout, const char *interface, int fd, struct error *error)
{
    bool joined;

    pthread_mutex_lock(&fanout->lock);
    joined = fanout->members == 0 ? begin_group(fanout, fd) : join_group(fanout, fd);
    if (joined) {
        fanout->members++;
        fanout->joined_ns = clock_ns(CLOCK_REALTIME);
    } else {
        error_set(
            error, "%s: several threads cannot share it: %s; try --threads 1", interface, strerror(errno));
    }
    pthread_mutex_unlock(&fanout->lock);
    return joined;
}

int64_t fanout_since(struct fanout *fanout)
{
    int64_t since_ns;

    pthread_mutex_lock(&fanout->lock);
    since_ns = fanout->joined_ns;
    pthread_mutex_unlock(&fanout->lock);
    return since_ns;
}

void fanout_leave(struct fanout *fanout)
{
    pthread_mutex_lock(&fanout->lock);
    fanout->members--;
    pthread_mutex_unlock(&fanout->lock);
}
