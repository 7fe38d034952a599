/* Records what a process does to the files below RECORD_ROOT, and what it writes to its standard output, in one order.
   Loaded with LD_PRELOAD. Each record in RECORD_LOG is seven 64-bit numbers (operation, a, b, and the lengths of up to
   three texts that follow, and the device-independent number of the file), so that the state of a disk that lost its
   power at any moment can be made from it. A lock holds call and record together. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { CREATE = 1, WRITE, SIZE, SYNC, SYNC_DIRECTORY, RENAME, UNLINK, MKDIR, RMDIR, SAY, SYNC_ALL, OTHER };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char paths[65536][256];
static char root[256];
static int log_fd = -1;
static ssize_t (*real_write)(int, const void *, size_t);

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *below = getenv("RECORD_ROOT"), *into = getenv("RECORD_LOG");
  real_write = real("write");
  if (!below || !into) return;
  snprintf(root, sizeof root, "%s", below);
  int (*real_open)(const char *, int, ...) = real("open");
  log_fd = real_open(into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int below(const char *path) {
  size_t length = strlen(root);
  return log_fd >= 0 && length > 0 && path && strncmp(path, root, length) == 0;
}

static const char *path_of(int fd) {
  return fd >= 0 && fd < 65536 && paths[fd][0] ? paths[fd] : NULL;
}

static void record(enum operation operation, int64_t a, const char *first, const void *second, size_t size) {
  int64_t head[4] = {operation, a, first ? (int64_t)strlen(first) : 0, (int64_t)size};
  struct iovec parts[3] = {{head, sizeof head}, {(void *)first, (size_t)head[2]}, {(void *)second, size}};
  if (writev(log_fd, parts, 3) != (ssize_t)(sizeof head + (size_t)head[2] + size)) abort();
}

static int opened(const char *path, int flags, int existed, int fd) {
  if (fd < 0 || fd >= 65536) return fd;
  snprintf(paths[fd], sizeof paths[fd], "%s", path);
  if (!existed && (flags & O_CREAT)) record(CREATE, 0, path, NULL, 0);
  else if (flags & O_TRUNC) record(SIZE, 0, path, NULL, 0);
  return fd;
}

#define OPEN(name, before, given, at)                                                   \
  int name(before const char *path, int flags, ...) {                                   \
    mode_t mode = 0;                                                                    \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                \
      va_list list;                                                                     \
      va_start(list, flags);                                                            \
      mode = va_arg(list, mode_t);                                                      \
      va_end(list);                                                                     \
    }                                                                                   \
    int (*call)(before const char *, int, ...) = real(#name);                           \
    if (!below(path)) return call(given path, flags, mode);                             \
    pthread_mutex_lock(&lock);                                                          \
    int existed = access(path, F_OK) == 0;                                              \
    int fd = opened(path, flags, existed, call(given path, flags, mode));               \
    int error = errno;                                                                  \
    pthread_mutex_unlock(&lock);                                                        \
    errno = error;                                                                      \
    return fd;                                                                          \
  }
#define NOTHING
#define DIRECTORY int directory,
#define DIRECTORY_GIVEN directory,
OPEN(open, NOTHING, NOTHING, 0)
OPEN(open64, NOTHING, NOTHING, 0)
OPEN(openat, DIRECTORY, DIRECTORY_GIVEN, 1)
OPEN(openat64, DIRECTORY, DIRECTORY_GIVEN, 1)

int close(int fd) {
  int (*call)(int) = real("close");
  if (!path_of(fd)) return call(fd);
  pthread_mutex_lock(&lock);
  paths[fd][0] = 0;
  int result = call(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

static ssize_t wrote(int fd, const void *bytes, ssize_t count, int64_t at) {
  if (count > 0) record(WRITE, at, path_of(fd), bytes, (size_t)count);
  return count;
}

#define PWRITE(name)                                                                    \
  ssize_t name(int fd, const void *bytes, size_t size, off_t at) {                      \
    ssize_t (*call)(int, const void *, size_t, off_t) = real(#name);                    \
    if (!path_of(fd)) return call(fd, bytes, size, at);                                 \
    pthread_mutex_lock(&lock);                                                          \
    ssize_t count = wrote(fd, bytes, call(fd, bytes, size, at), at);                    \
    int error = errno;                                                                  \
    pthread_mutex_unlock(&lock);                                                        \
    errno = error;                                                                      \
    return count;                                                                       \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *bytes, size_t size) {
  if (log_fd < 0 || (fd != 1 && !path_of(fd))) return real_write(fd, bytes, size);
  pthread_mutex_lock(&lock);
  int64_t at = fd == 1 ? 0 : lseek(fd, 0, SEEK_CUR);
  if (fd != 1 && (fcntl(fd, F_GETFL) & O_APPEND)) at = lseek(fd, 0, SEEK_END);
  ssize_t count = real_write(fd, bytes, size);
  int error = errno;
  if (fd == 1 && count > 0) record(SAY, 0, NULL, bytes, (size_t)count);
  else if (fd != 1) wrote(fd, bytes, count, at);
  pthread_mutex_unlock(&lock);
  errno = error;
  return count;
}

#define CALL_ON_FILE(name, operation_of, parameters, arguments, value)                  \
  int name parameters {                                                                 \
    int (*call) parameters = real(#name);                                               \
    if (!path_of(fd)) return call arguments;                                            \
    pthread_mutex_lock(&lock);                                                          \
    struct stat status;                                                                 \
    int is_directory = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);              \
    (void)is_directory;                                                                 \
    int result = call arguments;                                                        \
    int error = errno;                                                                  \
    if (result == 0) record(operation_of, value, path_of(fd), NULL, 0);                 \
    pthread_mutex_unlock(&lock);                                                        \
    errno = error;                                                                      \
    return result;                                                                      \
  }
CALL_ON_FILE(fsync, is_directory ? SYNC_DIRECTORY : SYNC, (int fd), (fd), 0)
CALL_ON_FILE(fdatasync, is_directory ? SYNC_DIRECTORY : SYNC, (int fd), (fd), 0)
CALL_ON_FILE(syncfs, SYNC_ALL, (int fd), (fd), 0)
CALL_ON_FILE(ftruncate, SIZE, (int fd, off_t size), (fd, size), size)
CALL_ON_FILE(ftruncate64, SIZE, (int fd, off_t size), (fd, size), size)
CALL_ON_FILE(fallocate, OTHER, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size), 0)
CALL_ON_FILE(fallocate64, OTHER, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size), 0)
CALL_ON_FILE(posix_fallocate, OTHER, (int fd, off_t at, off_t size), (fd, at, size), 0)

#define CALL_ON_PATH(name, operation, parameters, arguments, path, other)               \
  int name parameters {                                                                 \
    int (*call) parameters = real(#name);                                               \
    if (!below(path)) return call arguments;                                            \
    pthread_mutex_lock(&lock);                                                          \
    int result = call arguments;                                                        \
    int error = errno;                                                                  \
    const char *second = other;                                                         \
    if (result == 0) record(operation, 0, path, second, second ? strlen(second) : 0);   \
    pthread_mutex_unlock(&lock);                                                        \
    errno = error;                                                                      \
    return result;                                                                      \
  }
CALL_ON_PATH(rename, RENAME, (const char *from, const char *to), (from, to), from, to)
CALL_ON_PATH(unlink, UNLINK, (const char *path), (path), path, NULL)
CALL_ON_PATH(rmdir, RMDIR, (const char *path), (path), path, NULL)
CALL_ON_PATH(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode), path, NULL)
CALL_ON_PATH(link, OTHER, (const char *from, const char *path), (from, path), path, NULL)
CALL_ON_PATH(symlink, OTHER, (const char *from, const char *path), (from, path), path, NULL)
CALL_ON_PATH(unlinkat, OTHER, (int directory, const char *path, int flags), (directory, path, flags), path, NULL)
CALL_ON_PATH(truncate, OTHER, (const char *path, off_t size), (path, size), path, NULL)
CALL_ON_PATH(truncate64, OTHER, (const char *path, off_t size), (path, size), path, NULL)

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  ssize_t (*call)(int, const struct iovec *, int, off_t) = real("pwritev");
  if (path_of(fd)) record(OTHER, 0, path_of(fd), NULL, 0);
  return call(fd, parts, count, at);
}

ssize_t copy_file_range(int in, off_t *at, int out, off_t *to, size_t size, unsigned int flags) {
  ssize_t (*call)(int, off_t *, int, off_t *, size_t, unsigned int) = real("copy_file_range");
  if (path_of(out)) record(OTHER, 0, path_of(out), NULL, 0);
  return call(in, at, out, to, size, flags);
}
