/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel programs and the agent share: map keys and values, their meaning, and the reasons.
 * Fixed widths, explicit padding, no bit-fields; addresses and ports in network order unless said
 * otherwise. A test holds every struct here against its Java codec through the object's BTF.
 * LAYOUT_VERSION changes whenever a struct or the words of a table do.
 */
#ifndef MERLON_ABI_H
#define MERLON_ABI_H

#define LAYOUT_VERSION 3

/*
 * Why a packet was not let through. Numbers are stable: a retired one stays, unused. The Java enum
 * DropReason is generated from the lines between the markers: "REASON_<NAME> = <number>, // <text>".
 */
enum reason {
	REASON_NONE = 0,
	/* reasons begin */
	REASON_POLICY = 1,             // no rule of an isolating policy allows it, or a rule denies it
	REASON_REVOKED = 2,            // the flow was open, and policy has since ceased to allow it
	REASON_UNKNOWN_ENDPOINT = 3,   // nothing is known yet of the pod behind the interface
	REASON_ETHERTYPE = 4,          // neither IPv4, IPv6 nor ARP
	REASON_TRUNCATED = 5,          // shorter than its own headers say
	REASON_BAD_HEADER = 6,         // a header contradicts itself
	REASON_EXTENSION_CHAIN = 7,    // more IPv6 extension headers than are walked
	REASON_ROUTING_HEADER = 8,     // its destination is only a stop on a source route
	REASON_FRAGMENT_UNKNOWN = 9,   // a later fragment whose first one was not seen
	REASON_FRAGMENT_OVERLAP = 10,  // a fragment that would rewrite the TCP or SCTP header
	REASON_SPOOFED = 11,           // its source is not an address of the pod that sent it
	REASON_NO_TABLE = 12,          // the pod's verdict table is missing or damaged
	REASON_METADATA_GUARD = 13,    // the guard of the instance metadata service denies it
	/* reasons end */
};

/* What let a packet through besides a verdict table; numbered on from the reasons. */
enum passage {
	PASSAGE_NODE = 16,     /* the peer is this node itself */
	PASSAGE_SELF = 17,     /* the peer is the pod itself */
	PASSAGE_DEFERRED = 18, /* a service whose backends differ: decided where the backend is known */
};

enum direction {
	INGRESS = 0,
	EGRESS = 1,
};

enum mode {
	MODE_ENFORCE = 0,
	MODE_AUDIT = 1,
	MODE_OBSERVE = 2,
};

/* Flow states; each has its time-out at its own index of config.timeout. */
enum flow_state {
	FLOW_OPENING = 0, /* TCP and SCTP: the opener was seen */
	FLOW_OPEN = 1,    /* ... and answered */
	FLOW_CLOSING = 2, /* one end has finished */
	FLOW_CLOSED = 3,  /* both have, or one has reset it */
	FLOW_ONE_WAY = 4, /* UDP: not answered yet */
	FLOW_BOTH_WAYS = 5,
	FLOW_ECHO = 6,  /* ICMP echo */
	FLOW_OTHER = 7, /* every other protocol */
	FLOW_STATES = 8,
};

#define FLOW_OPENER_EGRESS 0x01 /* the pod opened it */
#define FLOW_FIN_INGRESS 0x02   /* FIN seen towards the pod */
#define FLOW_FIN_EGRESS 0x04    /* FIN seen from the pod */
#define FLOW_WOULD_DENY 0x08    /* passed only because the pod is not enforced */
#define FLOW_DEFERRED 0x10      /* its packets are marked for the backend's judge */
#define FLOW_REVOKED 0x20       /* carries nothing any more; what remains is who opened it */
#define FLOW_LENT 0x40          /* with FLOW_WOULD_DENY: until its endpoint's end */
#define FLOW_FAR 0x80           /* with FLOW_WOULD_DENY: its marked sender's egress, judged where it arrives */

#define CONFIG_VERIFY_SOURCE 0x01
#define CONFIG_UNKNOWN_ALLOW 0x02
#define CONFIG_ETHERTYPE_ALLOW 0x04
#define CONFIG_EVENTS_ALLOWED 0x08
#define CONFIG_EVENTS_DENIED 0x10

