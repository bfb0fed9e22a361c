// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What the verifier must refuse: a map value used without the check for NULL. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

SEC("tc")
int unchecked(struct __sk_buff *skb)
{
	__u32 key = skb->mark;
	__u64 *value = bpf_map_lookup_elem(&hash, &key);

	return *value;
}

char _license[] SEC("license") = "Dual BSD/GPL";
