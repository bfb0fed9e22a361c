/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only process of a virtual machine: loads the datapath's object on that machine's kernel, tells
 * what its programs cost the verifier, runs packets through them and switches the machine off. What
 * it prints goes to the serial console; the last line is "smoke: passed" or "smoke: failed".
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/reboot.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define stat abi_stat /* an enum there, a struct of the system's here */
#include "../../abi.h"
#undef stat
#include "live.h"

#define OBJECT "/enforce.bpf.o"
#define PASS -1
#define DROP 2
#define FRAME 80
#define LOG_STATISTICS 4 /* BPF_LOG_STATS */
#define LOOPBACK 1
#define TABLE 8
#define SLOTS 256
#define EGRESS_PORT 443 /* the one port the pod may reach */
#define EGRESS_DECISION 1

enum { SYN = 0x02, ACK = 0x10 };

struct smoke {
	struct bpf_object *object;
	int from, to;
	int failed;
	struct config config;
};

#define LIVE_POD "127.0.0.1"
#define LIVE_PEER "127.0.0.2"

static const char POD6[] = "fd00::1", PEER6[] = "fd00::2";

static void check(struct smoke *s, int ok, const char *what)
{
	printf("%s: %s\n", ok ? "ok" : "NOT OK", what);
	s->failed |= !ok;
}

static int map(struct smoke *s, const char *name)
{
	return bpf_object__find_map_fd_by_name(s->object, name);
}

static void put(struct smoke *s, const char *name, const void *key, const void *value)
{
	if (bpf_map_update_elem(map(s, name), key, value, BPF_ANY)) {
		perror(name);
		s->failed = 1;
	}
}

/* Only what is wrong: the verifier's logs are read by tell_cost(). */
static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stdout, format, arguments) : 0;
}

/* "program <name>: <n> instructions", as the verifier counted them, over all paths. */
static void tell_cost(const char *name, const char *log)
{
	const char *processed = strstr(log, "processed ");

	printf("program %s: %ld instructions\n", name, processed ? strtol(processed + 10, 0, 10) : -1);
}

static int load(struct smoke *s, const char *object)
{
	static char logs[4][1 << 16];
	struct bpf_program *program;
	int n = 0;

	s->object = bpf_object__open(object);
	if (!s->object)
		return 0;
	bpf_object__for_each_program(program, s->object) {
		bpf_program__set_log_level(program, LOG_STATISTICS);
		bpf_program__set_log_buf(program, logs[n++ & 3], sizeof(logs[0]));
	}
	int failed = bpf_object__load(s->object);

	n = 0;
	bpf_object__for_each_program(program, s->object) {
		const char *log = logs[n++ & 3];
		size_t length = strlen(log);

		tell_cost(bpf_program__name(program), log);
		if (failed)
			printf("%s\n", length > 4000 ? log + length - 4000 : log);
	}
	if (failed)
		return 0;
	s->from = bpf_program__fd(bpf_object__find_program_by_name(s->object, "from_pod"));
	s->to = bpf_program__fd(bpf_object__find_program_by_name(s->object, "to_pod"));
	return 1;
}

/* A table without exceptions by class: from the pod to EGRESS_PORT only, to the pod nothing. */
static void write_table(__u64 *t, int allowed)
{
	const int deny = 12, open = 16, all = 20, ports = 21;

	for (int group = 0; group < 4; group++) {
		t[deny + group] = all | 1ULL << 32 | ROW_UNIFORM;
		t[open + group] = group == GROUP_OTHER ? t[deny] : ports | 3ULL << 32;
	}
	t[all] = 0;
	t[ports] = 0;
	t[ports + 1] = EGRESS_PORT | (allowed ? INTERVAL_ALLOW : 0) | (__u64)EGRESS_DECISION << 32;
	t[ports + 2] = EGRESS_PORT + 1;
	t[0] = 24 | 1ULL << 32;
	t[1] = TABLE_MAGIC | 2ULL << 32;
	t[2] = deny | (__u64)open << 32;
}

static __u64 *tables(struct smoke *s)
{
	__u64 *words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map(s, "tables"), 0);

	check(s, words != MAP_FAILED, "map tables can be mapped");
	return words == MAP_FAILED ? 0 : words + TABLE;
}

