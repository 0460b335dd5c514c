/* SPDX-License-Identifier: BSD-2-Clause */
/* listen.c: a socket on the loopback interface, or in the file system. */
#include <lasthello/serve.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64

static const char advice[] = "serve listens at 127.0.0.1:PORT, [::1]:PORT or unix:PATH, and nowhere else: "
                             "put a web server before it that has TLS and logins (man lasthello-serve)";

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
};

static bool read_port(const char *text, in_port_t *port)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);

    *port = htons((uint16_t)number);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number > 0 && number <= UINT16_MAX;
}

/* The length of the address; 0: it is none on the loopback interface. */
static socklen_t read_v4(const char *where, union socket_address *endpoint)
{
    char address[INET_ADDRSTRLEN] = "";
    const size_t len = strcspn(where, ":");

    if (len >= sizeof(address) || where[len] != ':')
        return 0;
    memcpy(address, where, len);
    endpoint->v4.sin_family = AF_INET;
    if (inet_pton(AF_INET, address, &endpoint->v4.sin_addr) != 1 ||
        strncmp(address, "127.", 4) != 0 ||
        !read_port(where + len + 1, &endpoint->v4.sin_port))
        return 0;
    return sizeof(endpoint->v4);
}

static socklen_t read_v6(const char *where, union socket_address *endpoint)
{
    static const char loopback[] = "[::1]:";

    if (strncmp(where, loopback, strlen(loopback)) != 0)
        return 0;
    endpoint->v6.sin6_family = AF_INET6;
    endpoint->v6.sin6_addr = in6addr_loopback;
    return read_port(where + strlen(loopback), &endpoint->v6.sin6_port) ? sizeof(endpoint->v6) : 0;
}

static socklen_t read_path(const char *where, union socket_address *endpoint)
{
    static const char prefix[] = "unix:";
    const char *path = where + strlen(prefix);

    if (strncmp(where, prefix, strlen(prefix)) != 0 || path[0] == '\0' ||
        strlen(path) >= sizeof(endpoint->path.sun_path))
        return 0;
    endpoint->path.sun_family = AF_UNIX;
    memcpy(endpoint->path.sun_path, path, strlen(path));
    return sizeof(endpoint->path);
}

/* A socket file whose program ended without removing it. */
static void remove_stale(const union socket_address *endpoint, socklen_t len)
{
    const int asker = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct stat about;

    if (asker >= 0 && connect(asker, &endpoint->any, len) != 0 && errno == ECONNREFUSED &&
        lstat(endpoint->path.sun_path, &about) == 0 && S_ISSOCK(about.st_mode) && about.st_uid == geteuid())
        unlink(endpoint->path.sun_path);
    if (asker >= 0)
        close(asker);
}

/* Its group may speak to it, and nobody else. */
static int bind_socket(int listener, const union socket_address *endpoint, socklen_t len)
{
    const mode_t mask = umask(0117);
    const int bound = bind(listener, &endpoint->any, len);

    umask(mask);
    return bound;
}

int serve_listen(const char *where, struct error *error)
{
    union socket_address endpoint = {0};
    socklen_t len = read_v4(where, &endpoint);
    const int on = 1;
    int listener;

    len = len > 0 ? len : read_v6(where, &endpoint);
    len = len > 0 ? len : read_path(where, &endpoint);
    if (len == 0) {
        error_set(error, "--listen %s: %s", where, advice);
        return -1;
    }
    if (endpoint.any.sa_family == AF_UNIX)
        remove_stale(&endpoint, len);
    listener = socket(endpoint.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener >= 0 && endpoint.any.sa_family != AF_UNIX)
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (listener >= 0 && bind_socket(listener, &endpoint, len) == 0 && listen(listener, BACKLOG) == 0)
        return listener;
    error_set(error, "--listen %s: %s", where,
        errno == EADDRINUSE ? "another program listens there" : strerror(errno));
    if (listener >= 0)
        close(listener);
    return -1;
}
