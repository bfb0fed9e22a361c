/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A packet as policy sees it, and the headers it is read from: by a cursor that never passes the end
 * of the linear data.
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
#define OPTIONS 40 /* as many of one byte each fit an IPv4 header */

#define OPTION_END 0
#define OPTION_NONE 1
#define OPTION_LOOSE_ROUTE 131
#define OPTION_STRICT_ROUTE 137

/* How a packet may stand to a flow. */
enum shape {
	SHAPE_DATAGRAM,     /* may open a flow: UDP, and whatever has no openings */
	SHAPE_SYN,          /* opens one, always judged anew */
	SHAPE_ECHO_REQUEST, /* opens one, and answers none */
	SHAPE_SYNACK,
	SHAPE_DATA,
	SHAPE_FIN,
	SHAPE_RST,
	SHAPE_ECHO_REPLY,
	SHAPE_LAST_OF_FLOW = SHAPE_ECHO_REPLY, /* what follows travels on no flow of its own */
	SHAPE_ERROR,     /* an ICMP error, which belongs to another flow */
	SHAPE_NEIGHBOUR, /* neighbour discovery and its like */
	SHAPE_DHCP,      /* an exact DHCP client request */
};

/* Whether some of the protocol's packets open a flow and others do not, by a field within 16 bytes. */
static __always_inline int has_openings(__u32 protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_SCTP;
}

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
	__u8 rewrites; /* a later fragment that begins 8 bytes into the datagram, of IPv6 */
	__u8 tcp_flags;
	__u8 link_source; /* its source is link-local or unspecified */
	__u8 options;     /* how many bytes of IPv4 options there are, at the chain's offset: see walk_options() */
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
 * Where a walk through IPv6 extension headers or IPv4 options stands: in map memory, of whose values the verifier
 * knows nothing, so that it need not follow each way through a chain up to the end of the program.
 */
struct chain {
	__u32 offset;
	__u32 left;
	__u32 fragment_id;
	__u8 next; /* the header at the offset */
	__u8 fragment;
	__u8 rewrites;
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

	asm volatile("" : "+r"(at)); /* or the compiler may read through a sum of its own, which nobody has checked */
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

#endif
