/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A peer's class, and what the subject's verdict table says of it. */
#ifndef MERLON_POLICY_H
#define MERLON_POLICY_H

#include "packet.h"

/* Whose policy is asked. */
struct who {
	__u32 subject;
	__u8 mode;
	__u8 own;  /* the address at the pod's end is the pod's */
	__u8 self; /* both are, in what it sends */
	__u8 arrived; /* the packet left its pod under a mark: what it goes to now is its backend */
	__u32 end; /* of its mode, see struct endpoint */
};

/* What policy says, and the counter that says it. */
struct judgement {
	__u32 slot;
	__u32 class;
	__u32 subject;
	__u8 allow;
	__u8 reason;  /* if not allowed */
	__u8 uniform; /* the same for every port */
	__u8 passage; /* if no table decided */
	__u8 mode;
	__u8 direction;
	__u8 far; /* of the packet's other end: see judge_source() */
};

/* A word of the arena; out of bounds reads as zero, which allows nothing. */
static __always_inline __u64 word(__u32 index)
{
	__u64 *w = bpf_map_lookup_elem(&tables, &index);

	return w ? *(volatile __u64 *)w : 0;
}

static __always_inline __u32 low(__u64 w)
{
	return (__u32)w;
}

static __always_inline __u32 high(__u64 w)
{
	return w >> 32;
}

static __always_inline __u32 protocol_group(__u32 protocol)
{
	switch (protocol) {
	case PROTOCOL_TCP:
		return GROUP_TCP;
	case PROTOCOL_UDP:
		return GROUP_UDP;
	case PROTOCOL_SCTP:
		return GROUP_SCTP;
	}
	return GROUP_OTHER;
}

#define NO_INTERVAL 0
#define FOUND 0x20000
#define FOUND_UNIFORM 0x40000

/*
 * The interval of table T that decides, or NO_INTERVAL, with what was found besides in bits no
 * interval uses.
 */
static __always_inline __u64 table_interval(__u32 t, __u32 class, __u32 direction, __u32 group, __u32 port)
{
	__u64 header = word(t);
	__u64 rows = word(t + TABLE_HEADER + (class < high(header) ? class : 0));
	__u32 row = direction == EGRESS ? high(rows) : low(rows);
	__u64 intervals = word(t + row + group);
	__u32 first = t + low(intervals);
	__u32 below = 0;
	__u32 count = high(intervals & ~ROW_UNIFORM);

	if (!t || !count)
		return NO_INTERVAL;
	/* The last interval that begins at or below the port: halve until one is left. */
	__u32 above = count;

	for (int i = 0; i < 17; i++) {
		__u32 middle = (below + above) >> 1;

		if (above - below <= 1)
			break;
		if ((word(first + middle) & 0xffff) <= port)
			below = middle;
		else
			above = middle;
	}
	return word(first + below) | (intervals & ROW_UNIFORM ? FOUND_UNIFORM : 0) | FOUND;
}

static __always_inline __u8 denial_reason(__u64 interval)
{
	__u8 reason = low(interval) >> INTERVAL_REASON;

	return reason ? reason : REASON_POLICY;
}

static __always_inline __u32 code_slot(__u32 slots, __u32 mode, __u32 direction, __u32 code)
{
	return slots + (mode * 2 + direction) * SLOT_CODES + code;
}

static __always_inline struct subject subject_of(__u32 id)
{
	struct subject *s = bpf_map_lookup_elem(&subjects, &id);
	struct subject none = {};

	if (!s)
		return none;
	__u64 both = *(volatile __u64 *)s; /* one read: table and counters belong together */
	struct subject now = {.table = (__u32)both, .slots = both >> 32};

	return now;
}

/* The class of the packet's peer: an exact address first, then the longest prefix, else none. */
static __always_inline struct peer peer_of(const struct packet *p)
{
	struct peer unknown = {};
	struct peer *found;

	if (p->family == 4) {
		found = FIND(addresses4, &p->key.v4.peer);
		if (!found) {
			struct cidr4_key key = {.prefix = 32, .address = p->key.v4.peer};

			found = FIND(cidrs4, &key);
		}
	} else {
		found = FIND(addresses6, p->key.v6.peer);
		if (!found) {
			struct cidr6_key key = {.prefix = 128};

			copy6(key.address, p->key.v6.peer);
			found = FIND(cidrs6, &key);
		}
	}
	return found ? *found : unknown;
}

