/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at an interface's hook, and packets that really go through it. */
#ifndef MERLON_LIVE_H
#define MERLON_LIVE_H

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TCX_INGRESS 46 /* enum bpf_attach_type, newer than some headers */

/* Debian's kernels have the queueing discipline and the filter as modules. */
static void load_modules(void)
{
	static const char *const modules[] = {"/sch_ingress.ko", "/cls_bpf.ko"};

	for (unsigned i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
		int file = open(modules[i], O_RDONLY);

		if (file < 0 || (syscall(SYS_finit_module, file, "", 0) && errno != EEXIST))
			perror(modules[i]);
		if (file >= 0)
			close(file);
	}
}

/* Attaches at the interface's ingress as the agent does: by tcx if there is such, else by clsact. */
static const char *attach(int program, int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = program, .handle = 1, .priority = 1);

	if (bpf_link_create(program, ifindex, TCX_INGRESS, 0) >= 0)
		return "tcx";
	load_modules();
	int failed = bpf_tc_hook_create(&hook);

	if (failed && failed != -EEXIST)
		return 0;
	return bpf_tc_attach(&hook, &filter) ? 0 : "clsact";
}

static int loopback_up(int socket)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	return !ioctl(socket, SIOCSIFFLAGS, &request);
}

static int udp_at(const char *address, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(address)};
	int one = socket(AF_INET, SOCK_DGRAM, 0);

	return one >= 0 && bind(one, (struct sockaddr *)&at, sizeof(at)) ? -1 : one;
}

/* Whether a datagram from one socket reaches another: over loopback it has, or will never have. */
static int reaches(int from, int to)
{
	struct sockaddr_in at;
	socklen_t length = sizeof(at);
	char byte = 1;

	return !getsockname(to, (struct sockaddr *)&at, &length) &&
	       sendto(from, &byte, 1, 0, (struct sockaddr *)&at, length) == 1 &&
	       recv(to, &byte, 1, MSG_DONTWAIT) == 1;
}

#endif
