/* SPDX-License-Identifier: BSD-2-Clause */
/* output_file.c: a report that goes into a file: whole, or not at all. */
#include "output_file.h"

#include "options.h"

#include <lasthello/process.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct output_file {
    const char *path;
    struct safe_place place;
    char made[sizeof(((struct safe_place *)0)->name)]; /* the new file, in the same folder */
};

static const char *reason(int number)
{
    if (number == EPERM)
        return "it is no file of yours; name another one";
    if (number == ELOOP)
        return "a symbolic link of somebody else is on the way; name the file itself";
    return strerror(number);
}

/* 0, or what is wrong with the file that the new one is to replace. */
static int check_old(const struct output_file *file)
{
    struct stat about;

    if (fstatat(file->place.folder, file->place.name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno;
    return S_ISREG(about.st_mode) && about.st_uid == geteuid() ? 0 : EPERM;
}

/* Standard output becomes a file that nobody else has made. 0, or errno. */
static int make_new(struct output_file *file)
{
    int descriptor;

    if ((size_t)snprintf(file->made, sizeof(file->made), ".%.200s.%d", file->place.name, (int)getpid()) >=
        sizeof(file->made))
        return ENAMETOOLONG;
    descriptor = openat(file->place.folder, file->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return errno;
    if (dup2(descriptor, STDOUT_FILENO) < 0)
        return errno;
    close(descriptor);
    return 0;
}

static volatile sig_atomic_t child;

static void pass_on(int signal_number)
{
    kill(child, signal_number);
}

/* The exit status of the process that writes. */
static int await_child(pid_t process)
{
    const struct sigaction passing = {.sa_handler = pass_on};
    int status;

    child = process;
    sigaction(SIGTERM, &passing, NULL);
    sigaction(SIGHUP, &passing, NULL);
    signal(SIGINT, SIG_IGN); /* of a terminal: the other process has it, too */
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

static void finish(const struct output_file *file, int status)
{
    const int folder = file->place.folder;
    const bool is_whole = status == EXIT_DONE || status == EXIT_FOUND;

    if (is_whole && fsync(STDOUT_FILENO) == 0 && renameat(folder, file->made, folder, file->place.name) == 0)
        exit(status);
    if (is_whole)
        complain("%s: %s", file->path, strerror(errno));
    unlinkat(folder, file->made, 0);
    exit(is_whole ? EXIT_FAILED : status);
}

/* 0 in the process that goes on; errno. */
static int split(const struct output_file *file)
{
    const pid_t parent = getpid();
    const pid_t process = fork();

    if (process < 0)
        return errno;
    if (process > 0)
        finish(file, await_child(process));
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent ? 0 : ECHILD;
}

bool output_file_begin(const char *path, struct error *error)
{
    struct output_file file = {.path = path};
    int number = -safe_place_find(path, &file.place);

    if (number != 0)
        return error_set(error, "%s: %s", path, reason(number));
    number = check_old(&file);
    if (number == 0)
        number = make_new(&file);
    if (number == 0)
        number = split(&file);
    safe_place_close(&file.place);
    return number == 0 || error_set(error, "%s: %s", path, reason(number));
}
