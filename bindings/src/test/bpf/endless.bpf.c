// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What the verifier must refuse: a loop whose state never changes. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int endless(struct __sk_buff *skb)
{
	while (skb->mark != 5)
		asm volatile("" ::: "memory");
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
