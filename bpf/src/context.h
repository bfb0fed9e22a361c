/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of the packet in hand, and whose it is. */
#ifndef MERLON_CONTEXT_H
#define MERLON_CONTEXT_H

#include "parse.h"
#include "policy.h"

/* Where a program is attached. */
enum hook {
	FROM_POD,
	TO_POD,
	UPLINK,
};

/*
 * One packet's judgement, in per-CPU memory rather than on the stack: a program is never interrupted
 * by another packet's on its CPU, the stack is too small, and the verifier does not follow values
 * through a map, so that it need not try every packet with every policy.
 */
struct context {
	struct packet p;
	struct packet quoted; /* by an ICMP error */
	struct packet turned; /* one of them, seen from its far end */
	struct who who;       /* at this end of the packet */
	struct who whose;     /* at this end of the quoted one */
	struct who source;    /* by the mark */
	struct judgement own;     /* of the packet's own direction */
	struct judgement further; /* of its sender's egress, or of the reverse opening */
	struct flow flow; /* the entry it has, if live, then the one it gets */
	__u32 live;
	__s32 found; /* by parsing: PARSED or a reason */
	struct chain chain;
	__u32 hook;
	__u32 mark; /* of a packet left to us by its pod's interface */
	__u32 now;
	__u32 epoch; /* and, as read with it, the configuration's */
	__u32 flags;
	__u32 interval;
};

MAP(scratch, PERCPU_ARRAY, __u32, struct context, 1, 0);

/*
 * For functions that are not static, and so look up for themselves what they work on, see secret_make(). An array
 * has its only element: it cannot be nothing.
 */
static __always_inline struct context *in_hand(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&scratch, &only);
}

/* Whose opening is judged, and where that is noted. */
enum question {
	OWN,     /* the packet's, in own */
	FURTHER, /* the packet's, in further */
	SOURCE,  /* that of the marked sender, in further */
	QUOTED,  /* that of the packet an ICMP error quotes, in own */
};

/* The same as judge_here() out of line: a call costs some 5 ns, which only a plain opening's judgement need not pay. */
__noinline int judge(__u32 question, __u32 direction)
{
	struct context *c = in_hand();

	if (!c)
		return 0;
	const struct packet *p = &c->p;
	const struct who *who = &c->who;
	struct judgement *j = &c->own;

	if (question == SOURCE) {
		p = &c->turned;
		who = &c->source;
		j = &c->further;
	} else if (question == QUOTED) {
		p = &c->quoted;
		who = &c->whose;
	} else if (question == FURTHER) {
		j = &c->further;
	}
	return judge_here(p, who, direction, j);
}

/*
 * Steps over one IPv4 option. PASSES: no more is to be read, since the list ends here or contradicts itself,
 * for which the kernel refuses the packet.
 */
static __always_inline int parse_option(struct cursor *c, struct chain *chain)
{
	__u8 *option;

	if (c->left < 3)
		return PASSES;
	option = header(c, 3);
	if (!option)
		return REASON_TRUNCATED;
	__u8 kind = option[0];
	__u32 size = kind == OPTION_NONE ? 1 : option[1];

	if (kind == OPTION_END || !size || size > c->left)
		return PASSES;
	/* Its pointer is beyond it when the last stop is behind: RFC 791. */
	if ((kind == OPTION_LOOSE_ROUTE || kind == OPTION_STRICT_ROUTE) && option[2] <= size)
		return REASON_ROUTING_HEADER;
	chain->offset = c->offset + size;
	chain->left = c->left - size;
	return PARSED;
}

/*
 * Looks for a source route among IPv4 options: the reason to refuse them, or PARSED. Here rather than on the way of
 * every packet, and not static, see secret_make().
 */
__noinline int walk_options(struct __sk_buff *skb)
{
	struct context *context = in_hand();

	if (!context)
		return REASON_TRUNCATED;
	struct chain *chain = &context->chain;

	chain->left = context->p.options;
	for (int i = 0; i < OPTIONS; i++) {
		asm volatile("" ::: "memory"); /* see walk_chain() */
		struct cursor c = {
			.data = (void *)(long)skb->data,
			.end = (void *)(long)skb->data_end,
			.offset = chain->offset,
			.left = chain->left,
		};
		int found = parse_option(&c, chain);

		if (found)
			return found == PASSES ? PARSED : found;
	}
	return PARSED;
}

static __always_inline int own4(const struct endpoint *ep, const __be32 *address, __u32 ifindex)
{
	struct peer *owner;

	if (*address == ep->v4[0] || *address == ep->v4[1])
		return *address != 0;
	if (!(ep->flags & ENDPOINT_MORE_ADDRESSES))
		return 0;
	owner = FIND(addresses4, address);
	return owner && owner->ifindex == ifindex;
}

static __always_inline int own6(const struct endpoint *ep, const __u8 *address, __u32 ifindex)
{
	struct peer *owner;

	if (same6(address, ep->v6[0]) || same6(address, ep->v6[1]))
		return address[0] || address[1]; /* an empty place is no address */
	if (!(ep->flags & ENDPOINT_MORE_ADDRESSES))
		return 0;
	owner = FIND(addresses6, address);
	return owner && owner->ifindex == ifindex;
}

/*
 * A pod is its own peer only in what it sends, whose source is verified. What it says to itself stays inside it, or
 * comes back from a service as the node's: a packet that arrives from its own address is somebody else's.
 */
static __always_inline void own_addresses(const struct packet *p, const struct endpoint *ep, struct who *who)
{
	__u32 ifindex = p->key.v4.ifindex;
	int sends = p->direction == EGRESS;

	if (p->family == 4) {
		who->own = own4(ep, &p->key.v4.pod, ifindex);
		who->self = sends && who->own && own4(ep, &p->key.v4.peer, ifindex);
	} else {
		who->own = own6(ep, p->key.v6.pod, ifindex);
		who->self = sends && who->own && own6(ep, p->key.v6.peer, ifindex);
	}
}

#define SECOND 1000000000

/* Whether the end of an endpoint's mode has come: to the second, and whether or not an agent lives. */
static __always_inline int ended(const struct endpoint *ep)
{
	return ep->end && bpf_ktime_get_boot_ns() / SECOND >= ep->end;
}

/* The same by interface. Not static: then the verifier walks it once, not with each way that leads to it. */
__noinline int over(__u32 ifindex)
{
	struct endpoint *ep = bpf_map_lookup_elem(&endpoints, &ifindex);

	return ep && ended(ep);
}

static __always_inline void marked_source(struct who *who, __u32 mark)
{
	who->subject = mark & DEFERRED_SUBJECT;
	who->mode = (mark >> 12) & 3;
	if (who->mode >= MODES)
		who->mode = MODE_ENFORCE;
	who->own = 1;
	who->self = 0;
	who->arrived = 1;
	who->end = 0;
}

/* Finds out whose the packet P is, at the interface of C's; 0 if nobody knows. */
static __always_inline int identify(struct context *c, struct packet *p, struct who *who)
{
	if (c->hook == UPLINK) {
		marked_source(who, c->mark);
		return 1;
	}
	struct endpoint *ep = bpf_map_lookup_elem(&endpoints, &p->key.v4.ifindex);

	if (!ep)
		return 0;
	who->subject = ep->subject;
	who->end = ep->end;
	who->mode = ep->mode < MODES && !ended(ep) ? ep->mode : MODE_ENFORCE;
	who->arrived = 0;
	own_addresses(p, ep, who);
	return 1;
}

#endif
