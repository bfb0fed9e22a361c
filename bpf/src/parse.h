/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The way through a packet's headers, from Ethernet on. What does not fit the linear data is reported
 * as truncated; the caller pulls more in and parses again.
 */
#ifndef MERLON_PARSE_H
#define MERLON_PARSE_H

#include "transport.h"

static __always_inline int parse_ipv4(struct cursor *c, struct packet *p, struct chain *chain)
{
	struct ipv4 *ip = header(c, sizeof(*ip));

	if (!ip)
		return REASON_TRUNCATED;
	__u32 size = (ip->version_ihl & 0x0f) * 4;
	__u32 total = bpf_ntohs(ip->length);

	if (ip->version_ihl >> 4 != 4 || size < sizeof(*ip))
		return REASON_BAD_HEADER;
	if (total == 0) /* BIG TCP leaves it so in segmentation-offload frames (kernel 6.3) */
		total = c->left;
	if (total < size)
		return REASON_BAD_HEADER;
	if (total > c->left)
		return REASON_TRUNCATED;
	c->left = total;

	p->family = 4;
	p->key.v4.pod = p->direction == EGRESS ? ip->source : ip->destination;
	p->key.v4.peer = p->direction == EGRESS ? ip->destination : ip->source;
	p->key.v4.pod_port = 0;
	p->key.v4.peer_port = 0;
	p->key.v4.protocol = ip->protocol;
	p->options = size - sizeof(*ip);
	chain->offset = c->offset + sizeof(*ip);

	__u32 fragment = bpf_ntohs(ip->fragment) & 0x3fff;
	__u8 protocol = ip->protocol;

	if (fragment) {
		__u32 offset = fragment & 0x1fff;

		p->fragment_id = ip->id;
		p->fragment = offset ? FRAGMENT_LATER : FRAGMENT_FIRST;
		if (offset)
			return parse_later_fragment(p, protocol, offset);
	}
	advance(c, size);
	switch (protocol) {
	case PROTOCOL_TCP:
		return parse_tcp(c, p);
	case PROTOCOL_UDP:
		return parse_udp(c, p);
	case PROTOCOL_SCTP:
		return parse_sctp(c, p);
	case PROTOCOL_ICMP:
		return parse_icmp4(c, p);
	}
	p->shape = SHAPE_DATAGRAM;
	return PARSED;
}

static __always_inline int extension_header(__u8 next)
{
	return next == PROTOCOL_HOP_BY_HOP || next == PROTOCOL_ROUTING || next == PROTOCOL_FRAGMENT ||
	       next == PROTOCOL_AUTHENTICATION || next == PROTOCOL_DESTINATION;
}

/* Steps over one extension header. PASSES: nothing follows, since it is a later fragment's. */
static __always_inline int parse_extension(struct cursor *c, struct chain *chain)
{
	struct extension *e = header(c, 8);
	__u8 kind = chain->next;

	if (!e)
		return REASON_TRUNCATED;
	__u32 size = (e->length + 1) * 8;

	if (kind == PROTOCOL_AUTHENTICATION)
		size = (e->length + 2) * 4;
	if (kind == PROTOCOL_FRAGMENT)
		size = sizeof(struct fragment_header);
	if (size > c->left)
		return REASON_TRUNCATED;
	if (kind == PROTOCOL_ROUTING && e->segments_left)
		return REASON_ROUTING_HEADER;
	chain->next = e->next;
	chain->offset = c->offset + size;
	chain->left = c->left - size;
	/* Behind a first fragment's it would move the transport's header to where later fragments may rewrite it. */
	if (kind != PROTOCOL_FRAGMENT)
		return chain->fragment == FRAGMENT_FIRST ? REASON_EXTENSION_CHAIN : PARSED;
	struct fragment_header *f = (void *)e;

	if (chain->fragment_header)
		return REASON_EXTENSION_CHAIN;
	chain->fragment_header = 1;
	chain->fragment_id = f->id;
	if (f->offset & bpf_htons(0xfff8)) {
		chain->fragment = FRAGMENT_LATER;
		chain->rewrites = bpf_ntohs(f->offset) >> 3 == 1;
		return chain->rewrites && has_openings(e->next) ? REASON_FRAGMENT_OVERLAP : PASSES;
	}
	if (f->offset & bpf_htons(1))
		chain->fragment = FRAGMENT_FIRST;
	return PARSED;
}

