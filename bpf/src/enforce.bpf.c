// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judges every packet of a node's pods at the host side of their interfaces. An established flow
 * costs one look-up; a packet without one is judged by its pod's verdict table.
 *
 * The same programs serve tcx links and clsact filters in direct-action mode: "no opinion" is -1,
 * "pass" is 0 and "drop" is 2 for both. A packet that may pass is none of our business, so that other
 * programs on the hook keep their say; but for a marked one, see mark_deferred().
 */
#include "context.h"
#include "event.h"
#include "fragment.h"
#include "quote.h"

#define PASS -1 /* TCX_NEXT, TC_ACT_UNSPEC */
#define PASS_MARKED 0 /* TCX_PASS, TC_ACT_OK */
#define DROP 2  /* TCX_DROP, TC_ACT_SHOT */

#define PULL 2048 /* no honest header chain is longer */
#define PULL_MOST (OFFSET_MAX + 64) /* what else parsing would reach in linear data */

static __always_inline int allow(struct context *c, __u32 slot)
{
	count(slot, c->p.packets, c->p.length);
	if (c->p.fragment == FRAGMENT_FIRST)
		fragment_keep(&c->p, slot, c->epoch);
	return PASS;
}

static __always_inline int drops(const struct judgement *j)
{
	return !j->allow && j->mode == MODE_ENFORCE;
}

/*
 * The packet as the one sees it for whom it is denied: what its sender may not is told of the sender. Without a
 * branch, or the verifier would walk all that tells of a denial twice.
 */
static __always_inline const struct packet *seen(const struct context *c, const struct judgement *j)
{
	const __u32 apart = offsetof(struct context, turned) - offsetof(struct context, p);

	return (const void *)&c->p + (-(__u32)j->far & apart);
}

/* Every denial ends here: counted, told, and carried out if its pod is enforced. */
static __always_inline int deny_here(struct context *c, const struct judgement *j)
{
	int drop = drops(j);

	count(j->slot, c->p.packets, c->p.length);
	/* One that drops is not remembered: its kin complete nothing, and a flood of them would displace others'. */
	if (c->p.fragment == FRAGMENT_FIRST && !drop)
		fragment_keep(&c->p, j->slot, c->epoch);
	if (c->flags & CONFIG_EVENTS_DENIED)
		event_denied(seen(c, j), j, c->interval);
	return drop ? DROP : PASS;
}

/* The same out of line, of the packet's own judgement: see judge(). */
__noinline int deny(void)
{
	struct context *c = in_hand();

	return c ? deny_here(c, &c->own) : DROP;
}

/* Denies a packet for what it is, whatever policy would say of its ends. */
static __noinline int refuse(struct context *c, __u32 reason)
{
	struct subject subject = subject_of(c->who.subject);
	struct judgement *j = &c->own;

	j->slot = code_slot(subject.slots, c->who.mode, c->p.direction, reason & (SLOT_CODES - 1));
	j->class = 0;
	j->subject = c->who.subject;
	j->mode = c->who.mode;
	j->direction = c->p.direction;
	j->far = 0;
	j->allow = 0;
	j->reason = reason;
	c->p.fragment = FRAGMENT_NONE; /* its kin are refused for their own sake, not remembered */
	return deny();
}

/*
 * Of an interface nobody told of. There is no subject to count it to, so stats does; and no mode, so that what drops
 * ends as every denial does, told under a slot and a subject that are nobody's.
 */
static __noinline int unknown(struct context *c)
{
	struct judgement *j = &c->own;

	if (c->flags & CONFIG_UNKNOWN_ALLOW) {
		stat_add(STAT_UNKNOWN_PASSED);
		return PASS;
	}
	stat_add(STAT_UNKNOWN_DROPPED);
	j->slot = NOBODY;
	j->class = 0;
	j->subject = NOBODY;
	j->mode = MODE_ENFORCE;
	j->direction = c->p.direction;
	j->far = 0;
	j->allow = 0;
	j->reason = REASON_UNKNOWN_ENDPOINT;
	return deny();
}

