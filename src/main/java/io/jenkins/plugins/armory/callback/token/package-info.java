/**
 * The kinds of Bearer tokens that callers send, what each may decide, and the approval's own token. The package uses no
 * Jenkins or servlet type.
 */
package io.jenkins.plugins.armory.callback.token;
