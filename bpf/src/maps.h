/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The node's maps. Sizes are defaults; the loader sets them by configuration. */
#ifndef MERLON_MAPS_H
#define MERLON_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"

#define MAP(NAME, TYPE, KEY, VALUE, ENTRIES, FLAGS)          \
	struct {                                             \
		__uint(type, BPF_MAP_TYPE_##TYPE);           \
		__type(key, KEY);                            \
		__type(value, VALUE);                        \
		__uint(max_entries, ENTRIES);                \
		__uint(map_flags, FLAGS);                    \
	} NAME SEC(".maps")

MAP(config, ARRAY, __u32, struct config, 1, 0);
MAP(endpoints, HASH, __u32, struct endpoint, 1024, 0);
MAP(subjects, ARRAY, __u32, struct subject, 1024, BPF_F_MMAPABLE);
MAP(tables, ARRAY, __u32, __u64, 1 << 20, BPF_F_MMAPABLE);

MAP(addresses4, HASH, __be32, struct peer, 65536, 0);
MAP(addresses6, HASH, struct address6, struct peer, 65536, 0);
MAP(cidrs4, LPM_TRIE, struct cidr4_key, struct peer, 16384, BPF_F_NO_PREALLOC);
MAP(cidrs6, LPM_TRIE, struct cidr6_key, struct peer, 16384, BPF_F_NO_PREALLOC);
MAP(services4, HASH, struct service4_key, struct service, 16384, BPF_F_NO_PREALLOC);
MAP(services6, HASH, struct service6_key, struct service, 16384, BPF_F_NO_PREALLOC);

MAP(flows4, LRU_HASH, struct flow4_key, struct flow, 131072, 0);
MAP(flows6, LRU_HASH, struct flow6_key, struct flow, 65536, 0);
MAP(fragments4, LRU_HASH, struct fragment4_key, struct fragment, 4096, 0);
MAP(fragments6, LRU_HASH, struct fragment6_key, struct fragment, 4096, 0);

MAP(counters, PERCPU_ARRAY, __u32, struct counter, 32768, 0);
MAP(stats, PERCPU_ARRAY, __u32, __u64, STATS, 0);
MAP(denials, PERCPU_ARRAY, __u32, struct denial, DENIALS, 0);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/*
 * A look-up that stays one: where two maps' look-ups meet, the compiler likes to make one call of
 * them with the map as a variable, and the kernel can then neither inline it nor call it directly.
 */
#define FIND(MAP, KEY)                                         \
	({                                                     \
		void *found_ = bpf_map_lookup_elem(&MAP, KEY); \
		asm volatile("# " #MAP);                       \
		found_;                                        \
	})
#define KEEP(MAP, KEY, VALUE)                                                \
	({                                                                   \
		long failed_ = bpf_map_update_elem(&MAP, KEY, VALUE, BPF_ANY); \
		asm volatile("# " #MAP);                                     \
		failed_;                                                     \
	})

static __always_inline void stat_add(__u32 which)
{
	__u64 *stat = bpf_map_lookup_elem(&stats, &which);

	if (stat)
		*stat += 1;
}

#endif