/* The packet with its ends exchanged: what its far end's interface would make of it. */
static __always_inline void turn(const struct packet *p, struct packet *turned)
{
	turned->family = p->family;
	turned->direction = EGRESS;
	turned->length = p->length;
	turned->tcp_flags = p->tcp_flags;
	turned->key.v4.ifindex = p->key.v4.ifindex;
	if (p->family == 4) {
		turned->key.v4.pod = p->key.v4.peer;
		turned->key.v4.peer = p->key.v4.pod;
		turned->key.v4.pod_port = p->key.v4.peer_port;
		turned->key.v4.peer_port = p->key.v4.pod_port;
		turned->key.v4.protocol = p->key.v4.protocol;
	} else {
		copy6(turned->key.v6.pod, p->key.v6.peer);
		copy6(turned->key.v6.peer, p->key.v6.pod);
		turned->key.v6.pod_port = p->key.v6.peer_port;
		turned->key.v6.peer_port = p->key.v6.pod_port;
		turned->key.v6.protocol = p->key.v6.protocol;
	}
}

/* What is left of a judgement by port if there is no port to judge by: a denial, if ports matter. */
static __noinline int without_port(struct judgement *j)
{
	if (j->uniform)
		return 0;
	j->allow = 0;
	j->reason = REASON_FRAGMENT_UNKNOWN;
	j->slot = code_slot(subject_of(j->subject).slots, j->mode, j->direction, REASON_FRAGMENT_UNKNOWN);
	return 0;
}

/* Judges the marked sender's egress too: both must allow; of two denials the enforced one decides. */
static __noinline int judge_source(struct context *c, const struct packet *p, __u32 mark)
{
	marked_source(&c->source, mark);
	if (c->own.passage == PASSAGE_NODE && c->source.subject == c->own.subject)
		return 0; /* a pod that reached itself through a service, masqueraded */
	turn(p, &c->turned);
	judge(SOURCE, EGRESS);
	c->further.far = 1;
	if (c->p.fragment == FRAGMENT_LATER)
		without_port(&c->further);
	if (!c->further.allow && (c->own.allow || drops(&c->further)))
		c->own = c->further;
	return 0;
}

/* An opening towards the pod under a mark carries a judgement that its sender's interface left open. */
static __always_inline void judge_marked(struct context *c, const struct packet *p, __u32 direction, __u32 mark)
{
	if (direction == INGRESS && mark && !drops(&c->own))
		judge_source(c, p, mark);
}

/* Judges, into c->own, an opening in DIRECTION. */
static __always_inline void judge_opening(struct context *c, __u32 direction, __u32 mark)
{
	judge(OWN, direction);
	judge_marked(c, &c->p, direction, mark);
}

/*
 * Leaves the packet to the judge of its backend. The mark must outlive this hook, where any later
 * filter that says TC_ACT_OK, and any later program that says TCX_PASS, has the kernel write over the
 * index: with the class id, which each filter finds cleared (cls_bpf_classify(); tc_run() or, before
 * Linux 6.6, sch_handle_ingress(); tcx_action_code()). So the hook's chain ends here, and it is our
 * class id that is written.
 */
static __always_inline int mark_deferred(struct __sk_buff *skb, const struct context *c)
{
	if (c->hook != FROM_POD)
		return PASS;
	skb->tc_index = skb->tc_classid = DEFERRED_MARK | c->who.mode << 12 | (c->who.subject & DEFERRED_SUBJECT);
	return PASS_MARKED;
}

static __always_inline int pass_judged(struct __sk_buff *skb, struct context *c, const struct judgement *j)
{
	allow(c, j->slot);
	return j->passage == PASSAGE_DEFERRED ? mark_deferred(skb, c) : PASS;
}

/* How a flow is kept that passes only because its pod, or its marked sender, is not enforced. */
static __always_inline __u32 would_deny(const struct context *c)
{
	return FLOW_WOULD_DENY | (c->who.end ? FLOW_LENT : 0) | (c->own.far ? FLOW_FAR : 0);
}