/* Map config, one element. Times are in jiffies. */
struct config {
	__u32 layout;
	__u32 epoch; /* moves when anything narrowed; flows of another epoch are judged again */
	__u32 flags;
	__u32 denial_interval; /* at most one event per denied flow and interval */
	__u32 fragment_timeout;
	__u32 timeout[FLOW_STATES];
};

/* Map endpoints: ifindex -> the pod behind it. */
#define ENDPOINT_MORE_ADDRESSES 0x01 /* further own addresses are found in map addresses */
struct endpoint {
	__u32 subject;
	__u8 mode;
	__u8 flags;
	__u16 pad;
	__u32 end; /* of its mode, in seconds since boot: from then on it is MODE_ENFORCE; 0: none */
	__be32 v4[2];
	__u8 v6[2][16];
};

/* Maps addresses4, addresses6 and cidrs4, cidrs6: an address -> its peer class. */
#define CLASS_NODE 0x80000000    /* this node: always allowed */
#define CLASS_SERVICE 0x40000000 /* a virtual address: see map services */
#define CLASS_MASK 0x00ffffff
struct peer {
	__u32 class;
	__u32 ifindex; /* of the local pod that owns the address, else 0 */
};

struct address6 {
	__u8 bytes[16];
};

struct cidr4_key {
	__u32 prefix;
	__be32 address;
};

struct cidr6_key {
	__u32 prefix;
	__u8 address[16];
};

/* Maps services4, services6: a virtual address and port -> the class of what is behind it. */
struct service4_key {
	__be32 address;
	__be16 port;
	__u16 protocol;
};

struct service6_key {
	__u8 address[16];
	__be16 port;
	__u16 protocol;
};

#define SERVICE_MIXED 0x01 /* backends differ: each connection is judged by the one it reaches */
struct service {
	__u32 class;
	__u16 port; /* the target port, host order */
	__u16 flags;
};

/*
 * Map subjects: subject -> where its verdict table begins in map tables, and where its block of
 * counters begins. Read and written as one word, so that both change together.
 */
struct subject {
	__u32 table; /* 0: none */
	__u32 slots;
};

/*
 * Map tables: one array of 64-bit words that holds every verdict table. Offsets are in words,
 * relative to the table's first word T.
 *   T+0        length | rows << 32
 *   T+1        TABLE_MAGIC | decisions << 32
 *   T+2+class  ingress row | egress row << 32      (a class >= rows has row 0)
 *   row        4 words, by protocol group: first interval | count << 32 | ROW_UNIFORM
 *   interval   first port | INTERVAL_ALLOW | reason << INTERVAL_REASON | decision << 32, sorted, the
 *              first begins at port 0; a denial without a reason is REASON_POLICY's, as all are to
 *              programs from before there were any
 */
#define TABLE_MAGIC 0x4d45524c
#define TABLE_HEADER 2
#define ROW_UNIFORM (1ULL << 63) /* all its intervals allow, or all deny */
#define INTERVAL_ALLOW 0x10000
#define INTERVAL_REASON 24 /* the bits from here to the decision's */

enum protocol_group {
	GROUP_TCP = 0,
	GROUP_UDP = 1,
	GROUP_SCTP = 2,
	GROUP_OTHER = 3,
};

/*
 * A subject's counters, as slots of map counters: first what no table decided,
 *   slots + (mode * 2 + direction) * SLOT_CODES + reason or passage
 * then the decisions of its table,
 *   slots + SLOT_DECISIONS + decision * MODES + mode
 */
#define MODES 3
#define SLOT_CODES 32
#define SLOT_DECISIONS (MODES * 2 * SLOT_CODES)
struct counter {
	__u64 packets;
	__u64 bytes;
};

/*
 * Maps flows4, flows6. The key is pod-relative, so that one look-up serves both directions, and
 * scoped to an interface, so that no other interface can use it.
 */
struct flow4_key {
	__u32 ifindex;
	__be32 pod;
	__be32 peer;
	__be16 pod_port;
	__be16 peer_port;
	__u32 protocol;
};

