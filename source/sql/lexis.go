package sqlsource

import (
	"slices"
	"strings"
)

// A statement is read by us and by a database, and both must read the same: what
// is text to one and code to the other would go by every check. The faults below
// are what PostgreSQL and MySQL read in another way than token.go, and the few
// words of theirs that do more than read. The role and the session of the bot
// keep it to reading; this is the second wall.

// postgresFault says what PostgreSQL reads in another way, or is "".
func postgresFault(before, t token) string {
	switch {
	case t.kind == tokenString && before.is("e"):
		return "E in front of quotes: their backslashes would be escapes"
	case t.kind == tokenString && before.kind == tokenNumber:
		return "a number right before quotes"
	case t.kind == tokenQuoted && before.text == "&":
		return "U& in front of quotes: their backslashes would be escapes"
	case t.kind == tokenQuoted && t.text[0] == '`':
		return "“`”, which is no quote here: write names in double quotes"
	case t.is("into"):
		return "INTO, which makes a table"
	case isOneOf(t, postgresActs()) || isActOfPostgres(t):
		return "“" + clip(t.text) + "”, which does more than read"
	}
	return bracketFault(t)
}

// postgresActs are functions that change the session, take locks, read files or
// run a text as a statement.
func postgresActs() []string {
	return []string{
		"set_config", "setval", "nextval", "lo_import", "lo_export", "lo_create", "lo_creat", "lo_unlink", "lo_put", "lo_get", "lo_from_bytea",
		"query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "cursor_to_xml", "table_to_xml", "schema_to_xml", "database_to_xml",
		"pg_notify", "pg_reload_conf", "pg_rotate_logfile", "pg_promote", "pg_switch_wal", "pg_stat_file", "pg_file_write", "pg_logfile_rotate",
	}
}

// isActOfPostgres knows the families of such functions.
func isActOfPostgres(t token) bool {
	name := strings.ToLower(unquoted(t))
	return (t.kind == tokenWord || t.kind == tokenQuoted) && slices.ContainsFunc([]string{
		"pg_read_", "pg_ls_", "pg_advisory_", "pg_try_advisory_", "pg_terminate_", "pg_cancel_", "pg_create_", "pg_drop_", "pg_replication_",
		"pg_logical_", "pg_stat_reset", "dblink",
	}, func(family string) bool { return strings.HasPrefix(name, family) })
}

// mysqlFault says what MySQL and MariaDB read in another way, or is "".
func mysqlFault(_, t token) string {
	switch {
	case t.kind == tokenPunct && t.text == "#":
		return "#, which begins a comment here"
	case t.kind == tokenComment && (strings.HasPrefix(t.text, "/*!") || strings.HasPrefix(t.text, "/*M!")):
		return "a comment that this database runs"
	case t.kind == tokenComment && len(t.text) > 2 && strings.HasPrefix(t.text, "--") && t.text[2] > ' ':
		return "“--” without a blank after it is no comment here"
	case t.is("into"):
		return "INTO, which writes"
	case t.is("update"), t.is("lock"):
		return "“" + t.text + "”, which takes locks"
	case isOneOf(t, []string{
		"load_file", "get_lock", "release_lock", "release_all_locks", "master_pos_wait", "source_pos_wait", "benchmark",
		"master_gtid_wait", "wait_for_executed_gtid_set", "sys_exec", "sys_eval",
	}):
		return "“" + clip(t.text) + "”, which does more than read"
	}
	return bracketFault(t)
}

// isOneOf reports whether a name, in quotes or not, is one of these.
func isOneOf(t token, names []string) bool {
	return (t.kind == tokenWord || t.kind == tokenQuoted) && slices.Contains(names, strings.ToLower(unquoted(t)))
}
