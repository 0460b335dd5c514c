/* SPDX-License-Identifier: BSD-2-Clause */
/* connect_words.c: connection strings and failures. */
#include "connect_words.h"

#include <stdlib.h>
#include <string.h>

#define PRINT_SCHEMA "lasthello sync --print-schema | psql -d DATABASE"

/* ---- connection strings --------------------------------------------------------------------------- */

static PQconninfoOption *find(PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options;
    return NULL;
}

/* NULL: it is not said, or this libpq does not know it. */
static const char *value_of(PQconninfoOption *options, const char *keyword)
{
    const PQconninfoOption *option = find(options, keyword);

    return option == NULL || option->val == NULL || option->val[0] == '\0' ? NULL : option->val;
}

/* What it does not say: the environment's, or ours. */
static void settle(PQconninfoOption *options, const char *keyword, const char *otherwise)
{
    PQconninfoOption *option = find(options, keyword);

    if (option != NULL && (option->val == NULL || option->val[0] == '\0')) {
        free(option->val);
        option->val = strdup(otherwise);
    }
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* A socket, or this machine itself. */
static bool is_local(const char *host, size_t len)
{
    char name[256];

    if (len >= sizeof(name))
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    return len == 0 || name[0] == '/' || name[0] == '@' || strcmp(name, "localhost") == 0 ||
        starts(name, "127.") || strcmp(name, "::1") == 0;
}

static bool all_local(const char *hosts)
{
    for (;; hosts++) {
        const size_t len = strcspn(hosts, ",");

        if (!is_local(hosts, len))
            return false;
        hosts += len;
        if (*hosts == '\0')
            return true;
    }
}

/* Which hosts are called is told by these; a service's file may name any. */
static bool stays_here(PQconninfoOption *options)
{
    const char *host = value_of(options, "host"), *address = value_of(options, "hostaddr");

    if (host == NULL)
        host = getenv("PGHOST");
    if (address == NULL)
        address = getenv("PGHOSTADDR");
    return value_of(options, "service") == NULL && getenv("PGSERVICE") == NULL &&
        (host == NULL || all_local(host)) && (address == NULL || all_local(address));
}

static bool check_secrets(PQconninfoOption *options, struct error *error)
{
    if (value_of(options, "password") != NULL)
        return error_set(error,
            "the connection string has a password, which every user of this machine could read: put it "
            "into a passfile (HOST:PORT:DATABASE:ROLE:PASSWORD, mode 600) and say passfile=/PATH there");
    if (getenv("PGPASSWORD") != NULL)
        return error_set(error,
            "PGPASSWORD is set: a password in the environment goes to every program that is started; put it "
            "into a passfile (HOST:PORT:DATABASE:ROLE:PASSWORD, mode 600) and say passfile=/PATH");
    return true;
}

static bool check_tls(PQconninfoOption *options, struct error *error)
{
    const char *mode = value_of(options, "sslmode");

    if (stays_here(options))
        return true;
    if (mode != NULL && strcmp(mode, "verify-full") != 0)
        return error_set(error,
            "sslmode=%s: towards another machine only verify-full shows that it is the centre; leave sslmode "
            "out, and name the CA of its certificate with sslrootcert=/PATH",
            mode);
    settle(options, "sslmode", "verify-full");
    return true;
}

/* What is not said is found by libpq as for any program: passfile, service file, ~/.postgresql. Nobody
 * waits for ever for a machine that is silent. */
static void settle_all(PQconninfoOption *options)
{
    static const char *const wanted[][2] = {
        {"connect_timeout", "10"},
        {"target_session_attrs", "read-write"},
        {"gssencmode", "disable"},
        {"keepalives_idle", "10"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "4"},
        {"tcp_user_timeout", "30000"},
        {"application_name", "lasthello sync"},
        {"client_encoding", "UTF8"},
    };

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        settle(options, wanted[i][0], wanted[i][1]);
}

bool connect_words_check(const char *where, PQconninfoOption **options, struct error *error)
{
    char *told = NULL;

    *options = PQconninfoParse(where, &told);
    if (*options == NULL) {
        /* libpq repeats the string, which may have a password */
        error_set(error,
            "the connection string cannot be read; write it as "
            "postgresql://ROLE@HOST/DATABASE?passfile=/PATH");
        PQfreemem(told);
        return false;
    }
    if (check_secrets(*options, error) && check_tls(*options, error)) {
        settle_all(*options);
        return true;
    }
    PQconninfoFree(*options);
    *options = NULL;
    return false;
}

/* ---- failures --------------------------------------------------------------------------------------- */

/* libpq's advice to check no certificate is not ours. */
static const char unwanted[] = "Either provide the file";

/* Lines become parts of one sentence, and blanks one blank. */
static void on_one_line(const char *words, char *out, size_t out_size)
{
    size_t len = 0;

    for (; *words != '\0' && len + 3 < out_size && !starts(words, unwanted); words++) {
        const bool is_blank = strchr(" \t\r\n", *words) != NULL;

        if (!is_blank)
            out[len++] = *words;
        else if (*words == '\n' && len > 0 && strchr(" ;:,", out[len - 1]) == NULL)
            out[len++] = ';';
        if (is_blank && len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    while (len > 0 && strchr(" ;", out[len - 1]) != NULL)
        len--;
    out[len] = '\0';
}

static const struct {
    const char *part, *advice;
} advices[] = {
    {"does not match host name", "name the host as its certificate does"},
    {"root certificate file", "name the CA of the centre's certificate with sslrootcert=/PATH"},
    {"certificate verify failed",
        "is it the centre, and is sslrootcert=/PATH the CA of its certificate, which may have run out?"},
    {"certificate expired", "the sensor's certificate has run out: issue another one (sslcert, sslkey)"},
    {"unknown ca", "the centre does not know the CA of the sensor's certificate (sslcert)"},
    {"revoked", "the sensor's certificate was revoked: issue another one (sslcert, sslkey)"},
    {"certificate authentication failed", "is the sensor's certificate (sslcert) that of its role?"},
    {"requires a valid client certificate", "name the sensor's certificate with sslcert and sslkey"},
    {"private key file", "the key must be readable by this user alone (mode 600)"},
    {"is not permitted to log in", "the role was locked at the centre (ALTER ROLE ... LOGIN gives it back)"},
    {"password authentication failed",
        "is the password in the passfile that of the role, and may the role still log in?"},
    {"no password supplied",
        "put it into a passfile (mode 600) and say passfile=/PATH: none that can be read has a line "
        "HOST:PORT:DATABASE:ROLE:PASSWORD for this connection"},
    {"group or world access", "the passfile must have mode 600, else it is not read"},
    {"no pg_hba.conf entry", "let the role in there (pg_hba.conf at the centre)"},
    {"session is read-only", "all that is named are standbys, or take no changes now"},
    {"too many clients", "raise max_connections there, or let sensors come less often (--interval)"},
    {"too many connections", "raise the role's or the database's limit of connections there"},
};

bool connect_words_failed(const char *name, const char *words, struct error *error)
{
    char line[ERROR_TEXT_BYTES / 2];

    on_one_line(words, line, sizeof(line));
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
        if (strstr(line, advices[i].part) != NULL)
            return error_set(error, "%s: %s; %s", name, line, advices[i].advice);
    return error_set(error, "%s: %s", name, line);
}

/* By the code, or by its class alone. */
static const struct {
    const char *state, *told;
} states[] = {
    {"3F000", "has no tables of lasthello; make them once: " PRINT_SCHEMA},
    {"42P01", "has no tables of lasthello; make them once: " PRINT_SCHEMA},
    {"42703", "has tables of another version of lasthello"},
    {"42501", "the role may not do that: sync needs a role of lasthello_sensor, whose inventory it is there, "
              "merge one of lasthello_reader, and policy apply one of lasthello_judge"},
    {"23505", "the inventory is another role's there: the one that came with it first"},
    {"25006", "takes no changes now: it is a standby, or read-only"},
    {"40001", "another transaction was in the way"},
    {"40P01", "another transaction was in the way"},
    {"55P03", "a lock there was not to be had for 20 seconds"},
    {"57014", "did not manage a statement within a minute"},
    {"53100", "its disk is full"},
    {"57P", "is being shut down or started"},
    {"53", "has no room for more"},
};

bool connect_words_refused(
    const char *name, const char *state, const char *words, struct error *error)
{
    char line[ERROR_TEXT_BYTES / 2];

    on_one_line(words, line, sizeof(line));
    for (size_t i = 0; state != NULL && i < sizeof(states) / sizeof(states[0]); i++)
        if (starts(state, states[i].state))
            return error_set(error, "%s: %s (%s)", name, states[i].told, line);
    return error_set(error, "%s: %s", name, line);
}