struct flow6_key {
	__u32 ifindex;
	__u8 pod[16];
	__u8 peer[16];
	__be16 pod_port;
	__be16 peer_port;
	__u32 protocol;
};

struct flow {
	__u32 epoch;
	__u32 slot; /* of the decision that allowed it, or revoked it */
	__u32 last; /* jiffies, low half */
	__u32 created; /* or revoked */
	__u32 subject;
	__u8 state;
	__u8 flags;
	__u16 mark; /* under which it was judged, see DEFERRED_MARK */
	__u64 packets[2]; /* by direction */
	__u64 bytes[2];
};

/*
 * Maps fragments4, fragments6: a datagram's identity -> what let its first fragment pass. In IPv6 the protocol is
 * 0: a later fragment's next header is its sender's to choose, and only the first one's counts (RFC 8200).
 */
struct fragment4_key {
	__u32 ifindex;
	__be32 source;
	__be32 destination;
	__u32 id;
	__u32 protocol;
	__u32 direction;
};

struct fragment6_key {
	__u32 ifindex;
	__u8 source[16];
	__u8 destination[16];
	__u32 id;
	__u32 protocol;
	__u32 direction;
};

struct fragment {
	__u32 slot;
	__u32 stamp;
	__u32 epoch;    /* of its judgement: under another one it was never seen */
	__u32 protocol; /* its transport's */
};

#define NOBODY 0xffffffff /* the subject and the slot of what an unknown endpoint was denied */

/* Ring buffer events, and the record of each recent denial in map denials. */
enum event_kind {
	EVENT_ALLOWED = 1,    /* a flow begins */
	EVENT_DENIED = 2,     /* a packet was, or by its pod's mode would have been, denied */
	EVENT_SUPPRESSED = 3, /* how many more of a denial there were, when its record is given away */
};

struct event {
	__u64 jiffies;
	__u32 ifindex;
	__u32 subject;
	__u32 slot;
	__u32 class;
	__u8 pod[16]; /* an IPv4 address is in the first four bytes */
	__u8 peer[16];
	__be16 pod_port;
	__be16 peer_port;
	__u32 suppressed;
	__u32 length;
	__u8 kind;
	__u8 family; /* 4 or 6 */
	__u8 protocol;
	__u8 direction;
	__u8 mode;
	__u8 reason;
	__u8 tcp_flags;
	__u8 pad;
	__u32 record; /* of a denial: the hash of the record that tells it */
};

/*
 * What a record owes is final when its interval is over, and stays in it until the kernel tells it:
 * with the flow's next packet, or when another flow needs the record.
 */
#define DENIALS 512
struct denial {
	__u32 hash; /* of the flow, 0: unused */
	__u32 stamp;
	__u32 suppressed;
	__u32 pad;
	struct event event; /* the first suppressed one, if any is */
};

/* Map stats: what is nobody's packet count. */
enum stat {
	STAT_EVENTS_LOST = 0,       /* the ring buffer was full */
	STAT_EVENTS_SUPPRESSED = 1, /* denials within the interval */
	STAT_FLOWS_NOT_KEPT = 2,    /* the flow table took no entry: the packet passed, the flow is unknown */
	STAT_FRAGMENTS_NOT_KEPT = 3,
	STAT_PICKED_UP = 4, /* a TCP or SCTP flow adopted in its middle */
	STAT_UNKNOWN_PASSED = 5,
	STAT_UNKNOWN_DROPPED = 6,
	STAT_PULLED = 7, /* headers outside the linear part of the packet */
	STAT_PASSED_AS_ANSWER = 8, /* a TCP or SCTP packet of no known flow, by the reverse opening alone */
	STATS = 9,
};

/*
 * A packet to a service whose backends differ cannot be judged before its backend is chosen. Its
 * skb->tc_index then says whose egress is still to be judged, where the backend is known: it
 * survives routing and address translation, and nothing else on the way uses it.
 *   DEFERRED_MARK | mode << 12 | subject
 */
#define DEFERRED_MARK 0x8000
#define DEFERRED_SUBJECT 0x0fff

#endif
