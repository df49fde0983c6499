#include "base/task.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
apd_task_sleeps(pid_t id)
{
    char path[64], text[128];

    (void) snprintf(path, sizeof path, "/proc/%d/stat", (int) id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';

    /* "17 (its name, which may hold anything) S ..." */
    const char *name_end = strrchr(text, ')');
    return name_end != NULL && name_end[1] == ' ' && name_end[2] == 'S';
}
