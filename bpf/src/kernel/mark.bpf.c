// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For tests: a test run cannot set skb->tc_index, which carries the mark of a packet left to its
 * backend's judge. This sets it from skb->mark and hands the packet on to the program under test.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NOT_HANDED_ON 99

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

SEC("tc")
int mark(struct __sk_buff *skb)
{
	skb->tc_index = skb->mark;
	bpf_tail_call(skb, &programs, skb->cb[0]);
	return NOT_HANDED_ON;
}

#define SENT 0x80000000 /* by a test: what else leaves its interfaces is the kernel's */

/* The same of packets that a test sends out of an interface: skb->mark says also for which program. */
SEC("tc")
int wire(struct __sk_buff *skb)
{
	__u32 mark = skb->mark;

	if (!(mark & SENT))
		return -1;
	skb->tc_index = mark & 0xffff;
	bpf_tail_call(skb, &programs, mark >> 16 & 3);
	return -1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
