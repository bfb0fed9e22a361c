/**
 * Flow records: who talked, or tried to talk, to whom, and what decided. Events are added up for a
 * moment, given names, and handed to whoever wants them. See docs/flows.md for the record.
 */
package io.merlon.agent.flows;
