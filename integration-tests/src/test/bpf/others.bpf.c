// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Somebody else's programs on the same hook. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int content(struct __sk_buff *skb)
{
	return 0; /* TCX_PASS, TC_ACT_OK */
}

SEC("tc")
int silent(struct __sk_buff *skb)
{
	return -1; /* TCX_NEXT, TC_ACT_UNSPEC */
}

/* In a pod: claims to be another's packet to a service whose backends differ. */
SEC("tc")
int forger(struct __sk_buff *skb)
{
	skb->tc_index = skb->tc_classid = 0x8fff;
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} witnessed SEC(".maps");

/* Counts what it sees, and says nothing. */
SEC("tc")
int witness(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&witnessed, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
	return -1; /* TCX_NEXT, TC_ACT_UNSPEC */
}

char _license[] SEC("license") = "Dual BSD/GPL";