/* A new entry for the opening judged in c->own. */
static __always_inline void keep(struct context *c, __u32 extra_flags)
{
	struct flow *flow = &c->flow;
	__u32 out = c->p.direction & 1;

	flow->epoch = c->epoch;
	flow->slot = c->own.slot;
	flow->last = c->now;
	flow->created = c->now;
	flow->subject = c->own.subject;
	flow->state = flow_first_state(&c->p);
	flow->flags = extra_flags | (out == EGRESS ? FLOW_OPENER_EGRESS : 0) |
		      (c->own.passage == PASSAGE_DEFERRED ? FLOW_DEFERRED : 0);
	flow->mark = c->mark;
	flow->packets[0] = flow->packets[1] = 0;
	flow->bytes[0] = flow->bytes[1] = 0;
	flow->packets[out] = c->p.packets;
	flow->bytes[out] = c->p.length;
	if (c->p.shape == SHAPE_FIN)
		flow_finish(flow, out);
	flow_keep(&c->p, flow);
}

/* An entry is made only for what is certainly the pod's, or the pod could borrow others' addresses. */
static __always_inline int may_keep(const struct context *c)
{
	return c->p.direction == EGRESS || c->who.own;
}

static __always_inline int accept(struct __sk_buff *skb, struct context *c)
{
	if (may_keep(c)) {
		keep(c, 0);
		if (c->flags & CONFIG_EVENTS_ALLOWED)
			event_allowed(&c->p, &c->own);
	}
	return pass_judged(skb, c, &c->own);
}

/* Whether a denied opener that goes on may take the place of what is there, under whatever mark. */
static __always_inline int replaceable(struct context *c, const struct config *cfg)
{
	struct flow *flow = flow_find(&c->p);

	return !flow || !flow_alive(flow, cfg, c->now) || flow->flags & (FLOW_WOULD_DENY | FLOW_REVOKED) ||
	       flow->state == FLOW_CLOSED;
}

/* A packet that may open a flow. */
static __always_inline int open_flow(struct __sk_buff *skb, const struct config *cfg, struct context *c)
{
	judge_here(&c->p, &c->who, c->p.direction, &c->own);
	judge_marked(c, &c->p, c->p.direction, c->mark);
	if (c->own.allow)
		return accept(skb, c);
	/* Unenforced, it goes on: remember it, so that its replies are not denials of their own. */
	if (c->own.mode != MODE_ENFORCE && may_keep(c) && replaceable(c, cfg))
		keep(c, would_deny(c));
	return deny_here(c, &c->own);
}

/*
 * A packet from the middle of a connection of which nothing is known: the agent was upgraded, or the
 * entry evicted. Its own direction's policy may adopt it; else it may be a reply to an opening that
 * policy would allow, and passes without an entry that anybody could use.
 */
static __noinline int pick_up(struct __sk_buff *skb, struct context *c)
{
	if (c->p.shape != SHAPE_SYNACK || c->mark) {
		judge_opening(c, c->p.direction, c->mark);
		if (c->own.allow && (c->p.shape == SHAPE_RST || c->p.shape == SHAPE_SYNACK))
			return pass_judged(skb, c, &c->own);
		if (c->own.allow) {
			if (may_keep(c))
				stat_add(STAT_PICKED_UP);
			return accept(skb, c);
		}
	}
	if (c->mark) /* only who opened a flow reaches its service */
		return deny();
	judge(FURTHER, c->p.direction == EGRESS ? INGRESS : EGRESS);
	if (c->further.allow) {
		stat_add(STAT_PASSED_AS_ANSWER);
		return allow(c, c->further.slot);
	}
	if (c->p.shape == SHAPE_SYNACK)
		c->own = c->further;
	return deny();
}

/* Judged, but never the beginning of anything. */
static __always_inline int judge_alone(struct __sk_buff *skb, struct context *c)
{
	judge_opening(c, c->p.direction, c->mark);
	return c->own.allow ? pass_judged(skb, c, &c->own) : deny();
}

/*
 * An entry from before the last narrowing, or under its sender's mark of before, or a revoked one: its opening is
 * judged by today's policy, whichever end the packet is from. Denied, the entry stays to say who opened the flow:
 * without it the other end's next packet would be taken for an opening of its own, and the flow go on. The entry is
 * replaced, never stamped in place: an evicted element may already belong to another flow.
 */
