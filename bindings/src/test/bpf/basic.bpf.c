// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The maps and programs most façade tests use. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} words SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} tables SEC(".maps");

const volatile __u32 answer = 7;
const volatile __u64 wide = 1;

/* Returns the constant; counts the packet; leaves the interface in the first word. */
SEC("tc")
int verdict(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&counters, &zero);
	__u64 *word = bpf_map_lookup_elem(&words, &zero);

	if (count)
		*count += 1;
	if (word)
		*word = skb->ifindex;
	skb->mark = skb->mark + wide;
	skb->cb[1] = 77;
	return answer;
}

/* Looks key 1 up in the inner table 0. */
SEC("tc")
int nested(struct __sk_buff *skb)
{
	__u32 zero = 0, one = 1;
	void *table = bpf_map_lookup_elem(&tables, &zero);
	__u32 *value;

	if (!table)
		return -1;
	value = bpf_map_lookup_elem(table, &one);
	return value ? *value : 0;
}

/* Makes the packet four bytes longer. */
SEC("tc")
int grow(struct __sk_buff *skb)
{
	return bpf_skb_change_tail(skb, skb->len + 4, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
