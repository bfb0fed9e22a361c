// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes numbered events into a ring buffer and counts those that did not fit. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 sequence;
	__u64 filler[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/* 0: the next sequence number, 1: reserves that failed */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

/* One event; without a wake-up, as the reader polls. */
SEC("tc")
int produce(struct __sk_buff *skb)
{
	__u32 next = 0, lost = 1;
	__u64 *sequence = bpf_map_lookup_elem(&counts, &next);
	__u64 *losses = bpf_map_lookup_elem(&counts, &lost);
	struct event *event;

	if (!sequence || !losses)
		return -1;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(losses, 1);
		return 1;
	}
	event->sequence = __sync_fetch_and_add(sequence, 1);
	for (int i = 0; i < 7; i++)
		event->filler[i] = event->sequence;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

/* Wakes the reader up. */
SEC("tc")
int produce_and_wake(struct __sk_buff *skb)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 1;
	*event = skb->mark;
	bpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* Reserves and thinks better of it. */
SEC("tc")
int discard(struct __sk_buff *skb)
{
	void *event = bpf_ringbuf_reserve(&events, 24, 0);

	if (!event)
		return 1;
	bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
