/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From bytes to what policy needs to know of a packet. One parse path: a cursor that never passes
 * the end of the linear data, and one function per header. What does not fit there is reported as
 * truncated; the caller pulls non-linear data in once and parses again.
 */
#ifndef MERLON_PACKET_H
#define MERLON_PACKET_H

#include "maps.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
#define ETHERTYPE_IPV6 0x86dd

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ROUTING 43
#define PROTOCOL_FRAGMENT 44
#define PROTOCOL_AUTHENTICATION 51
#define PROTOCOL_ICMP6 58
#define PROTOCOL_DESTINATION 60
#define PROTOCOL_SCTP 132

#define EXTENSIONS 8 /* IPv6 extension headers walked at most */

/* How a packet may stand to a flow. */
enum shape {
	SHAPE_DATAGRAM, /* may open a flow: UDP, and whatever has no openings */
	SHAPE_SYN,      /* opens one, always judged anew */
	SHAPE_SYNACK,
	SHAPE_DATA,
	SHAPE_FIN,
	SHAPE_RST,
	SHAPE_ECHO_REQUEST,
	SHAPE_ECHO_REPLY,
	SHAPE_LAST_OF_FLOW = SHAPE_ECHO_REPLY, /* what follows travels on no flow of its own */
	SHAPE_ERROR,     /* an ICMP error, which belongs to another flow */
	SHAPE_NEIGHBOUR, /* neighbour discovery and its like */
	SHAPE_DHCP,      /* an exact DHCP client request */
};

#define FRAGMENT_NONE 0
#define FRAGMENT_FIRST 1
#define FRAGMENT_LATER 2

/* One packet, as policy sees it. The flow key is its addresses and ports. */
struct packet {
	union {
		struct flow4_key v4;
		struct flow6_key v6;
	} key;
	__u32 direction;
	__u32 length;  /* of the frame */
	__u32 packets; /* on the wire, for one segmentation-offload frame */
	__u32 inner;   /* offset of what an ICMP error quotes */
	__u32 quoted;  /* its length */
	__u32 fragment_id;
	__u8 family;
	__u8 shape;
	__u8 fragment;
	__u8 fragment_protocol;
	__u8 tcp_flags;
	__u8 link_source; /* its source is link-local or unspecified */
};

/* What parsing found: a packet, one that always passes, or a reason (> 0). */
#define PARSED 0
#define PASSES -1

/* Where parsing stands: in registers, since every packet passes here. */
struct cursor {
	void *data;
	void *end;
	__u32 offset; /* of what is parsed next, from the frame's start */
	__u32 left;   /* bytes of the packet from there on, linear or not */
};

/*
 * Where a walk through IPv6 extension headers stands: in map memory, of whose values the verifier
 * knows nothing, so that it need not follow each way through a chain up to the end of the program.
 */
struct chain {
	__u32 offset;
	__u32 left;
	__u32 fragment_id;
	__u8 next; /* the header at the offset */
	__u8 fragment;
	__u8 fragment_protocol;
	__u8 fragment_header; /* there was one */
};

struct ethernet {
	__u8 destination[6];
	__u8 source[6];
	__be16 type;
};

struct vlan {
	__be16 tag;
	__be16 type;
};

struct ipv4 {
	__u8 version_ihl;
	__u8 service;
	__be16 length;
	__be16 id;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__be16 checksum;
	__be32 source;
	__be32 destination;
};

struct ipv6 {
	__u8 version;
	__u8 flow[3];
	__be16 length;
	__u8 next;
	__u8 hop_limit;
	__u32 source[4];
	__u32 destination[4];
};

struct extension {
	__u8 next;
	__u8 length;
	__u8 routing_type;
	__u8 segments_left;
};

struct fragment_header {
	__u8 next;
	__u8 reserved;
	__be16 offset;
	__be32 id;
};

struct ports {
	__be16 source;
	__be16 destination;
};

struct tcp {
	struct ports ports;
	__be32 sequence;
	__be32 acknowledged;
	__u8 offset;
	__u8 flags;
	__u8 rest[6];
};

struct icmp {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be16 id;
	__be16 sequence;
};

#define OFFSET_MAX 0x3fff

/* A header of SIZE bytes at the cursor, or 0: the packet is shorter, or it is not linear so far. */
static __always_inline void *header(const struct cursor *c, __u32 size)
{
	if (c->offset > OFFSET_MAX || c->left < size)
		return 0;
	void *at = c->data + c->offset;

	return at + size <= c->end ? at : 0;
}

static __always_inline void advance(struct cursor *c, __u32 size)
{
	c->offset += size;
	c->left -= size;
}