static __noinline int rejudge(struct __sk_buff *skb, const struct config *cfg, struct context *c)
{
	struct flow *flow = &c->flow;
	__u32 out = c->p.direction & 1;
	__u32 mark = c->hook == FROM_POD ? flow->mark : c->mark; /* the newest there is */
	__u32 before = flow->mark;

	judge_opening(c, flow_opener(flow), mark);
	if (!c->own.allow)
		c->own.reason = REASON_REVOKED;
	flow->mark = mark;
	if (drops(&c->own)) {
		if (flow->flags & FLOW_REVOKED && before == mark) {
			flow_still_revoked(&c->p, cfg, c->now);
		} else {
			flow_revoke(flow, c->epoch, c->own.slot, c->now);
			flow_keep(&c->p, flow);
		}
		return deny();
	}
	flow->epoch = c->epoch;
	flow->slot = c->own.slot;
	flow->subject = c->own.subject;
	flow->flags &= ~(FLOW_WOULD_DENY | FLOW_DEFERRED | FLOW_REVOKED | FLOW_LENT | FLOW_FAR);
	flow->flags |= (c->own.allow ? 0 : would_deny(c)) |
		       (c->own.passage == PASSAGE_DEFERRED ? FLOW_DEFERRED : 0);
	flow->packets[out] += c->p.packets;
	flow->bytes[out] += c->p.length;
	flow_advance(flow, &c->p, c->now);
	flow_keep(&c->p, flow);
	return c->own.allow ? pass_judged(skb, c, &c->own) : deny();
}

/* The flags of which any means that an entry carries nothing any more: revoked, or let in until an end that came. */
static __always_inline __u8 lapsed(const struct context *c)
{
	return FLOW_REVOKED | over(c->p.key.v4.ifindex) * FLOW_LENT;
}

/* An ICMP error passes with the flow it speaks of. */
static __noinline int related(struct __sk_buff *skb, const struct config *cfg, struct context *c)
{
	struct flow *flow;

	if (!quoted_flow(skb, &c->p, &c->quoted, &c->chain))
		return judge_alone(skb, c);
	flow = flow_find(&c->quoted);
	if (!flow || !flow_alive(flow, cfg, c->now))
		return judge_alone(skb, c);
	if (flow->epoch == c->epoch && !(flow->flags & lapsed(c)) && (!c->mark || c->mark == flow->mark)) {
		int deferred = flow->flags & FLOW_DEFERRED;

		allow(c, flow->slot);
		return deferred ? mark_deferred(skb, c) : PASS;
	}
	__u32 opener = flow_opener(flow), mark = c->mark ? c->mark : flow->mark;

	/* Again as its opening was: by its own ends, which need not be the error's. */
	if (!identify(c, &c->quoted, &c->whose))
		return unknown(c);
	judge(QUOTED, opener);
	judge_marked(c, &c->quoted, opener, mark);
	return c->own.allow ? pass_judged(skb, c, &c->own) : judge_alone(skb, c);
}

/* Whether the packet begins something whatever was there. */
static __always_inline int opens_anew(const struct context *c)
{
	return c->p.shape == SHAPE_SYN ||
	       (c->p.shape == SHAPE_ECHO_REQUEST && flow_opener(&c->flow) != c->p.direction);
}

/* Whatever is not an established flow's packet. */
static __always_inline int fresh(struct __sk_buff *skb, const struct config *cfg, struct context *c)
{
	if (!identify(c, &c->p, &c->who))
		return unknown(c);
	if (c->hook == FROM_POD && !c->who.own && c->flags & CONFIG_VERIFY_SOURCE)
		return refuse(c, REASON_SPOOFED);
	if (c->live && !opens_anew(c))
		return rejudge(skb, cfg, c);
	switch (c->p.shape) {
	case SHAPE_NEIGHBOUR:
		return PASS;
	case SHAPE_ERROR:
		return related(skb, cfg, c);
	case SHAPE_ECHO_REPLY:
		return judge_alone(skb, c);
	case SHAPE_SYNACK:
	case SHAPE_DATA:
	case SHAPE_FIN:
	case SHAPE_RST:
		return pick_up(skb, c);
	}
	return open_flow(skb, cfg, c);
}

