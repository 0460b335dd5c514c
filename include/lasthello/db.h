/* SPDX-License-Identifier: BSD-2-Clause */
/* db.h: SQLite, as little of it as the store needs, with errors as sentences. Only db.c and
 * db_files.c include it.
 *
 * A connection belongs to one thread. */
#ifndef LASTHELLO_DB_H
#define LASTHELLO_DB_H

#include <lasthello/error.h>
#include <lasthello/row.h>

#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct sqlite3;
struct sqlite3_stmt;

enum db_mode {
    DB_WRITE, /* made where it does not exist */
    DB_READ,
    DB_READ_BESIDE, /* the same, while this process writes to it by another connection */
};

struct db {
    struct sqlite3 *handle;
    char *path; /* as the user gave it, for sentences */
    enum db_mode mode;
    int64_t work_left; /* see db_limit_work */
    atomic_bool is_interrupted;
};

/* The files of a database. */
enum db_file {
    DB_FILE_MAIN,
    DB_FILE_WAL,
    DB_FILE_SHM,
    DB_FILE_JOURNAL,
};

/* Where they come from, for a process that may open none itself. Each answers a descriptor (SQLite's from
 * then on) or 0, or -errno. */
struct db_files {
    void *context;
    /* of open(2); O_CREAT: also where there is none */
    int (*open)(void *context, enum db_file file, int flags);
    int (*look)(void *context, enum db_file file, struct stat *about);
    int (*remove)(void *context, enum db_file file);
};

/* db_configure: SQLite counts no memory, which nobody asks for and each allocation would take a
 * lock for. It heeds that only before its first use in a process: whoever uses it first calls this. */
void db_configure(void);
/* db_files_use: from now on the files of the database at `path`, and no others, are opened through `files`,
 * by the whole process; NULL: by itself again. Before db_open; `path` and `files` must live as long. */
void db_files_use(const char *path, const struct db_files *files);
/* db_files_use_several: the same of several databases, each known by its path as it is given to db_open and
 * db_attach, whatever the others are called; none (0): by itself again. `places` must live as long. */
#define DB_PLACES_MAX 4
struct db_place {
    const char *path;
    struct db_files files;
};
void db_files_use_several(const struct db_place *places, size_t count);
/* db_files_beside writes the path of a file of the database: SQLite follows links to it, and keeps the others
 * beside the file that they lead to. `end` is "-wal" or the like, or nothing. */
void db_files_beside(const char *database, const char *end, char path[PATH_MAX]);
/* Like open(2) and stat(2), of these files: through db_files where it is in use. */
int db_files_open(const char *path, int flags);
int db_files_stat(const char *path, struct stat *about);
/* db_files_failure: the errno of the last file that db_files could not give; 0: none, or not in use. */
int db_files_failure(void);

/* The files of a database, opened to be read by a process that then gives its rights up. */
#define DB_HELD_CONNECTIONS 4
#define DB_HELD_TIMES       (3 * DB_HELD_CONNECTIONS) /* each may open a file again */
#define DB_HELD_WRITTEN     3                         /* the -shm file: the connections share it */
struct db_held {
    struct db_files files;
    int descriptors[DB_FILE_JOURNAL + 1][DB_HELD_TIMES]; /* negative: not there, or given away */
    int failures[DB_FILE_JOURNAL + 1];                   /* errno; 0: it was opened */
    struct stat about[DB_FILE_JOURNAL + 1];              /* as it was then, where it is there, */
    bool is_there[DB_FILE_JOURNAL + 1];                  /* ... if it may be opened or not */
};

/* db_held_use opens what there is of the database at `path`, and lets SQLite have nothing else. Only the -shm
 * file can be written to (its locks and its index); it is made where a -wal file needs it. db_held_written is
 * its i-th descriptor, which a sandbox must leave writable; negative: none. */
void db_held_use(struct db_held *held, const char *path);
int db_held_written(const struct db_held *held, unsigned i);
void db_held_close(struct db_held *held);

/* db_open opens the file; DB_READ also where the reader may write neither it nor its folder, unless a part of
 * what was stored lies in a -wal file that cannot be used then: that is an error. No trigger in it is ever
 * run. Where the last writer did not end in good order the file is checked once (quick_check). */
