/* The sandbox of a process that reads hostile bytes (seccomp(2), setrlimit(2)).
 *
 * After closing it the process can compute, use memory up to a limit, and talk
 * over descriptors it already has.  No files, no network, no processes; any
 * other call kills it.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Closes the sandbox for good.  @memory: bytes of address space; 0: no limit
 * (sanitizers need all of it).  Fails when the kernel refuses. */
bool apd_sandbox_close(size_t memory, GError **error);

/* The process may use so many seconds of processor from now on, then it is
 * killed: call it before each message. */
void apd_sandbox_allow_cpu(unsigned seconds);