static __noinline int later_fragment(const struct config *cfg, struct context *c)
{
	struct fragment *first = fragment_find(&c->p, cfg, c->now);
	int overlaps = first && c->p.rewrites && has_openings(first->protocol);

	if (first && !overlaps)
		return allow(c, first->slot);
	if (!identify(c, &c->p, &c->who))
		return unknown(c);
	if (overlaps)
		return refuse(c, REASON_FRAGMENT_OVERLAP);
	if (c->hook == FROM_POD && !c->who.own && c->flags & CONFIG_VERIFY_SOURCE)
		return refuse(c, REASON_SPOOFED);
	judge(OWN, c->p.direction);
	without_port(&c->own);
	judge_marked(c, &c->p, c->p.direction, c->mark);
	return c->own.allow ? allow(c, c->own.slot) : deny();
}

/* The ends of a packet that has none to be read, rather than those of the packet before it. */
static __always_inline void no_ends(struct packet *p)
{
	__u32 *key = (void *)&p->key;

	for (int i = 1; i < (int)(sizeof(p->key) / sizeof(*key)); i++)
		key[i] = 0;
}

static __always_inline int refuse_malformed(struct context *c, __u32 reason)
{
	if (!c->p.family)
		no_ends(&c->p);
	return identify(c, &c->p, &c->who) ? refuse(c, reason) : unknown(c);
}

static __always_inline int travel(struct flow *flow, const struct packet *p, __u32 now)
{
	flow_advance(flow, p, now);
	flow_count(flow, p->direction, p->packets, p->length);
	count(flow->slot, p->packets, p->length);
	return PASS;
}

/* An established flow's packet of which more is to be noted than its passing. */
static __always_inline int travel_noted(struct __sk_buff *skb, struct context *c, struct flow *flow)
{
	int deferred = flow->flags & FLOW_DEFERRED && c->hook == FROM_POD;

	if (deferred && !identify(c, &c->p, &c->who))
		return unknown(c);
	if (c->p.fragment == FRAGMENT_FIRST)
		fragment_keep(&c->p, flow->slot, c->epoch);
	travel(flow, &c->p, c->now);
	return deferred ? mark_deferred(skb, c) : PASS;
}

static __always_inline int has_flow(const struct packet *p)
{
	return p->shape <= SHAPE_LAST_OF_FLOW && p->fragment != FRAGMENT_LATER;
}

/*
 * The packet's living entry. Of marks a sender has one after another, as its mode or its group changes, and none
 * once its service's backends are alike: see same_mark(). What was judged without one is another flow.
 */
static __always_inline struct flow *flow_of(struct packet *p, const struct config *cfg, __u32 now, __u32 hook,
					    __u32 mark)
{
	struct flow *flow = flow_find(p);

	return flow && flow_alive(flow, cfg, now) && (hook == FROM_POD || flow->mark || !mark) ? flow : 0;
}

/* Whether the entry was judged for the sender as it is. What a pod answers says nothing of that. */
static __always_inline int same_mark(const struct flow *flow, __u32 hook, __u32 mark)
{
	return hook == FROM_POD || flow->mark == mark;
}

/* Whether a header, or what an ICMP error quotes, may lie outside the linear data. */
static __always_inline int incomplete(const struct __sk_buff *skb, const struct context *c)
{
	return (c->found == REASON_TRUNCATED || c->p.shape == SHAPE_ERROR) && skb->data_end - skb->data < skb->len;
}

/*
 * Parses once more a packet whose headers were not all linear, with MOST of it so. A second look in a loop around the
 * first would be shorter, but Linux 5.10 takes no loop in the shape the compiler gives it, and every
 * later verifier would walk each way through the headers twice.
 */
__noinline int pull(struct __sk_buff *skb, __u32 most)
{
	struct context *c = in_hand();
	__u32 ifindex = skb->ifindex;

	if (!c)
		return 0;
	bpf_skb_pull_data(skb, skb->len < most ? skb->len : most);
	c->found = parse(skb, &c->p, c->flags & CONFIG_ETHERTYPE_ALLOW, &c->chain);
	c->p.key.v4.ifindex = ifindex;
	return 0;
}

/*
 * What is no plain packet of an established flow. C->LIVE: whether it has a living entry, which is
 * looked up again: a pointer handed over would have the verifier walk all that follows for each
 * thing that it may be.
 */