static void configure(struct smoke *s)
{
	__u32 zero = 0, subject_id = 1, loopback = LOOPBACK;
	struct subject subject = {.table = TABLE, .slots = SLOTS};
	struct endpoint pod = {.subject = subject_id, .mode = MODE_ENFORCE};

	s->config = (struct config){
		.layout = LAYOUT_VERSION,
		.epoch = 1,
		.flags = CONFIG_VERIFY_SOURCE | CONFIG_EVENTS_ALLOWED | CONFIG_EVENTS_DENIED,
		.denial_interval = 1000,
		.fragment_timeout = 30000,
	};
	for (int state = 0; state < FLOW_STATES; state++)
		s->config.timeout[state] = 60000;
	pod.v4[0] = inet_addr("10.0.0.1");
	pod.v4[1] = inet_addr(LIVE_POD);
	inet_pton(AF_INET6, POD6, pod.v6[0]);
	put(s, "config", &zero, &s->config);
	put(s, "subjects", &subject_id, &subject);
	put(s, "endpoints", &loopback, &pod);
}

static int run(int program, void *frame)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = FRAME, .repeat = 1);

	return bpf_prog_test_run_opts(program, &options) ? 99 : (int)options.retval;
}

static void put16(__u8 *at, __u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

struct frame {
	__u8 bytes[FRAME];
};

static struct frame frame4(const char *from, const char *to, int protocol)
{
	struct frame f = {};
	__u8 *ip = f.bytes + 14;
	in_addr_t source = inet_addr(from), destination = inet_addr(to);

	put16(f.bytes + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, FRAME - 14);
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, &source, 4);
	memcpy(ip + 16, &destination, 4);
	return f;
}

static struct frame frame6(const char *from, const char *to, int next, int hop_limit)
{
	struct frame f = {};
	__u8 *ip = f.bytes + 14;

	put16(f.bytes + 12, 0x86dd);
	ip[0] = 0x60;
	put16(ip + 4, FRAME - 54);
	ip[6] = next;
	ip[7] = hop_limit;
	inet_pton(AF_INET6, from, ip + 8);
	inet_pton(AF_INET6, to, ip + 24);
	return f;
}

static void transport(struct frame *f, int source, int destination, int flags)
{
	__u8 *at = f->bytes + 14 + (f->bytes[12] == 0x08 ? 20 : 40);

	put16(at, source);
	put16(at + 2, destination);
	at[12] = 0x50;
	at[13] = flags;
}

static int tcp4(int program, const char *from, const char *to, int source, int destination, int flags)
{
	struct frame f = frame4(from, to, 6);

	transport(&f, source, destination, flags);
	return run(program, &f);
}

static int tcp6(int program, const char *from, const char *to, int source, int destination, int flags)
{
	struct frame f = frame6(from, to, 6, 64);

	transport(&f, source, destination, flags);
	return run(program, &f);
}

static int fragment4(struct smoke *s, int id, int fragment)
{
	struct frame f = frame4("10.0.0.1", "10.0.0.2", 17);

	put16(f.bytes + 18, id);
	put16(f.bytes + 20, fragment);
	transport(&f, 4000, EGRESS_PORT, 0);
	return run(s->from, &f);
}

static int neighbour_solicitation(struct smoke *s)
{
	struct frame f = frame6(POD6, "ff02::1:ff00:2", 58, 255);

	f.bytes[54] = 135;
	return run(s->from, &f);
}

/* The second extension header is a destination-options one, before TCP. */
static int extended6(struct smoke *s, int destination)
{
	struct frame f = frame6(POD6, PEER6, 0, 64);

	f.bytes[54] = 60;
	f.bytes[62] = 6;
	put16(f.bytes + 70, 5000);
	put16(f.bytes + 72, destination);
	return run(s->from, &f);
}

static __u64 decided(struct smoke *s)
{
	__u32 slot = SLOTS + SLOT_DECISIONS + EGRESS_DECISION * MODES;
	int cpus = libbpf_num_possible_cpus();
	struct counter *values = calloc(cpus, sizeof(*values));
	__u64 packets = 0;

	if (!values || bpf_map_lookup_elem(map(s, "counters"), &slot, values))
		cpus = 0;
	for (int i = 0; i < cpus; i++)
		packets += values[i].packets;
	free(values);
	return packets;
}