/* The address and port fields of the flow key: the pod's end is the source if it sends. */
static __always_inline void key_ports(struct packet *p, __be16 source, __be16 destination)
{
	__be16 pod = p->direction == EGRESS ? source : destination;
	__be16 peer = p->direction == EGRESS ? destination : source;

	if (p->family == 4) {
		p->key.v4.pod_port = pod;
		p->key.v4.peer_port = peer;
	} else {
		p->key.v6.pod_port = pod;
		p->key.v6.peer_port = peer;
	}
}

static __always_inline void key_protocol(struct packet *p, __u32 protocol)
{
	if (p->family == 4)
		p->key.v4.protocol = protocol;
	else
		p->key.v6.protocol = protocol;
}

static __always_inline void copy6(void *to, const void *from)
{
	__u32 *t = to;
	const __u32 *f = from;

	t[0] = f[0];
	t[1] = f[1];
	t[2] = f[2];
	t[3] = f[3];
}

static __always_inline int same6(const void *a, const void *b)
{
	const __u32 *x = a, *y = b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

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

/*
 * RFC 4861 messages are valid only with hop limit 255, which no router leaves intact: they come from
 * the link itself. A pod has no business advertising routers or redirecting.
 */
static __always_inline int neighbour_discovery(__u32 direction, __u8 type, __u8 code, __u8 hop_limit)
{
	if (hop_limit != 255 || code || type < 133 || type > 137)
		return 0;
	return direction == INGRESS || type == 133 || type == 135 || type == 136;
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
	if (neighbour_discovery(p->direction, icmp->type, icmp->code, ip->hop_limit) ||
		   multicast_listener(p, ip, icmp->type)) {
		p->shape = SHAPE_NEIGHBOUR;
	}
	return PARSED;
}

/* A later fragment carries no transport header; over the first one's TCP flags it must not reach. */
static __always_inline int parse_later_fragment(struct packet *p, __u32 protocol, __u32 offset)
{
	p->shape = SHAPE_DATAGRAM;
	return protocol == PROTOCOL_TCP && offset == 1 ? REASON_FRAGMENT_OVERLAP : PARSED;
}

static __always_inline int parse_ipv4(struct cursor *c, struct packet *p)
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

	__u32 fragment = bpf_ntohs(ip->fragment) & 0x3fff;
	__u8 protocol = ip->protocol;

	if (fragment) {
		__u32 offset = fragment & 0x1fff;

		p->fragment_id = ip->id;
		p->fragment_protocol = protocol;
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
	if (kind != PROTOCOL_FRAGMENT)
		return PARSED;
	struct fragment_header *f = (void *)e;

	if (chain->fragment_header)
		return REASON_EXTENSION_CHAIN;
	chain->fragment_header = 1;
	chain->fragment_protocol = e->next;
	chain->fragment_id = f->id;
	if (f->offset & bpf_htons(0xfff8)) {
		chain->fragment = FRAGMENT_LATER;
		return e->next == PROTOCOL_TCP && bpf_ntohs(f->offset) >> 3 == 1 ? REASON_FRAGMENT_OVERLAP : PASSES;
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
	chain->fragment_protocol = 0;
	chain->fragment_header = 0;
	int found = walk_chain(skb, chain);

	c->offset = chain->offset;
	c->left = chain->left;
	p->fragment = chain->fragment;
	p->fragment_id = chain->fragment_id;
	p->fragment_protocol = chain->fragment_protocol;
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
	p->fragment_protocol = 0;
	p->tcp_flags = 0;
	p->shape = SHAPE_DATAGRAM;
	p->link_source = 0;
	p->inner = 0;
	p->family = 0;
	if (!ethernet)
		return REASON_TRUNCATED;
	__be16 type = ethernet->type;

	advance(&c, sizeof(*ethernet));
	for (int i = 0; i < 2; i++) {
		if (type != bpf_htons(ETHERTYPE_VLAN) && type != bpf_htons(ETHERTYPE_QINQ))
			break;
		struct vlan *vlan = header(&c, sizeof(*vlan));

		if (!vlan)
			return REASON_TRUNCATED;
		type = vlan->type;
		advance(&c, sizeof(*vlan));
	}
	if (type == bpf_htons(ETHERTYPE_IPV4))
		return parse_ipv4(&c, p);
	if (type == bpf_htons(ETHERTYPE_IPV6))
		return parse_ipv6(skb, &c, p, chain);
	if (type == bpf_htons(ETHERTYPE_ARP) || ethertype_passes)
		return PASSES;
	return REASON_ETHERTYPE;
}

#endif
