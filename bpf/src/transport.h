/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The headers that carry ports: what a packet is to a flow. */
#ifndef MERLON_TRANSPORT_H
#define MERLON_TRANSPORT_H

#include "packet.h"

static __always_inline __u8 tcp_shape(__u8 flags)
{
	if (flags & 0x04)
		return SHAPE_RST;
	if (flags & 0x02)
		return flags & 0x10 ? SHAPE_SYNACK : SHAPE_SYN;
	return flags & 0x01 ? SHAPE_FIN : SHAPE_DATA;
}

static __always_inline int parse_tcp(struct cursor *c, struct packet *p)
{
	struct tcp *tcp = header(c, sizeof(*tcp));

	if (!tcp)
		return REASON_TRUNCATED;
	__u32 size = (tcp->offset >> 4) * 4;

	if (size < sizeof(*tcp))
		return REASON_BAD_HEADER;
	if (size > c->left && p->fragment != FRAGMENT_FIRST)
		return REASON_TRUNCATED;
	key_ports(p, tcp->ports.source, tcp->ports.destination);
	p->tcp_flags = tcp->flags;
	p->shape = tcp_shape(tcp->flags);
	return PARSED;
}

/* RFC 8415: a client speaks from its link-local address, port 546, to ff02::1:2, port 547. */
static __always_inline int dhcp6(const struct packet *p, const struct ports *ports)
{
	const __u32 *to = (const __u32 *)p->key.v6.peer;

	return ports->source == bpf_htons(546) && ports->destination == bpf_htons(547) &&
	       (((const __u32 *)p->key.v6.pod)[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000) &&
	       to[0] == bpf_htonl(0xff020000) && !to[1] && !to[2] && to[3] == bpf_htonl(0x00010002);
}

/* RFC 2131: a client without an address speaks from 0.0.0.0, port 68, to 255.255.255.255, port 67. */
static __always_inline int dhcp4(const struct packet *p, const struct ports *ports)
{
	return ports->source == bpf_htons(68) && ports->destination == bpf_htons(67) &&
	       p->key.v4.pod == 0 && p->key.v4.peer == 0xffffffff;
}

static __always_inline int parse_udp(struct cursor *c, struct packet *p)
{
	struct ports *ports = header(c, 8);

	if (!ports)
		return REASON_TRUNCATED;
	key_ports(p, ports->source, ports->destination);
	p->shape = SHAPE_DATAGRAM;
	if (p->direction == EGRESS && !p->fragment && (p->family == 4 ? dhcp4(p, ports) : dhcp6(p, ports)))
		p->shape = SHAPE_DHCP;
	return PARSED;
}

static __always_inline int parse_sctp(struct cursor *c, struct packet *p)
{
	struct ports *ports = header(c, 12);

	if (!ports)
		return REASON_TRUNCATED;
	/* Of 12 to 15 bytes, IP keeps 8, and another fragment could bring the chunk. */
	if (p->fragment == FRAGMENT_FIRST && c->left < 16)
		return REASON_TRUNCATED;
	key_ports(p, ports->source, ports->destination);
	p->shape = SHAPE_DATA;
	__u8 *chunk = header(c, 13);

	if (!chunk) /* a bare header, or the chunk is not linear */
		return c->left >= 13 ? REASON_TRUNCATED : PARSED;
	switch (chunk[12]) {
	case 1: /* INIT */
		p->shape = SHAPE_SYN;
		break;
	case 2: /* INIT ACK */
		p->shape = SHAPE_SYNACK;
		break;
	case 6:  /* ABORT */
	case 14: /* SHUTDOWN COMPLETE */
		p->shape = SHAPE_RST;
		break;
	}
	return PARSED;
}

static __always_inline int parse_icmp4(struct cursor *c, struct packet *p)
{
	struct icmp *icmp = header(c, sizeof(*icmp));

	if (!icmp)
		return REASON_TRUNCATED;
	p->shape = SHAPE_DATAGRAM;
	switch (icmp->type) {
	case 8:
	case 0:
		p->shape = icmp->type ? SHAPE_ECHO_REQUEST : SHAPE_ECHO_REPLY;
		key_ports(p, icmp->id, icmp->id);
		break;
	case 3:  /* destination unreachable, which includes fragmentation needed */
	case 4:  /* source quench */
	case 11: /* time exceeded */
	case 12: /* parameter problem */
		p->shape = SHAPE_ERROR;
		p->inner = c->offset + sizeof(*icmp);
		p->quoted = c->left - sizeof(*icmp);
		break;
	}
	return PARSED;
}

/* Of the link alone: fe80::/10 and the groups of ff02::/16, which no router forwards. */
static __always_inline int link_destination(const struct ipv6 *ip)
{
	return (ip->destination[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000) ||
	       (ip->destination[0] & bpf_htonl(0xffff0000)) == bpf_htonl(0xff020000);
}

/*
 * RFC 4861 messages are valid only with hop limit 255, which no router leaves intact: what arrives with it
 * comes from the link itself. What a pod sends with it goes as far as its destination, so that must be of the
 * link. A pod has no business advertising routers or redirecting.
 */
static __always_inline int neighbour_discovery(__u32 direction, const struct icmp *icmp, const struct ipv6 *ip)
{
	if (ip->hop_limit != 255 || icmp->code || icmp->type < 133 || icmp->type > 137)
		return 0;
	return direction == INGRESS || (icmp->type != 134 && icmp->type != 137 && link_destination(ip));
}

static __always_inline int link_source(const struct ipv6 *ip)
{
	return (ip->source[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000) ||
	       !(ip->source[0] | ip->source[1] | ip->source[2] | ip->source[3]);
}

/* RFC 2710, RFC 3810: reports and queries never leave the link and go to multicast groups only. */
static __always_inline int multicast_listener(const struct packet *p, const struct ipv6 *ip, __u8 type)
{
	return ((type >= 130 && type <= 132) || type == 143) && ip->hop_limit == 1 && p->link_source &&
	       (ip->destination[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
}

static __always_inline int parse_icmp6(struct cursor *c, struct packet *p, const struct ipv6 *ip)
{
	struct icmp *icmp = header(c, sizeof(*icmp));

	if (!icmp)
		return REASON_TRUNCATED;
	p->shape = SHAPE_DATAGRAM;
	if (icmp->type == 128 || icmp->type == 129) {
		p->shape = icmp->type == 128 ? SHAPE_ECHO_REQUEST : SHAPE_ECHO_REPLY;
		key_ports(p, icmp->id, icmp->id);
	} else if (icmp->type >= 1 && icmp->type <= 4) {
		p->shape = SHAPE_ERROR;
		p->inner = c->offset + sizeof(*icmp);
		p->quoted = c->left - sizeof(*icmp);
	} else if (p->fragment) {
		return PARSED; /* RFC 6980: neighbour discovery is never fragmented */
	}
	p->link_source = link_source(ip);
	if (neighbour_discovery(p->direction, icmp, ip) ||
	    multicast_listener(p, ip, icmp->type))
		p->shape = SHAPE_NEIGHBOUR;
	return PARSED;
}

/* A later fragment carries no transport header; over what tells the first one's shape it must not reach. */
static __always_inline int parse_later_fragment(struct packet *p, __u32 protocol, __u32 offset)
{
	p->shape = SHAPE_DATAGRAM;
	return offset == 1 && has_openings(protocol) ? REASON_FRAGMENT_OVERLAP : PARSED;
}

#endif