static void packets(struct smoke *s, __u64 *table)
{
	const char *pod = "10.0.0.1", *peer = "10.0.0.2";
	__u32 zero = 0;

	write_table(table, 1);
	check(s, tcp4(s->from, pod, peer, 1000, 80, SYN) == DROP, "a forbidden opening is dropped");
	check(s, tcp4(s->from, pod, peer, 1000, 443, SYN) == PASS, "an allowed one passes");
	check(s, tcp4(s->to, peer, pod, 443, 1000, SYN | ACK) == PASS, "so does its answer");
	check(s, tcp4(s->from, pod, peer, 1000, 443, ACK) == PASS, "and what follows");
	check(s, decided(s) == 3, "all three are counted to the rule");
	check(s, tcp4(s->to, peer, pod, 443, 1001, SYN) == DROP, "an opening to the pod is dropped");
	check(s, tcp4(s->from, "10.0.0.9", peer, 1000, 443, SYN) == DROP, "a forged source is dropped");
	check(s, tcp6(s->from, POD6, PEER6, 1000, 80, SYN) == DROP, "IPv6: a forbidden opening is dropped");
	check(s, tcp6(s->from, POD6, PEER6, 1000, 443, SYN) == PASS, "IPv6: an allowed one passes");
	check(s, tcp6(s->to, PEER6, POD6, 443, 1000, SYN | ACK) == PASS, "IPv6: so does its answer");
	check(s, neighbour_solicitation(s) == PASS, "IPv6: neighbour discovery passes");
	check(s, extended6(s, 80) == DROP, "IPv6: extension headers hide nothing");
	check(s, fragment4(s, 7, 0x0003) == DROP, "a later fragment of nothing is dropped");
	check(s, fragment4(s, 8, 0x2000) == PASS, "a first fragment is judged by its ports");
	check(s, fragment4(s, 8, 0x0003) == PASS, "a later one shares its fate");
	write_table(table, 0);
	s->config.epoch++;
	put(s, "config", &zero, &s->config);
	check(s, tcp4(s->to, peer, pod, 443, 1000, ACK) == DROP, "a revoked flow is cut");
}

/* Attached to loopback, through which a packet goes from the pod. */
static void live(struct smoke *s, __u64 *table)
{
	int pod = udp_at(LIVE_POD, 4000), open = udp_at(LIVE_PEER, EGRESS_PORT), closed = udp_at(LIVE_PEER, 80);

	write_table(table, 1);
	check(s, pod >= 0 && loopback_up(pod), "loopback is up");
	check(s, reaches(pod, closed), "without a program, every packet arrives");
	const char *how = attach(s->from, LOOPBACK);

	check(s, !!how, "the program can be attached");
	printf("attached by %s\n", how ?: "nothing");
	check(s, !reaches(pod, closed), "what is forbidden does not arrive");
	check(s, reaches(pod, open), "what is allowed does");
}

static void smoke(struct smoke *s, const char *object)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* before 5.11, maps count against it */
	libbpf_set_print(print);
	int loaded = load(s, object);

	check(s, loaded, "the object loads");
	if (!loaded)
		return;
	configure(s);
	__u64 *table = tables(s);

	if (!table)
		return;
	packets(s, table);
	if (getpid() == 1) /* this machine's loopback is nobody else's */
		live(s, table);
}

int main(int count, char **arguments)
{
	struct smoke s = {};
	struct utsname kernel;

	if (getpid() == 1 && syscall(SYS_mount, "sysfs", "/sys", "sysfs", 0, 0))
		perror("/sys"); /* libbpf counts the processors there */
	uname(&kernel);
	printf("\nkernel %s\n", kernel.release);
	smoke(&s, count > 1 ? arguments[1] : OBJECT);
	printf("smoke: %s\n", s.failed ? "failed" : "passed");
	fflush(stdout);
	if (getpid() == 1)
		reboot(LINUX_REBOOT_CMD_POWER_OFF);
	return s.failed;
}