/* Walks from the chain's first extension header to what is none. */
static __noinline int walk_chain(struct __sk_buff *skb, struct chain *chain)
{
	for (int i = 0; i < EXTENSIONS; i++) {
		asm volatile("" ::: "memory"); /* what the step before left is read anew: see struct chain */
		struct cursor c = {
			.data = (void *)(long)skb->data,
			.end = (void *)(long)skb->data_end,
			.offset = chain->offset,
			.left = chain->left,
		};

		if (!extension_header(chain->next))
			return PARSED;
		int found = parse_extension(&c, chain);

		if (found)
			return found;
	}
	return extension_header(chain->next) ? REASON_EXTENSION_CHAIN : PARSED;
}

/* Steps over the extension headers, of which the first is *next. */
static __always_inline int parse_extensions(struct __sk_buff *skb, struct cursor *c, struct packet *p,
					    struct chain *chain, __u8 *next)
{
	chain->offset = c->offset;
	chain->left = c->left;
	chain->next = *next;
	chain->fragment = FRAGMENT_NONE;
	chain->fragment_id = 0;
	chain->rewrites = 0;
	chain->fragment_header = 0;
	int found = walk_chain(skb, chain);

	c->offset = chain->offset;
	c->left = chain->left;
	p->fragment = chain->fragment;
	p->fragment_id = chain->fragment_id;
	p->rewrites = chain->rewrites;
	*next = chain->next;
	return found;
}

static __always_inline int parse_ipv6(struct __sk_buff *skb, struct cursor *c, struct packet *p, struct chain *chain)
{
	struct ipv6 *ip = header(c, sizeof(*ip));

	if (!ip)
		return REASON_TRUNCATED;
	if (ip->version >> 4 != 6)
		return REASON_BAD_HEADER;
	__u32 payload = bpf_ntohs(ip->length);
	__u8 next = ip->next;

	advance(c, sizeof(*ip));
	if (payload > c->left)
		return REASON_TRUNCATED;
	if (payload) /* zero: a jumbogram, or BIG TCP */
		c->left = payload;

	p->family = 6;
	copy6(p->key.v6.pod, p->direction == EGRESS ? ip->source : ip->destination);
	copy6(p->key.v6.peer, p->direction == EGRESS ? ip->destination : ip->source);
	p->key.v6.pod_port = 0;
	p->key.v6.peer_port = 0;
	int found = extension_header(next) ? parse_extensions(skb, c, p, chain, &next) : PARSED;

	p->key.v6.protocol = next;
	p->shape = SHAPE_DATAGRAM;
	if (found)
		return found == PASSES ? PARSED : found; /* a later fragment: nothing follows */
	switch (next) {
	case PROTOCOL_TCP:
		return parse_tcp(c, p);
	case PROTOCOL_UDP:
		return parse_udp(c, p);
	case PROTOCOL_SCTP:
		return parse_sctp(c, p);
	case PROTOCOL_ICMP6:
		return parse_icmp6(c, p, ip);
	}
	return PARSED;
}

static __always_inline int vlan_type(__be16 type)
{
	return type == bpf_htons(ETHERTYPE_VLAN) || type == bpf_htons(ETHERTYPE_QINQ);
}

/* Fills P's content. ETHERTYPE_PASSES: what becomes of unknown ones. */
static __always_inline int parse(struct __sk_buff *skb, struct packet *p, int ethertype_passes,
				 struct chain *chain)
{
	struct cursor c = {
		.data = (void *)(long)skb->data,
		.end = (void *)(long)skb->data_end,
		.left = skb->len,
	};
	struct ethernet *ethernet = header(&c, sizeof(*ethernet));

	p->fragment = FRAGMENT_NONE;
	p->fragment_id = 0;
	p->rewrites = 0;
	p->tcp_flags = 0;
	p->shape = SHAPE_DATAGRAM;
	p->link_source = 0;
	p->inner = 0;
	p->family = 0;
	p->options = 0;
	if (!ethernet)
		return REASON_TRUNCATED;
	__be16 type = ethernet->type;

	advance(&c, sizeof(*ethernet));
	for (int i = 0; i < 2; i++) {
		if (!vlan_type(type))
			break;
		struct vlan *vlan = header(&c, sizeof(*vlan));

		if (!vlan)
			return REASON_TRUNCATED;
		type = vlan->type;
		advance(&c, sizeof(*vlan));
	}
	if (type == bpf_htons(ETHERTYPE_IPV4))
		return parse_ipv4(&c, p, chain);
	if (type == bpf_htons(ETHERTYPE_IPV6))
		return parse_ipv6(skb, &c, p, chain);
	/* No unknown one, but one more tag: the kernel takes off any number of VLAN 0, and reads what is behind. */
	if (vlan_type(type))
		return REASON_ETHERTYPE;
	return type == bpf_htons(ETHERTYPE_ARP) || ethertype_passes ? PASSES : REASON_ETHERTYPE;
}

#endif
