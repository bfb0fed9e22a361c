/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The flow table: who opened what, whether it lives, and whether a packet may travel on it. */
#ifndef MERLON_FLOW_H
#define MERLON_FLOW_H

#include "policy.h"

static __always_inline struct flow *flow_find(struct packet *p)
{
	if (p->family == 4)
		return FIND(flows4, &p->key.v4);
	return FIND(flows6, &p->key.v6);
}

static __always_inline void flow_keep(struct packet *p, const struct flow *flow)
{
	long failed;

	if (p->family == 4)
		failed = KEEP(flows4, &p->key.v4, flow);
	else
		failed = KEEP(flows6, &p->key.v6, flow);
	if (failed)
		stat_add(STAT_FLOWS_NOT_KEPT);
}

static __always_inline __u32 flow_opener(const struct flow *flow)
{
	return flow->flags & FLOW_OPENER_EGRESS ? EGRESS : INGRESS;
}

#define SKEW 65536 /* jiffies that another CPU's stamp may lie in our future at most */

/* Unsigned, so that what was stamped half a circle of jiffies ago (25 days at 1,000 Hz) is not ahead. */
static __always_inline int recent(__u32 stamp, __u32 now, __u32 timeout)
{
	return now - stamp + SKEW <= timeout + SKEW;
}

static __always_inline int flow_alive(const struct flow *flow, const struct config *cfg, __u32 now)
{
	return recent(flow->last, now, cfg->timeout[flow->state & (FLOW_STATES - 1)]);
}

/* Whether an opener on a living entry is another than its own, sent again. */
static __always_inline int flow_reopens(const struct flow *flow, const struct packet *p)
{
	return flow_opener(flow) != p->direction || (p->shape == SHAPE_SYN && flow->state != FLOW_OPENING);
}

static __always_inline int opener(const struct packet *p)
{
	return p->shape == SHAPE_SYN || p->shape == SHAPE_ECHO_REQUEST;
}

/*
 * Whether the living entry carries the packet, else one or the other is to be judged. EXCEPT: flags
 * of entries that do not, in one test with what else the caller asks of them.
 */
static __always_inline int flow_carries(const struct flow *flow, const struct packet *p, __u32 epoch, __u8 except)
{
	return flow->epoch == epoch && !(flow->flags & (FLOW_REVOKED | except)) &&
	       (!opener(p) || !flow_reopens(flow, p));
}

/*
 * Turns the entry into what remains of a flow that policy has ceased to allow. It stands still, as
 * one that may be silent for long: the ends of a TCP connection try again after up to two minutes.
 */
static __always_inline void flow_revoke(struct flow *flow, __u32 epoch, __u32 slot, __u32 now)
{
	flow->epoch = epoch;
	flow->slot = slot;
	flow->last = now;
	flow->created = now;
	if (flow->state <= FLOW_CLOSED)
		flow->state = FLOW_OPEN;
	flow->flags = (flow->flags & FLOW_OPENER_EGRESS) | FLOW_REVOKED;
}

/*
 * A revoked flow lasts while either end goes on, or what comes next would be taken for an opening;
 * but not for ever, since an end may have reason of its own to go on.
 */
static __always_inline void flow_still_revoked(struct packet *p, const struct config *cfg, __u32 now)
{
	struct flow *flow = flow_find(p);

	if (flow && flow->flags & FLOW_REVOKED && flow->last != now &&
	    recent(flow->created, now, cfg->timeout[FLOW_OPEN]))
		flow->last = now;
}

static __always_inline void flow_finish(struct flow *flow, __u32 direction)
{
	const __u8 both = FLOW_FIN_INGRESS | FLOW_FIN_EGRESS;

	flow->flags |= direction == EGRESS ? FLOW_FIN_EGRESS : FLOW_FIN_INGRESS;
	if (flow->state != FLOW_CLOSED)
		flow->state = (flow->flags & both) == both ? FLOW_CLOSED : FLOW_CLOSING;
}

/* Whether the packet shows that the flow's other end has answered. */
static __always_inline int flow_answered(const struct flow *flow, const struct packet *p)
{
	/* Nobody sees a remote backend's answers: what its client goes on with tells of them. */
	return flow_opener(flow) != p->direction ||
	       (flow->mark && p->direction == EGRESS && p->shape != SHAPE_SYN);
}

/* What a packet that travels on the flow does to it. */
static __always_inline void flow_advance(struct flow *flow, const struct packet *p, __u32 now)
{
	if (flow->last != now)
		flow->last = now;
	if (p->shape == SHAPE_FIN)
		flow_finish(flow, p->direction);
	else if (p->shape == SHAPE_RST)
		flow->state = FLOW_CLOSED;
	else if ((flow->state == FLOW_OPENING || flow->state == FLOW_ONE_WAY) && flow_answered(flow, p))
		flow->state = flow->state == FLOW_OPENING ? FLOW_OPEN : FLOW_BOTH_WAYS;
}

static __always_inline void flow_count(struct flow *flow, __u32 direction, __u32 packets, __u32 bytes)
{
	__sync_fetch_and_add(&flow->packets[direction & 1], packets);
	__sync_fetch_and_add(&flow->bytes[direction & 1], bytes);
}

static __always_inline __u8 flow_first_state(const struct packet *p)
{
	__u32 protocol = protocol_of(p);

	if (p->shape == SHAPE_SYN)
		return FLOW_OPENING;
	if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_SCTP)
		return FLOW_OPEN; /* picked up in its middle */
	if (protocol == PROTOCOL_UDP)
		return FLOW_ONE_WAY;
	return p->shape == SHAPE_ECHO_REQUEST ? FLOW_ECHO : FLOW_OTHER;
}

#endif
