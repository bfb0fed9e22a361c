/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an ICMP error quotes: the beginning of a packet that its receiver, or its sender, once saw. */
#ifndef MERLON_QUOTE_H
#define MERLON_QUOTE_H

#include "parse.h"
#include "policy.h"

/*
 * The key of the flow an ICMP error speaks of, from the packet it quotes, which was sent the other way.
 * An error to a pod may be any router's; a pod is none, and complains only to whom sent it something.
 */
static __always_inline int quoted_ipv4(struct cursor *c, const struct packet *p, struct packet *quoted)
{
	struct ipv4 *ip = header(c, sizeof(*ip));

	if (!ip || ip->version_ihl >> 4 != 4)
		return 0;
	__u32 size = (ip->version_ihl & 0x0f) * 4;

	if (size < sizeof(*ip) || size > c->left || (ip->fragment & bpf_htons(0x1fff)))
		return 0;
	quoted->family = 4;
	quoted->key.v4.ifindex = p->key.v4.ifindex;
	quoted->key.v4.pod = quoted->direction == EGRESS ? ip->source : ip->destination;
	quoted->key.v4.peer = quoted->direction == EGRESS ? ip->destination : ip->source;
	quoted->key.v4.pod_port = 0;
	quoted->key.v4.peer_port = 0;
	quoted->key.v4.protocol = ip->protocol;
	if (quoted->key.v4.pod != p->key.v4.pod || (p->direction == EGRESS && quoted->key.v4.peer != p->key.v4.peer))
		return 0;
	advance(c, size);
	return 1;
}

static __always_inline int quoted_ipv6(struct __sk_buff *skb, struct cursor *c, const struct packet *p,
				       struct packet *quoted, struct chain *chain)
{
	struct ipv6 *ip = header(c, sizeof(*ip));

	if (!ip || ip->version >> 4 != 6)
		return 0;
	__u8 next = ip->next;

	quoted->family = 6;
	quoted->key.v6.ifindex = p->key.v6.ifindex;
	copy6(quoted->key.v6.pod, quoted->direction == EGRESS ? ip->source : ip->destination);
	copy6(quoted->key.v6.peer, quoted->direction == EGRESS ? ip->destination : ip->source);
	quoted->key.v6.pod_port = 0;
	quoted->key.v6.peer_port = 0;
	if (!same6(quoted->key.v6.pod, p->key.v6.pod) ||
	    (p->direction == EGRESS && !same6(quoted->key.v6.peer, p->key.v6.peer)))
		return 0;
	advance(c, sizeof(*ip));
	if (extension_header(next) && parse_extensions(skb, c, quoted, chain, &next))
		return 0;
	quoted->key.v6.protocol = next;
	return 1;
}

/* Parses the packet an ICMP error quotes into the key of the flow it belonged to. */
static __noinline int quoted_flow(struct __sk_buff *skb, struct packet *p, struct packet *quoted,
				  struct chain *chain)
{
	struct cursor c = {
		.data = (void *)(long)skb->data,
		.end = (void *)(long)skb->data_end,
		.offset = p->inner,
	};

	quoted->direction = p->direction == EGRESS ? INGRESS : EGRESS;
	quoted->fragment = FRAGMENT_NONE;
	c.left = p->quoted;
	if (!(p->family == 4 ? quoted_ipv4(&c, p, quoted) : quoted_ipv6(skb, &c, p, quoted, chain)))
		return 0;
	__u32 protocol = protocol_of(quoted);

	if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP) {
		struct ports *ports = header(&c, 8);

		if (!ports)
			return 0;
		key_ports(quoted, ports->source, ports->destination);
	} else if (protocol == (p->family == 4 ? PROTOCOL_ICMP : PROTOCOL_ICMP6)) {
		struct icmp *icmp = header(&c, 8);

		if (!icmp)
			return 0;
		if (p->family == 4 ? icmp->type == 8 || icmp->type == 0 : icmp->type == 128 || icmp->type == 129)
			key_ports(quoted, icmp->id, icmp->id);
	}
	return 1;
}

#endif
