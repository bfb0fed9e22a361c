/** The workbench's commands: they read a folder, ask {@code explain}, and print what it says. */
package io.merlon.agent.workbench;
