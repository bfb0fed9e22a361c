// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Two programs to attach, each with its counter. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static int count(__u32 key)
{
	__u64 *value = bpf_map_lookup_elem(&seen, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return -1; /* TCX_NEXT, TC_ACT_UNSPEC */
}

SEC("tc")
int hook_first(struct __sk_buff *skb)
{
	return count(0);
}

SEC("tc")
int hook_second(struct __sk_buff *skb)
{
	return count(1);
}

char _license[] SEC("license") = "Dual BSD/GPL";