static __always_inline int slow(struct __sk_buff *skb, const struct config *cfg, struct context *c)
{
	struct flow *flow;

	if (incomplete(skb, c) || (c->p.options && skb->data_end - skb->data < skb->len)) {
		stat_add(STAT_PULLED);
		pull(skb, PULL);
		if (incomplete(skb, c))
			pull(skb, PULL_MOST);
		if (c->found == PASSES)
			return PASS;
		c->live = c->found == PARSED && has_flow(&c->p);
	}
	if (c->p.options) {
		int routed = walk_options(skb);

		if (routed)
			c->found = routed;
	}
	if (c->found)
		return refuse_malformed(c, c->found);
	if (c->p.shape == SHAPE_DHCP)
		return PASS;
	if (c->p.fragment == FRAGMENT_LATER)
		return later_fragment(cfg, c);
	if (c->p.shape == SHAPE_NEIGHBOUR && (c->hook == TO_POD || c->p.link_source))
		return PASS;
	if (c->live) {
		flow = flow_of(&c->p, cfg, c->now, c->hook, c->mark);
		if (flow && same_mark(flow, c->hook, c->mark) && flow_carries(flow, &c->p, c->epoch, lapsed(c)))
			return travel_noted(skb, c, flow);
		c->live = !!flow;
		if (flow)
			c->flow = *flow;
	}
	return fresh(skb, cfg, c);
}

/*
 * The way of an established flow's packet: parsed, one look-up, counted. Everything else leaves it
 * for one of the functions above.
 */
static __always_inline int enforce(struct __sk_buff *skb, const __u32 hook)
{
	__u32 zero = 0;
	struct config *cfg = bpf_map_lookup_elem(&config, &zero);
	struct context *c = bpf_map_lookup_elem(&scratch, &zero);
	__u32 mark = 0;

	if (!cfg || !c) { /* they are arrays: it cannot be */
		stat_add(STAT_UNKNOWN_DROPPED);
		return DROP;
	}
	struct packet *p = &c->p;

	if (hook == FROM_POD) {
		/* A pod that may configure its own interfaces can set both, and veth devices hand them on. */
		if ((skb->tc_index | skb->tc_classid) & DEFERRED_MARK)
			skb->tc_index = skb->tc_classid = 0;
	} else if (skb->tc_index & DEFERRED_MARK) {
		mark = skb->tc_index & 0xffff;
	}
	if (hook == UPLINK && !mark)
		return PASS;
	p->direction = hook == TO_POD ? INGRESS : EGRESS;
	p->length = skb->len;
	p->packets = skb->gso_segs ?: 1;

	int found = parse(skb, p, cfg->flags & CONFIG_ETHERTYPE_ALLOW, &c->chain);

	if (found == PASSES)
		return PASS;
	p->key.v4.ifindex = skb->ifindex;

	__u32 now = bpf_jiffies64();
	struct flow *flow = 0;

	if (found == PARSED && has_flow(p)) {
		flow = flow_of(p, cfg, now, hook, mark);
		if (flow && same_mark(flow, hook, mark) &&
		    flow_carries(flow, p, cfg->epoch, FLOW_DEFERRED | FLOW_LENT) && p->fragment == FRAGMENT_NONE && !p->options)
			return travel(flow, p, now);
	}
	c->hook = hook;
	c->mark = mark;
	c->now = now;
	c->epoch = cfg->epoch;
	c->flags = cfg->flags;
	c->interval = cfg->denial_interval;
	c->found = found;
	c->live = !!flow;
	return slow(skb, cfg, c);
}

SEC("tc")
int from_pod(struct __sk_buff *skb)
{
	return enforce(skb, FROM_POD);
}

SEC("tc")
int to_pod(struct __sk_buff *skb)
{
	return enforce(skb, TO_POD);
}

/* Only where services have backends that differ and live elsewhere: see DEFERRED_MARK. */
SEC("tc")
int uplink(struct __sk_buff *skb)
{
	int verdict = enforce(skb, UPLINK);

	/* It has served. Between nodes that share a kernel veth devices hand it on, and it names a subject here. */
	if (skb->tc_index & DEFERRED_MARK)
		skb->tc_index = 0;
	return verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
