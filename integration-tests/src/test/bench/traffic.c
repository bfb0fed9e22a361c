// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The ends of the traffic benchmark, in C so that what is between them is what is measured:
 *   traffic serve ADDRESS            echoes and swallows until its input ends
 *   traffic KIND ADDRESS MILLISECONDS   prints how much of a kind was done in a second
 * Both ends share the last processor.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TCP_ECHO 7001
#define UDP_ECHO 7002
#define TCP_SINK 7003
#define UDP_SINK 7004
#define MESSAGE 64
#define CHUNK 65536

static const char *address;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

static struct sockaddr_in at(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (inet_pton(AF_INET, address, &a.sin_addr) != 1)
		fail(address);
	return a;
}

static int opened(int type)
{
	int fd = socket(AF_INET, type, 0), one = 1;

	if (fd < 0)
		fail("socket");
	if (type == SOCK_STREAM && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		fail("TCP_NODELAY");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		fail("SO_REUSEADDR");
	return fd;
}

static int bound(int type, int port)
{
	struct sockaddr_in a = at(port);
	int fd = opened(type);

	if (bind(fd, (void *)&a, sizeof(a)))
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, 128))
		fail("listen");
	return fd;
}

static int joined(int type, int port)
{
	struct sockaddr_in a = at(port);
	int fd = opened(type);

	if (connect(fd, (void *)&a, sizeof(a)))
		fail("connect");
	return fd;
}

/* One connection after another. */
static void *serve_tcp(void *listener)
{
	int echoes = listener == (void *)TCP_ECHO, fd = bound(SOCK_STREAM, (long)listener);
	char *buffer = malloc(CHUNK);

	for (;;) {
		int peer = accept(fd, 0, 0);
		ssize_t got;

		if (peer < 0)
			fail("accept");
		while ((got = read(peer, buffer, CHUNK)) > 0)
			if (echoes && write(peer, buffer, got) != got)
				break;
		close(peer);
	}
	return 0;
}

static void *serve_udp(void *port)
{
	int echoes = port == (void *)UDP_ECHO, fd = bound(SOCK_DGRAM, (long)port);
	char buffer[MESSAGE];

	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(fd, buffer, sizeof(buffer), 0, (void *)&from, &size);

		if (echoes && got > 0 && sendto(fd, buffer, got, 0, (void *)&from, size) != got)
			perror("sendto");
	}
	return 0;
}

static void serve(void)
{
	pthread_t thread;
	char byte;

	pthread_create(&thread, 0, serve_tcp, (void *)TCP_ECHO);
	pthread_create(&thread, 0, serve_udp, (void *)UDP_ECHO);
	pthread_create(&thread, 0, serve_tcp, (void *)TCP_SINK);
	pthread_create(&thread, 0, serve_udp, (void *)UDP_SINK);
	while (read(0, &byte, 1) > 0)
		;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void exchange(int fd)
{
	char buffer[MESSAGE] = {0};
	ssize_t got = 0, more;

	if (write(fd, buffer, MESSAGE) != MESSAGE)
		fail("write");
	for (; got < MESSAGE; got += more)
		if ((more = read(fd, buffer, MESSAGE - got)) <= 0)
			fail("read");
}

/* Does one thing until the time is over: how many times a second it could be done. */
static double rate(const char *kind, double seconds)
{
	static char chunk[CHUNK];
	struct linger reset = {.l_onoff = 1};
	int stream = !strcmp(kind, "stream"), packets = !strcmp(kind, "packets");
	int connects = !strcmp(kind, "connect"), udp = !strcmp(kind, "udp");
	int fd = stream    ? joined(SOCK_STREAM, TCP_SINK)
		 : packets ? joined(SOCK_DGRAM, UDP_SINK)
		 : udp     ? joined(SOCK_DGRAM, UDP_ECHO)
			   : joined(SOCK_STREAM, TCP_ECHO);
	double begin = now(), end = begin, done = 0;

	if (connects)
		close(fd);
	while (end - begin < seconds) {
		if (stream) {
			done += write(fd, chunk, CHUNK);
		} else if (packets) {
			done += write(fd, chunk, MESSAGE) == MESSAGE;
		} else if (connects) {
			fd = joined(SOCK_STREAM, TCP_ECHO);
			exchange(fd);
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
			close(fd); /* by a reset: no port waits for its last packets */
			done++;
		} else {
			exchange(fd);
			done++;
		}
		end = now();
	}
	return done / (end - begin);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	address = argv[2];
	pin();
	if (argc == 3)
		serve();
	else
		printf("%.1f\n", rate(argv[1], atoi(argv[3]) / 1000.0));
	return 0;
}