/* The class of the address's prefix alone, for a virtual address nobody listens on. */
static __always_inline __u32 prefix_class(const struct packet *p)
{
	struct peer *found;

	if (p->family == 4) {
		struct cidr4_key key = {.prefix = 32, .address = p->key.v4.peer};

		found = FIND(cidrs4, &key);
	} else {
		struct cidr6_key key = {.prefix = 128};

		copy6(key.address, p->key.v6.peer);
		found = FIND(cidrs6, &key);
	}
	return found ? found->class : 0;
}

static __always_inline struct service *service_of(const struct packet *p)
{
	if (p->family == 4) {
		struct service4_key key = {.address = p->key.v4.peer,
					   .port = p->key.v4.peer_port,
					   .protocol = p->key.v4.protocol};

		return FIND(services4, &key);
	}
	struct service6_key key = {.port = p->key.v6.peer_port, .protocol = p->key.v6.protocol};

	copy6(key.address, p->key.v6.peer);
	return FIND(services6, &key);
}

static __always_inline __be16 pod_port(const struct packet *p)
{
	return p->family == 4 ? p->key.v4.pod_port : p->key.v6.pod_port;
}

static __always_inline __be16 peer_port(const struct packet *p)
{
	return p->family == 4 ? p->key.v4.peer_port : p->key.v6.peer_port;
}

static __always_inline __u32 protocol_of(const struct packet *p)
{
	return p->family == 4 ? p->key.v4.protocol : p->key.v6.protocol;
}

/* Allowed by something other than a table. */
static __always_inline int pass(struct judgement *j, __u32 slots, __u8 passage)
{
	j->passage = passage;
	j->slot = code_slot(slots, j->mode, j->direction, passage);
	return 0;
}

/*
 * Judges an opening in DIRECTION between the packet's two ends, the pod's being WHO: the port that
 * counts is that of the end the opening goes to.
 */
static __always_inline int judge_here(const struct packet *p, const struct who *who, __u32 direction,
				      struct judgement *j)
{
	struct subject subject = subject_of(who->subject);
	struct peer peer = peer_of(p);
	__u32 port = bpf_ntohs(direction == EGRESS ? peer_port(p) : pod_port(p));
	__u32 class = peer.class & CLASS_MASK;

	j->subject = who->subject;
	j->mode = who->mode;
	j->direction = direction;
	j->class = class;
	j->allow = 1;
	j->uniform = 1;
	j->passage = 0;
	j->far = 0;
	j->reason = REASON_NONE;
	if (peer.class & CLASS_NODE)
		return pass(j, subject.slots, PASSAGE_NODE);
	if (who->self)
		return pass(j, subject.slots, PASSAGE_SELF);
	if (peer.class & CLASS_SERVICE) {
		struct service *service = direction == EGRESS && !who->arrived ? service_of(p) : 0;

		if (!service) {
			/* Whoever may make a service may name a pod's address in it: the pod stays what it is. */
			if (!class)
				class = prefix_class(p) & CLASS_MASK;
		} else if (service->flags & SERVICE_MIXED) {
			return pass(j, subject.slots, PASSAGE_DEFERRED);
		} else {
			if (service->class & CLASS_NODE)
				return pass(j, subject.slots, PASSAGE_NODE);
			class = service->class & CLASS_MASK;
			port = service->port;
		}
		j->class = class;
	}
	__u64 interval = table_interval(subject.table, class, direction, protocol_group(protocol_of(p)), port);

	if (interval == NO_INTERVAL) {
		j->allow = 0;
		j->reason = REASON_NO_TABLE;
		j->slot = code_slot(subject.slots, j->mode, direction, REASON_NO_TABLE);
		return 0;
	}
	j->allow = !!(interval & INTERVAL_ALLOW);
	j->uniform = !!(interval & FOUND_UNIFORM);
	j->reason = j->allow ? REASON_NONE : denial_reason(interval);
	j->slot = subject.slots + SLOT_DECISIONS + high(interval) * MODES + j->mode;
	return 0;
}
#endif
