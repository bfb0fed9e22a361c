/**
 * Holds what the kernel's maps say against what the policies say, by the second reading of the
 * semantics. Nothing here asks the engine that filled the maps. See docs/design/verify.md.
 */
package io.merlon.agent.verify;
