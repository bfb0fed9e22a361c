// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For the benchmark: gives each run of one packet other ends, then hands it to the program under
 * test. With the empty program in its place the same run is the floor.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define NOT_HANDED_ON 99
#define FRAME_MAX 0x7f /* offsets below this */

/* Which ends packet after packet gets: pairs of a port and a peer, none twice in COUNT. */
struct rotation {
	__u64 next;
	__u32 count;
	__u32 peers;
	__u32 peer_base; /* a word of the peer's address, host order */
	__u32 peer_shift;
	__u32 peer_at; /* where in the frame that word is */
	__u32 port_at; /* and the source port */
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rotation);
} rotation SEC(".maps");

SEC("tc")
int empty(struct __sk_buff *skb)
{
	return -1;
}

SEC("tc")
int rotate(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u32 zero = 0;
	struct rotation *r = bpf_map_lookup_elem(&rotation, &zero);

	if (!r || !r->count || !r->peers)
		return NOT_HANDED_ON;
	__u32 number = r->next++ % r->count;
	__u32 port = number & 0x7fff;
	__u32 peer = ((number >> 15) + (port * 2654435761u >> 7)) % r->peers;
	__u32 peer_at = r->peer_at & FRAME_MAX, port_at = r->port_at & FRAME_MAX;

	if (data + peer_at + 4 > end || data + port_at + 2 > end)
		return NOT_HANDED_ON;
	*(__be32 *)(data + peer_at) = bpf_htonl(r->peer_base + (peer << (r->peer_shift & 31)));
	*(__be16 *)(data + port_at) = bpf_htons(1024 + port);
	bpf_tail_call(skb, &programs, 0);
	return NOT_HANDED_ON;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
