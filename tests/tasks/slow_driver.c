/*
 * A library that is loaded before all others (LD_PRELOAD): it lets the driver of a GPU
 * take a second to be unloaded, and adds a line to the file DRIVER_LOG then, and when
 * the process exits.
 *
 * Build: cc -shared -fPIC -o slow_driver.so slow_driver.c -ldl
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note(const char *line) {
  int fd = open(getenv("DRIVER_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(fd, line, strlen(line)) < 0) abort();
  close(fd);
}

int dlclose(void *library) {
  int (*real)(void *) = (int (*)(void *))dlsym(RTLD_NEXT, "dlclose");
  struct link_map *map = NULL;
  dlinfo(library, RTLD_DI_LINKMAP, &map);
  if (!map || !strstr(map->l_name, "/libvulkan.so")) return real(library);
  sleep(1);
  note("unloaded\n");
  return real(library);
}

void exit(int code) {
  void (*real)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
  note("exit\n");
  real(code);
  abort();
}
