/*
 * A library that is loaded before all others (LD_PRELOAD) and stands between a program
 * and the disk: it counts the calls that change a folder, and at the n-th one sends a
 * signal or fails.
 *
 * A call counts when it opens a file to create it, writes, flushes, renames, removes,
 * makes a folder or changes a size below FAULT_ROOT; lock files do not count.
 *
 *   FAULT_ROOT    folder, an absolute path that ends without a slash
 *   FAULT_LOG     file to which each call adds a line: its number, its name, the path
 *   FAULT_AT      number of the call, from 1; 0 for none
 *   FAULT_SIGNAL  signal that the process gets, in place of an error
 *   FAULT_AFTER   1: the call is done before the signal
 *   FAULT_ERROR   errno of the call, and of all that follow it and need room or rights
 *   FAULT_ONLY    name of the calls that fail, such as rename; all if it is not given
 *   FAULT_HALF    1: the write that fails, or is killed, writes half of its bytes
 *
 * Build: cc -shared -fPIC -O1 -o preload.so preload.c -ldl
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name)) real(#name))

static atomic_int calls;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static long number(const char *name) {
  const char *value = getenv(name);
  return value ? atol(value) : 0;
}

static int counts(const char *path) {
  const char *root = getenv("FAULT_ROOT");
  if (!root || !path) return 0;
  size_t length = strlen(root);
  if (strncmp(path, root, length) || path[length] != '/') return 0;
  const char *rest = path + length + 1;
  return strcmp(rest, "lock") && strncmp(rest, "locks", 5);
}

static void note(int call, const char *name, const char *path) {
  const char *log = getenv("FAULT_LOG");
  if (!log) return;
  int fd = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  char line[8192];
  int length = snprintf(line, sizeof line, "%d %s %s\n", call, name, path);
  if (fd >= 0 && length > 0) REAL(write)(fd, line, length);
  if (fd >= 0) REAL(close)(fd);
}

static void strike(void) {
  kill(getpid(), number("FAULT_SIGNAL"));
  /* A signal that is not handled ends the process before the call returns. */
  if (number("FAULT_SIGNAL") == SIGKILL) for (;;) pause();
}

/* Counts a call; returns whether it must fail, with errno set. */
static int before(const char *name, const char *path, int *call) {
  *call = atomic_fetch_add(&calls, 1) + 1;
  note(*call, name, path);
  long at = number("FAULT_AT");
  if (!at || *call < at) return 0;
  if (number("FAULT_SIGNAL")) {
    if (*call == at && !number("FAULT_AFTER") && !number("FAULT_HALF"))
      strike();
    return 0;
  }
  const char *only = getenv("FAULT_ONLY");
  if (only && strcmp(only, name)) return 0;
  /* A full disk still removes files, and flushes what it has. */
  if (!only && (!strcmp(name, "unlink") || !strcmp(name, "fsync"))) return 0;
  errno = number("FAULT_ERROR");
  return 1;
}

static void after(int call) {
  if (call == number("FAULT_AT") && number("FAULT_SIGNAL") &&
      number("FAULT_AFTER")) {
    int kept = errno;
    strike();
    errno = kept;
  }
}

/* The path of a descriptor below the root, or NULL; valid until the next call of the thread. */
static const char *path_of(int fd) {
  static _Thread_local char path[8192];
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return counts(path) ? path : NULL;
}

#define OPEN(symbol)                                             \
  int symbol(const char *path, int flags, ...) {                 \
    va_list args;                                                \
    va_start(args, flags);                                       \
    mode_t mode = va_arg(args, mode_t);                          \
    va_end(args);                                                \
    if (!(flags & O_CREAT) || !counts(path))                     \
      return REAL(symbol)(path, flags, mode);                    \
    int call;                                                    \
    if (before("create", path, &call)) return -1;                \
    int fd = REAL(symbol)(path, flags, mode);                    \
    after(call);                                                 \
    return fd;                                                   \
  }

OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t size) {
  const char *path = path_of(fd);
  if (!path) return REAL(write)(fd, bytes, size);
  int call;
  if (before("write", path, &call)) {
    if (!number("FAULT_HALF") || call != number("FAULT_AT")) return -1;
    return size > 1 ? REAL(write)(fd, bytes, size / 2) : -1;
  }
  int is_cut = call == number("FAULT_AT") && number("FAULT_HALF");
  ssize_t done = REAL(write)(fd, bytes, is_cut ? size / 2 : size);
  if (is_cut) strike();
  after(call);
  return done;
}

#define FLUSH(symbol)                                 \
  int symbol(int fd) {                                \
    const char *path = path_of(fd);                   \
    if (!path) return REAL(symbol)(fd);               \
    int call;                                         \
    if (before("fsync", path, &call)) return -1;      \
    int done = REAL(symbol)(fd);                      \
    after(call);                                      \
    return done;                                      \
  }

FLUSH(fsync)
FLUSH(fdatasync)

#define ON_PATH(symbol, name, parameters, path, arguments) \
  int symbol parameters {                                  \
    if (!counts(path)) return REAL(symbol) arguments;      \
    int call;                                              \
    if (before(name, path, &call)) return -1;              \
    int done = REAL(symbol) arguments;                     \
    after(call);                                           \
    return done;                                           \
  }

ON_PATH(rename, "rename", (const char *from, const char *to), to, (from, to))
ON_PATH(unlink, "unlink", (const char *path), path, (path))
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), path, (path, mode))
