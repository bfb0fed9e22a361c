/* What jextract reads: the three headers the bindings are generated from. */
#include <bpf/libbpf.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
