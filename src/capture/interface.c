/* SPDX-License-Identifier: BSD-2-Clause */
/* interface.c: what the kernel and a network card's driver say of an interface (ethtool's ioctls). */
#include <lasthello/interface.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERFACES_SHOWN 16

bool interface_set_missing(struct error *error, const char *name)
{
    struct if_nameindex *all = if_nameindex();
    char list[INTERFACES_SHOWN * (IFNAMSIZ + 2) + 8] = "";
    size_t len = 0;
    size_t i;

    for (i = 0; all != NULL && all[i].if_name != NULL && i < INTERFACES_SHOWN; i++)
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i == 0 ? "" : ", ", all[i].if_name);
    if (all != NULL && all[i].if_name != NULL)
        snprintf(list + len, sizeof(list) - len, ", ...");
    if (all != NULL)
        if_freenameindex(all);
    return error_set(error, "%s: no such interface; this machine has %s", name, len == 0 ? "none" : list);
}

/* Asks the driver; false: it does not know, or is no driver of a card. */
static bool ask(int fd, struct ifreq *request, void *question)
{
    request->ifr_data = question;
    return ioctl(fd, SIOCETHTOOL, request) == 0;
}

static bool is_on(int fd, struct ifreq *request, uint32_t command, uint32_t flag)
{
    struct ethtool_value value = {.cmd = command};

    return ask(fd, request, &value) && (value.data & flag) != 0;
}

static void ask_driver(int fd, struct ifreq *request, struct interface_facts *facts)
{
    struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
    struct ethtool_ringparam ring = {.cmd = ETHTOOL_GRINGPARAM};
    struct ethtool_cmd link = {.cmd = ETHTOOL_GSET};

    if (ask(fd, request, &driver))
        snprintf(facts->driver, sizeof(facts->driver), "%s", driver.driver);
    if (ask(fd, request, &ring)) {
        facts->ring_packets = ring.rx_pending;
        facts->ring_packets_max = ring.rx_max_pending;
    }
    if (ask(fd, request, &link) && ethtool_cmd_speed(&link) != (uint32_t)SPEED_UNKNOWN)
        facts->speed_mbit = ethtool_cmd_speed(&link);
    facts->joins_packets =
        is_on(fd, request, ETHTOOL_GGRO, 1) || is_on(fd, request, ETHTOOL_GFLAGS, ETH_FLAG_LRO);
}

bool interface_look(const char *name, struct interface_facts *facts, struct error *error)
{
    struct ifreq request = {0};
    int fd;

    *facts = (struct interface_facts){0};
    if (strlen(name) >= IFNAMSIZ || if_nametoindex(name) == 0)
        return interface_set_missing(error, name);
    memcpy(request.ifr_name, name, strlen(name));
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_set(error, "%s: cannot be asked: no socket", name);
    if (ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
        facts->is_up = (request.ifr_flags & IFF_UP) != 0;
        facts->has_carrier = (request.ifr_flags & IFF_RUNNING) != 0;
    }
    ask_driver(fd, &request, facts);
    close(fd);
    return true;
}
