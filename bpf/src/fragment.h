/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Later fragments carry no ports: they share the fate of their datagram's first one. */
#ifndef MERLON_FRAGMENT_H
#define MERLON_FRAGMENT_H

#include "flow.h"

union fragment_key {
	struct fragment4_key v4;
	struct fragment6_key v6;
};

static __always_inline void fragment_key(const struct packet *p, union fragment_key *key)
{
	int out = p->direction == EGRESS;

	if (p->family == 4) {
		key->v4.ifindex = p->key.v4.ifindex;
		key->v4.source = out ? p->key.v4.pod : p->key.v4.peer;
		key->v4.destination = out ? p->key.v4.peer : p->key.v4.pod;
		key->v4.id = p->fragment_id;
		key->v4.protocol = p->key.v4.protocol;
		key->v4.direction = p->direction;
	} else {
		key->v6.ifindex = p->key.v6.ifindex;
		copy6(key->v6.source, out ? p->key.v6.pod : p->key.v6.peer);
		copy6(key->v6.destination, out ? p->key.v6.peer : p->key.v6.pod);
		key->v6.id = p->fragment_id;
		key->v6.protocol = 0;
		key->v6.direction = p->direction;
	}
}

/* The first fragment, if it passed by today's policy and not too long ago. */
static __always_inline struct fragment *fragment_find(const struct packet *p, const struct config *cfg, __u32 now)
{
	union fragment_key key;
	struct fragment *f;

	fragment_key(p, &key);
	if (p->family == 4)
		f = FIND(fragments4, &key.v4);
	else
		f = FIND(fragments6, &key.v6);
	return f && f->epoch == cfg->epoch && recent(f->stamp, now, cfg->fragment_timeout) ? f : 0;
}

static __noinline int fragment_keep(struct packet *p, __u32 slot, __u32 epoch)
{
	union fragment_key key;
	struct fragment f = {.slot = slot, .stamp = bpf_jiffies64(), .epoch = epoch, .protocol = protocol_of(p)};
	long failed;

	fragment_key(p, &key);
	if (p->family == 4)
		failed = KEEP(fragments4, &key.v4, &f);
	else
		failed = KEEP(fragments6, &key.v6, &f);
	if (failed)
		stat_add(STAT_FRAGMENTS_NOT_KEPT);
	return 0;
}

#endif