bool db_open(struct db *db, const char *path, enum db_mode mode, struct error *error);
void db_close(struct db *db);
/* db_interrupt ends what runs on the connection, which then fails, and its waiting for a lock to be read, now
 * and from then on; of any thread and any signal handler, while it is open. */
void db_interrupt(struct db *db);
/* db_limit_work: a question that takes far more steps than a file of this size has use for fails: a few pages
 * can be made to tell of more rows than anybody can count. The bound is of all questions together. */
void db_limit_work(struct db *db);
/* db_refuse_views: no view of the file can be asked. */
void db_refuse_views(struct db *db);
/* db_define: statements of this connection may call a function of two texts, of which neither is NULL. `make`
 * writes a text, with its end, into so many bytes as `room` says. */
struct db_function {
    const char *name;
    size_t (*room)(const char *one, const char *other);
    void (*make)(const char *one, const char *other, char *out);
};
bool db_define(struct db *db, const struct db_function *function, struct error *error);
/* db_attach opens the file at `path` to be read only, and no trigger or view of it run: its tables are those
 * of `other`, as other.reading. It must have the schema of the database. db_detach comes outside of a
 * transaction. Where the file is `strange`, statements have a budget until then (db_limit_work), in
 * proportion to its size; db_is_spent: they have used it up. */
bool db_attach(struct db *db, const char *path, bool strange, struct error *error);
bool db_is_spent(const struct db *db);
void db_detach(struct db *db);
/* db_check_pages looks through the whole file: false where it is damaged. */
bool db_check_pages(struct db *db, struct error *error);
/* db_run runs statements that answer nothing. */
bool db_run(struct db *db, const char *sql, struct error *error);
/* db_number asks for one number. */
bool db_number(struct db *db, const char *sql, int64_t *number, struct error *error);
/* How many rows the last statement changed. */
int64_t db_changes(const struct db *db);
/* db_keep_wal leaves the -wal and -shm files behind: people who may not write to the folder need them to
 * read. */
void db_keep_wal(struct db *db);
/* db_reuse_wal copies what the -wal file holds into the database, so that its room is written to again.
 * False: there was nothing in it, or somebody reads what it held. Outside of transactions. */
bool db_reuse_wal(struct db *db);
/* db_roll_back ends a transaction that failed; none is no error. */
void db_roll_back(struct db *db);

/* A prepared statement. */
struct query {
    struct db *db;
    struct sqlite3_stmt *statement;
    int failure; /* SQLite's code: a value could not be put in; running the query then says so */
};

bool query_open(struct query *query, struct db *db, const char *sql, struct error *error);
void query_close(struct query *query);

/* A parameter by its name (":id"), which the query must have; it is NULL as long as it was not set. 0 as a
 * reference, and NULL or "" as a text, are NULL: not known. The text is copied. */
void query_name_number(struct query *query, const char *name, int64_t number);
void query_name_reference(struct query *query, const char *name, uint64_t id);
void query_name_text(struct query *query, const char *name, const char *text);
/* The same; a query without such a name ignores it. */
void query_offer_number(struct query *query, const char *name, int64_t number);
void query_offer_text(struct query *query, const char *name, const char *text);
/* A parameter by its place, from 0, where a statement was made from a list of columns. The text must live
 * until the query has run. */
void query_put_number(struct query *query, size_t place, int64_t number);
void query_put_reference(struct query *query, size_t place, uint64_t id);
void query_put_text(struct query *query, size_t place, const char *text);

/* query_run runs it to its end and makes it ready to be filled in again. */
bool query_run(struct query *query, struct error *error);

/* query_row yields a row, whose texts live until the next call. */
enum row query_row(struct query *query, struct error *error);
/* The names of the columns of its rows, as the SQL has them; NULL: there is no such column. */
const char *query_column(const struct query *query, int column);
/* query_reset ends a question before its last row, and makes it ready to be filled in again. */
void query_reset(struct query *query);
const char *query_text(const struct query *query, int column); /* NULL: not known */
int64_t query_number(const struct query *query, int column);   /* 0: not known */

#endif
