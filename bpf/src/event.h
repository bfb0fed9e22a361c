/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the agent hears: one event for a flow's beginning, and rate-limited ones for denials. */
#ifndef MERLON_EVENT_H
#define MERLON_EVENT_H

#include "flow.h"

static __always_inline void count(__u32 slot, __u32 packets, __u32 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(&counters, &slot);

	if (counter) {
		counter->packets += packets;
		counter->bytes += bytes;
	}
}

static __always_inline void event_fill(struct event *e, const struct packet *p, const struct judgement *j,
				       __u8 kind)
{
	e->jiffies = bpf_jiffies64();
	e->ifindex = p->key.v4.ifindex;
	e->subject = j->subject;
	e->slot = j->slot;
	e->class = j->class;
	if (p->family == 4) {
		__u32 *pod = (void *)e->pod, *peer = (void *)e->peer;

		pod[0] = p->key.v4.pod;
		peer[0] = p->key.v4.peer;
		pod[1] = pod[2] = pod[3] = 0;
		peer[1] = peer[2] = peer[3] = 0;
		e->pod_port = p->key.v4.pod_port;
		e->peer_port = p->key.v4.peer_port;
		e->protocol = p->key.v4.protocol;
	} else {
		copy6(e->pod, p->key.v6.pod);
		copy6(e->peer, p->key.v6.peer);
		e->pod_port = p->key.v6.pod_port;
		e->peer_port = p->key.v6.peer_port;
		e->protocol = p->key.v6.protocol;
	}
	e->suppressed = 0;
	e->length = p->length;
	e->kind = kind;
	e->family = p->family;
	e->direction = j->direction;
	e->mode = j->mode;
	e->reason = j->reason;
	e->tcp_flags = p->tcp_flags;
	e->pad = 0;
	e->record = 0;
}

/*
 * No wake-up: a reader that is woken per event costs the sender microseconds, one that polls every
 * millisecond costs it nothing (docs/design/datapath.md).
 */
static __always_inline struct event *event_reserve(void)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		stat_add(STAT_EVENTS_LOST);
	return e;
}

static __always_inline void event_allowed(const struct packet *p, const struct judgement *j)
{
	struct event *e = event_reserve();

	if (!e)
		return;
	event_fill(e, p, j, EVENT_ALLOWED);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

#define FACTORS 13

/* What a processor's hashes of denials are made with, see denial_hash(). */
struct secret {
	__u64 factor[FACTORS];
};

MAP(secrets, PERCPU_ARRAY, __u32, struct secret, 1, 0);

/*
 * Each processor needs it once. A function that is not static is walked by the verifier once, and not
 * once for each way to it; it takes no pointers then (Linux < 5.12), and looks up for itself.
 */
__noinline int secret_make(void)
{
	__u32 only = 0;
	struct secret *s = bpf_map_lookup_elem(&secrets, &only);

	if (!s)
		return 0;
#pragma unroll
	for (int i = 0; i < FACTORS; i++)
		s->factor[i] = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	return 0;
}

/*
 * Sums of products with secret factors, or whoever chooses addresses could choose flows that share a
 * record, where one hides the other. By these any two flows have one hash with a chance of 2^-31
 * (Lemire, Kaser: Strongly universal string hashing is fast), and products do not wait for one
 * another as rounds of mixing do. Never zero, which is an unused record's.
 */
static __always_inline __u32 denial_hash(const struct packet *p, const struct judgement *j)
{
	const __u32 *key = (const void *)&p->key;
	__u32 only = 0;
	struct secret *s = bpf_map_lookup_elem(&secrets, &only);

	if (!s)
		return 0;
	if (!s->factor[0])
		secret_make();
	__u64 hash = s->factor[0] + j->slot * s->factor[1];

	hash += key[0] * s->factor[2];
	hash += key[1] * s->factor[3];
	hash += key[2] * s->factor[4];
	hash += key[3] * s->factor[5];
	hash += key[4] * s->factor[6];
	if (p->family == 6) {
		hash += key[5] * s->factor[7];
		hash += key[6] * s->factor[8];
		hash += key[7] * s->factor[9];
		hash += key[8] * s->factor[10];
		hash += key[9] * s->factor[11];
		hash += key[10] * s->factor[12];
	}
	return hash >> 32 | 0x80000000;
}

/* The record of another flow goes: what it owes is told. Not static, see secret_make(). */
__noinline int event_settle(__u32 place)
{
	struct denial *d = bpf_map_lookup_elem(&denials, &place);
	struct event *e;

	if (!d)
		return 0;
	e = event_reserve();
	if (!e)
		return 0;
	*e = d->event;
	e->kind = EVENT_SUPPRESSED;
	e->suppressed = d->suppressed;
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

/*
 * At most one event per denied flow and interval. The records are a small table per CPU: each flow
 * has one place, and a flow that finds another's record there reports what that one still owes.
 * Per CPU, so that no count is lost to a race.
 */
static __always_inline void event_denied(const struct packet *p, const struct judgement *j, __u32 interval)
{
	__u32 hash = denial_hash(p, j);
	__u32 place = hash & (DENIALS - 1);
	__u32 now = bpf_jiffies64();
	struct denial *d = bpf_map_lookup_elem(&denials, &place);
	__u32 owed = 0;

	if (!d)
		return;
	if (d->hash == hash) {
		if (now - d->stamp < interval) {
			if (!d->suppressed++) {
				event_fill(&d->event, p, j, EVENT_DENIED);
				d->event.record = hash;
			}
			stat_add(STAT_EVENTS_SUPPRESSED);
			return;
		}
		owed = d->suppressed;
	} else if (d->suppressed) {
		event_settle(place);
	}
	d->hash = hash;
	d->stamp = now;
	d->suppressed = 0;
	struct event *e = event_reserve();

	if (!e) {
		d->suppressed = owed; /* the next event of this flow will tell */
		return;
	}
	event_fill(e, p, j, EVENT_DENIED);
	e->record = hash;
	e->suppressed = owed;
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

#endif
