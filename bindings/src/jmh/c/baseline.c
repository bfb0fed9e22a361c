// SPDX-License-Identifier: Apache-2.0
/*
 * The same work as the benchmarks, in C over the same libbpf. Each function does a whole run, so that
 * calling it from Java costs nothing that shows.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 16
#define VALUE_SIZE 16

struct key {
	__u64 high, low;
};

struct value {
	__u64 first, second;
};

/* Updates n entries of keys from, from + 1, ...; the first error. */
int baseline_update(int fd, __u64 from, int n)
{
	for (int i = 0; i < n; i++) {
		struct key key = { .high = 1, .low = from + i };
		struct value value = { .first = from + i, .second = 2 };
		int err = bpf_map_update_elem(fd, &key, &value, BPF_ANY);

		if (err)
			return err;
	}
	return 0;
}

/* Looks n entries up; how many were right. */
int baseline_look_up(int fd, __u64 from, int n)
{
	int right = 0;

	for (int i = 0; i < n; i++) {
		struct key key = { .high = 1, .low = from + i };
		struct value value;

		if (!bpf_map_lookup_elem(fd, &key, &value))
			right += value.first == from + i;
	}
	return right;
}

struct entry {
	struct key key;
	struct value value;
};

/* The entries of a program's own data structure: one allocation each, as a list has. */
struct entry **baseline_entries(int n)
{
	struct entry **entries = calloc(n, sizeof(*entries));

	for (int i = 0; entries && i < n; i++) {
		entries[i] = malloc(sizeof(**entries));
		if (!entries[i])
			abort();
		entries[i]->key = (struct key){ .high = 1, .low = i };
		entries[i]->value = (struct value){ .first = i, .second = 2 };
	}
	return entries;
}

/* Loads the entries by batches of chunk; the first error. */
int baseline_load(int fd, struct entry **entries, int n, int chunk)
{
	struct key *keys = calloc(chunk, sizeof(*keys));
	struct value *values = calloc(chunk, sizeof(*values));
	int err = keys && values ? 0 : -1;

	for (int done = 0; !err && done < n;) {
		__u32 count = n - done < chunk ? n - done : chunk;

		for (__u32 i = 0; i < count; i++) {
			keys[i] = entries[done + i]->key;
			values[i] = entries[done + i]->value;
		}
		done += count;
		err = bpf_map_update_batch(fd, keys, values, &count, NULL);
	}
	free(keys);
	free(values);
	return err;
}

static __u64 sum;

static int on_event(void *context, void *data, size_t size)
{
	sum += *(__u64 *)data;
	return 0;
}

struct ring_buffer *baseline_ring(int fd)
{
	return ring_buffer__new(fd, on_event, NULL, NULL);
}

/* Drains the ring; how many events there were. */
int baseline_drain(struct ring_buffer *ring)
{
	return ring_buffer__consume(ring);
}

void baseline_ring_free(struct ring_buffer *ring)
{
	ring_buffer__free(ring);
}
