// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For the benchmark: the map operations that no datapath can spare, on the datapath's own maps and
 * without anything around them. What they cost is the machine's; what a packet costs beyond them is
 * ours. Frames have neither tags nor options: see Packets.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "../abi.h"

#define PASS -1
#define DROP 2

#define ETHERTYPE_IPV4 0x0800
#define TYPE_AT 12
#define PROTOCOL4 23
#define PROTOCOL6 20
#define SOURCE4 26
#define SOURCE6 22
#define END6 58

/* The loader puts the datapath's maps in place of these. */
#define MAP(NAME, TYPE, KEY, VALUE, FLAGS)           \
	struct {                                     \
		__uint(type, BPF_MAP_TYPE_##TYPE);   \
		__type(key, KEY);                    \
		__type(value, VALUE);                \
		__uint(max_entries, 1);              \
		__uint(map_flags, FLAGS);            \
	} NAME SEC(".maps")

MAP(flows4, LRU_HASH, struct flow4_key, struct flow, 0);
MAP(flows6, LRU_HASH, struct flow6_key, struct flow, 0);
MAP(addresses4, HASH, __be32, struct peer, BPF_F_NO_PREALLOC);
MAP(addresses6, HASH, struct address6, struct peer, BPF_F_NO_PREALLOC);
MAP(cidrs4, LPM_TRIE, struct cidr4_key, struct peer, BPF_F_NO_PREALLOC);
MAP(cidrs6, LPM_TRIE, struct cidr6_key, struct peer, BPF_F_NO_PREALLOC);

/* What is done to the maps. */
#define FIND_FLOW 1
#define FIND_PEER 2
#define KEEP_FLOW 4

static __always_inline void copy(__u32 *to, const __u32 *from, int words)
{
	for (int i = 0; i < words; i++)
		to[i] = from[i];
}

static __always_inline int bare4(__u32 ifindex, __u8 protocol, const __u32 *at, const int what)
{
	struct flow4_key key = {.ifindex = ifindex, .protocol = protocol};
	struct flow flow = {};
	int found = 0;

	copy(&key.pod, at, 3); /* both addresses and both ports, from the pod */
	if (what & FIND_FLOW)
		found += !!bpf_map_lookup_elem(&flows4, &key);
	if (what & FIND_PEER) {
		struct cidr4_key prefix = {.prefix = 32, .address = key.peer};

		found += bpf_map_lookup_elem(&addresses4, &key.peer) || bpf_map_lookup_elem(&cidrs4, &prefix);
	}
	if (what & KEEP_FLOW)
		found += !bpf_map_update_elem(&flows4, &key, &flow, BPF_ANY);
	return found;
}

static __always_inline int bare6(__u32 ifindex, __u8 protocol, const __u32 *at, const int what)
{
	struct flow6_key key = {.ifindex = ifindex, .protocol = protocol};
	struct flow flow = {};
	int found = 0;

	copy((__u32 *)key.pod, at, 9);
	if (what & FIND_FLOW)
		found += !!bpf_map_lookup_elem(&flows6, &key);
	if (what & FIND_PEER) {
		struct cidr6_key prefix = {.prefix = 128};

		copy((__u32 *)prefix.address, (__u32 *)key.peer, 4);
		found += bpf_map_lookup_elem(&addresses6, key.peer) || bpf_map_lookup_elem(&cidrs6, &prefix);
	}
	if (what & KEEP_FLOW)
		found += !bpf_map_update_elem(&flows6, &key, &flow, BPF_ANY);
	return found;
}

/* Does to the maps what WHAT says; DROP if anything was not found that should be, or kept. */
static __always_inline int bare(struct __sk_buff *skb, const int what, int expected)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	int found;

	if (data + END6 > end)
		return DROP;
	if (*(__be16 *)(data + TYPE_AT) == bpf_htons(ETHERTYPE_IPV4))
		found = bare4(skb->ifindex, *(__u8 *)(data + PROTOCOL4), data + SOURCE4, what);
	else
		found = bare6(skb->ifindex, *(__u8 *)(data + PROTOCOL6), data + SOURCE6, what);
	return found == expected ? PASS : DROP;
}

/* An established flow's packet. */
SEC("tc")
int bare_travel(struct __sk_buff *skb)
{
	return bare(skb, FIND_FLOW, 1);
}

/* A new flow's first packet: there is no entry yet, the peer is known, an entry is made. */
SEC("tc")
int bare_open(struct __sk_buff *skb)
{
	return bare(skb, FIND_FLOW | FIND_PEER | KEEP_FLOW, 2);
}

/* A denied packet: there is no entry, the peer is known. */
SEC("tc")
int bare_deny(struct __sk_buff *skb)
{
	return bare(skb, FIND_FLOW | FIND_PEER, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
