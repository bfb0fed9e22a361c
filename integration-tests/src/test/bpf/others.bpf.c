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

char _license[] SEC("license") = "Dual BSD/GPL";
