/**
 * What the kernel tells of its verdicts: exact counts under names that last, and events, which may
 * be lost, and are counted when they are. See docs/design/observe.md.
 */
package io.merlon.agent.observe;
