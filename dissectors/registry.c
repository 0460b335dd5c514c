/* SPDX-License-Identifier: BSD-2-Clause */
/* registry.c: which port is read by which dissector. A new protocol is a row here. */
#include "dissectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const struct service rows[] = {
    {.port = 110, .name = "pop3", .first = &dissector_pop3, .after_handover = &dissector_tls},
    {.port = 143, .name = "imap", .first = &dissector_imap, .after_handover = &dissector_tls},
    {.port = 993, .name = "imaps", .first = &dissector_tls, .inside = &dissector_imap},
    {.port = 995, .name = "pop3s", .first = &dissector_tls, .inside = &dissector_pop3},
    /* on no port of their own: --ports 443=tls,587=smtp,465=smtps */
    {.port = 0, .name = "smtp", .first = &dissector_smtp, .after_handover = &dissector_tls},
    {.port = 0, .name = "smtps", .first = &dissector_tls, .inside = &dissector_smtp},
    {.port = 0, .name = "tls", .first = &dissector_tls},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))
_Static_assert(ROW_COUNT <= SERVICES_MAX - 64, "64 of the user's find room beside them");

static const struct service discover_row = {.port = 0, .name = "tls", .first = &dissector_discover};

/* Text protocols first: their first bytes are told apart with more certainty. TLS, which follows
 * a handover, is last. */
static const struct dissector *const by_content[] = {&dissector_imap, &dissector_pop3, &dissector_tls, NULL};

const struct dissector *const *registry_by_content(void)
{
    return by_content;
}

void services_init(struct services *services)
{
    *services = (struct services){0};
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].port != 0)
            services_put(services, &rows[i]);
}

bool services_put(struct services *services, const struct service *service)
{
    uint8_t *row = &services->by_port[service->port];

    if (*row == 0 && services->count == SERVICES_MAX)
        return false;
    if (*row == 0)
        *row = (uint8_t)++services->count;
    services->rows[*row] = *service;
    return true;
}

void services_discover(struct services *services)
{
    services->discover = &discover_row;
}

bool services_believe(struct services *services, const char *list, struct error *error)
{
    char *copy = strdup(list);
    char *rest = copy;
    bool good = copy != NULL || error_set(error, "--proxy: out of memory");

    while (good && rest != NULL) {
        const char *text = strsep(&rest, ",");

        if (services->proxy_count == PROXIES_MAX)
            good = error_set(error, "--proxy: no room for more than %d networks", PROXIES_MAX);
        else if (!network_read(text, &services->proxies[services->proxy_count++]))
            good = error_set(
                error, "--proxy: %s: write an address or a network, as 192.0.2.7 or 10.0.0.0/8", text);
    }
    free(copy);
    return good;
}

void services_ports(const struct services *services, uint64_t ports[PORT_WORDS])
{
    memset(ports, 0, PORT_WORDS * sizeof(ports[0]));
    for (unsigned port = 0; port < 65536; port++)
        if (services_at(services, (uint16_t)port) != NULL || services->discover != NULL)
            ports[port / 64] |= UINT64_C(1) << port % 64;
}

/* "imap, imaps, pop3, pop3s, tls", in alphabetical order. */
static const char *names_of_all(char *out, size_t out_size)
{
    const char *before = "";
    size_t len = 0;

    out[0] = '\0';
    for (size_t done = 0; done < ROW_COUNT && len < out_size; done++) {
        const char *next = NULL;

        for (size_t i = 0; i < ROW_COUNT; i++)
            if (strcmp(rows[i].name, before) > 0 && (next == NULL || strcmp(rows[i].name, next) < 0))
                next = rows[i].name;
        len += (size_t)snprintf(out + len, out_size - len, "%s%s", done > 0 ? ", " : "", next);
        before = next;
    }
    return out;
}

const struct service *service_of_name(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

bool service_is_mail(const char *name)
{
    const struct service *row = service_of_name(name);

    return row == NULL || (row->inside != NULL ? row->inside : row->first)->is_mail;
}

bool service_begins_with_tls(const char *name)
{
    const struct service *row = service_of_name(name);

    return row != NULL && row->inside != NULL;
}

/* The rows with ports stand first, in their order. */
const char *services_ports_text(char *out, size_t out_size)
{
    size_t count = 0, len = 0;

    while (count < ROW_COUNT && rows[count].port != 0)
        count++;
    out[0] = '\0';
    for (size_t i = 0; i < count && len < out_size; i++)
        len += (size_t)snprintf(out + len, out_size - len, "%s%u",
            i == 0 ? "" : i + 1 == count ? " and "
                                         : ", ",
            rows[i].port);
    return out;
}

const struct service *registry_service_inside(const char *alpn)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].inside != NULL && rows[i].inside->alpn != NULL && strcmp(rows[i].inside->alpn, alpn) == 0)
            return &rows[i];
    return NULL;
}

const char *registry_application(const char *service)
{
    const struct service *row = service_of_name(service);

    if (row == NULL)
        return service;
    return row->inside != NULL ? row->inside->name : row->first->name;
}

const char *services_names(char *out, size_t out_size)
{
    return names_of_all(out, out_size);
}

const char *services_name(const char *name, struct error *error)
{
    char names[128];

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcasecmp(rows[i].name, name) == 0)
            return rows[i].name;
    error_set(error, "no dissector for %s; there are %s", name, names_of_all(names, sizeof(names)));
    return NULL;
}

static bool read_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || value == 0 || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* One "110=pop3", which is cut in two. */
static bool add_one(struct services *services, char *pair, struct error *error)
{
    char *name = strchr(pair, '=');
    const struct service *row;
    struct service service;
    char names[128];
    uint16_t port;

    if (name == NULL)
        return error_set(error, "--ports: %s: write PORT=PROTOCOL, as in 1143=imap", pair);
    *name++ = '\0';
    if (!read_port(pair, &port))
        return error_set(error, "--ports: %s=%s: a port is a number from 1 to 65535", pair, name);
    row = service_of_name(name);
    if (row == NULL)
        return error_set(error, "--ports: %u=%s: no dissector for %s; there are %s", port, name, name,
            names_of_all(names, sizeof(names)));
    service = *row;
    service.port = port;
    return services_put(services, &service) ||
        error_set(error, "--ports: %u=%s: no room for more than %d ports", port, name, SERVICES_MAX);
}

bool services_add(struct services *services, const char *list, struct error *error)
{
    char *copy = strdup(list);
    char *rest = copy;
    bool good = copy != NULL || error_set(error, "--ports: out of memory");

    while (good && rest != NULL)
        good = add_one(services, strsep(&rest, ","), error);
    free(copy);
    return good;
}
