/* What the kernel tells of a process or thread (proc(5)). */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Whether it waits for something, and neither runs nor wants to; false when that
 * cannot be told. */
bool apd_task_sleeps(pid_t id);
